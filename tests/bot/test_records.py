"""The nouns of the bot."""

from dataclasses import replace

from fakes import ARTICLE, SENTENCES, quote_of

from bot.records import Answer, Place, Question, QuoteReference


def test_a_reference_is_enough_to_find_a_quote_again() -> None:
    """Without the quote's words."""
    quote = quote_of(3)
    assert quote.reference == QuoteReference("bees", "first", quote.start, quote.end, quote.answer, quote.score)


def test_a_place_knows_its_words() -> None:
    """Cut from its article."""
    start = ARTICLE.text.index(SENTENCES[7])
    assert Place(ARTICLE, start, start + len(SENTENCES[7])).text == SENTENCES[7]


def test_an_answer_without_quotes_is_none() -> None:
    """The articles do not say, whatever is near."""
    answer = Answer(Question("?"), (quote_of(1),), (), (), 0.9, "first", 1.0)
    assert answer.answered
    assert not replace(answer, quotes=(), nearest=(quote_of(1),)).answered
