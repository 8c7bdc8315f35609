"""Following redirects by hand, so that each hop is checked like the first address."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from index.errors import Unreachable
from index.sources.fetching.addresses import Address, joined
from index.sources.fetching.answers import PERMANENT, REDIRECTS, Answer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Redirect:
    """Another place to look."""

    to: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Arrival(Generic[T]):
    """What was found and where. ``moved``: all redirects on the way were permanent, and there was one."""

    found: T
    at: Address
    moved: bool


class TooManyRedirects(Exception):
    """It goes on and on, or round and round."""


def redirect(answer: Answer) -> Redirect | None:
    """Return where an answer sends to, if it does.

    Raises:
        Unreachable: it does, and does not say where.
    """
    if answer.status not in REDIRECTS:
        return None
    to = answer.first("location")
    if to is None:
        raise Unreachable(f"it answered {answer.status}, and not where the page is now")
    return Redirect(to, answer.status in PERMANENT)


def follow(address: Address, most: int, ask: Callable[[Address], T | Redirect]) -> Arrival[T]:
    """Ask an address, and where it sends to, until something is found.

    Raises:
        TooManyRedirects: there are more than ``most``, or they lead back.
    """
    seen, permanent = [address], True
    while isinstance(found := ask(seen[-1]), Redirect):
        permanent = permanent and found.permanent
        to = joined(seen[-1], found.to)
        if to in seen:
            raise TooManyRedirects(f"its redirects lead in a circle, to {to.url} again")
        if len(seen) > most:
            raise TooManyRedirects(f"it is behind more than {most} redirects (fetch.redirects)")
        seen.append(to)
    return Arrival(found, seen[-1], permanent and len(seen) > 1)
