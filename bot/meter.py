"""What is counted and timed while questions are answered. Who counts is handed in; nobody does by default."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Protocol


class Stage(StrEnum):
    """A part of the way from an update to a reply; the first four are the index's parts of a search."""

    ENCODE = "encode"
    VECTORS = "vectors"
    WORDS = "words"
    FUSE = "fuse"
    SEARCH = "search"
    READ = "read"
    QUOTE = "quote"
    ANSWER = "answer"
    RENDER = "render"
    REPLY = "reply"


class Event(StrEnum):
    """What is counted. Each has kinds: few, and fixed, for every kind is kept for as long as the process lives."""

    QUESTION = "question"
    FEEDBACK = "feedback"
    UPDATE = "update"
    TELEGRAM_ERROR = "telegram_error"


class Meter(Protocol):
    """Counts and times; called from many threads, and fast."""

    def took(self, stage: Stage, seconds: float) -> None:
        """Note how long a stage took, once."""
        ...

    def count(self, event: Event, kind: str) -> None:
        """Note that something happened, once."""
        ...


class NoMeter:
    """Notes nothing."""

    def took(self, stage: Stage, seconds: float) -> None:
        """Let it pass."""

    def count(self, event: Event, kind: str) -> None:
        """Let it pass."""


@contextmanager
def timed(meter: Meter, stage: Stage) -> Iterator[None]:
    """Note how long the block takes; one that fails is not noted."""
    started = time.perf_counter()
    yield
    meter.took(stage, time.perf_counter() - started)
