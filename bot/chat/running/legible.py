"""Answers of Telegram's, or of whatever stands before it, that nobody can read: a ``TelegramError``, whatever they are.

The library reads only errors that are JSON of the published form, and objects: any other answer that is JSON all the
same, a list or a number of seconds that is none, makes it raise what no caller expects.
"""

from typing import Any

from telegram.error import TelegramError
from telegram.request import HTTPXRequest

LONGEST_FLOOD_SECONDS = 86_400
"""A flood limit that is given as longer counts as a day: nobody waits for so long anyway."""
_CODES_OF_SUCCESS = range(200, 300)


class LegibleRequest(HTTPXRequest):
    """The library's client; raises ``TelegramError`` alone."""

    async def do_request(self, *args: Any, **named: Any) -> tuple[int, bytes]:
        """Ask; what came with a status of success has to say so, and to hold a result."""
        code, payload = await super().do_request(*args, **named)
        if code in _CODES_OF_SUCCESS:
            data = LegibleRequest.parse_json_payload(payload)
            if data.get("ok") is not True or "result" not in data:
                raise TelegramError("the answer has the status of success, and tells of none")
        return code, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Parse as the library does. An answer is an object, with parameters that the library can take."""
        try:
            data = HTTPXRequest.parse_json_payload(payload)
        except RecursionError as error:
            raise TelegramError("the answer is nested too deeply") from error
        if not isinstance(data, dict):
            raise TelegramError("the answer is no object")
        return {**data, "parameters": known_parameters(data["parameters"])} if "parameters" in data else data


def known_parameters(parameters: object) -> dict[str, int]:
    """Return of an error's parameters what is known and a number, the wait no longer than ``LONGEST_FLOOD_SECONDS``.

    https://core.telegram.org/bots/api#responseparameters
    """
    given = parameters if isinstance(parameters, dict) else {}
    known = {name: given.get(name) for name in ("migrate_to_chat_id", "retry_after")}
    numbers = {name: number for name, number in known.items() if isinstance(number, int)}
    if "retry_after" in numbers:
        numbers["retry_after"] = max(1, min(numbers["retry_after"], LONGEST_FLOOD_SECONDS))
    return numbers
