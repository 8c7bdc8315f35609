"""A clock that jumps back and forth by days: what is published stays usable, and nobody waits for days."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from fakes import FakeEncoder
from telegram_server.people import newcomer
from telegram_server.process import BotProcess
from telegram_server.server import TelegramServer
from websites import WebSite, page, rss, story, websites

from bot.chat.showing import texts
from bot.chat.storage.database import Database, StoredAnswer
from bot.chat.updates.claims import Claim
from bot.records import QuoteReference
from index.build import build_index
from index.runs import KEPT, Ended, last_good, read_runs
from index.settings import FilesSource, Settings, StorageSettings
from index.snapshot import Store
from index.snapshot.checks import problem_of
from index.status import describe_status

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = 86400.0
JUMPS = (0, 5, -3, 10, -30, 400, -400, 1, -1)
"""Days by which the clock is wrong, one build after the other."""


@pytest.fixture
def site() -> Iterator[WebSite]:
    with websites(1) as (site,):
        yield site


def settings_of(tmp_path: Path, keep: int = 2) -> Settings:
    (tmp_path / "articles").mkdir(exist_ok=True)
    return Settings(
        storage=StorageSettings(folder=tmp_path / "storage", keep=keep),
        sources=(FilesSource(kind="files", folder=tmp_path / "articles"),),
    )


def build(settings: Settings, now: datetime) -> str:
    """Build with one more article than before, and return what is published."""
    folder = settings.storage.folder.parent / "articles"
    number = len(list(folder.iterdir()))
    text = f"---\ntitle: Number {number}\nlanguage: en\n---\nThis is number {number}.\n"
    (folder / f"{number}.md").write_text(text)
    report = build_index(settings, encoder=FakeEncoder(), now=lambda: now)
    assert report.published and report.articles == number + 1
    return report.snapshot


def test_what_was_built_last_is_published_and_kept_whatever_the_clock_said(tmp_path: Path) -> None:
    """The order of the names is that of the builds, the newest are kept, and going back is going to the one before."""
    settings, store = settings_of(tmp_path), Store(tmp_path / "storage")
    names = []
    for days in JUMPS:
        names.append(build(settings, NOON + timedelta(days=days)))
        assert store.current() == names[-1] and problem_of(store, names[-1]) is None
        assert store.names() == tuple(names[-2:]) and names == sorted(names)
    assert store.rollback() == names[-2]
    assert build(settings, NOON - timedelta(days=900)) > names[-1]


def test_how_the_builds_went_is_told_in_the_order_in_which_they_ran(tmp_path: Path) -> None:
    """Many runs in days to come neither push out those that the clock, set right, dates before, nor hide a failure."""
    settings = settings_of(tmp_path, keep=1)
    build(settings, NOON + timedelta(days=9))
    to_come = iter(NOON + timedelta(days=9, seconds=second) for second in count(1))
    for _ in range(KEPT):
        build_index(settings, encoder=FakeEncoder(), now=lambda: next(to_come))
    build_index(settings, encoder=FakeEncoder(), now=lambda: NOON)
    runs = read_runs(tmp_path / "storage" / "runs.json")
    assert runs[-1].started == NOON and runs[-1].ended is Ended.UNCHANGED and last_good(runs) == runs[-1]
    (tmp_path / "articles").rename(tmp_path / "elsewhere")
    with pytest.raises(Exception, match="no source could be read"):
        build_index(settings, encoder=FakeEncoder(), now=lambda: NOON - timedelta(days=3))
    status = describe_status(settings, NOON - timedelta(days=3))
    assert status.last_failure is not None and status.last_failure.since_good
    assert status.last_run is not None and status.last_run.ended == "failed" and status.running is None


@pytest.mark.parametrize("days", [3, 40, 4000])
def test_pages_are_looked_at_again_after_the_clock_was_set_back(tmp_path: Path, site: WebSite, days: int) -> None:
    """What was fetched, failed, or put off in days that never came is due at once, not when those days come."""
    entries = [(f"{site.url}/{n}", f"story {n}", "Sun, 01 Nov 2026 08:00:00 GMT") for n in range(3)]
    site.put("/feed", rss(entries), "application/rss+xml")
    for n in range(2):
        site.put(f"/{n}", page(f"story {n}", story(f"story {n}"), day="2026-11-01"))
    settings = Settings.model_validate(
        {
            "storage": {"folder": str(tmp_path / "storage")},
            "fetch": {"allow_hosts": [site.host], "delay_seconds": 0.0},
            "sources": [{"kind": "feed", "url": f"{site.url}/feed"}],
        }
    )
    wrong = NOON + timedelta(days=days)
    assert build_index(settings, encoder=FakeEncoder(), now=lambda: wrong).articles == 2
    site.put("/0", page("story 0", story("corrected"), day="2026-11-01"))
    site.put("/2", page("story 2", story("story 2"), day="2026-11-01"))  # it was missing
    report = build_index(settings, encoder=FakeEncoder(), now=lambda: NOON)
    assert (report.articles, report.changed, report.new) == (3, 1, 1)
    assert build_index(settings, encoder=FakeEncoder(), now=lambda: NOON).requests <= 2  # the feed: nothing is due
    site.put("/1", page("story 1", story("corrected, too"), day="2026-11-01"))
    later = NOON + timedelta(days=1, minutes=1)
    assert build_index(settings, encoder=FakeEncoder(), now=lambda: later).changed == 1


def test_what_the_bot_stored_in_days_to_come_is_pruned_by_the_clock_that_was_set_right(tmp_path: Path) -> None:
    """Answers of now are not the oldest, nothing is kept for longer than promised, nobody is refused for days."""
    database = Database(tmp_path / "chat.sqlite")
    quotes = (QuoteReference("bees", "r1", 3, 90, None, 0.75),)
    now, wrong = 1000 * DAY, 1040 * DAY
    for number in range(5):
        database.remember(f"wrong {number}", StoredAnswer("s", answered=True, pages=(quotes,)), wrong + number)
        database.vote(f"wrong {number}", number, up=True, snapshot="s", quotes=quotes, now=wrong, press=str(number))
        database.mark_handled(number, wrong)
    assert database.claims.claim(77, "one", wrong) is Claim.MINE
    assert database.people.meet(5, wrong)
    assert database.claims.claim(77, "other", now) is Claim.MINE  # who claimed it then is dead
    assert database.people.meet(5, now) and not database.people.meet(5, now + 1)
    database.prune(now, 90, 5, 365, 30)
    database.remember("now", StoredAnswer("s", answered=True, pages=(quotes,)), now + 1)
    database.prune(now + 2, 90, 5, 365, 30)
    assert database.recall("now")
    database.prune(now + 3 * DAY, 2, 5, 2, 30)
    assert not database.recall("wrong 0") and database.count_votes() == (0, 0) and not database.handled()
    database.close()
    with closing(sqlite3.connect(tmp_path / "chat.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM presses").fetchone() == (0,)


@pytest.mark.process
def test_a_bot_whose_clock_is_days_off_answers(tmp_path: Path) -> None:
    """How old a question is, is told by Telegram's clock: by its own, ahead, the bot would find each one too old."""
    with TelegramServer() as server, BotProcess(server, tmp_path) as bot:
        for number, days in enumerate((0, -5, 5, -400, 0, 400, -1)):
            server.ahead_seconds = days * DAY
            newcomer(server).say("/help")  # the answer to it tells the time
            ada, eve = newcomer(server), newcomer(server)
            server.wait_sent(ada.chat_id - 1)
            late = eve.say("How warm?", date=int(server.now() - 7200))
            ada.say(f"How warm is it, {number}?")
            assert "Bee number 0" in server.wait_sent(ada.chat_id)[0]["text"], (days, bot.log)
            assert server.wait_sent(eve.chat_id)[0]["text"] == texts.AWAY, (days, bot.log)
            server.wait_confirmed(late["update_id"])
