"""Feeds: what is taken from each kind, what is refused, and that hostile ones cost little."""

import json
import socket
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import feed_shapes as shapes
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.errors import FormatError
from index.records import Listed
from index.sources.web.addresses import canonical_address
from index.sources.web.feeds import read_feed

URL = "https://feeds.example/f.xml"


def read(
    text: str | bytes, encoding: str = "utf-8", charset: str | None = None, most: int = 1000
) -> tuple[Listed, ...]:
    return read_feed(text if isinstance(text, bytes) else text.encode(encoding), URL, charset, most)


def refusal(body: bytes, most: int = 1000) -> str:
    with pytest.raises(FormatError) as caught:
        read(body, most=most)
    return str(caught.value)


def at(*fields: int, hours: int = 0) -> datetime:
    return datetime(*fields, tzinfo=timezone(timedelta(hours=hours)) if hours else UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("shape", "encoding", "expected"),
    [
        (
            shapes.WORDPRESS,
            "utf-8",
            [
                (
                    "https://valley.example/2024/05/bees/",
                    "Bees return – “more than ever”",
                    at(2024, 5, 3, 18, 30, hours=2),
                    "Jane O'Neil",
                    None,
                )
            ],
        ),
        (
            shapes.SUBSTACK,
            "utf-8",
            [
                (
                    "https://ada.example/p/bees?utm_source=feed",
                    "Bees & wasps",
                    at(2024, 5, 3, 23, 30, hours=-5),
                    "Ada",
                    "2024-05-04T07:00:00Z",
                ),
                (
                    "https://ada.example/p/paid",
                    "For those who pay",
                    at(2024, 5, 2, 7),
                    "Ada",
                    "2024-05-02T07:00:00Z",
                ),
            ],
        ),
        (
            shapes.YOUTUBE,
            "utf-8",
            [
                (
                    "https://video.example/watch?v=abc",
                    "A hive in May",
                    at(2024, 5, 3, 15, 0, 12),
                    "Bee films",
                    "2024-05-05T01:02:03+00:00",
                )
            ],
        ),
        (
            shapes.FEEDBURNER,
            "utf-8",
            [("https://valley.example/bees.html", "Bees", at(2024, 5, 3, 9, hours=-4), None, None)],
        ),
        (
            shapes.BLOGGER,
            "utf-8",
            [
                (
                    "https://hive.example/2024/05/bees.html",
                    "Bees",
                    at(2024, 5, 3, 11, 59, hours=-7),
                    "Grace",
                    "2024-05-03T12:00:00.123-07:00",
                )
            ],
        ),
        (
            shapes.SLASHDOT,
            "latin-1",
            [
                (
                    "https://dot.example/story/1?utm_source=rss1.0",
                    "Café of bees",
                    at(2024, 5, 3, 17, 20),
                    "msmash",
                    "2024-05-03T17:20:00+00:00",
                ),
                ("https://dot.example/story/2", "Only an about", None, None, None),
            ],
        ),
        (shapes.RSS_090, "utf-8", [("http://old.example/bees", "Bees", None, None, None)]),
        (shapes.RSS_091, "utf-8", [("http://old.example/bees", "Bees étonnées", None, None, None)]),
        (shapes.RSS_092, "utf-8", [("http://radio.example/2001/05/03.html#a1", None, None, None, None)]),
        (
            shapes.GUID_ONLY,
            "utf-8",
            [
                ("https://valley.example/1", "Permanent", None, None, None),
                ("http://valley.example/2", "Said so", None, None, None),
            ],
        ),
        (
            shapes.RELATIVE,
            "utf-8",
            [
                ("https://valley.example/blog/2024/bees.html", "Bees", None, None, None),
                ("https://valley.example/wasps", "Wasps", None, None, None),
            ],
        ),
        (
            shapes.RELATIVE_RSS,
            "utf-8",
            [
                ("https://feeds.example/bees", "Bees", None, None, None),
                ("https://cdn.valley.example/wasps", "Wasps", None, None, None),
            ],
        ),
        (
            shapes.WINDOWS_1251,
            "cp1251",
            [
                (
                    "https://dolina.example/pchely",
                    "Пчёлы вернулись",
                    at(2024, 5, 3, 12, hours=3),
                    "Иван Петров",
                    None,
                )
            ],
        ),
        (
            shapes.PREFIXED,
            "utf-8",
            [("https://p.example/1", "Bees", at(2024, 5, 3), "Ada, Grace", "2024-05-03")],
        ),
        (shapes.XHTML, "utf-8", [("https://x.example/bees", "Bees return & stay", at(2024, 5, 1), None, "2024-05")]),
        (shapes.PODCAST, "utf-8", [("https://hum.example/9", "Episode 9", at(2024, 5, 3, 5), "Ada", None)]),
        (
            shapes.ATOM_03,
            "utf-8",
            [
                (
                    "https://a3.example/bees",
                    "Bees & wasps",
                    at(2004, 5, 3, 10, hours=2),
                    "Grace",
                    "2004-05-04T10:00:00Z",
                )
            ],
        ),
        (shapes.AFTER_A_WARNING, "utf-8", [("https://w.example/1", "Bees", None, None, None)]),
        (
            shapes.SLOPPY,
            "utf-8",
            [
                ("https://s.example/?a=1&b=2", "Bees & wasps again", None, None, None),
                ("https://s.example/2", "Cut off", None, None, None),
            ],
        ),
        (
            shapes.TWICE,
            "utf-8",
            [
                ("https://t.example/1", "Older", at(2024, 5, 1, 10), None, None),
                ("https://t.example/2", "Newer", at(2024, 5, 3, 10), None, None),
            ],
        ),
        (
            shapes.JSON_11,
            "utf-8",
            [
                (
                    "https://feeds.example/bees",
                    "Bees & wasps",
                    at(2024, 5, 3, 10, hours=-4),
                    "Ada",
                    "2024-05-04T10:00:00Z",
                ),
                ("https://j.example/2", None, None, "Grace, Mary", None),
            ],
        ),
        (shapes.JSON_10, "utf-8", [("https://j.example/1", None, None, "Ada", None)]),
    ],
)
def test_what_each_shape_says(
    shape: str, encoding: str, expected: list[tuple[str, str | None, datetime | None, str | None, str | None]]
) -> None:
    """Address, title, moment, author and time of change are taken as the program of each publisher writes them."""
    listed = read(shape, encoding)
    assert [(one.url, one.title, one.published, one.author, one.modified) for one in listed] == expected
    moments = [one.published for one in listed if one.published]
    assert [one.utcoffset() for one in moments] == [one[2].utcoffset() for one in expected if one[2]]


@pytest.mark.parametrize(
    ("shape", "whole"),
    [
        (shapes.WORDPRESS, [True]),
        (shapes.WORDPRESS_EXCERPT, [False]),
        (shapes.SUBSTACK, [True, False]),
        (shapes.YOUTUBE, [False]),
        (shapes.BLOGGER, [True]),
        (shapes.XHTML, [True]),
        (shapes.LONG_DESCRIPTION, [True, False]),
        (shapes.JSON_11, [False, False]),
        (shapes.JSON_10, [False]),
        (shapes.RSS_090, [False]),
    ],
)
def test_whether_an_entry_is_the_whole_article(shape: str, whole: list[bool]) -> None:
    """Content of enough words is, a long description too; what ends like a teaser is not."""
    assert [one.whole for one in read(shape)] == whole


@pytest.mark.parametrize(
    "end",
    [
        "…",
        "...",
        "[…]",
        "[&#8230;]",
        "(more)",
        "<a href='x'>Read more</a>",
        "Continue reading <i>Bees</i> &rarr;",
        "Читать далее",
        "Weiterlesen »",
        "Subscribe to read the rest.",
        "This post is for paid subscribers",
    ],
)
def test_a_teaser_gives_itself_away(end: str) -> None:
    """However many words it has: its page is fetched."""
    article = shapes.WORDPRESS.replace(f"<p>{shapes.WORDS}</p>", f"<p>{shapes.WORDS} And {end}</p>")
    assert [one.whole for one in read(article)] == [False]


def test_the_fullest_html_is_taken() -> None:
    """Of content and description the one with more words; text that is no HTML becomes HTML."""
    assert shapes.WORDS.strip() in (read(shapes.WORDPRESS)[0].content or "")
    assert read(shapes.JSON_11)[0].content == "<p>First &lt;one&gt;.</p>\n<p>Second.</p>"
    longer = f"<description>{shapes.WORDS}</description><content:encoded>Short.</content:encoded>"
    feed = f"<rss xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><item><link>{URL}</link>{longer}"
    assert (read(feed + "</item></channel></rss>")[0].content or "").startswith("The keepers")


def test_an_entry_that_was_cut_off_is_not_whole() -> None:
    """The feed broke off while it was sent: the last entry may go on, those before it do not."""
    cut = shapes.LONG_DESCRIPTION.replace("</description></item><item>", "&nbsp;</description></item><item>")
    longer = cut.replace("</description></item></channel></rss>", shapes.WORDS * 2)
    assert [one.whole for one in read(longer)] == [True, False]
    assert [one.whole for one in read(longer + "</description></item></channel></rss><!-- cached -->")] == [True, True]


def test_dates_that_are_none() -> None:
    """A date that is none, or a placeholder, is not said; a time zone that is missing is UTC."""
    assert [one.published for one in read(shapes.ODD_DATES)] == [
        *(None, None, at(2024, 5, 3, 10), at(2024, 5, 3), at(2024, 5, 3, 10, hours=-8), at(2024, 5, 3, 10)),
    ]


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [("cp1251", None), ("cp1251", "windows-1251"), ("cp1251", "utf-8"), ("cp1251", "nonsense"), ("cp1251", "utf-7")],
)
def test_the_encoding_that_fits_is_taken(encoding: str, charset: str | None) -> None:
    """What the document says counts, whatever the server says."""
    assert read(shapes.WINDOWS_1251, encoding, charset)[0].title == "Пчёлы вернулись"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_unicode_shows_itself(encoding: str) -> None:
    """With a mark or without, and although the document says something else."""
    assert read(shapes.WINDOWS_1251, encoding)[0].title == "Пчёлы вернулись"


def test_the_server_may_say_the_encoding() -> None:
    """Where the document does not; a damaged character spoils one word and no feed."""
    bare = shapes.WINDOWS_1251.partition("\n")[2]
    assert read(bare, "cp1251", "windows-1251")[0].title == "Пчёлы вернулись"
    assert read(shapes.RSS_092.encode().replace(b"No", b"\xff"))[0].url
    assert read(shapes.SUBSTACK.replace("Ada", "Zoë"), "utf-8", "iso-8859-1")[0].author == "Zoë"
    assert read(shapes.WINDOWS_1251.replace("windows-1251", "koi8-r"), "utf-8", "utf-8")[0].title == "Пчёлы вернулись"


def test_an_empty_feed_lists_nothing() -> None:
    """A feed without entries is one."""
    for text in (
        "<rss><channel/></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom'/>",
        '{"version": "https://jsonfeed.org/version/1", "items": []}',
    ):
        assert read(text) == ()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"<!doctype html><html><head><title>x</title></head></html>", "it is a web page"),
        (b"\n<HTML><body>", "it is a web page"),
        (b"https://example.org/feed.xml", "it is no feed: neither"),
        (b"/etc/passwd", "it is no feed: neither"),
        (b"<urlset><url/></urlset>", "it is no feed: neither"),
        (b"%PDF-1.7 \xff\xfe\x00", "it is no text"),
        (b'{"items": []}', "it is JSON and no JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": {}}', "it is JSON and no JSON Feed"),
        (b'{"version": ', "it is no valid JSON"),
    ],
)
def test_what_is_no_feed_is_told_what_it_is(body: bytes, reason: str) -> None:
    """An operator who wrote the page's address learns that it is a page."""
    assert refusal(body).startswith(reason)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32", "utf-32-le"])
@pytest.mark.parametrize(
    "declaration", ['<!ENTITY a "b">', '<!ENTITY % a SYSTEM "file:///etc/passwd">', '<!entity a "b">']
)
def test_entities_are_refused(encoding: str, declaration: str) -> None:
    """Neither bombs nor files of this machine: no feed declares any, in whatever encoding."""
    text = f"<?xml version='1.0'?><!DOCTYPE rss [{declaration}]><rss><channel><item>&a;</item></channel></rss>"
    assert "declares XML entities" in refusal(text.encode(encoding))


def test_code_about_entities_is_no_declaration() -> None:
    """An article about XML is an article."""
    for code in ("<![CDATA[<pre><!ENTITY a 'b'></pre>]]>", "&lt;!ENTITY a 'b'&gt;"):
        assert len(
            read(f"<rss><channel><item><link>{URL}</link><description>{code}</description></item></channel></rss>")
        )


def test_nothing_is_fetched_and_no_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a body that is an address or a file's name, nor an external DTD or entity of a feed."""
    monkeypatch.setattr(socket, "socket", lambda *_: pytest.fail("a connection was opened"))
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("a connection was opened"))
    other = tmp_path / "feed.xml"
    other.write_text(shapes.RSS_090)
    external = f'<!DOCTYPE rss SYSTEM "{other.as_uri()}">'
    for name in (str(other), other.as_uri(), "https://example.org/feed.xml"):
        assert "it is no feed" in refusal(name.encode())
    assert read(f"<?xml version='1.0'?>{external}<rss><channel><title>&x;</title></channel></rss>") == ()
    assert read(shapes.RSS_091.replace("http://my.netscape.com", "https://example.org"))


ITEM = b"<item><link>https://example.org/a</link></item>"
OPEN = b'<rss version="2.0"><channel><item><link>https://example.org/a</link><description>'
CLOSE = b"</description></item></channel></rss>"
AUTHOR = b"</description><author>%s</author></item></channel></rss>"

HOSTILE: dict[str, Callable[[], bytes]] = {
    "ten million items": lambda: b"<rss><channel>" + b"<item/>" * 10_000_000,
    "as many entries": lambda: b"<a:feed>" + b"<a:entry a='b'>" * 2_000_000,
    "deep nesting": lambda: OPEN + b"<a>" * 90_000 + b"</a>" * 90_000 + CLOSE,
    "deeper nesting": lambda: OPEN + b"<a>" * 3_000_000,
    "many elements": lambda: OPEN + b"<a/>" * 100_000 + CLOSE,
    "sloppy elements": lambda: OPEN + b"<a/>" * 50_000,
    "open tags": lambda: OPEN + b"<a " * 60_000,
    "attributes": lambda: b"<rss " + b" ".join(b'a%d=""' % n for n in range(600_000)) + b"/>",
    "ampersands": lambda: OPEN + b"&" * 900_000,
    "references": lambda: OPEN + b"&amp;" * 1_000_000 + CLOSE,
    "lines": lambda: OPEN + b"\n" * 8_000_000 + CLOSE,
    "declarations": lambda: OPEN + b"<![CDATA[" * 1_000_000,
    "remarks": lambda: OPEN + b"<!--" * 40_000,
    "scripts": lambda: OPEN + b"<![CDATA[" + b"<script>" * 1_000_000 + b"]]>" + CLOSE,
    "signatures": lambda: OPEN + b"The post " * 1_000_000 + CLOSE,
    "an author": lambda: OPEN + AUTHOR % (b"a" * 8_000_000),
    "a mail address": lambda: OPEN + AUTHOR % (b"a" * 100 + b"@" + b"a." * 4_000_000),
    "a date": lambda: OPEN + b"</description><pubDate>" + b"1" * 8_000_000 + b"</pubDate></item></channel></rss>",
    "a link": lambda: OPEN + b"</description><link>" + b"/.." * 2_000_000 + b"</link></item></channel></rss>",
    "many names": lambda: OPEN + b"</description><link>https://a.b" + b"/index.html" * 700_000 + b"</link></item>",
    "blanks": lambda: b" \n" * 4_000_000 + b"<rss/>",
    "json items": lambda: b'{"version":"https://jsonfeed.org/version/1","items":[' + b"{}," * 10_000_000,
    "json nesting": lambda: b'{"version":' + b"[" * 1_500_000,
    "json numbers": lambda: b'{"version":' + b"1" * 8_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_feed_costs_little(name: str) -> None:
    """Two seconds of a processor at most (here: three, for slow machines), whether it is read or refused."""
    body = HOSTILE[name]()
    start = time.process_time()
    with suppress(FormatError):
        read(body, most=50_000)
    assert time.process_time() - start < 3


def test_too_many_entries_are_refused_in_little_memory() -> None:
    """By counting: nothing is made of them. A few entries too many are too many."""
    body = HOSTILE["ten million items"]()
    tracemalloc.start()
    try:
        assert refusal(body, most=50_000) == "it has more than 50000 entries"
        assert tracemalloc.get_traced_memory()[1] < 4 * len(body)
    finally:
        tracemalloc.stop()
    assert refusal(b"<rss><channel>" + ITEM * 3 + b"</channel></rss>", most=2) == "it has more than 2 entries"
    assert len(read(b"<rss><channel>" + ITEM * 3 + b"</channel></rss>", most=3)) == 1
    feed = b'{"version": "https://jsonfeed.org/version/1", "items": [{}, {}, {}]}'
    assert refusal(feed, most=2) == "it has more than 2 entries"


PIECES = [
    *(
        b"<rss>",
        b"<feed xmlns='http://www.w3.org/2005/Atom'>",
        b"<channel>",
        b"<item>",
        b"<entry>",
        b"</item>",
        b"<link>",
    ),
    *(b"https://a.b/", b"</link>", b"<link href='", b"'/>", b"<title>", b"</title>", b"<guid>", b"<author>", b"<name>"),
    *(
        b"&#xd800;",
        b"&#99999999;",
        b"&amp;",
        b"&x",
        b"<![CDATA[",
        b"]]>",
        b"<!--",
        b"<?",
        b"\xff\xfe",
        b"\0",
        b"{",
        b"}",
    ),
    *(b'"items":[', b"pubDate>", b"<pubDate>", b"9999-99-99", b"Mon, 01 Jan", b" xml:base='[", b"</author>", b"\r\n"),
    *(
        b"<content type='xhtml'>",
        b"<svg>",
        b"<media:group>",
        b"<source>",
        b"<image>",
        b"<dc:creator>",
        b"<id>",
        b"</id>",
    ),
]


@given(st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join)))
@example(b"<rss><item><link>https://[</link>")
@example(b"<feed><entry><link href='https://a.b:x/'/>")
@example(b"<rss><item></author></name><guid></guid>&#xffffffff;")
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """No exception but a format error; each address is absolute, has a canonical form, and is there once."""
    for candidate in (body, b"<rss><channel><item>" + body, b'{"version":"https://jsonfeed.org/version/1",' + body):
        try:
            listed = read(candidate)
        except FormatError:
            continue
        assert len({canonical_address(one.url) for one in listed}) == len(listed)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("https://a.b/c"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "items",
                    "id",
                    "url",
                    "title",
                    "authors",
                    "author",
                    "name",
                    "date_published",
                    "content_html",
                    "summary",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(JSON, JSON)
def test_any_json_is_read_or_refused(item: object, authors: object) -> None:
    """Values of the wrong type are as good as missing."""
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [item], "authors": authors}
    assert len(read(json.dumps(feed))) <= 1
