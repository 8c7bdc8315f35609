"""What the fake Telegram knows: chats, messages, and the updates that wait to be fetched.

Updates behave as Telegram's: an offset confirms all before it, but one far beyond the last update counts for nothing,
a second poller ends the first with 409, the same offset within half a second brings one update, and only the kinds
asked for are delivered.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from telegram_server.rules import Refusal, bad

Json = dict[str, Any]
BOT: Json = {
    "id": 4242,
    "is_bot": True,
    "first_name": "Verbatim",
    "username": "verbatim_test_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}
FARTHEST = 10
"""How far beyond the next update an offset may lie; farther ones are as none (tdlib, TQueue.cpp and Client.cpp)."""
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass
class Updates:
    """The queue behind getUpdates. ``seen``: everything that was queued; ``backwards``: the newest comes first."""

    pending: dict[int, Json] = field(default_factory=dict)
    confirmed: list[int] = field(default_factory=list)
    seen: list[Json] = field(default_factory=list)
    backwards: bool = False
    _next: int = 1000
    polls: int = 0
    _waiting: int = 0
    _last: tuple[int, float] = (-1, 0.0)
    _allowed: list[str] = field(default_factory=lambda: ["message", "callback_query", "edited_message"])
    _forced: set[str] = field(default_factory=set)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def put(self, update: Json) -> int:
        """Queue an update and return its number."""
        with self._changed:
            self._next += 1
            self.pending[self._next] = {"update_id": self._next, **update}
            self.seen.append(self.pending[self._next])
            self._changed.notify_all()
            return self._next

    def number_anew(self, first: int) -> None:
        """Give the next update this number: what Telegram does, at random, after a week without updates."""
        with self._changed:
            self._next = first - 1

    def repeat(self, update: Json) -> None:
        """Deliver an update once more, under the number that it had, to the long poll in progress."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting > 0, 10)
            self.pending[update["update_id"]] = update
            self._changed.notify_all()

    def poll(self, offset: int, limit: int, timeout: float, allowed: list[str] | None) -> list[Json]:
        """Answer one getUpdates."""
        with self._changed:
            self.polls += 1
            mine = self.polls
            self._changed.notify_all()
            self._allowed = allowed or self._allowed
            if offset <= self._next + 1 + FARTHEST:
                self._confirm(offset)
            if (offset, True) == (self._last[0], time.monotonic() - self._last[1] < 0.5):
                limit = 1
            self._last = (offset, time.monotonic())
            self._waiting += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: mine != self.polls or self._deliverable(), min(timeout, 50))
            self._waiting -= 1
            if mine != self.polls:
                raise Refusal(409, CONFLICT)
            return self._deliverable()[:limit]

    def interrupt(self) -> None:
        """End the next long poll, as another poller would."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting > 0, 10)
        self.end()

    def end(self) -> None:
        """End the long poll in progress, if there is one."""
        with self._changed:
            self.polls += 1
            self._changed.notify_all()

    def _confirm(self, offset: int) -> None:
        for number in sorted(self.pending):
            if number < offset:
                self.confirmed.append(number)
                del self.pending[number]

    def deliverable(self, allowed: list[str] | None) -> list[Json]:
        """What a webhook is sent, oldest first; the list of kinds is remembered."""
        with self._changed:
            self._allowed = allowed or self._allowed
            return self._deliverable()

    def take(self, number: int) -> None:
        """Note that a webhook took an update."""
        with self._changed:
            self.confirmed.append(number)
            del self.pending[number]

    def _deliverable(self) -> list[Json]:
        updates = [self.pending[number] for number in sorted(self.pending, reverse=self.backwards)]
        return [u for u in updates if set(u) - {"update_id"} <= {*self._allowed, *self._forced}]

    def allow(self, kind: str) -> None:
        """Deliver a kind of update that nobody asks for."""
        self._forced.add(kind)


@dataclass
class Chats:
    """Messages by chat; who blocked the bot; groups that moved, or want no reactions; the bot's reactions."""

    messages: dict[tuple[int, int], Json] = field(default_factory=dict)
    topics: set[tuple[int, int]] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)
    moved: dict[int, int] = field(default_factory=dict)
    callbacks: set[str] = field(default_factory=set)
    reactions: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    without_reactions: set[int] = field(default_factory=set)
    inline_queries: set[str] = field(default_factory=set)
    _last: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def number(self) -> int:
        """A new message number."""
        with self._lock:
            self._last += 1
            return self._last

    def check_open(self, chat_id: int) -> None:
        """Refuse chats that cannot be written to."""
        if chat_id in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if chat_id in self.moved:
            raise Refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": self.moved[chat_id]},
            )

    def check_place(self, chat_id: int, thread: int | None, reply: Json | None) -> Json | None:
        """Refuse unknown topics, and replies to nothing unless they may be; return what is replied to, if anything.

        Telegram shows it without what it replies to itself.
        """
        if thread is not None and (chat_id, thread) not in self.topics:
            raise bad("message thread not found")
        if reply is None:
            return None
        replied = self.messages.get((chat_id, reply["message_id"]))
        if replied is None and not reply.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
        return {name: value for name, value in replied.items() if name != "reply_to_message"} if replied else None

    def react(self, chat_id: int, message_id: int, emoji: list[str]) -> None:
        """Put the bot's reaction in the place of the one before; an empty one takes it away."""
        if (chat_id, message_id) not in self.messages:
            raise bad("message to react not found")
        if chat_id in self.without_reactions and emoji:
            raise bad("REACTION_INVALID")
        self.reactions[chat_id, message_id] = emoji

    def delete(self, chat_id: int, message_id: int) -> None:
        """Take a message of the bot's away; https://core.telegram.org/bots/api#deletemessage."""
        message = self.messages.get((chat_id, message_id))
        if message is None or message["from"]["id"] != BOT["id"]:
            raise bad("message to delete not found")
        del self.messages[chat_id, message_id]

    def own(self, chat_id: int, message_id: int) -> Json:
        """A message that the bot sent."""
        message = self.messages.get((chat_id, message_id))
        if message is None or message["from"]["id"] != BOT["id"]:
            raise bad("message to edit not found")
        return message


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for a condition.

    Raises:
        AssertionError: it did not come true in time.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.01)
