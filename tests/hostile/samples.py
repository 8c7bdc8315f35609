"""Real documents of everything that comes in from outside, small ones: what mistakes are put into."""

import re
import tempfile
import zipfile
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

import documents
import feed_shapes
from reportlab.pdfgen.canvas import Canvas
from telegram_server.rules import Json

ROOT = Path(__file__).parent.parent.parent


@cache
def folder() -> Path:
    """A folder of this process, gone with it."""
    kept = tempfile.TemporaryDirectory(prefix="hostile")
    _kept.append(kept)
    return Path(kept.name)


_kept: list[tempfile.TemporaryDirectory[str]] = []


def packed_word(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A sound Word file with some of its parts put in place of the usual ones."""
    content = BytesIO()
    with zipfile.ZipFile(BytesIO(word())) as usual, zipfile.ZipFile(content, "w", compression) as changed:
        for name in usual.namelist():
            changed.writestr(name, parts.get(name, usual.read(name)))
    return content.getvalue()


@cache
def word() -> bytes:
    return documents.docx_file(folder() / "seed.docx").read_bytes()


def word_parts() -> Sequence[bytes]:
    with zipfile.ZipFile(BytesIO(word())) as parts:
        text = parts.read("word/document.xml")
    table = b"<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Bees</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    return (text, text.replace(b"<w:body>", b"<w:body>" + table))


def document(suffix: str) -> Sequence[bytes]:
    return (documents.MAKERS[suffix](folder() / f"seed{suffix}").read_bytes(),)


def pdfs() -> Sequence[bytes]:
    """One as it is, and one whose streams can be read, so that mistakes in them are mistakes of the page."""
    plain = BytesIO()
    drawn = Canvas(plain, pageCompression=0)
    for page in range(3):
        for line in range(5):
            drawn.drawString(72, 700 - 14 * line, f"The keepers counted more bees on page {page}, line {line}.")
        drawn.showPage()
    drawn.save()
    return (*document(".pdf"), plain.getvalue())


def markdown_files() -> Sequence[bytes]:
    samples = sorted((ROOT / "config" / "articles").glob("*.md"))[:4]
    rich = (
        b"# Bees\n\n* one\n  1. two\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | ~~2~~ |\n\n```c\ncode\n```\n\n"
        b"A [link](https://a.example 'x'), ![p](p.png), a note[^1], <b>b</b> and `code`.\n\n[^1]: Said so.\n\n"
        b"<div><!-- x --><script>1</script>text</div>\n\n[ref]: https://a.example\n\nSetext\n===\n"
    )
    return (rich, *(path.read_bytes()[:3_000] for path in samples), *document(".md"))


def texts() -> Sequence[bytes]:
    words = "Пчёлы танцуют, чтобы рассказать другим. Die Bienen tanzen für die anderen. Las abejas bailan. "
    codecs = ("utf-8", "utf-16", "utf-32")
    return (*document(".txt"), *(words.encode(codec) for codec in codecs), words[:39].encode("cp1251") * 3)


def prose() -> Sequence[bytes]:
    """Texts as articles have them, in several scripts."""
    articles = sorted((ROOT / "config" / "articles").glob("*.md"))[:6]
    said = "“Why?” asked Dr. J. Smith, R-Ariz., at 5 p.m. “I said so. You didn’t.” (So he did.)\n"
    other = "蜜蜂冬天取暖。为什么？\nПчёлы зимой, т.е. в январе, греют улей. Чому? हाँ। ما هذا؟\n"
    return (said.encode() * 3, other.encode() * 3, *(path.read_bytes()[:2_000] for path in articles))


def rows() -> Sequence[bytes]:
    odd = {"id": 4, "title": ["a", "b"], "published": "Fri, 03 May 2024 18:30:00 +0200", "site": 1.5, "language": "no"}
    return (*document(".jsonl"), documents.line(**odd).encode() * 2)


def front_matters() -> Sequence[bytes]:
    return (
        b"title: The dance\nauthor: [Ada, Grace]\ndate: 2024-05-03\nurl: https://a.example/b\nlanguage: no",
        b"title: >\n  folded\n  text\ntags:\n  - &a one\n  - *a\nnested: {a: 1, b: [x, y]}\n? key\n: value",
    )


def pages() -> Sequence[bytes]:
    folder = ROOT / "tests/index/sources/web/shapes"
    return tuple(path.read_bytes()[:20_000] for path in sorted(folder.glob("*.html"))[::4])


def feeds() -> Sequence[bytes]:
    named = {name: value for name, value in vars(feed_shapes).items() if name.isupper() and isinstance(value, str)}
    return tuple(value.encode() for name, value in named.items() if name != "WORDS")


SITEMAPS = (
    b'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news='
    b'"http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://valley.example/a?b=1&amp;c=2</loc><lastmod>'
    b"2024-05-03T10:00:00Z</lastmod><news:news><news:publication_date>2024-05-03</news:publication_date><news:title>"
    b"<![CDATA[Bees & wasps]]></news:title></news:news></url></urlset>",
    b"<sitemapindex><sitemap><loc>https://valley.example/s1.xml</loc></sitemap></sitemapindex>",
    b"https://valley.example/1\nhttps://valley.example/2\n",
)


ROBOTS = (
    b"User-agent: *\nDisallow: /private/*.php$\nAllow: /private/a\nCrawl-delay: 2.5\nSitemap: https://a.example/s.xml\n",
    b"# all\nUser-Agent: Verbatim\nDisallow:\nRequest-rate: 1/5s 0100-0200\nVisit-time: 0600-0845\nHost: a.example\n",
)


ADDRESSES = (
    b"https://www.valley.example:443/a/../b/index.html?utm_source=x&id=1#top",
    b"http://[2001:db8::1]/x", "https://пчёлы.example/мёд".encode(), b"//cdn.valley.example/x", b"../y?z",
    b"https://www-valley-example.cdn.ampproject.org/c/s/valley.example/amp", b"https://0x7f.1/", b"http://a@b/",
)  # fmt: skip


HEADERS = (
    b"text/html; charset=utf-8", b"Fri, 31 Dec 2027 23:59:59 GMT", b"120", b"gzip, br", b"text/html; charset*=us'x'%C3",
)  # fmt: skip


QUESTIONS = tuple(
    text.encode()
    for text in (
        "Who was Marie Curie?\nAnd when did she die?", "How many died in Uganda?\nAnd in Kenya?", "Why?",
        "Кто построил башню?\nА когда это было?", "¿Qué pasó entre marzo y mayo de 2024?",
        "Wann war das, vor 2 Jahren?",
        "What happened last week in Jupiter's moons, and how much did it cost since 3rd March 2019?",
        "Qu'est-ce qui s'est passé il y a trois jours ?", "Що сталося 5 березня 2024 року?", "מה קרה? ما حدث؟",
    )
)  # fmt: skip


PHRASES = tuple(text.encode() for text in ("March 2024", "5 березня 2024", "vor drei Tagen", "hace 2 años", "il y a"))


_USER = {"id": 7, "is_bot": False, "first_name": "Ada", "language_code": "de"}


_CHAT = {"id": -100, "type": "supergroup", "title": "A group"}


_MESSAGE = {
    "message_id": 5, "date": 1_790_000_000, "chat": _CHAT, "from": _USER, "text": "/ask@verbatim_test_bot How warm? 🐝",
    "entities": [{"type": "bot_command", "offset": 0, "length": 22}, {"type": "mention", "offset": 4, "length": 18}],
}  # fmt: skip


UPDATES: Sequence[Json] = tuple(
    {"update_id": 9, **content}
    for content in (
        {"message": {**_MESSAGE, "reply_to_message": {**_MESSAGE, "from": {**_USER, "id": 4242, "is_bot": True}}}},
        {"message": {**_MESSAGE, "text": None, "caption": "@verbatim_test_bot", "photo": [], "caption_entities": []}},
        {"callback_query": {"id": "1", "from": _USER, "chat_instance": "1", "data": "1:t:s0w:de", "message": _MESSAGE}},
        {"inline_query": {"id": "1", "from": _USER, "query": "How warm is it?", "offset": ""}},
        {"message_reaction": {"chat": _CHAT, "message_id": 5, "date": 1, "user": _USER, "old_reaction": [],
                              "new_reaction": [{"type": "emoji", "emoji": "👍"}]}},
    )
)  # fmt: skip


CALLBACKS = (
    b"1:abcDEF-_1234:s0", b"1:abc:m12w:de", b"forget:7", b"rollback:20260101T0200-ab12cd34:20260102T0200-ab12cd35",
    b"language:-7:telegram", b"keep", b"language:7:de",
)  # fmt: skip


NAMES = tuple(
    name.encode() for name in ("bees.txt", "BEES.TXT", "пчёлы и мёд.txt", "a_b-c.2024.txt", "🐝 'x' \"y\".txt")
)


OVERRIDES = (
    b"index.passage_words=100",
    b"telegram.admins=[1, 2]",
    b"storage.folder=/tmp/x",
    b'sources=[{kind="files"}]',
)


GOLDEN = (
    b'[[questions]]\nquestion = "How warm?"\nwords = "winter"\n\n[[questions]]\nquestion = "Who?"\narticle = "a"\n',
)


def settings_files() -> Sequence[bytes]:
    whole = (ROOT / "config" / "verbatim.toml").read_bytes()
    plain = re.sub(rb"(?m)^# ?(?=[a-z_]+ = |\[)", b"", whole)
    sources = b'[[sources]]\nkind = "feed"\nurl = "https://a.example/feed"\n[[sources]]\nkind = "files"\nfolder = "x"\n'
    return (whole, plain, sources, b"a.b.c = {d = [1, 2.5, 2024-05-03T10:00:00Z, '''x''', true]}\n")


XML = (b"<item>", b"</item>", b"<link>", b"<title>", b'xmlns:a="b"', b"<!DOCTYPE a>", b"<!ENTITY a 'b'>")


HTML = (b"<p>", b"<div>", b"<table>", b"<tr>", b"<td>", b"<article>", b"<script>", b"<form>",
        b"<template>", b"</p>", b"<svg>", b"<h1>", b"<a href='#'>", b"<pre>", b"<sup>", b"<base href='//['>",
        b"<meta charset='x'>")  # fmt: skip


PDF = (b"obj", b"endobj", b"stream\n", b"endstream", b"<<", b">>", b"/Kids", b"/Parent 1 0 R", b"/Length 9999",
        b"BT", b"ET", b"Tj", b"Tm", b"cm", b"q", b"/F1 12 Tf", b"xref", b"trailer", b"/Filter/FlateDecode")  # fmt: skip
