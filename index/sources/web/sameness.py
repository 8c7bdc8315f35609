"""Whether two texts are one article, perhaps edited. Pure; for pages of which one claims to be the other."""

_PIECE = 16
"""Code points: about three words. Shorter pieces are in every text."""

_SHARED = 0.5


def say_the_same(one: str, other: str) -> bool:
    """Tell whether at least half of the shorter text is in the longer one, piece by piece."""
    first, second = _pieces(one), _pieces(other)
    return len(first & second) >= _SHARED * min(len(first), len(second))


def _pieces(text: str) -> set[str]:
    plain = " ".join(text.split())
    return {plain[start : start + _PIECE] for start in range(max(1, len(plain) - _PIECE + 1))}
