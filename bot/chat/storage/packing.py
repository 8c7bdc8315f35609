"""References to quotes as the chat's SQLite file stores them: lists for JSON, without a word of an article."""

from collections.abc import Sequence

from bot.records import QuoteReference, Span


def packed(quote: QuoteReference) -> Sequence[object]:
    """Return what stands for a quote."""
    answer = [quote.answer.start, quote.answer.end] if quote.answer else None
    return [quote.article_id, quote.revision, quote.start, quote.end, answer, quote.score]


def unpacked(stored: Sequence[object]) -> QuoteReference:
    """Return the quote that was stored.

    Raises:
        TypeError: it is none.
    """
    article_id, revision, start, end, answer, score = stored
    span = Span(*answer) if isinstance(answer, list) else None
    return QuoteReference(str(article_id), str(revision), _int(start), _int(end), span, _float(score))


def _int(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"a stored offset is {value!r}, not a whole number")
    return value


def _float(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"a stored score is {value!r}, not a number")
    return float(value)
