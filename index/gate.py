"""The gate: whether a new snapshot is as good as what is published. It only decides; ``index.gating`` calls it.

What falls is what readers would miss: many articles at once, or an answer that was found. A source that failed is not
seen here and needs no care: its articles stay in the library, and so in the new snapshot.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.golden import GoldenResult
from index.report import grouped
from index.settings import GateSection

_SHOWN = 10
"""Lost questions that a verdict names."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the gate looks at of a snapshot. ``golden``: none where there are no such questions, or none was asked."""

    articles: int
    golden: tuple[GoldenResult, ...] = ()

    @property
    def found(self) -> int:
        """How many golden questions found what is expected."""
        return sum(one.rank is not None for one in self.golden)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a snapshot may be published: it may where there are no ``reasons`` against it.

    ``warnings`` are what somebody should look at although it passed.
    """

    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.reasons

    def __str__(self) -> str:
        said = "; ".join((*self.reasons, *self.warnings))
        head = "it passes the gate" if self.passed else "it does not pass the gate"
        return f"{head}: {said}" if said else head


def judge(before: Facts | None, now: Facts, section: GateSection) -> Verdict:
    """Compare a new snapshot with the published one; ``before``: ``None`` where nothing is published.

    It fails where more than ``max_fall`` of the articles are gone, and where a golden question that was found is not
    found now, however many others are found instead. One that was not found before does not have to be found. Where
    nothing is published, everything is better than nothing: it passes, with a warning where no question finds
    anything. So it does where the published one's questions could not be asked, because its encoder is another.
    """
    lost = tuple(_lost(before, now)) if before else ()
    return Verdict(
        reasons=(*_fallen(before, now, section), *_shown(lost)) if before else (),
        warnings=() if before and before.golden else _nothing_found(now),
    )


def _fallen(before: Facts, now: Facts, section: GateSection) -> tuple[str, ...]:
    # rounded: from 10 articles to 7 is a fall of 0.3, and not of 0.30000000000000004
    fall = round(1 - now.articles / before.articles, 9) if before.articles else 0.0
    if fall <= section.max_fall:
        return ()
    return (
        f"there are {grouped(now.articles)} articles, {grouped(before.articles)} before: {fall:.1%} fewer,"
        f" and gate.max_fall allows {section.max_fall:.1%}",
    )


def _lost(before: Facts, now: Facts) -> Iterator[str]:
    """Questions that were found and are not; none where either was not asked."""
    if not before.golden or not now.golden:
        return
    for old, new in zip(before.golden, now.golden, strict=True):
        if old.rank is not None and new.rank is None:
            yield f'golden question "{old.question}" does not find what it found at place {old.rank}'


def _shown(lost: Sequence[str]) -> tuple[str, ...]:
    more = len(lost) - _SHOWN
    return (*lost[:_SHOWN], *([f"and {more} more golden questions"] if more > 0 else []))


def _nothing_found(now: Facts) -> tuple[str, ...]:
    if not now.golden or now.found:
        return ()
    return (f"not one of {len(now.golden)} golden questions finds what is expected: is gate.golden of these articles?",)
