"""How often one may ask."""

from bot.chat.asking.limits import Admission, Limiter

ADMITTED, REFUSED, AGAIN = Admission.ADMITTED, Admission.REFUSED, Admission.REFUSED_AGAIN


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_so_many_within_any_minute() -> None:
    """The window slides; the refusal is told once a minute."""
    clock = Clock()
    limiter = Limiter(2, clock)
    assert [limiter.admit(1) for _ in range(4)] == [ADMITTED, ADMITTED, REFUSED, AGAIN]
    clock.now += 59
    assert limiter.admit(1) is AGAIN
    clock.now += 2
    assert [limiter.admit(1) for _ in range(3)] == [ADMITTED, ADMITTED, REFUSED]


def test_everybody_has_a_limit_of_their_own() -> None:
    """One eager person does not silence the others."""
    limiter = Limiter(1, Clock())
    assert [limiter.admit(key) for key in (1, 2, -3, 1)] == [ADMITTED, ADMITTED, ADMITTED, REFUSED]


def test_nobody_is_remembered_for_long() -> None:
    """Memory is bounded by two minutes' visitors, and /privacy tells the truth."""
    clock = Clock()
    limiter = Limiter(1, clock)
    for key in range(5000):
        clock.now += 0.1
        limiter.admit(key)
        limiter.admit(key)
    assert max(len(limiter._admitted), len(limiter._refused)) <= 1200
    clock.now += 61
    limiter.admit(1)
    assert list(limiter._admitted) == [1] and not limiter._refused
