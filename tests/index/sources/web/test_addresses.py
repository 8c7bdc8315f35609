"""Addresses: which are of one page, and which are not."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.sources.web.addresses import canonical_address, same_site, web_address
from index.sources.web.tracking import _BEGINNINGS, _NAMES

PAGE = "https://example.org/news/bees"


@pytest.mark.parametrize(
    "other",
    [
        "http://example.org/news/bees",
        "HTTPS://Example.ORG:443/news/bees",
        "http://example.org:80/news/bees",
        "https://www.example.org/news/bees/",
        "https://m.example.org/news/bees",
        "https://amp.example.org/news/bees",
        "https://www.m.example.org./news/bees",
        "https://ada:secret@example.org/news/bees",
        "  https://example.org/news/bees#comments \n",
        "https://example.org/news/bees?utm_source=feed&utm_medium=rss",
        "https://example.org/news/bees?fbclid=1&gclid=2&mc_cid=3",
        "https://example.org/news/bees?&",
        "https://example.org/news/bees/index.html",
        "https://example.org/news/bees/amp",
        "https://example.org/news/bees/amp/",
        "https://example.org/news/bees?amp=1",
        "https://example.org/news/bees?amp",
        "https://example.org/news/bees?outputType=amp",
        "https://www.google.com/amp/s/www.example.org/news/bees/amp/",
        "https://google.co.uk/amp/example.org/news/bees?utm_source=g",
        "https://example-org.cdn.ampproject.org/c/s/example.org/news/bees",
        "https://cdn.ampproject.org/v/s/example.org/news/bees?amp_js_v=0.1#x",
        "https://example.org/news/%62ees",
        "https://example.org/sports/../news/./bees",
        "https://example.org/news/bees;jsessionid=12AB",
    ],
)
def test_addresses_of_one_page_are_one(other: str) -> None:
    """However a page is reached, it is one article."""
    if "amp_js_v" in other:
        other = other.replace("?amp_js_v=0.1", "")
    assert canonical_address(other) == PAGE


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("https://example.org", "https://example.org/"),
        ("https://example.org/?p=7&utm_id=1", "https://example.org/?p=7"),
        ("https://example.org/a?b=2&a=1&a=0", "https://example.org/a?a=1&a=0&b=2"),
        ("https://example.org/a?q=x+y", "https://example.org/a?q=x%20y"),
        ("https://example.org/a/story.amp.html", "https://example.org/a/story.html"),
        ("https://bücher.example/ü?ö=ä", "https://xn--bcher-kva.example/%C3%BC?%C3%B6=%C3%A4"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://пример.испытание/", "https://xn--e1afmkfd.xn--80akhbyknj4f/"),
        ("https://example.org/%e2%82%ac%7E100%zz", "https://example.org/%E2%82%AC~100%25zz"),
        ("https://example.org:8080/a", "https://example.org:8080/a"),
        ("http://127.0.0.1:8000/a", "https://127.0.0.1:8000/a"),
        ("http://[::1]:8000/a", "https://[::1]:8000/a"),
        ("https://m.fr/a", "https://m.fr/a"),
        ("https://example.org/../../a", "https://example.org/a"),
        ("https://example.org/index.php?id=3", "https://example.org/?id=3"),
    ],
)
def test_the_canonical_form(address: str, canonical: str) -> None:
    """Hosts and escapes have one form each; what says which page stays, in the order of its names."""
    assert canonical_address(address) == canonical


@pytest.mark.parametrize(
    "different",
    [
        "https://example.org/news/Bees",
        "https://example.org/news/bees?page=2",
        "https://example.org/news/bees?id=1",
        "https://example.org/news/bees?id=2",
        "https://example.org/news/bees?p=1",
        "https://example.org/news/bees?ref=2",
        "https://example.org/news/bees?source=ada",
        "https://example.org/news/bees?camp=1",
        "https://example.org/news/bees?amp=2",
        "https://example.org/news/bees.html",
        "https://example.org/news/bees%2Fwasps",
        "https://example.org/news/bees/wasps",
        "https://example.org/news//bees",
        "https://example.org/news/beesamp",
        "https://example.org/amp/news/bees",
        "https://example.org:8443/news/bees",
        "https://blog.example.org/news/bees",
        "https://example.org/news/bees?q=a%26b",
        "https://example.org/news/bees?q=a&b",
        "https://www.google.com/amplifier/s/example.org/news/bees",
        "https://example.org/amp/s/example.org/news/bees",
    ],
)
def test_different_pages_stay_different(different: str) -> None:
    """Two articles under one id would be one article lost."""
    others = [PAGE, "https://example.org/news/bees?id=3", "https://example.org/news/bees?q=a"]
    assert canonical_address(different) not in map(canonical_address, others)


def test_tracking_parameters_are_many() -> None:
    """Newsletters, networks and advertisers each have their own; whatever their case, they are dropped."""
    assert len(_NAMES) >= 30
    for name in [*_NAMES, *(f"{beginning}x" for beginning in _BEGINNINGS)]:
        assert canonical_address(f"{PAGE}?{name.upper()}=1&a=2") == f"{PAGE}?a=2"


ODD = [
    "",
    "bees",
    "/news/bees",
    "ftp://example.org/a",
    "mailto:ada@example.org",
    "javascript:alert(1)",
    "https://",
    "https:///a",
    "https://example.org:99999/",
    "https://example.org:x/",
    "https://[::1/",
    "https://exa mple.org/",
    "https://-ü-.example/",
    "https://" + "a" * 300 + ".org/",
    "https://a..b/",
    "https://example.org/\ud800",
    "https://example.org/" + "/index.html" * 10_000,
]


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_address_is_a_value_error(odd: str) -> None:
    """Nothing is made of it."""
    with pytest.raises(ValueError):  # noqa: PT011 -- from several libraries, each in its own words
        canonical_address(odd)


PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "/",
                "//",
                ".",
                "..",
                "amp",
                "index.html",
                "x",
                ".amp.html",
                "%2e",
                "%2F",
                "%41",
                "%",
                "ü",
                " ",
                "&",
                "=",
            ),
            *("?", "#", "+", ";", "utm_a=1", "amp=1", "b=2", "a=1", "www.", "m.", "google.com", "cdn.ampproject.org"),
            *("/amp/s/", "/c/s/", ":80", ":443", ":8080", "@", "example.org", "\\", "%25", "%2561"),
        ]
    ),
    max_size=12,
).map("".join)


@given(st.sampled_from(["http://", "https://"]), st.sampled_from(["example.org", "www.google.com", ""]), PIECES)
@example("https://", "example.org", "/index.html/amp/index.html")
@example("https://", "www.a.cdn.ampproject.org", "/c/s/example.org/news")
def test_the_form_is_final(scheme: str, host: str, rest: str) -> None:
    """The canonical form of a canonical form is itself."""
    try:
        once = canonical_address(scheme + host + rest)
    except ValueError:
        return
    assert canonical_address(once) == once


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_text_has_a_form_or_a_value_error(text: str) -> None:
    """Addresses come from strangers: no other exception, and no address that is not one."""
    for candidate in (text, f"https://{text}", f"https://example.org/{text}"):
        try:
            once = canonical_address(candidate)
        except ValueError:
            continue
        assert canonical_address(once) == once
        assert once.isascii()


def test_the_longest_address_has_a_final_form() -> None:
    """Also where each of its characters becomes twelve; a longer one is none."""
    longest = "https://example.org/" + "\N{HONEYBEE}" * 7_980
    assert web_address(longest) == longest
    assert web_address(f"{longest}x") is None
    once = canonical_address(longest)
    assert canonical_address(once) == once


@given(st.text(st.characters(exclude_categories=()), max_size=60), st.sampled_from(["", PAGE]))
def test_an_address_that_is_taken_has_a_form(text: str, base: str) -> None:
    """Whoever holds an address may ask for its canonical form."""
    for candidate in (text, f"https://{text}", f"https://example.org/{text}"):
        if address := web_address(candidate, base):
            assert canonical_address(address)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (PAGE, "http://www.example.org:8080/x", True),
        (PAGE, "https://m.example.org/x", True),
        (PAGE, "https://EXAMPLE.org.", True),
        (PAGE, "https://blog.example.org/x", False),
        (PAGE, "https://example.org.evil.example/", False),
        (PAGE, "https://example.com/", False),
        (PAGE, "/x", False),
        ("", "", False),
    ],
)
def test_sites(a: str, b: str, same: bool) -> None:
    """A site is its host; what is no address is of no site."""
    assert same_site(a, b) == same
    assert same_site(b, a) == same


@pytest.mark.parametrize("inner", ["example.org:port/x", "[/x", "a..b/x", "\N{REPLACEMENT CHARACTER}.example/x"])
def test_what_a_cache_holds_may_be_no_address(inner: str) -> None:
    """Then the cache's address is the page's: whoever lists it cannot break the list."""
    address = web_address(f"https://a.cdn.ampproject.org/c/s/{inner}")
    assert address is not None
    once = canonical_address(address)
    assert once.startswith("https://a.cdn.ampproject.org/c/s/") and canonical_address(once) == once
