"""How the scores of both rankings become one, and who gets a place: arithmetic, which searches for nothing.

An article's day and its copies change no score: they decide who gets a place.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

COSINE_WEIGHT = 15.0
WORDS_WEIGHT = 0.5
"""fused = 15 cosine + 0.5 bm25: the table that chose it is in DECISIONS, "Fusion"."""

TIMELY = 0.25
"""Share of the places that goes to passages from about the days that a question is about."""

TIMELY_WEIGHT = 1.0
"""They are ranked by fused - log(1 + days between). Both numbers: "Time in the search" in DECISIONS."""

COPIES = 2
"""Passages of one story that say the same and get a place: one that is read badly is not the only one."""

ALIKE = 0.9
"""The cosine from which on two passages of one story say the same."""

TYPICAL_COSINE = 0.3
"""What counts for the cosine as far as it is not trusted: the mean over what is found for the training questions.
So no passage comes before or after another for its language alone ("Other languages" in DECISIONS)."""


def ranking(ids: npt.NDArray[np.int64], scores: Floats) -> list[int]:
    """Return the places of candidates (n,) by their scores (n,), best first; minus infinity is none. Ties: by id."""
    order = np.lexsort((ids, -scores))
    found: list[int] = order[np.isfinite(scores[order])].tolist()
    return found


def without_copies(
    ids: npt.NDArray[np.int64],
    fused: Floats,
    stories: Sequence[str | None],
    vectors: Callable[[npt.NDArray[np.int64]], Floats],
) -> Floats:
    """Return the fused scores (n,) with minus infinity where a passage repeats ``COPIES`` better ones of its story."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place in ranking(ids, fused):
        if (story := stories[place]) is not None:
            places[story].append(place)
    kept = fused.copy()
    for told in places.values():
        if len(told) > COPIES:
            kept[_repeating(told, vectors(ids[told]))] = -np.inf
    return kept


def _repeating(places: Sequence[int], rows: Floats) -> list[int]:
    """Return those of the places, best first, whose row is like those of ``COPIES`` places before it."""
    alike = rows @ rows.T >= ALIKE
    chosen: list[int] = []
    for number in range(len(places)):
        if alike[number, chosen].sum() < COPIES:
            chosen.append(number)
    return [place for number, place in enumerate(places) if number not in chosen]


def with_timely(
    ids: npt.NDArray[np.int64],
    fused: Floats,
    distances: Floats,
    limit: int,
    share: float = TIMELY,
    weight: float = TIMELY_WEIGHT,
) -> Floats:
    """Return the fused scores (n,) with minus infinity for who gets none of ``limit`` places.

    Most places go to the best, the others to the best of the rest when the ``distances`` (n,) in days count, too; a
    passage without a day counts there as far off as the others on the average.
    """
    if np.isnan(distances).all():
        return fused
    lag = np.log1p(distances)
    timely = fused - weight * np.where(np.isnan(lag), np.nanmean(lag), lag)
    chosen = ranking(ids, fused)[: limit - int(share * limit)]
    rest = [i for i in ranking(ids, timely.astype(np.float32)) if i not in chosen]
    kept = [*chosen, *rest[: limit - len(chosen)]]
    places = np.full(len(fused), -np.inf, np.float32)
    places[kept] = fused[kept]
    return places


def fuse(cosines: Floats, words: Floats, trust: Floats) -> Floats:
    """Return the fused scores (n,) of cosines (n,) and bm25 (n,); ``trust`` (n,), 0 to 1, is in the cosines."""
    believed = trust * cosines + (1 - trust) * TYPICAL_COSINE
    return (COSINE_WEIGHT * believed + WORDS_WEIGHT * words).astype(np.float32)
