"""Documents with mistakes in them: real ones, cut, doubled, spliced and sprinkled with what parsers stumble over.

Deterministic: the same number makes the same document of the same seeds.
"""

import random
from collections.abc import Callable, Sequence

AWKWARD = (
    *(b"\0", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3", b"\r", b"\n\n", b"\t", b" " * 64),
    *(b"-1", b"0", b"9" * 400, b"1e999", b"NaN", b"0x", b"2147483648", b"-9223372036854775809", b"0000-00-00"),
    *(
        "\u202e\u200d\u0301".encode(),
        "👨‍👩‍👧".encode(),
        "ﷺ".encode(),
        "İ".encode(),
        "\ufeff".encode(),
        "\u2028".encode(),
    ),
    *(b"%00", b"%", b"&#0;", b"&#x110000;", b"&amp", b"<!--", b"-->", b"]]>", b"<![CDATA[", b"<", b">", b'"', b"'"),
    *(b"[", b"]", b"{", b"}", b"(", b")", b"\\", b"\\u0000", b"\\ud800", b"://", b"//[", b"@", b"#", b"?", b"*", b"`"),
    *(b"null", b"true", b"[]", b"{}", b'""', b"---\n", b"...\n", b"&a ", b"*a ", b"!!python/object:os.system ", b": "),
)
"""What may be put anywhere."""

_LONG = 3_000


def mutated(seeds: Sequence[bytes], number: int, tokens: Sequence[bytes] = ()) -> bytes:
    """Return a seed with one to eight mistakes; every tenth is random bytes alone."""
    chance = random.Random(number)
    if number % 10 == 0:
        return chance.randbytes(chance.randrange(300))
    data = chance.choice(seeds)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        data = chance.choice(_WAYS)(data, chance, seeds, tokens)
    return data


Way = Callable[[bytes, random.Random, Sequence[bytes], Sequence[bytes]], bytes]


def _places(data: bytes, chance: random.Random) -> tuple[int, int]:
    one = chance.randrange(len(data) + 1)
    size = chance.choice((1, 4, 16, 64, 400))
    return one, min(len(data), one + chance.randrange(size + 1))


def _cut(data: bytes, chance: random.Random, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    start, end = _places(data, chance)
    return data[:start] + data[end:]


def _ended(data: bytes, chance: random.Random, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _doubled(data: bytes, chance: random.Random, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    start, end = _places(data, chance)
    part = data[start:end]
    times = chance.choice((2, 2, 10, max(2, _LONG // max(1, len(part)))))
    return data[:start] + part * times + data[end:]


def _sprinkled(data: bytes, chance: random.Random, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    start, end = _places(data, chance)
    what = chance.choice(tokens) if tokens and chance.random() < 0.5 else chance.choice(AWKWARD)
    return data[:start] + what * chance.choice((1, 1, 1, 30)) + data[end if chance.random() < 0.5 else start :]


def _spliced(data: bytes, chance: random.Random, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    other = chance.choice(seeds)
    start, end = _places(other, chance)
    place = chance.randrange(len(data) + 1)
    return data[:place] + other[start:end] + data[place:]


def _flipped(data: bytes, chance: random.Random, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 10)) if data else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


_WAYS: Sequence[Way] = (_cut, _ended, _doubled, _sprinkled, _sprinkled, _spliced, _flipped)
