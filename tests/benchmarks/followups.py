"""How many follow-ups are right of those that are right when asked in full: ``python tests/benchmarks/followups.py``.

Two tables of conversations of two turns: over the sample articles (``tests/bot/answering/conversations.jsonl``) and
over the articles of squad2-dev (``followups.jsonl`` beside this file; the articles are read from ``--data``). An
answer is right when its first quote holds an expected word. The rules were developed on the first half of each table,
the lines with even numbers from 0; the second half was only measured. Exit: 1 below ``FLOOR``.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.answering.service import AnswerService
from bot.evaluation.articles import index_articles
from bot.records import Answer, Earlier, Question
from bot.settings import BotSettings
from bot.wiring import open_answerer
from index import FilesSource, StorageSettings, build_index, silent

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests/bot/answering/conversations.jsonl"
SQUAD = Path(__file__).with_suffix(".jsonl")
FLOOR = 0.75
TODAY = date(2026, 11, 25)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Two turns, the second also in full; ``expected``: words of which the first quote must hold one."""

    first: str
    followup: str
    full: str
    expected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``full``, ``followup``: whether the first quote was right."""

    conversation: Conversation
    full: bool
    followup: bool


def conversations(path: Path) -> list[Conversation]:
    """Read a table."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [Conversation(row["first"], row["followup"], row["full"], tuple(row["expected"])) for row in rows]


def outcomes(service: AnswerService, table: Iterable[Conversation]) -> Iterator[Outcome]:
    """Hold every conversation."""
    for one in table:
        full = service.answer(Question(one.full, TODAY))
        first = service.answer(Question(one.first, TODAY))
        shown = first.quotes or first.nearest
        earlier = Earlier(first.understood.text or one.first, tuple(dict.fromkeys(q.article.id for q in shown)))
        followed = service.answer(Question(one.followup, TODAY, earlier))
        yield Outcome(one, _is_right(full, one), _is_right(followed, one))


def _is_right(answer: Answer, one: Conversation) -> bool:
    return bool(answer.quotes) and any(word in answer.quotes[0].text for word in one.expected)


def share(found: Sequence[Outcome]) -> float:
    """Return the share of the follow-ups that are right, among those that are right in full."""
    counted = [one.followup for one in found if one.full]
    return sum(counted) / len(counted) if counted else 0.0


def report(name: str, found: Sequence[Outcome]) -> None:
    """Print one table's figures, and which follow-ups were missed."""
    for half, part in (("developed on", found[::2]), ("measured only", found[1::2])):
        right = sum(one.full for one in part)
        print(
            f"{name}, {half}: {len(part)} conversations, {right} right in full, of these {share(part):.3f} follow-ups"
        )
    print(f"{name}, all: {share(found):.3f}")
    for one in found:
        if one.full and not one.followup:
            print(f"  missed: {one.conversation.first} {one.conversation.followup}")


def samples(folder: Path) -> BotSettings:
    """Index the sample articles."""
    source = FilesSource(kind="files", folder=ROOT / "config/articles", name="samples")
    settings = BotSettings(storage=StorageSettings(folder=folder), sources=(source,))
    build_index(settings, progress=silent)
    return settings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--storage", type=Path, help="where the indexes are kept (a folder that is deleted)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.storage or Path(temporary)
        own = BotSettings(storage=StorageSettings(folder=folder / "squad"))
        squad, _ = index_articles(own, given.data / "squad2-dev/articles.jsonl.gz", silent)
        tables = (("samples", samples(folder / "samples"), SAMPLES), ("squad2-dev", squad, SQUAD))
        found = []
        for name, settings, path in tables:
            of_table = list(outcomes(open_answerer(settings), conversations(path)))
            report(name, of_table)
            found += of_table
    print(f"all: {share(found):.3f} (floor {FLOOR})")
    return 0 if share(found) >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
