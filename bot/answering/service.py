"""What the chat, the console and the evaluation ask for; ``bot.answering.policy`` answers it."""

from collections.abc import Sequence
from typing import Protocol

from bot.records import Answer, Corpus, Health, Question, Quote, QuoteReference, Rollback
from bot.settings import BotSettings


class Operations(Protocol):
    """What who runs the bot may do to the articles. Every call blocks, for seconds maybe.

    Each raises ``VerbatimError`` where it cannot be done, in words for who runs the bot.
    """

    def group(self, questions: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """Group questions by their meaning, the largest group first; each is named by its place in ``questions``."""
        ...

    def rollback(self) -> Rollback | None:
        """Tell which snapshot would be published in the place of which; ``None``: there is no sound earlier one."""
        ...

    def roll_back(self, rollback: Rollback) -> None:
        """Publish the earlier snapshot. Where anything changed since it was told, nothing is done, and that raises."""
        ...

    def take_down(self, given: str) -> bool:
        """Quote an article no more, from now on, by its id or address; ``False``: it was taken down already."""
        ...

    def undo_take_down(self, given: str) -> bool:
        """Let an article be quoted again; ``False``: it was not taken down."""
        ...


class AnswerService(Protocol):
    """Questions to answers over the published snapshot. Every call blocks; call it from a worker thread.

    Every quote returned was cut from the stored article and compared with it again by that very call.
    """

    @property
    def operations(self) -> Operations:
        """What who runs the bot may do."""
        ...

    def answer(self, question: Question, effort: float = 1.0) -> Answer:
        """Answer a question; an answer without quotes means that the articles do not say.

        ``effort``: how much is read beside the usual, 0 to 1; less is faster, and now and then worse.
        """
        ...

    def answer_inside(self, question: Question, article_id: str) -> tuple[Quote, ...]:
        """Return what comes nearest to a question in one article, the best first, whether it answers or not."""
        ...

    def elsewhere(self, reference: QuoteReference) -> tuple[Quote, ...]:
        """Return what other articles that tell the same story say in the place of a quote."""
        ...

    def glance(self, question: Question, limit: int) -> tuple[Quote, ...]:
        """Return at most ``limit`` quotes that come nearest to a question, within a fraction of a second.

        Nothing is read: a quote's score tells how near it comes to the best one, not whether it answers.
        """
        ...

    def widen(self, quote: Quote) -> Quote:
        """Return the quote with the sentences before and after it; itself where there are none."""
        ...

    def restore(self, reference: QuoteReference) -> Quote | None:
        """Cut a remembered quote again; ``None`` where its article is gone, taken down, or has changed since."""
        ...

    def corpus(self) -> Corpus:
        """Describe what is indexed now."""
        ...

    def health(self) -> Health:
        """Tell what is wrong with how the articles are kept up to date."""
        ...

    def adjust(self, settings: BotSettings) -> None:
        """Go by these settings from now on, as far as they can change while questions are answered."""
        ...

    def refresh(self) -> bool:
        """Open a newer snapshot if one was published; ``True`` if it was swapped in.

        Calls in flight finish on the snapshot they began with.
        """
        ...
