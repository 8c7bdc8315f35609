"""robots.txt: what a site allows, from a real server."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from raw_server import RawServer, reply, sent_to

from index.errors import AddressRefused, Unreachable
from index.sources.fetching import Fetcher, Request
from index.sources.fetching.robots import MOST_BYTES, Rules

Make = Callable[..., Fetcher]


def robots(text: str, status: int = 200) -> bytes:
    """The file as it is sent."""
    return reply(text, status, content_type="text/plain")


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /private", "/private/page", False),
        ("User-agent: *\nDisallow: /private", "/page", True),
        ("User-agent: *\nDisallow: /", "/page", False),
        ("User-agent: Verbatim\nDisallow: /\n\nUser-agent: *\nAllow: /", "/page", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: verbatim\nAllow: /", "/page", True),
        ("User-agent: OtherBot\nDisallow: /", "/page", True),
        ("User-agent: *\nDisallow: /\nAllow: /page", "/page", True),
        ("\ufeffUser-agent: *\nDisallow: /page?*secret", "/page?a=secret", False),
        ("", "/page", True),
        ("<html>no such file</html>", "/page", True),
    ],
)
def test_the_rules_are_kept(server: RawServer, fetcher: Fetcher, text: str, path: str, allowed: bool) -> None:
    """The most exact rule for us counts, and for us before that for everybody."""
    server.replies.update({"/robots.txt": robots(text), path: reply("bees")})
    if allowed:
        assert fetcher.fetch(Request(server.url(path))).body == b"bees"
    else:
        with pytest.raises(AddressRefused, match=r"/robots\.txt forbids it"):
            fetcher.fetch(Request(server.url(path)))
    assert server.paths() == [path] * allowed


def test_the_file_is_read_once_a_run(server: RawServer, fetcher: Fetcher) -> None:
    """However many pages are fetched."""
    server.replies.update({"/robots.txt": robots("User-agent: *\nDisallow: /no"), "/page": reply()})
    for _ in fetcher.fetch_all([Request(server.url())] * 6):
        pass
    assert [one.path for one in server.seen].count("/robots.txt") == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_site_without_the_file_allows_everything(server: RawServer, fetcher: Fetcher, status: int) -> None:
    """Any 4xx is "there is none" (RFC 9309, 2.3.1.3)."""
    server.replies.update({"/robots.txt": robots("User-agent: *\nDisallow: /", status), "/page": reply("bees")})
    assert fetcher.fetch(Request(server.url())).body == b"bees"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_site_whose_file_cannot_be_had_allows_nothing(server: RawServer, fetcher: Fetcher, status: int) -> None:
    """For now (RFC 9309, 2.3.1.4): it is unreachable, and not forbidden."""
    server.replies.update({"/robots.txt": robots("", status), "/page": reply("bees")})
    with pytest.raises(Unreachable, match=rf"its robots\.txt cannot be read: .* it answered {status}"):
        fetcher.fetch(Request(server.url()))
    assert server.paths() == []


def test_a_file_that_could_not_be_had_is_asked_for_again(server: RawServer, fetcher: Fetcher) -> None:
    """A moment's failure does not close the site for the run."""
    server.replies.update({"/robots.txt": [robots("", 500), robots("")], "/page": reply("bees")})
    with pytest.raises(Unreachable):
        fetcher.fetch(Request(server.url()))
    assert fetcher.fetch(Request(server.url())).body == b"bees"


def test_the_file_may_be_elsewhere(server: RawServer, fetcher: Fetcher) -> None:
    """Up to five redirects are followed (RFC 9309, 2.3.1.2)."""
    server.replies.update({f"/{n}": sent_to(f"/{n + 1}") for n in range(4)})
    server.replies.update({"/robots.txt": sent_to("/0"), "/4": robots("User-agent: *\nDisallow: /page")})
    with pytest.raises(AddressRefused, match="forbids"):
        fetcher.fetch(Request(server.url()))


def test_a_file_behind_endless_redirects_is_none(server: RawServer, fetcher: Fetcher) -> None:
    """As the same section says."""
    server.replies.update({"/robots.txt": sent_to("/robots.txt"), "/page": reply("bees")})
    assert fetcher.fetch(Request(server.url())).body == b"bees"


def test_the_file_leads_to_nowhere_private(server: RawServer, fetcher: Fetcher) -> None:
    """It is an address like others."""
    server.replies.update({"/robots.txt": sent_to("http://10.0.0.1/"), "/page": reply("bees")})
    with pytest.raises(AddressRefused, match=r"robots\.txt cannot be read: 10\.0\.0\.1 is refused"):
        fetcher.fetch(Request(server.url()))


def test_of_a_huge_file_the_beginning_counts(server: RawServer, fetcher: Fetcher) -> None:
    """500 KiB (RFC 9309, 2.5)."""
    padding = "# bees keep warm in winter\n" * 25_000
    assert len(padding) > MOST_BYTES
    server.replies["/robots.txt"] = robots(f"User-agent: *\nDisallow: /first\n{padding}Disallow: /last\n")
    server.replies.update({"/first": reply(), "/last": reply("bees")})
    with pytest.raises(AddressRefused):
        fetcher.fetch(Request(server.url("/first")))
    assert fetcher.fetch(Request(server.url("/last"))).body == b"bees"


def test_each_hop_is_asked_for(server: RawServer, fetcher: Fetcher) -> None:
    """A redirect is no way round the rules."""
    server.replies.update({"/robots.txt": robots("User-agent: *\nDisallow: /no"), "/page": sent_to("/no")})
    with pytest.raises(AddressRefused, match="/no is not fetched"):
        fetcher.fetch(Request(server.url()))


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 2.5", 2.5),
        ("User-agent: *\nCrawl-delay: 86400", 30),
        ("User-agent: *\nCrawl-delay: -1", 0),
        ("User-agent: *\nCrawl-delay: nan", 0),
        ("User-agent: OtherBot\nCrawl-delay: 5", 0),
        ("", 0),
    ],
)
def test_the_delay_is_what_the_site_asks_for(text: str, delay: float) -> None:
    """Within reason."""
    assert Rules(text).delay == delay


def test_the_delay_is_kept(server: RawServer, made: Make) -> None:
    """Where a site asks for more than the settings say."""
    server.replies.update({"/robots.txt": robots("User-agent: *\nCrawl-delay: 0.3"), "/page": reply()})
    for _ in made(requests_per_host=4).fetch_all([Request(server.url())] * 3):
        pass
    times = [one.at for one in server.seen if one.path == "/page"]
    assert all(later - sooner > 0.25 for sooner, later in pairwise(times))
