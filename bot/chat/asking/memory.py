"""What the bot keeps of a conversation in memory, so that a question can follow another: never on a disk.

A restart forgets it all. Invariant: nothing is kept for longer than ``KEPT_SECONDS``, nor more of it than ``MOST``
entries of each kind; what was said before counts for the minutes that the settings give.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.records import Answer, Earlier, Question, Understanding
from bot.settings import AnswersSection

KEPT_SECONDS = 3600.0
MOST = 2000

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the buttons under an answer need beside what is stored: the question, how it was read, who asked.

    ``elsewhere``: other articles say what its first page quotes.
    """

    question: Question
    understood: Understanding
    elsewhere: bool
    asker: int

    @classmethod
    def of(cls, answer: Answer, asker: int) -> "Kept":
        """Return what is kept of an answer."""
        elsewhere = any(quote.also for quote in answer.quotes)
        return cls(answer.question, answer.understood, elsewhere, asker)


class Recent(Generic[K, V]):
    """The newest values by their keys, at most ``most``. ``clock`` counts seconds."""

    def __init__(self, clock: Callable[[], float], most: int = MOST) -> None:
        self._clock, self._most = clock, most
        self._values: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def put(self, key: K, value: V) -> None:
        """Keep a value; the oldest go where there are too many, or where their time is over."""
        self._values.pop(key, None)
        self._values[key] = (self._clock(), value)
        while len(self._values) > self._most or self._oldest() <= self._clock() - KEPT_SECONDS:
            self._values.popitem(last=False)

    def get(self, key: K, seconds: float = KEPT_SECONDS) -> V | None:
        """Return a value that was kept less than so many seconds ago."""
        at, value = self._values.get(key, (float("-inf"), None))
        return value if at > self._clock() - seconds else None

    def drop(self, is_meant: Callable[[K, V], bool]) -> int:
        """Drop what is meant; return how many values that was."""
        meant = [key for key, (_, value) in self._values.items() if is_meant(key, value)]
        for key in meant:
            del self._values[key]
        return len(meant)

    def rename(self, changed: Callable[[K], K]) -> None:
        """Keep everything under other keys, each for as long as before."""
        self._values = OrderedDict((changed(key), value) for key, value in self._values.items())

    def _oldest(self) -> float:
        return next(iter(self._values.values()))[0]


class Memory:
    """What each person asked last in each chat, and what each answer was an answer to."""

    def __init__(self, clock: Callable[[], float], minutes: float) -> None:
        self._minutes = minutes
        self._last: Recent[tuple[int, int], Earlier] = Recent(clock)
        self._kept: Recent[str, Kept] = Recent(clock)

    def adjust(self, settings: AnswersSection) -> None:
        """Go by these settings from now on."""
        self._minutes = settings.followup_minutes

    def note(self, asker: int, chat: int, answer: Answer) -> None:
        """Remember what somebody asked last in a chat."""
        self._last.put((asker, chat), earlier_of(answer))

    def earlier(self, asker: int, chat: int) -> Earlier | None:
        """Return what a question may follow up."""
        return self._last.get((asker, chat), 60 * self._minutes)

    def keep(self, token: str, kept: Kept) -> None:
        """Remember what the answer with a token was an answer to."""
        self._kept.put(token, kept)

    def kept(self, token: str) -> Kept | None:
        """Return that; ``None`` where it is forgotten."""
        return self._kept.get(token)

    def move(self, old: int, new: int) -> None:
        """Go on in the chat ``new`` with what was said in the chat ``old``."""
        self._last.rename(lambda key: (_renamed(key[0], old, new), _renamed(key[1], old, new)))

    def forget(self, asker: int) -> int:
        """Forget everything about a person; return how many entries that was."""
        of_chats = self._last.drop(lambda key, _: asker in key)
        return of_chats + self._kept.drop(lambda _, kept: kept.asker == asker)


def _renamed(number: int, old: int, new: int) -> int:
    """An anonymous admin asks as the chat."""
    return new if number == old else number


def earlier_of(answer: Answer) -> Earlier:
    """Return what a next question may follow up: this one as it was read, and the articles shown."""
    shown = answer.quotes or answer.nearest
    articles = tuple(dict.fromkeys(quote.article.id for quote in shown))
    return Earlier(answer.understood.text or answer.question.text, articles)
