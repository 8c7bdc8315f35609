"""One page at a time from a real server: what is asked, and what comes back."""

import gzip
import zlib
from collections.abc import Callable
from importlib.metadata import version

import brotli
import pytest
from raw_server import RawServer, reply, sent_to

from index.errors import AddressRefused, Unreachable, Unsuitable
from index.sources.fetching import FEEDS, PAGES, SITEMAPS, TEXT, Fetcher, Kinds, Request

Make = Callable[..., Fetcher]


def test_a_page_comes_with_what_is_said_of_it(server: RawServer, fetcher: Fetcher) -> None:
    """Everything that later stages, and the next run, need to know."""
    modified = "Sun, 22 Nov 2026 12:00:00 GMT"
    server.replies["/page"] = reply("<p>Grüße", etag='"one"', last_modified=modified, x_robots_tag="noindex")
    response = fetcher.fetch(Request(server.url()))
    assert (response.url, response.moved, response.status) == (server.url(), False, 200)
    assert (response.body.decode(), response.media_type, response.charset) == ("<p>Grüße", "text/html", "utf-8")
    assert (response.etag, response.modified) == ('"one"', modified)
    assert response.robots == ("noindex",)
    assert 0 < response.seconds < 1


def test_an_unchanged_page_costs_one_request(server: RawServer, fetcher: Fetcher) -> None:
    """What the last answer said goes back, and 304 is an answer."""
    server.replies["/page"] = reply(status=304, etag='"one"')
    response = fetcher.fetch(Request(server.url(), etag='"one"', modified="Sun, 22 Nov 2026 12:00:00 GMT"))
    assert (response.status, response.body, response.etag) == (304, b"", '"one"')
    assert server.paths() == ["/page"]
    asked = server.seen[-1].fields
    assert asked["if-none-match"] == '"one"'
    assert asked["if-modified-since"] == "Sun, 22 Nov 2026 12:00:00 GMT"


def test_nobody_said_anything_to_be_unchanged_from(server: RawServer, fetcher: Fetcher) -> None:
    """304 to a first visit says nothing of the page."""
    server.replies["/page"] = reply(status=304)
    with pytest.raises(Unreachable, match="answered 304"):
        fetcher.fetch(Request(server.url()))
    assert "if-none-match" not in server.seen[-1].fields


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_an_answer(server: RawServer, fetcher: Fetcher, status: int) -> None:
    """It is what withdrawn articles are known by."""
    server.replies["/page"] = reply("not here", status=status)
    response = fetcher.fetch(Request(server.url()))
    assert (response.status, response.body) == (status, b"")


@pytest.mark.parametrize("status", [204, 206, 400, 401, 403, 451, 500, 501])
def test_other_statuses_say_nothing_of_the_page(server: RawServer, fetcher: Fetcher, status: int) -> None:
    """Nobody takes an article down for them."""
    server.replies["/page"] = reply(status=status)
    with pytest.raises(Unreachable, match=f"/page could not be fetched: it answered {status}"):
        fetcher.fetch(Request(server.url()))


@pytest.mark.parametrize(
    ("packing", "packed"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress)]
)
def test_packed_bodies_are_unpacked(
    server: RawServer, fetcher: Fetcher, packing: str, packed: Callable[[bytes], bytes]
) -> None:
    """What is asked for is understood."""
    server.replies["/page"] = reply(packed(b"bees" * 1_000), content_encoding=packing)
    assert fetcher.fetch(Request(server.url())).body == b"bees" * 1_000
    assert server.seen[-1].fields["accept-encoding"] == "gzip, deflate, br"


def test_an_empty_body_is_a_body(server: RawServer, fetcher: Fetcher) -> None:
    """What is in it is for others to judge."""
    server.replies["/page"] = reply("")
    assert fetcher.fetch(Request(server.url())).body == b""


def test_chunked_bodies_are_joined(server: RawServer, fetcher: Fetcher) -> None:
    """As most servers send them."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.replies["/page"] = head + b"3\r\nbee\r\n1\r\ns\r\n0\r\n\r\n"
    assert fetcher.fetch(Request(server.url())).body == b"bees"


def test_we_say_who_we_are(server: RawServer, made: Make) -> None:
    """An honest name, and whom to write to."""
    server.replies["/page"] = reply()
    made(contact="bot@news.example").fetch(Request(server.url()))
    named = {one.fields["user-agent"] for one in server.seen}
    assert named == {f"Verbatim/{version('verbatim')} (+bot@news.example)"}


@pytest.mark.parametrize("contact", ["", " ", "\r\n"])
def test_without_a_contact_the_name_stands_alone(server: RawServer, made: Make, contact: str) -> None:
    """Nothing is made up, and nothing breaks out of the field."""
    server.replies["/page"] = reply()
    made(contact=contact).fetch(Request(server.url()))
    assert server.seen[-1].fields["user-agent"] == f"Verbatim/{version('verbatim')}"


def test_no_cookies_are_kept(server: RawServer, fetcher: Fetcher) -> None:
    """Each visit is the first."""
    server.replies["/page"] = reply(set_cookie="who=you")
    for _ in range(2):
        fetcher.fetch(Request(server.url()))
    assert "cookie" not in server.seen[-1].fields


def test_connections_are_kept(server: RawServer, fetcher: Fetcher) -> None:
    """robots.txt and three pages cost one connection."""
    server.replies["/page"] = reply("bees")
    for _ in range(3):
        fetcher.fetch(Request(server.url()))
    assert server.connections <= 2  # the 404 of robots.txt is not read to its end


def test_the_environment_is_not_asked(server: RawServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of somebody's shell gets no requests."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.replies["/page"] = reply("bees")
    assert fetcher.fetch(Request(server.url())).body == b"bees"


@pytest.mark.parametrize(
    ("kinds", "good", "bad"),
    [
        (PAGES, "application/xhtml+xml", "application/pdf"),
        (PAGES, "text/html", "image/png"),
        (FEEDS, "application/atom+xml", "video/mp4"),
        (FEEDS, "application/feed+json", "image/png"),
        (SITEMAPS, "application/x-gzip", "text/html"),
        (TEXT, "text/csv", "application/zip"),
    ],
)
def test_only_what_was_asked_for_is_read(
    server: RawServer, fetcher: Fetcher, kinds: Kinds, good: str, bad: str
) -> None:
    """A film behind the link of an article is not downloaded."""
    server.replies["/good"], server.replies["/bad"] = reply("x", content_type=good), reply("x", content_type=bad)
    assert fetcher.fetch(Request(server.url("/good"), kinds=kinds)).media_type == good
    with pytest.raises(Unsuitable, match=f"/bad is not {kinds.name}: it is of the type {bad}"):
        fetcher.fetch(Request(server.url("/bad"), kinds=kinds))


def test_who_sends_no_type_is_read(server: RawServer, fetcher: Fetcher) -> None:
    """Readers tell what it is."""
    server.replies["/page"] = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbees"
    assert fetcher.fetch(Request(server.url())).media_type is None


@pytest.mark.parametrize(
    ("statuses", "moved"), [((301,), True), ((308, 301), True), ((302,), False), ((303, 301), False), ((307,), False)]
)
def test_redirects_are_followed(server: RawServer, fetcher: Fetcher, statuses: tuple[int, ...], moved: bool) -> None:
    """The last address is the page's; it has moved only where every hop says so for good."""
    for number, status in enumerate(statuses):
        server.replies[f"/{number}"] = sent_to(f"/{number + 1}", status)
    server.replies[f"/{len(statuses)}"] = reply("bees")
    response = fetcher.fetch(Request(server.url("/0")))
    assert (response.url, response.moved, response.body) == (server.url(f"/{len(statuses)}"), moved, b"bees")


def test_redirects_are_counted(server: RawServer, fetcher: Fetcher) -> None:
    """fetch.redirects of them, and no more."""
    for number in range(5):
        server.replies[f"/{number}"] = sent_to(f"/{number + 1}")
    server.replies["/5"] = reply("bees")
    assert fetcher.fetch(Request(server.url("/2"))).body == b"bees"
    with pytest.raises(Unreachable, match="more than 3 redirects"):
        fetcher.fetch(Request(server.url("/1")))


@pytest.mark.parametrize("place", ["/page", "/other"])
def test_circles_are_noticed(server: RawServer, fetcher: Fetcher, place: str) -> None:
    """To itself, or over another one."""
    server.replies.update({"/page": sent_to(place), "/other": sent_to("/page")})
    with pytest.raises(Unreachable, match="in a circle"):
        fetcher.fetch(Request(server.url()))


def test_a_redirect_has_to_say_where(server: RawServer, fetcher: Fetcher) -> None:
    """There are servers that forget."""
    server.replies["/page"] = reply(status=301)
    with pytest.raises(Unreachable, match="not where the page is now"):
        fetcher.fetch(Request(server.url()))


@pytest.mark.parametrize(
    "place",
    [
        "file:///etc/passwd",
        "ftp://news.example/",
        "http://localhost:{port}/secret",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:{port}/secret",
        "http://user:password@127.0.0.1:{port}/secret",
        "//0x7f000001:{port}/secret",
    ],
)
def test_redirects_lead_to_nowhere_private(server: RawServer, fetcher: Fetcher, place: str) -> None:
    """Each hop is checked like the first address; an allowed host allows itself only."""
    server.replies.update({"/page": sent_to(place.format(port=server.port)), "/secret": reply("secret")})
    with pytest.raises(AddressRefused):
        fetcher.fetch(Request(server.url()))
    assert server.paths() == ["/page"]
