"""A meter that keeps what is timed while questions are answered, question by question."""

import threading
from collections.abc import Sequence

import numpy as np

from bot.meter import Event, Stage


class Watch:
    """A meter that keeps, for each question, how long its stages took: those of a thread until its answer is there."""

    def __init__(self) -> None:
        self.answers: list[dict[str, float]] = []
        self.renderings: list[float] = []
        self._now = threading.local()

    def took(self, stage: Stage, seconds: float) -> None:
        """Add to the question of this thread."""
        if stage is Stage.RENDER:
            self.renderings.append(seconds)
            return
        own: dict[str, float] = self._now.__dict__.setdefault("stages", {})
        own[stage] = own.get(stage, 0.0) + seconds
        if stage is Stage.ANSWER:
            self.answers.append(own)
            self._now.stages = {}

    def count(self, event: Event, kind: str) -> None:
        """Let it pass."""

    def taken(self) -> dict[str, dict[str, float]]:
        """Return the figures of each stage since the last time."""
        found = by_stage(self.answers)
        if self.renderings:
            found[Stage.RENDER] = percentiles(self.renderings)
        self.answers, self.renderings = [], []
        return found


def by_stage(questions: Sequence[dict[str, float]]) -> dict[str, dict[str, float]]:
    """Return the median and the 95th percentile of each stage, in milliseconds; a stage that did not come took none."""
    found: dict[str, dict[str, float]] = {}
    for stage in Stage:
        seconds = [question.get(stage, 0.0) for question in questions]
        if any(seconds):
            found[stage] = percentiles(seconds)
    return found


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Return the median and the 95th percentile in milliseconds."""
    p50, p95 = np.percentile(seconds, [50, 95])
    return {"p50": 1000 * float(p50), "p95": 1000 * float(p95)}
