"""The page store: what lists name, what visits find, and that one article has one id."""

import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LibraryError
from index.records import Draft, Listed
from index.sources.web.drafts import packed, unpacked
from index.sources.web.store import ListState, PageStore, Visit

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
MONTH = timedelta(days=30)
BEES = Draft("Bees dance.", title="Bees", published=date(2026, 11, 1))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PageStore]:
    """A page store without pages."""
    with PageStore(tmp_path / "pages.sqlite") as opened:
        yield opened


def note(store: PageStore, *pages: Listed, source: str = "news", now: datetime = NOW) -> int:
    return store.note(source, [(page, None) for page in pages], now, MONTH)


def visits(store: PageStore, source: str = "news", new: int = 9, again: int = 9, now: datetime = NOW) -> list[Visit]:
    return store.to_visit(source, new, again, now)


def keep(store: PageStore, visit: Visit, draft: Draft | None, *addresses: str, now: datetime = NOW) -> bool:
    forms = addresses or (visit.article,)
    return store.keep_page(visit, draft, visit.url, forms, ('"tag"', None), now, MONTH)


def only(store: PageStore, now: datetime = NOW) -> Visit:
    (visit,) = visits(store, now=now)
    return visit


def articles(store: PageStore, source: str = "news") -> list[str]:
    return [stored.article for stored in store.articles(source)]


def test_a_page_is_new_once(store: PageStore) -> None:
    """However often it is listed, under whatever address."""
    assert note(store, Listed("https://a.example/bees"), Listed("http://www.a.example/bees?utm_source=x#top")) == 1
    assert note(store, Listed("https://a.example/bees/")) == 0
    assert [visit.url for visit in visits(store)] == ["https://a.example/bees"]


def test_what_is_no_address_is_passed_over(store: PageStore) -> None:
    """One bad line of a list spoils nothing else."""
    assert note(store, Listed("mailto:me@a.example"), Listed("https://a.example/bees")) == 1


def test_new_pages_come_first_and_newest_first(store: PageStore) -> None:
    """Where not all can be fetched in a run, readers get today's articles today."""
    old, new = (datetime(2026, 11, day, tzinfo=UTC) for day in (1, 20))
    note(store, Listed("https://a.example/old", published=old), Listed("https://a.example/new", published=new))
    assert [visit.url for visit in visits(store, new=1)] == ["https://a.example/new"]


def test_a_page_that_was_read_is_left_alone_for_a_day(store: PageStore) -> None:
    """Then it is asked for with what its answer said, so that an unchanged one costs next to nothing."""
    note(store, Listed("https://a.example/bees"))
    assert keep(store, only(store), BEES)
    assert articles(store) == ["https://a.example/bees"]
    assert visits(store, now=NOW + timedelta(hours=23)) == []
    again = only(store, NOW + timedelta(hours=24))
    assert (again.etag, again.known) == ('"tag"', True)


def test_a_list_that_says_so_has_the_page_looked_at_again(store: PageStore) -> None:
    """After an hour at the earliest; where it was not true, later each time."""
    note(store, Listed("https://a.example/bees", modified="1"))
    keep(store, only(store), BEES)
    waits = []
    now = NOW
    for number in range(2, 5):
        note(store, Listed("https://a.example/bees", modified=str(number)), now=now + timedelta(minutes=1))
        wait = next(h for h in range(1, 99) if visits(store, now=now + timedelta(hours=h), again=0))
        now += timedelta(hours=wait)
        waits.append(wait)
        store.unchanged(only(store, now), now, MONTH)
    assert waits == [1, 2, 4]


def test_what_is_gone_is_no_article_and_may_come_back(store: PageStore) -> None:
    """The same words are an article again under the same id."""
    note(store, Listed("https://a.example/bees"))
    visit = only(store)
    keep(store, visit, BEES)
    store.gone(visit, "HTTP 404", NOW, MONTH)
    assert articles(store) == []
    assert store.problems() == [("news", "https://a.example/bees", "HTTP 404")]
    assert keep(store, visit, BEES, now=NOW + timedelta(days=1))
    assert articles(store) == ["https://a.example/bees"]
    assert store.problems() == []


def test_a_page_that_cannot_be_read_today_keeps_its_article(store: PageStore) -> None:
    """A wall of cookies, or a server that is down, is no reason to forget."""
    note(store, Listed("https://a.example/bees"))
    visit = only(store)
    keep(store, visit, BEES)
    store.unreadable(visit, "asks for cookies", NOW, MONTH)
    store.failed(visit, "HTTP 503", NOW, MONTH)
    assert articles(store) == ["https://a.example/bees"]
    assert [problem for *_, problem in store.problems()] == ["HTTP 503"]


def test_two_pages_that_turn_out_to_be_one_are_one(store: PageStore) -> None:
    """The one that was known first keeps its id; every address leads to it, and a visit to the other finds it."""
    note(store, Listed("https://a.example/first"), Listed("https://a.example/second"))
    first, second = visits(store)
    keep(store, first, BEES)
    keep(store, second, BEES, "https://a.example/first", "https://a.example/second")
    store.gone(second, "HTTP 410", NOW, MONTH)
    assert articles(store) == []
    assert keep(store, second, BEES)
    assert articles(store) == ["https://a.example/first"]
    assert note(store, Listed("https://a.example/second")) == 0


def test_joining_loses_no_article(store: PageStore) -> None:
    """A page of which nothing was read yet, known first, has the words that a list held of the other one."""
    note(store, Listed("https://a.example/first"))
    store.note("news", [(Listed("https://a.example/second"), BEES)], NOW, MONTH)
    later = NOW + timedelta(days=1)
    first, second = visits(store, now=later)
    keep(store, second, None, "https://a.example/first", "https://a.example/second", now=later)
    assert [store.draft(name).text for name in articles(store)] == [BEES.text]
    assert first.article == "https://a.example/first"


def test_what_was_not_read_is_not_asked_for_as_if_it_were(store: PageStore) -> None:
    """Else the answer that it is as it was would be all that is ever heard of it."""
    note(store, Listed("https://a.example/bees"))
    visit = only(store)
    keep(store, visit, None)
    assert only(store, NOW + timedelta(days=1)).etag is None


def test_a_list_of_very_many_pages_is_no_more_work_than_its_length(store: PageStore) -> None:
    """Twenty thousand addresses in a file, each a page."""
    addresses = [f"https://a.example/{number}" for number in range(20_000)]
    store.note("news", [(Listed(address), None) for address in addresses], NOW, MONTH, complete=True)
    started = time.process_time()
    assert len(store.listed_by("news", addresses)) == 20_000
    assert time.process_time() - started < 2.0


def test_an_article_is_called_by_what_its_page_says_and_then_for_ever(store: PageStore) -> None:
    """What its list called it is only believed until the page was read."""
    note(store, Listed("https://a.example/?p=17"))
    visit = only(store)
    keep(store, visit, BEES, "https://a.example/bees", "https://a.example/?p=17")
    keep(store, visit, BEES, "https://a.example/bees-are-back", now=NOW + timedelta(days=1))
    assert articles(store) == ["https://a.example/bees"]


def test_what_a_list_holds_itself_is_not_fetched_but_looked_after(store: PageStore) -> None:
    """Its page is asked for later, only to learn whether it is still there."""
    store.note("news", [(Listed("https://a.example/bees", title="Bees"), BEES)], NOW, MONTH)
    assert articles(store) == ["https://a.example/bees"]
    assert visits(store) == []
    assert not only(store, NOW + timedelta(days=1)).own


def test_the_list_fills_what_the_page_does_not_say(store: PageStore) -> None:
    """Title, author and day; what the page says counts first."""
    listed = Listed("https://a.example/x", title="Listed", author="A. Writer", published=NOW)
    note(store, listed)
    keep(store, only(store), Draft("Words.", title="Page"))
    draft = store.draft("https://a.example/x")
    assert (draft.title, draft.author, draft.published) == ("Page", "A. Writer", NOW.date())


def test_pages_of_a_source_that_is_no_more_go_to_another_that_lists_them(store: PageStore) -> None:
    """Taking a feed out of the settings takes no page from the sitemap that has it too."""
    note(store, Listed("https://a.example/both"), Listed("https://a.example/feed"), source="feed")
    note(store, Listed("https://a.example/both"), source="map")
    for visit in visits(store, "feed"):
        keep(store, visit, BEES)
    store.adopt(["map"])
    assert articles(store, "map") == ["https://a.example/both"]


def test_a_list_is_known_under_the_settings_it_was_read_with(store: PageStore) -> None:
    """With other patterns the same sitemap names other pages, so it has to be read again."""
    state = ListState('"1"', "Mon", "2026-11-01")
    store.keep_list("news", "stamp", "https://a.example/map", state)
    assert store.list_state("news", "stamp", "https://a.example/map") == state
    assert store.list_state("news", "other", "https://a.example/map") == ListState()


def test_next_checks_are_told(store: PageStore) -> None:
    """For the status: how many are due, and when the next one is."""
    note(store, Listed("https://a.example/a"), Listed("https://a.example/b"))
    assert store.due(NOW) == (2, None)
    keep(store, visits(store)[0], BEES)
    assert store.due(NOW) == (1, NOW + timedelta(days=1))


def test_a_note_is_kept_whole_or_not_at_all(store: PageStore) -> None:
    """A list that breaks in the middle leaves nothing of it."""

    def pages() -> Iterator[tuple[Listed, None]]:
        yield Listed("https://a.example/a"), None
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.note("news", pages(), NOW, MONTH)
    assert visits(store) == []


def test_everything_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    """Across processes, and after one that died."""
    with PageStore(tmp_path / "p") as store:
        note(store, Listed("https://a.example/bees"))
        keep(store, only(store), BEES)
    with PageStore(tmp_path / "p") as store:
        assert articles(store) == ["https://a.example/bees"]


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    """It can be made again."""
    (tmp_path / "p").write_text("no database " * 100)
    with pytest.raises(LibraryError, match="delete the file, the next build fetches them again"):
        PageStore(tmp_path / "p")


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    """By an older program."""
    with PageStore(tmp_path / "p"):
        pass
    database = sqlite3.connect(tmp_path / "p")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(LibraryError, match="format 99"):
        PageStore(tmp_path / "p")


@given(
    st.builds(
        Draft,
        text=st.text(),
        title=st.none() | st.text(),
        published=st.none() | st.dates(),
        author=st.none() | st.text(),
        line=st.none() | st.integers(1, 9),
    )
)
def test_drafts_come_back_as_they_were(draft: Draft) -> None:
    """Also lone surrogates and odd days."""
    assert unpacked(packed(draft)) == draft
