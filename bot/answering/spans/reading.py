"""What goes into the reading model and what comes out; no model is needed to know it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PassageText:
    """A passage under its article's title, which is read with it and holds no answer; it may be empty.

    ``age``: days that the article is older than the question, negative where it is younger; ``None``: not told.
    """

    title: str
    text: str
    age: int | None = None


@dataclass(frozen=True, slots=True)
class PassageReading:
    """What the model says of one passage.

    ``places`` (n, 2): where in the passage's text each of its tokens starts and ends, code points. ``starts`` and
    ``ends`` (n,): logits that the answer starts or ends with the token, comparable over the passages of a question.
    ``answers``: the log-odds that the passage answers at all.
    """

    places: Integers
    starts: Floats
    ends: Floats
    answers: float


class PassageReader(Protocol):
    """Something that reads passages for a question."""

    def read(self, question: str, passages: Sequence[PassageText]) -> list[PassageReading]:
        """Return what is read in each passage; where that would take too long in the first of them, at least one."""
        ...
