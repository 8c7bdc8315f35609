"""Those who use a bot for a long time: they ask, follow up, press, react, type inline; and Telegram fails now and then.

It judges nothing. What comes is drawn from a seed.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from burst import Failing
from growth import Wait
from telegram_server.people import Person, newcomer
from telegram_server.rules import Json
from telegram_server.world import BOT

from bot.chat.showing import texts
from bot.chat.showing.replying import MARK

REFUSALS = (texts.BUSY, texts.TOO_SLOW, texts.TROUBLE)
FOLLOWUPS = ("And when was that?", "Who was it?", "How many were there?", "And in 2014?")
COMMANDS = ("/sources", "/help", "/language", "/privacy", "/nonsense")
QUIET, ROUGH, OUTAGE = 0.0, 0.1, 1.0
"""The share of calls at which Telegram fails."""
_CYCLE_SECONDS = 30.0
_REPLY_SECONDS = 4.0
"""For so long after a question Telegram has to be well for its wait to tell something of the bot."""
_OF_THE_CYCLE = ((0.5, QUIET), (0.9, ROUGH), (1.0, OUTAGE))


def share_at(second: float) -> float:
    """Return how much of Telegram fails at a moment: first all is well, then some calls fail, at last all do."""
    place = second % _CYCLE_SECONDS / _CYCLE_SECONDS
    return next(share for until, share in _OF_THE_CYCLE if place < until)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: whose, which message, and when in seconds since the start."""

    chat: int
    message: int
    at: float


@dataclass
class Public:
    """People with a private chat each. ``did`` counts what they did, by kind."""

    server: Failing
    questions: Sequence[str]
    chance: random.Random
    people: list[Person]
    asked: list[Asked] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, server: Failing, questions: Sequence[str], count: int, seed: int) -> "Public":
        """Gather so many people."""
        return cls(server, questions, random.Random(seed), [newcomer(server) for _ in range(count)])

    def act(self, at: float) -> None:
        """Let somebody do something."""
        person, drawn = self.chance.choice(self.people), self.chance.random()
        for share, kind, act in self._ways():
            if drawn < share:
                self.did[kind] += 1
                return act(person, at)
            drawn -= share
        raise AssertionError("the shares do not make a whole")

    def _ways(self) -> tuple[tuple[float, str, Callable[[Person, float], None]], ...]:
        return (
            (0.45, "questions", lambda person, at: self._ask(person, self.chance.choice(self.questions), at)),
            (0.10, "follow-ups", lambda person, at: self._ask(person, self.chance.choice(FOLLOWUPS), at)),
            (0.22, "presses", self._press),
            (0.08, "reactions", self._react),
            (0.10, "inline queries", self._type),
            (1.00, "commands", lambda person, at: self._command(person)),
        )

    def _ask(self, person: Person, question: str, at: float) -> None:
        self.asked.append(Asked(person.chat_id, person.say(question)["message_id"], at))

    def _press(self, person: Person, at: float) -> None:
        """Any button under the last message that has some; where there is none yet, ask."""
        for message in reversed(self.server.sent(person.chat_id)):
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            if data := [one["callback_data"] for row in rows for one in row if "callback_data" in one]:
                person.press_data(message, self.chance.choice(data))
                return
        self._ask(person, self.questions[0], at)

    def _react(self, person: Person, at: float) -> None:
        if sent := self.server.sent(person.chat_id):
            person.react(sent[-1], self.chance.choice("👍👎"))

    def _type(self, person: Person, at: float) -> None:
        whole = self.chance.choice(self.questions)
        person.type(whole[: self.chance.randint(4, len(whole))])

    def _command(self, person: Person) -> None:
        person.say(self.chance.choice(COMMANDS))

    def waits(self, begun: float) -> list[Wait]:
        """Return how long questions waited for their replies while Telegram was well.

        ``begun``: the start, in monotonic seconds.
        """
        replies: dict[tuple[int, int], float] = {}
        for call in self.server.of("sendMessage"):
            given = call.parameters
            if "reply_parameters" in given and ("reply_markup" in given or given["text"] in REFUSALS):
                replies.setdefault((given["chat_id"], given["reply_parameters"]["message_id"]), call.at - begun)
        well = (one for one in self.asked if share_at(one.at) == share_at(one.at + _REPLY_SECONDS) == QUIET)
        found = ((one, replies.get((one.chat, one.message))) for one in well)
        return [(one.at, reply - one.at) for one, reply in found if reply is not None]

    def wordless(self) -> list[Asked]:
        """Return the questions under which nothing stands: no message of the bot's, and no mark."""
        messages = tuple(self.server.chats.messages.items())
        told = {(chat, _replied(message)) for (chat, _), message in messages if message["from"] == BOT}
        marked = {key for key, emoji in tuple(self.server.chats.reactions.items()) if emoji == [MARK]}
        return [one for one in self.asked if (one.chat, one.message) not in told | marked]


def _replied(message: Json) -> int:
    """The message that this one replies to; 0: none."""
    number: int = message.get("reply_to_message", {}).get("message_id", 0)
    return number
