"""What /status tells of the process: how long answers took, and what went wrong, since the start. In memory only."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from bot.meter import Event, Meter, Stage

_KEPT = 1000
_FINE = ("answered", "declined")


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds that half, and nineteen in twenty, of the last ``answers`` took at most."""

    answers: int
    half: float
    most: float


class Latencies:
    """How long the last answers took."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=_KEPT)

    def note(self, seconds: float) -> None:
        """Note how long somebody waited for an answer."""
        self._seconds.append(seconds)

    def summary(self) -> Latency | None:
        """Return how long the last answers took; ``None``: there was none yet."""
        ordered = sorted(self._seconds)
        if not ordered:
            return None
        half, most = (ordered[ceil(share * len(ordered)) - 1] for share in (0.5, 0.95))
        return Latency(len(ordered), half, most)


class Tally:
    """A meter that can be asked what went wrong, before another one that is told the same."""

    def __init__(self, behind: Meter) -> None:
        self._behind = behind
        self._errors: Counter[str] = Counter()

    def took(self, stage: Stage, seconds: float) -> None:
        """Pass it on."""
        self._behind.took(stage, seconds)

    def count(self, event: Event, kind: str) -> None:
        """Count what went wrong, and pass everything on."""
        if event is Event.TELEGRAM_ERROR or (event is Event.QUESTION and kind not in _FINE):
            self._errors[kind] += 1
        self._behind.count(event, kind)

    def errors(self) -> Mapping[str, int]:
        """Return how often each kind of error came, the most frequent first."""
        return dict(self._errors.most_common())
