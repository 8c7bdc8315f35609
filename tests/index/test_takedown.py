"""What is taken down stays so, under each of its names, until it is undone."""

import json
import logging
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pytest

from index.errors import LibraryError
from index.takedown import TakenDown, Withdrawal, Withdrawals, take_down, undo

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
PAGE = "https://www.example.org/news/bees"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the list lies, once there is one."""
    return tmp_path / "store" / "taken-down.json"


def test_without_a_file_nothing_is_taken_down(path: Path) -> None:
    """A new installation."""
    assert TakenDown.read(path) == TakenDown()
    assert not TakenDown.read(path).holds("bees", [PAGE])


def test_an_article_is_taken_down_by_its_id(path: Path) -> None:
    """And no other one, whatever its id begins with."""
    assert take_down(path, "articles/bees.md", NOW)
    known = TakenDown.read(path)
    assert known.holds("articles/bees.md") and known.holds("articles/bees.md", [PAGE])
    assert not known.holds("articles/bees.md#2") and not known.holds("articles/bees", [PAGE])


@pytest.mark.parametrize(
    "address", [PAGE, f"{PAGE}/", "http://example.org/news/bees", f"{PAGE}?utm_source=mail", f"{PAGE}#end"]
)
def test_an_address_counts_in_whichever_form(path: Path, address: str) -> None:
    """The operator pastes what his browser shows; the article has it as the feed wrote it."""
    take_down(path, address, NOW)
    known = TakenDown.read(path)
    assert known.holds("17", ["https://elsewhere.example/copy", PAGE]) and known.holds(PAGE)
    assert not known.holds("17", ["https://www.example.org/news/wasps"]) and not known.holds("17")


def test_what_is_no_address_is_compared_as_it_is(path: Path) -> None:
    """Nothing that can be typed is an error."""
    for given in ("http://[", "https://", "ftp://example.org/x", "🐝", ""):
        take_down(path, given, NOW)
        assert TakenDown.read(path).holds(given), given
    assert TakenDown.read(path).holds("17", ["http://["])


def test_entries_tell_when_and_why_in_their_order(path: Path) -> None:
    """The list is the operator's record."""
    take_down(path, PAGE, NOW, "court order 🐝")
    take_down(path, "tides", NOW)
    assert TakenDown.read(path).entries == (Withdrawal(PAGE, NOW, "court order 🐝"), Withdrawal("tides", NOW))


def test_taking_down_twice_is_once_and_undoing_takes_it_back(path: Path) -> None:
    """Each tells whether it changed anything; another form of the address is the same entry."""
    assert [take_down(path, PAGE, NOW), take_down(path, f"{PAGE}?utm_source=x", NOW)] == [True, False]
    assert [undo(path, f"{PAGE}/"), undo(path, PAGE)] == [True, False]
    assert TakenDown.read(path) == TakenDown()


@pytest.mark.parametrize("damage", ["", "{", "{}x", "[1]", '[{"given": 1, "at": "2026-11-22", "reason": ""}]', "7"])
def test_a_damaged_list_is_refused_with_the_way_out(path: Path, damage: str) -> None:
    """It is neither taken as empty nor written over."""
    path.parent.mkdir()
    path.write_text(damage)
    for use in (lambda: TakenDown.read(path), lambda: take_down(path, "x", NOW), lambda: undo(path, "x")):
        with pytest.raises(LibraryError, match="does not tell what is taken down"):
            use()
    with pytest.raises(LibraryError, match="verbatim-index take-down"):
        Withdrawals(path)
    assert path.read_text() == damage


def take_many(path: Path, name: str) -> None:
    for number in range(20):
        take_down(path, f"{name} {number}", NOW)


def test_two_processes_lose_nothing(path: Path) -> None:
    """Whoever takes down at the same time: every entry is there."""
    spawn = get_context("spawn")
    processes = [spawn.Process(target=take_many, args=(path, name)) for name in ("a", "b")]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert len(TakenDown.read(path).entries) == 40


class TestWithdrawals:
    def test_a_change_counts_at_once(self, path: Path) -> None:
        """In a process that goes on, in both directions."""
        known = Withdrawals(path)
        assert not known.holds("bees")
        for _ in range(20):
            take_down(path, "bees", NOW)
            assert known.holds("bees")
            undo(path, "bees")
            assert not known.holds("bees")

    def test_a_list_that_breaks_keeps_what_was_taken_down(self, path: Path, caplog: pytest.LogCaptureFixture) -> None:
        """The log says so once; a mended list counts again."""
        take_down(path, "bees", NOW)
        known = Withdrawals(path)
        with caplog.at_level(logging.ERROR):
            path.write_text("broken")
            assert [known.holds("bees"), known.holds("tides"), known.holds("bees")] == [True, False, True]
        assert len(caplog.records) == 1 and "taken-down.json" in caplog.text
        path.write_text(json.dumps([{"given": "tides", "at": NOW.isoformat(), "reason": ""}]))
        assert [known.holds("bees"), known.holds("tides")] == [False, True]
