"""Scripted misbehaviour: what the server does instead of, or before, or after, answering a call."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One misbehaviour.

    ``code`` and ``description``: an error in Telegram's JSON; ``html``: the body of a broken gateway;
    ``stall``: so many seconds pass before the answer; ``delivered``: the call takes effect all the same;
    ``drop``: the connection is closed without an answer.
    """

    code: int = 0
    description: str = ""
    parameters: tuple[tuple[str, int], ...] = ()
    html: bool = False
    stall: float = 0.0
    delivered: bool = False
    drop: bool = False

    @property
    def body(self) -> dict[str, Any]:
        body = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": dict(self.parameters)} if self.parameters else body


def flood(seconds: int) -> Fault:
    """429 with retry_after."""
    return Fault(429, f"Too Many Requests: retry after {seconds}", (("retry_after", seconds),))


BAD_GATEWAY = Fault(502, html=True)
INTERNAL = Fault(500, "Internal Server Error")
UNAUTHORIZED = Fault(401, "Unauthorized")
CONFLICTED = Fault(409, "Conflict: can't use getUpdates method while webhook is active")
DELIVERED_LATE = Fault(stall=6.5, delivered=True)
DROPPED = Fault(drop=True)
DELIVERED_DROPPED = Fault(drop=True, delivered=True)
DELIVERED_UNREADABLE = Fault(200, html=True, delivered=True)
UNPARSABLE = Fault(400, "Bad Request: can't parse entities: a test says so")
