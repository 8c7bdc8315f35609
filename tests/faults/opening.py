"""A process that opens snapshots which may be damaged in any way, and tells how that ended: ``python opening.py``.

It reads a request a line and writes a reply a line, both JSON. A file that no one may read is unreadable to it, also
where it is root's; it has no more than ``ROOM`` bytes of address space beyond what it starts with, so whoever makes it
allocate without bound gets an error, and whoever makes it crash or wait for ever leaves no reply.
"""

import ctypes
import json
import logging
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus import open_generation
from fakes import FakeEncoder

from bot.answering.generation import Generations
from bot.answering.policy import Answerer
from bot.records import Question
from bot.settings import BotSettings
from index import Snapshot, StorageSettings, Store
from index.snapshot.checks import check_contents

ROOM = 256 * 2**20
_CAPABILITIES = 0x20080522  # version 3: https://man7.org/linux/man-pages/man2/capset.2.html

Reply = dict[str, Any]


def obey_modes() -> None:
    """Give up what lets root read a file that nobody may read; for who is not root it changes nothing."""
    header, none = (ctypes.c_uint32 * 2)(_CAPABILITIES, 0), (ctypes.c_uint32 * 6)()
    ctypes.CDLL(None, use_errno=True).capset(ctypes.byref(header), ctypes.byref(none))


def bound_memory() -> None:
    """Allow no more address space than is used now, and ``ROOM``."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + ROOM
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def used(snapshot: Snapshot) -> None:
    """Read and search as the bot does."""
    ids = snapshot.vectors.ids
    for vector in snapshot.vectors.vectors(ids[:4]):
        snapshot.vectors.search(vector, 3)
    snapshot.words.search(snapshot.words.terms("honey bees dance"), 5)
    for passage in snapshot.passages(ids[:4].tolist()):
        snapshot.article(passage.article_id)
    snapshot.sources()


class Worker:
    """What can be asked for."""

    def __init__(self) -> None:
        self._answerer: Answerer | None = None
        self._told: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: self._told.append(record.getMessage())  # type: ignore[method-assign]
        logging.basicConfig(handlers=[handler], level=logging.WARNING)

    def open(self, storage: str, name: str) -> Reply:
        """Open one snapshot as the bot does, use it, and check its contents."""
        with Store(Path(storage)).open(name) as snapshot:
            used(snapshot)
            check_contents(snapshot, FakeEncoder().encode)
            return {"name": snapshot.name}

    def current(self, storage: str) -> Reply:
        """Open what is published, or what stands in for it."""
        store = Store(Path(storage))
        with store.open_current() as snapshot:
            used(snapshot)
            return {"name": snapshot.name, "earlier": store.earlier() if len(store.names()) > 1 else ""}

    def begin(self, storage: str) -> Reply:
        """Open a body of articles to answer from."""
        settings = BotSettings(storage=StorageSettings(folder=Path(storage)))
        generations = Generations(lambda: open_generation(settings), Store(settings.storage.folder).current)
        self._answerer = Answerer(generations, settings.answers, 0.0)
        return self.answer(storage)

    def answer(self, storage: str) -> Reply:
        """Answer questions with what was opened, on a thread that has not read of it yet."""
        assert self._answerer is not None, storage
        shown: list[str] = []
        errors: list[str] = []
        thread = threading.Thread(target=lambda: self._answer(shown, errors))
        thread.start()
        thread.join()
        return {"shown": shown, "errors": errors}

    def _answer(self, shown: list[str], errors: list[str]) -> None:
        assert self._answerer is not None
        for text in ("How tall is the Eiffel Tower?", "How long does a worker bee live?"):
            try:
                answer = self._answerer.answer(Question(text))
            except Exception as error:  # noqa: BLE001 - a question may fail, the process may not
                errors.append(type(error).__name__)
                continue
            shown += [quote.text for quote in (*answer.quotes, *answer.further, *answer.nearest)]

    def reply(self, request: Reply) -> Reply:
        """Do what is asked for, and tell how it ended, how many seconds it computed, and what was logged."""
        call: Callable[..., Reply] = getattr(self, request.pop("do"))
        self._told.clear()
        began = time.process_time()
        try:
            ended = {"outcome": "sound", **call(**request)}
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            ended = {"outcome": type(error).__name__, "text": str(error)}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {**ended, "seconds": time.process_time() - began, "told": list(self._told), "kilobytes": peak}


def main() -> None:
    worker = Worker()
    obey_modes()
    for number, line in enumerate(sys.stdin):
        sys.stdout.write(f"{json.dumps(worker.reply(json.loads(line)))}\n")
        sys.stdout.flush()
        if not number:
            bound_memory()  # after the first, which imports and maps what all of them need


if __name__ == "__main__":
    main()
