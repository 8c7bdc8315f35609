"""Crawls of real sites: what becomes of a page, whatever it, its lists and the settings do."""

from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from websites import atom, page, rss, sitemap, story

Desk = Any  # of conftest.py, which cannot be imported from here


def put(desk: Desk, *names: str, words: str = "", **more: Any) -> None:
    """Put pages on the site."""
    for name in names:
        desk.site.put(f"/{name}", page(name, story(f"{name} {words}"), day="2026-11-01", **more))


def list_pages(desk: Desk, *names: str, stamp: str | None = None) -> None:
    """Write the site's feed and its sitemap."""
    stamp = stamp or desk.now.isoformat()
    desk.site.put("/map", sitemap([(f"{desk.site.url}/{name}", stamp) for name in names]), "application/xml")
    day = format_datetime(desk.now)
    feed = rss([(f"{desk.site.url}/{name}", name, day) for name in names])
    desk.site.put("/feed", feed, "application/rss+xml")


def list_whole(desk: Desk, *names: str, words: str = "", day: str = "2026-11-01") -> None:
    """Write a feed that holds the articles."""
    entries = [(f"{desk.site.url}/{name}", name, day, story(f"{name} {words}", 40)) for name in names]
    desk.site.put("/feed", atom(entries), "application/atom+xml")


def text(name: str, words: str = "") -> str:
    return "\n\n".join(story(f"{name} {words}"))


class TestWhoseArticle:
    def test_a_section_named_as_canonical_makes_no_two_articles_one(self, desk: Desk) -> None:
        """Careless sites name the section that an article lies in as the address of each."""
        for name in ("a", "b"):
            put(desk, f"news/{name}", canonical=f"{desk.site.url}/news/")
        list_pages(desk, "news/a", "news/b")
        desk.crawl(desk.map())
        assert desk.texts() == {"a": text("news/a"), "b": text("news/b")}

    def test_another_article_named_as_canonical_is_not_overwritten(self, desk: Desk) -> None:
        """A template that names one article in all of them: each stays what it says."""
        put(desk, "a")
        list_pages(desk, "a")
        desk.crawl(desk.map())
        desk.sleep(days=1)
        put(desk, "b", canonical=f"{desk.site.url}/a")
        list_pages(desk, "a", "b")
        desk.crawl(desk.map())
        assert desk.texts() == {"a": text("a"), "b": text("b")}
        assert {one.url for one in desk.store.articles("news")} == {f"{desk.site.url}/a", f"{desk.site.url}/b"}

    def test_another_host_named_as_canonical_is_not_believed(self, desk: Desk) -> None:
        """An article belongs to the host that served it."""
        put(desk, "a", canonical=f"{desk.other.url}/story")
        list_pages(desk, "a")
        desk.crawl(desk.map())
        assert [one.url for one in desk.store.articles("news")] == [f"{desk.site.url}/a"]

    @pytest.mark.parametrize(
        "canonical", ["http://127.0.0.1:99999/x", "http://127.0.0.1:8a/x", "http://[::1/x", "//:0"]
    )
    def test_no_address_that_a_page_names_ends_the_crawl(self, desk: Desk, canonical: str) -> None:
        """What is no address is not believed, and the article is read."""
        put(desk, "a", canonical=canonical)
        put(desk, "b")
        list_pages(desk, "a", "b")
        desk.crawl(desk.map())
        assert desk.texts() == {"a": text("a"), "b": text("b")}

    def test_nor_does_one_that_a_page_leads_to(self, desk: Desk) -> None:
        """It is a page that could not be fetched."""
        put(desk, "b", "x" * 8_100)
        desk.site.move("/a", "/" + "x" * 8_100)
        list_pages(desk, "a", "b")
        (crawled,) = desk.crawl(desk.map())
        assert desk.texts() == {"b": text("b")}
        assert crawled.failed == 1

    def test_a_redirect_to_another_host_gives_it_the_article(self, desk: Desk) -> None:
        """For the same reason: it answered."""
        desk.other.put("/story", page("Story", story("story"), day="2026-11-01"))
        desk.site.move("/a", f"{desk.other.url}/story", 302)
        list_pages(desk, "a")
        desk.crawl(desk.map())
        (stored,) = desk.store.articles("news")
        assert stored.url == f"{desk.other.url}/story"
        assert stored.article.endswith(f"{desk.other.port}/story")

    def test_articles_that_lead_to_one_that_is_known_are_gone_and_not_that_one(self, desk: Desk) -> None:
        """A site that sends readers of what it withdrew to one page costs that page's words nothing."""
        put(desk, "a", "b", "landing")
        list_pages(desk, "a", "b", "landing")
        desk.crawl(desk.map())
        for name in ("a", "b"):
            desk.site.move(f"/{name}", "/landing")
        desk.sleep(days=1)
        (crawled,) = desk.crawl(desk.map())
        assert desk.texts() == {"landing": text("landing")}
        assert crawled.gone == 2
        put(desk, "a", "b")
        desk.sleep(days=1)
        desk.crawl(desk.map())
        assert set(desk.texts()) == {"a", "b", "landing"}

    def test_what_moved_stays_itself_where_both_addresses_are_known(self, desk: Desk) -> None:
        """The same words at the new address are the same article, under its old id."""
        put(desk, "a")
        list_pages(desk, "a")
        desk.crawl(desk.map())
        desk.site.resources["/new"] = desk.site.resources["/a"]
        list_pages(desk, "new")
        desk.crawl(desk.map())
        desk.site.move("/a", "/new")
        desk.sleep(days=2)
        desk.crawl(desk.map())
        assert desk.texts() == {"a": text("a")}
        assert [one.url for one in desk.store.articles("news")] == [f"{desk.site.url}/new"]

    def test_a_front_page_is_no_article_that_moved(self, desk: Desk) -> None:
        """Nor is that of another site, which bought the domain."""
        put(desk, "a")
        list_pages(desk, "a")
        desk.crawl(desk.map())
        desk.other.put("/", page("Welcome", story("welcome"), day="2026-11-01"))
        desk.site.move("/a", f"{desk.other.url}/")
        desk.sleep(days=1)
        desk.crawl(desk.map())
        assert desk.texts() == {}


class TestWithdrawn:
    def test_a_page_that_says_that_it_is_not_there_is_gone(self, desk: Desk) -> None:
        """Whatever its status says; and it is looked for soon, in case that was a mistake."""
        put(desk, "a")
        list_pages(desk, "a")
        desk.crawl(desk.map())
        desk.sleep(days=40)
        desk.site.put(
            "/a", "<html><head><title>Page not found</title></head><body><h1>Page not found</h1></body></html>"
        )
        desk.crawl(desk.map())
        assert desk.texts() == {}
        put(desk, "a")
        desk.sleep(days=1)
        desk.crawl(desk.map())
        assert set(desk.texts()) == {"a"}

    def test_a_wall_withdraws_nothing(self, desk: Desk) -> None:
        """What was free for a day was read; what was said stays said."""
        put(desk, "a")
        list_pages(desk, "a")
        desk.crawl(desk.map())
        desk.sleep(days=1)
        desk.site.put("/a", page("a", ["Subscribe to continue reading."], day="2026-11-01"))
        (crawled,) = desk.crawl(desk.map())
        assert set(desk.texts()) == {"a"}
        assert len(crawled.problems) == 1

    def test_what_a_feed_still_holds_is_gone_where_its_page_is(self, desk: Desk) -> None:
        """A feed that is written anew for another article does not bring it back."""
        put(desk, "a")
        list_whole(desk, "a")
        desk.crawl(desk.feed())
        assert set(desk.texts()) == {"a"}
        desk.site.remove("/a")
        desk.sleep(days=1)
        desk.crawl(desk.feed())
        assert desk.texts() == {}
        list_whole(desk, "b", "a")
        desk.crawl(desk.feed())
        assert set(desk.texts()) == {"b"}


class TestTwoSources:
    def test_lists_that_date_one_page_differently_do_not_have_it_fetched(self, desk: Desk) -> None:
        """Each is believed for itself."""
        put(desk, "a")
        sources = (desk.map(), desk.feed(name="feed"))
        list_pages(desk, "a", stamp="2026-10-30")
        desk.crawl(*sources)
        desk.sleep(hours=20)
        put(desk, "b")
        list_pages(desk, "b", "a", stamp="2026-10-30")
        desk.crawl(*sources)
        assert desk.site.counts == {"/map": 1, "/feed": 1, "/b": 1}

    def test_what_a_mirror_drops_goes_to_an_archive_that_lists_it(self, desk: Desk, tmp_path: Path) -> None:
        """Taking a line out of a file takes nothing out of a sitemap."""
        put(desk, "a", "b")
        file = tmp_path / "pages.list"
        mirror = {"kind": "urls", "file": file, "name": "list"}
        file.write_text(f"{desk.site.url}/a\n{desk.site.url}/b\n")
        list_pages(desk, "a")
        desk.crawl(mirror, desk.map())
        assert (set(desk.texts("list")), set(desk.texts("news"))) == ({"a", "b"}, set())
        file.write_text(f"{desk.site.url}/b\n")
        desk.crawl(mirror, desk.map())
        assert (set(desk.texts("list")), set(desk.texts("news"))) == ({"b"}, {"a"})

    def test_the_feeds_text_does_not_replace_what_another_source_read(self, desk: Desk) -> None:
        """They would take turns, and each would be news."""
        put(desk, "a")
        list_pages(desk, "a")
        desk.crawl(desk.map())
        list_whole(desk, "a")
        desk.crawl(desk.map(), desk.feed(name="feed"))
        assert desk.texts() == {"a": text("a")}
        assert desk.texts("feed") == {}


class TestSettings:
    def test_a_source_may_be_given_another_name(self, desk: Desk) -> None:
        """Its archive stays, also what it lists no more."""
        put(desk, "a", "b")
        list_pages(desk, "a", "b")
        desk.crawl(desk.map())
        list_pages(desk, "b")
        desk.crawl(desk.map(name="renamed"))
        assert set(desk.texts("renamed")) == {"a", "b"}
        assert desk.site.counts == {"/map": 1}

    def test_a_source_that_comes_back_has_what_it_had(self, desk: Desk) -> None:
        """Nothing is fetched again."""
        put(desk, "a")
        list_pages(desk, "a")
        desk.crawl(desk.map())
        desk.crawl(desk.feed(url=f"{desk.other.url}/feed", name="other"))
        desk.sleep(hours=3)
        desk.crawl(desk.map())
        assert set(desk.texts()) == {"a"}
        assert desk.site.counts == {"/map": 1}

    def test_the_page_is_read_when_the_operator_says_so(self, desk: Desk) -> None:
        """``text = "page"`` counts for entries whose text was the feed's; and back."""
        put(desk, "a")
        list_whole(desk, "a")
        desk.crawl(desk.feed())
        desk.sleep(days=2)
        desk.crawl(desk.feed())  # asks whether the page is there, and learns its validators
        assert desk.site.counts == {"/feed": 1, "/a": 1}
        desk.crawl(desk.feed(text="page"))
        assert desk.texts() == {"a": text("a")}
        desk.crawl(desk.feed(text="entry"))
        assert desk.texts() == {"a": "\n\n".join(story("a ", 40))}

    def test_a_summary_after_the_whole_costs_one_look_at_the_page(self, desk: Desk) -> None:
        """Then the article is what the page says; where that cannot be read, what the feed said."""
        put(desk, "a")
        desk.site.put("/b", page("b", ["Subscribe to continue reading."], day="2026-11-01"))
        list_whole(desk, "a", "b")
        desk.crawl(desk.feed())
        list_pages(desk, "a", "b")
        desk.crawl(desk.feed())
        assert desk.texts() == {"a": text("a"), "b": "\n\n".join(story("b ", 40))}
        assert desk.site.counts == {"/feed": 1, "/a": 1, "/b": 1}

    def test_looking_again_may_be_switched_off_and_on(self, desk: Desk) -> None:
        """``recheck_days = 0`` is never, for as long as it is so."""
        put(desk, "a")
        list_pages(desk, "a")
        desk.crawl(desk.map(recheck_days=0))
        desk.sleep(days=90)
        desk.crawl(desk.map(recheck_days=0))
        assert desk.site.counts == {"/map": 1}
        desk.crawl(desk.map())
        assert desk.site.counts == {"/map": 1, "/a": 1}


class TestHowOften:
    def test_a_page_that_always_fails_is_not_asked_for_at_every_run(self, desk: Desk) -> None:
        """Also where its list says each time that it has changed."""
        desk.site.remove("/a", 500)
        asked = 0
        for _ in range(96):
            list_pages(desk, "a")
            desk.crawl(desk.map())
            asked += desk.site.counts.get("/a", 0)
            desk.sleep(minutes=15)
        assert 3 <= asked <= 5

    def test_a_list_whose_every_page_is_always_new_costs_a_few_looks_a_day(self, desk: Desk) -> None:
        """An unchanged page is asked for ever more rarely, and never more rarely than without its list."""
        put(desk, "a")
        looks = []
        for _ in range(4):
            asked = 0
            for _ in range(24):
                list_pages(desk, "a")
                desk.crawl(desk.map(recheck_days=1))
                asked += desk.site.counts.get("/a", 0)
                desk.sleep(hours=1)
            looks.append(asked)
        assert looks[0] <= 6
        assert looks[1:] == [1, 1, 1]

    def test_pages_that_change_all_day_do_not_keep_others_from_being_read(self, desk: Desk) -> None:
        """Where not all can be fetched, half of what can be is for those that were never read."""
        names = [f"n{number}" for number in range(8)]
        for hour in range(4):
            put(desk, *names, words=str(hour))
            list_pages(desk, *names)
            desk.crawl(desk.map(pages_a_run=4))
            desk.sleep(hours=2)
        assert set(desk.texts()) == set(names)

    def test_what_changed_last_comes_first(self, desk: Desk) -> None:
        """Sitemaps begin with the oldest as often as not."""
        put(desk, "old", "new")
        entries = [(f"{desk.site.url}/old", "2020-01-01"), (f"{desk.site.url}/new", "2026-10-31")]
        desk.site.put("/map", sitemap(entries), "application/xml")
        desk.crawl(desk.map(pages_a_run=1))
        assert set(desk.texts()) == {"new"}

    def test_out_of_time_loses_nothing(self, desk: Desk) -> None:
        """What was not fetched is neither failed nor put off."""
        names = [f"n{number}" for number in range(6)]
        put(desk, *names)
        list_pages(desk, *names)
        for name in names[2:]:
            desk.site.put(f"/{name}", page(name, story(name), day="2026-11-01"), seconds=0.6)
        (crawled,) = desk.crawl(desk.map(), seconds_left=0.5)
        assert crawled.failed == 0
        put(desk, *names)
        desk.crawl(desk.map())
        assert set(desk.texts()) == set(names)

    @pytest.mark.parametrize("back", [1, 30])
    def test_a_clock_that_goes_back_puts_off_no_more_than_it_went(self, desk: Desk, back: int) -> None:
        """And changes nothing that is known."""
        put(desk, "a")
        list_pages(desk, "a", stamp="2026-11-01")
        desk.crawl(desk.map())
        desk.sleep(days=-back)
        desk.crawl(desk.map())
        assert desk.texts() == {"a": text("a")}
        desk.sleep(days=back + 1)
        desk.crawl(desk.map())
        assert desk.site.counts == {"/map": 1, "/a": 1}


def test_a_feed_that_dates_everything_today_leaves_articles_their_day(desk: Desk) -> None:
    """Else each would be news each day."""
    list_whole(desk, "a", day="2026-11-01")
    desk.crawl(desk.feed())
    (before,) = desk.store.articles("news")
    desk.sleep(days=1)
    list_whole(desk, "a", day="2026-11-02")
    put(desk, "a")
    desk.crawl(desk.feed())
    assert list(desk.store.articles("news")) == [before]
