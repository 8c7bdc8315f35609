"""Scripted misbehaviour: what the server does instead of, or before, or after, answering a call."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One misbehaviour.

    ``code`` and ``description``: an error in Telegram's JSON; ``html``: the body of a broken gateway; ``raw``: the body
    to the byte; ``stall``: so many seconds pass before the answer; ``delivered``: the call takes effect all the same;
    ``drop``: the connection is closed without an answer.
    """

    code: int = 0
    description: str = ""
    parameters: tuple[tuple[str, int], ...] = ()
    html: bool = False
    raw: bytes | None = None
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
FORBIDDEN = Fault(403, "Forbidden: bot was blocked by the user")
NOT_FOUND = Fault(404, "Not Found")
NEVER = Fault(stall=8.0, drop=True)
"""Longer than the bot waits for any answer but that to a long poll of more than two seconds."""

_BAD_TEXTS = {
    "raw text too long": "text is too long",
    "text of spaces": "text must be non-empty",
    "no text": "message text is empty",
    "text too long": "message is too long",
    "strange tag": 'can\'t parse entities: Unsupported start tag "p" at byte offset 7',
    "unclosed tag": "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    "crossed tags": 'can\'t parse entities: Unmatched end tag at byte offset 8, expected "</i>", found "</b>"',
    "not modified": "message is not modified: specified new message content and reply markup are exactly the same as a"
    " current content and reply markup of the message",
    "bad button": "Inline keyboard button URL 'http://localhost/x' is invalid: Wrong HTTP URL",
    "no thread": "message thread not found",
    "nothing to reply to": "message to be replied not found",
    "too old": "query is too old and response timeout expired or query ID is invalid",
}
"""What Telegram says of a bad request, in the words of tdlib."""

SUPERGROUP = -1_000_777_000
ANSWERS = {
    **{name: Fault(400, f"Bad Request: {words}") for name, words in _BAD_TEXTS.items()},
    "moved": Fault(
        400, "Bad Request: group chat was upgraded to a supergroup chat", (("migrate_to_chat_id", SUPERGROUP),)
    ),
    "401": UNAUTHORIZED,
    "403": FORBIDDEN,
    "404": NOT_FOUND,
    "404 of a gateway": Fault(404, html=True),
    "409, a webhook": CONFLICTED,
    "409, another poller": Fault(409, "Conflict: terminated by other getUpdates request"),
    "429 for a second": flood(1),
    "429 for four hours": flood(4 * 3600),
    "429 for ever": flood(10**18),
    "429 of a gateway": Fault(429, html=True),
    "429 without a number": Fault(429, raw=b'{"ok":false,"error_code":429,"parameters":{"retry_after":"soon"}}'),
    "500": INTERNAL,
    "502 with HTML": BAD_GATEWAY,
    "502, empty": Fault(502, raw=b""),
    "502, half a JSON": Fault(502, raw=b'{"ok":false,"error_co'),
    "502, a list": Fault(502, raw=b"[]"),
}
"""Answers from which it is certain that nothing was done."""

SILENCES = {
    "empty": Fault(200, raw=b""),
    "half a JSON": Fault(200, raw=b'{"ok":true,"result":{"mess'),
    "a list": Fault(200, raw=b"[]"),
    "too deep": Fault(200, raw=b"[" * 100_000),
    "no result": Fault(200, raw=b'{"ok":true}'),
    "not ok": Fault(200, raw=b'{"ok":false,"error_code":500,"description":"Internal Server Error"}'),
    "dropped": DROPPED,
    "never": NEVER,
    "dropped after delivery": DELIVERED_DROPPED,
    "late after delivery": DELIVERED_LATE,
    "unreadable after delivery": DELIVERED_UNREADABLE,
}
"""Ends from which nobody can tell whether something was done."""

EVERY = {**ANSWERS, **SILENCES}
"""Every way in which a call of any method may end, by name."""
