"""What the chat, the console and the evaluation ask for; ``bot.answering.policy`` answers it."""

from typing import Protocol

from bot.records import Answer, Corpus, Health, Question, Quote, QuoteReference


class AnswerService(Protocol):
    """Questions to answers over the published snapshot. Every call blocks; call it from a worker thread.

    Every quote returned was cut from the stored article and compared with it again by that very call.
    """

    def answer(self, question: Question) -> Answer:
        """Answer a question; an answer without quotes means that the articles do not say."""
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

    def refresh(self) -> bool:
        """Open a newer snapshot if one was published; ``True`` if it was swapped in.

        Calls in flight finish on the snapshot they began with.
        """
        ...
