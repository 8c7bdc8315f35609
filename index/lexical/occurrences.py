"""Where a stem stands: the passages' numbers and the places in them, and how both lie in a row of the word table.

Passages are numbered in the order of adding. A place counts the words of the title, then leaves one out, then counts
those of the text: so no phrase reaches from the one into the other. It knows no SQLite.

Invariant: ordered by passage, then by place; what was packed is unpacked to the same.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int32]
Keys = npt.NDArray[np.int64]

_HEAD = struct.Struct("<BBxxI")
"""Bytes of a gap, bytes of a place, the first passage: then all gaps to the passage before, then all places.

Three bytes for most words: a gap of the commonest words fits into one byte, of nearly all others into two.
"""

_MANY = 8
"""So many times as many occurrences are not all compared with a few: those in the few's passages are looked up."""

_WIDTHS = ((1, "u1"), (2, "<u2"), (4, "<u4"))


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Numbers of ``passages`` (n,) int32, ascending, one for each time that the stem stands in one.

    ``places`` (n,): of whatever whole numbers they were packed as.
    """

    passages: Numbers
    places: npt.NDArray[np.integer]

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Read a row of the word table; of no bytes there are none."""
        if not packed:
            return cls(np.empty(0, np.int32), np.empty(0, np.int32))
        gap, place, first = _HEAD.unpack_from(packed)
        types = dict(_WIDTHS)
        count = (len(packed) - _HEAD.size) // (gap + place)
        passages = np.cumsum(np.frombuffer(packed, types[gap], count, _HEAD.size), dtype=np.int32)
        passages += np.int32(first)
        return cls(passages, np.frombuffer(packed, types[place], count, _HEAD.size + gap * count))

    def pack(self) -> bytes:
        """Return them as a row of the word table; no bytes of none."""
        if not len(self.passages):
            return b""
        first, gaps = self.passages[0], self.passages.copy()
        gaps[0], gaps[1:] = 0, gaps[1:] - self.passages[:-1]
        (gap, gap_type), (place, place_type) = _width(gaps), _width(self.places)
        head = _HEAD.pack(gap, place, int(first))
        return head + gaps.astype(gap_type).tobytes() + self.places.astype(place_type).tobytes()

    def __len__(self) -> int:
        return len(self.passages)

    def followed_by(self, others: Self) -> Self:
        """Return these and then others, all of which stand in later passages."""
        return self.joined([one for one in (self, others) if len(one)])

    def renumbered(self, numbers: Numbers) -> Self:
        """Give each passage its new number in ``numbers``, which rise."""
        return type(self)(numbers[self.passages], self.places)

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return what parts that follow one another are together."""
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return cls.unpack(b"")
        return cls(np.concatenate([one.passages for one in parts]), np.concatenate([one.places for one in parts]))

    def within(self, passages: npt.NDArray[np.bool_]) -> Self:
        """Return those in passages whose number is marked."""
        kept = passages[self.passages]
        return self if kept.all() else type(self)(self.passages[kept], self.places[kept])

    def parts(self, most: int) -> Iterator[Self]:
        """Yield them in order, about ``most`` at a time, all of one passage together."""
        start = 0
        while start < len(self):
            last = self.passages[min(start + most, len(self)) - 1]
            end = int(np.searchsorted(self.passages, last, "right"))
            yield type(self)(self.passages[start:end], self.places[start:end])
            start = end

    def held_by(self) -> int:
        """Return how many passages hold the stem."""
        return int(np.count_nonzero(self.passages[1:] != self.passages[:-1])) + bool(len(self))

    def starts(self) -> npt.NDArray[np.int64]:
        """Return where the occurrences of each passage begin: (passages,)."""
        begins = np.ones(len(self), bool)
        np.not_equal(self.passages[1:], self.passages[:-1], out=begins[1:])
        return np.flatnonzero(begins)

    def keys(self, back: int) -> Keys:
        """Return one ascending number for each occurrence: its passage, and the place that is so far before its own."""
        keys = self.passages.astype(np.int64)
        keys <<= 32
        keys += self.places
        keys -= back
        return keys

    def among(self, keys: Keys, back: int) -> Keys:
        """Return those of ascending ``keys`` that are among ``self.keys(back)``."""
        if len(self) < _MANY * len(keys):
            return common(keys, self.keys(back))
        wanted = self.of_keys(keys + back)
        at = np.searchsorted(self.passages, wanted.passages)
        ends = np.searchsorted(self.passages, wanted.passages, "right")
        there = np.zeros(len(keys), bool)
        for step in range(int((ends - at).max(initial=0))):  # as often as the stem stands in one passage
            here = at + step < ends
            there[here] |= self.places[at[here] + step] == wanted.places[here]
        return keys[there]

    @classmethod
    def of_keys(cls, keys: Keys) -> Self:
        """Return the occurrences whose ``keys`` with 0 back these are."""
        return cls((keys >> 32).astype(np.int32), keys.astype(np.int32))


def extended(packed: bytes, found: Occurrences, most: int) -> bytes | None:
    """Return a row of the word table, not empty, with what stands in later passages behind: as if packed anew.

    It is not unpacked for that. ``None`` where it has to be: more than ``most`` would lie in it, or a number does not
    fit into the row's bytes. ``found`` must not be empty.
    """
    gap, place, first = _HEAD.unpack_from(packed)
    count = (len(packed) - _HEAD.size) // (gap + place)
    if count + len(found) > most or int(found.places.max()) >= 256**place:
        return None
    types, middle = dict(_WIDTHS), _HEAD.size + gap * count
    last = first + int(np.frombuffer(packed, types[gap], count, _HEAD.size).sum(dtype=np.int64))
    gaps = found.passages.copy()
    gaps[0] -= last
    gaps[1:] -= found.passages[:-1]
    if int(gaps.max()) >= 256**gap:
        return None
    places = found.places.astype(types[place])
    return b"".join((packed[:middle], gaps.astype(types[gap]).tobytes(), packed[middle:], places.tobytes()))


def common(one: Keys, other: Keys) -> Keys:
    """Return what ascending keys (n,) and (m,) have in common, ascending."""
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    if not len(few):
        return few
    at = np.minimum(np.searchsorted(many, few), len(many) - 1)
    return np.asarray(few[many[at] == few], np.int64)


def _width(values: npt.NDArray[np.integer]) -> tuple[int, str]:
    most = int(values.max())
    return next((width, kind) for width, kind in _WIDTHS if most < 256**width)
