"""Reading lists, and the lists that they name."""

from typing import Any

import pytest
from websites import page, sitemap, sitemap_index, story

from index.sources.web import discovery

Desk = Any  # of conftest.py


def put(desk: Desk, *names: str) -> list[tuple[str, str]]:
    """Put pages on the site, and return them as a sitemap's entries."""
    for name in names:
        desk.site.put(f"/{name}", page(name, story(name), day="2026-11-01"))
    return [(f"{desk.site.url}/{name}", "2026-11-01") for name in names]


def plain_index(desk: Desk, *paths: str) -> str:
    """An index that does not say when its sitemaps changed, and so is always the same."""
    return sitemap_index([(f"{desk.site.url}{path}", "") for path in paths])


def test_an_index_that_never_changes_hides_no_sitemap_that_does(desk: Desk) -> None:
    """Those that it names are asked for each time, on condition that they have changed."""
    desk.site.put("/map", plain_index(desk, "/one.xml"), "application/xml")
    desk.site.put("/one.xml", sitemap(put(desk, "a")), "application/xml")
    desk.crawl(desk.map())
    desk.crawl(desk.map())
    assert desk.site.unchanged == {"/one.xml": 1}
    desk.site.put("/one.xml", sitemap(put(desk, "a", "b")), "application/xml")
    desk.crawl(desk.map())
    assert set(desk.texts()) == {"a", "b"}


def test_a_sitemap_that_failed_is_read_in_the_next_run(desk: Desk) -> None:
    """Although the index that names it is as it was."""
    desk.site.put("/map", sitemap_index([(f"{desk.site.url}/one.xml", "2026-11-01")]), "application/xml")
    desk.site.remove("/one.xml", 500)
    (crawled,) = desk.crawl(desk.map())
    assert crawled.error is not None and "/one.xml" in crawled.error
    desk.site.put("/one.xml", sitemap(put(desk, "a")), "application/xml")
    (crawled,) = desk.crawl(desk.map())
    assert (crawled.error, set(desk.texts())) == (None, {"a"})


def test_a_sitemap_that_says_that_it_is_as_it_was_is_not_asked_for(desk: Desk) -> None:
    """An archive of years costs one request."""
    desk.site.put("/map", sitemap_index([(f"{desk.site.url}/one.xml", "2026-11-01")]), "application/xml")
    desk.site.put("/one.xml", sitemap(put(desk, "a")), "application/xml")
    desk.crawl(desk.map())
    desk.crawl(desk.map())
    assert desk.site.counts == {"/map": 1}


def test_indexes_that_name_each_other_end(desk: Desk) -> None:
    """Each is read once."""
    desk.site.put("/map", plain_index(desk, "/two.xml"), "application/xml")
    desk.site.put("/two.xml", plain_index(desk, "/map", "/two.xml"), "application/xml")
    desk.crawl(desk.map())
    assert max(desk.site.counts.values()) <= 2


def test_more_lists_than_are_read_are_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks for what was left out in silence."""
    monkeypatch.setattr(discovery, "MOST_LISTS", 3)
    names = [f"/{number}.xml" for number in range(5)]
    desk.site.put("/map", plain_index(desk, *names), "application/xml")
    for name in names:
        desk.site.put(name, sitemap([]), "application/xml")
    (crawled,) = desk.crawl(desk.map())
    assert [url.rpartition("/")[2] for url, _ in crawled.problems] == ["2.xml", "3.xml", "4.xml"]
    assert all("not read" in reason for _, reason in crawled.problems)


def test_one_list_of_two_sources_is_fetched_once(desk: Desk) -> None:
    """And read for both: each selects other pages of it."""
    desk.site.put("/map", sitemap(put(desk, "sport/a", "city/b")), "application/xml")
    desk.crawl(desk.map(name="sport", include=["**/sport/**"]), desk.map(name="city", include=["**/city/**"]))
    assert desk.site.counts["/map"] == 1
    assert (set(desk.texts("sport")), set(desk.texts("city"))) == ({"a"}, {"b"})


def test_other_patterns_have_an_unchanged_sitemap_read_again(desk: Desk) -> None:
    """It may name other pages now."""
    desk.site.put("/map", sitemap(put(desk, "sport/a", "city/b")), "application/xml")
    desk.crawl(desk.map(include=["**/sport/**"]))
    desk.crawl(desk.map())
    assert set(desk.texts()) == {"a", "b"}
