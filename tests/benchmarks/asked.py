"""What answering over one index costs, measured in this fresh process: ``python tests/benchmarks/asked.py FOLDER``.

The folder holds a ``verbatim.toml``; ``asking.py`` runs this once for each size. Everything is opened as the bot opens
it, and timed by the bot's own meter. Prints one JSON object. While the snapshot is swapped, another one is published
that consists of links to the same files; afterwards it is taken away again.
"""

import argparse
import asyncio
import itertools
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path

from machine import Resident, reference_milliseconds, resident
from recombined import DATA, rows
from watching import Watch

from bot.answering.service import AnswerService
from bot.chat.archive import Archive
from bot.chat.desk import Desk
from bot.chat.showing.rendering import first_view, render
from bot.chat.storage.database import Database
from bot.languages.language import language
from bot.meter import Stage, timed
from bot.records import Answer, Question
from bot.settings import BotSettings, TelegramSection
from bot.wiring import open_answerer
from index import Store, load_settings

WARM_UP = 5
AFTER_SWAP_SECONDS = 10.0
_SAMPLE_SECONDS = 0.02
_NAME_TIME = "%Y%m%dT%H%M%S"


class Asker:
    """Asks the questions of a set, and lays the answers out as messages."""

    def __init__(self, service: AnswerService, watch: Watch, questions: Sequence[Question]) -> None:
        self._service, self._watch = service, watch
        self._language = language("en")
        self._questions = questions

    def in_full(self, askers: int, count: int) -> dict[str, object]:
        """Ask so many questions from so many threads, each read as a single reader's is."""
        left = self._some(count)
        turn = threading.Lock()

        def work() -> None:
            while True:
                with turn:
                    question = next(left, None)
                if question is None:
                    return
                self._lay_out(self._service.answer(question))

        def all_work() -> None:
            threads = [threading.Thread(target=work) for _ in range(askers)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        return self._measured(f"{askers} in full", count, all_work)

    def at_the_desk(self, askers: int, count: int, settings: TelegramSection, folder: Path) -> dict[str, object]:
        """Ask so many questions as the chat asks them: the more at once, the less is read for each."""
        left, database = self._some(count), Database(folder / "asked.sqlite")
        desk = Desk(self._service, settings, Archive(settings, database))

        async def work(asker: int) -> None:
            for question in left:
                self._lay_out(await desk.ask(question, patient=True, asker=asker))

        async def all_work() -> None:
            await asyncio.gather(*map(work, range(askers)))
            await desk.close()

        return self._measured(f"{askers} at the desk", count, lambda: asyncio.run(all_work()))

    def _some(self, count: int) -> Iterator[Question]:
        return itertools.islice(itertools.cycle(self._questions), count)

    def _lay_out(self, answer: Answer) -> None:
        with timed(self._watch, Stage.RENDER):
            render(first_view(answer, self._language), answer.question.asked or date.today(), self._language)

    def _measured(self, name: str, count: int, ask: Callable[[], None]) -> dict[str, object]:
        self._watch.taken()
        started, used = time.perf_counter(), time.process_time()
        ask()
        wall, processor = time.perf_counter() - started, time.process_time() - used
        return {
            "askers": name,
            "questions": count,
            "a_second": count / wall,
            "processor_milliseconds": 1000 * processor / count,
            "cores_used": processor / wall,
            "stages": self._watch.taken(),
        }


def swapped(service: AnswerService, store: Store, asker: Asker) -> dict[str, object]:
    """Swap in another snapshot while somebody asks; return memory before, at most, and some seconds later."""
    before, peak, over = resident(), Resident(0, 0), threading.Event()

    def keep_asking() -> None:
        while not over.is_set():
            asker.in_full(1, 1)

    def look() -> None:
        nonlocal peak
        while not over.wait(_SAMPLE_SECONDS):
            peak = max(peak, resident(), key=lambda one: one.all)

    with _another_published(store):
        threads = [threading.Thread(target=call) for call in (keep_asking, look)]
        for thread in threads:
            thread.start()
        started = time.perf_counter()
        assert service.refresh(), "nothing was swapped"
        seconds = time.perf_counter() - started
        over.set()
        for thread in threads:
            thread.join()
        time.sleep(AFTER_SWAP_SECONDS)
        asker.in_full(1, WARM_UP)
        after = resident()
    return {"seconds": seconds, "before": asdict(before), "peak": asdict(peak), "after": asdict(after)}


@contextmanager
def _another_published(store: Store) -> Iterator[None]:
    """Publish a snapshot that consists of links to the files of the published one, for as long as this lasts."""
    name = store.current()
    later = datetime.strptime(store.names()[-1][:15], _NAME_TIME) + timedelta(seconds=1)
    other = f"{later.strftime(_NAME_TIME)}{name[15:]}"
    folder, copy = store.layout.snapshot(name).folder, store.layout.snapshot(other).folder
    copy.mkdir()
    try:
        for path in folder.iterdir():
            os.link(path, copy / path.name)
        store.publish(other)
        yield
    finally:
        store.publish(name)
        for path in copy.iterdir():
            path.unlink()
        copy.rmdir()


def questions_of(name: str) -> list[Question]:
    """Read the questions of a set."""
    found = rows(DATA / name / "questions.jsonl.gz")
    return [Question(row["question"], _day(row.get("asked"))) for row in found]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--started", type=float, help="when this process was started, seconds since 1970")
    parser.add_argument("--askers", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--questions", type=int, default=100, help="of each measurement")
    parser.add_argument("--set", default="news-2024")
    given = parser.parse_args()
    watch = Watch()
    settings = load_settings(BotSettings, given.folder / "verbatim.toml")
    service = open_answerer(settings, watch)
    ready = time.time() - given.started if given.started else None
    opened = resident()
    asker = Asker(service, watch, questions_of(given.set))
    asker.in_full(1, WARM_UP)
    asked = [asker.in_full(askers, given.questions) for askers in given.askers]
    with tempfile.TemporaryDirectory() as folder:
        several = [askers for askers in given.askers if askers > 1]
        asked += [asker.at_the_desk(n, given.questions, settings.telegram, Path(folder)) for n in several]
    used = resident()
    swap = swapped(service, Store(settings.storage.folder), asker)
    corpus = service.corpus()
    found = {
        "passages": corpus.passages,
        "articles": corpus.articles,
        "ready_seconds": ready,
        "memory": {"opened": asdict(opened), "asked": asdict(used)},
        "asked": asked,
        "swap": swap,
        "reference_milliseconds": reference_milliseconds(),
    }
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
