"""Replicas that share a database agree on who deals with an update."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chat.storage.database import Database
from bot.chat.updates.claims import LEASE_SECONDS, Claim
from bot.chat.updates.work import LONGEST_SECONDS

ONE, OTHER, NOW = "127.0.0.1:8080", "127.0.0.1:8081", 1000.0


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "chat.sqlite")
    yield database
    database.close()


@pytest.fixture
def other(one: Database, tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "chat.sqlite")
    yield database
    database.close()


def test_an_update_is_claimed_by_one(one: Database, other: Database) -> None:
    """Also when it has been dealt with: then by nobody."""
    assert one.claims.claim(7, ONE, NOW) is Claim.MINE
    assert other.claims.claim(7, OTHER, NOW) is one.claims.claim(7, ONE, NOW) is Claim.ELSEWHERE
    one.mark_handled(7, NOW)
    assert other.claims.claim(7, OTHER, NOW + 2 * LEASE_SECONDS) is Claim.DEALT_WITH


def test_what_its_holder_lets_go_is_anybodys(one: Database, other: Database) -> None:
    """As a process does that ends, or that begins at the address of a dead one; others keep theirs."""
    one.claims.claim(7, ONE, NOW)
    other.claims.claim(8, OTHER, NOW)
    one.claims.release(ONE)
    assert other.claims.claim(7, OTHER, NOW) is Claim.MINE
    assert one.claims.claim(8, ONE, NOW) is Claim.ELSEWHERE


def test_what_the_dead_hold_is_free_in_time(one: Database, other: Database) -> None:
    """But not before whoever is alive must have ended."""
    one.claims.claim(7, ONE, NOW)
    assert other.claims.claim(7, OTHER, NOW + LONGEST_SECONDS) is Claim.ELSEWHERE
    assert other.claims.claim(7, OTHER, NOW + LEASE_SECONDS + 1) is Claim.MINE


def test_old_claims_are_pruned(one: Database) -> None:
    """With the numbers of the updates."""
    one.claims.claim(7, ONE, NOW)
    one.prune(NOW + 10 * 86400, answer_days=1, answers_kept=1, feedback_days=1, question_days=1)
    assert one.claims.claim(7, ONE, NOW) is Claim.MINE
