"""Questions are asked, and what comes back is judged."""

from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from fakes import ARTICLE, SENTENCES, FakeAnswers, quote_of

from bot.answering.times import days_of
from bot.evaluation import Case, Expected, Measured, Outcome, ask
from bot.evaluation.words import Marked
from bot.records import Answer, Question, Span
from index import Days, Hit, Passage, ScoreParts

FIRST, THIRD = quote_of(0), quote_of(2)


@dataclass
class Listening(FakeAnswers):
    """Notes what it and the searches beside it are asked; marks nothing where "unmarked" is asked for."""

    heard: list[object] = field(default_factory=list)

    def answer(self, question: Question, effort: float = 1.0) -> Answer:
        self.heard.append(question)
        answer = super().answer(question)
        if "unmarked" not in question.text:
            return answer
        return replace(answer, quotes=tuple(replace(quote, answer=None) for quote in answer.quotes))

    def search(self, question: str, limit: int, days: Days | None = None) -> list[Hit]:
        self.heard.append((question, limit, days))
        passages = [Passage(n, "bees", quote_of(n).start, quote_of(n).end, ()) for n in (4, 0)]
        return [Hit(passage, 1.0, ScoreParts(0.0, 0.0)) for passage in passages]


def asked(question: str, *expected: Expected, answerable: bool = True, threshold: float = 0.5) -> Outcome:
    service = Listening()
    measured = Measured([("words", service)], service, lambda _: ARTICLE, threshold, days_of)
    (outcome,) = ask([Case(Question(question), answerable, expected)], measured)
    return outcome


def test_a_quote_is_judged_by_its_place_and_its_marked_words_by_themselves() -> None:
    """The first quote holds the place; "00 degrees" is what it marks."""
    place = Expected("00 degrees", "bees", Span(FIRST.end - 11, FIRST.end - 1))
    outcome = asked("How warm?", place, Expected("nothing at all"))
    assert outcome.right and outcome.quote_rank == 0
    assert outcome.recall_ranks == {"words": 1}
    assert outcome.marked == Marked(exact=True, f1=1.0)
    assert (outcome.quotes, outcome.verbatim, outcome.words) == (5, 5, len(SENTENCES[0].split()))
    assert (outcome.confidence, outcome.declined) == (0.9, False)


def test_a_later_quote_is_not_right_but_found() -> None:
    """Its rank counts; the marked words are the first quote's all the same."""
    outcome = asked("How warm?", Expected("20 degrees", "bees", Span(THIRD.end - 11, THIRD.end - 1)))
    assert outcome.quote_rank == 2 and not outcome.right
    assert outcome.marked == Marked(exact=False, f1=0.5)


def test_answers_without_places_are_held_by_their_words() -> None:
    """And compared with the marked words in the same way."""
    outcome = asked("How warm?", Expected("winter"), Expected("at 00 degrees"))
    assert outcome.right and outcome.marked == Marked(exact=False, f1=4 / 5)


@pytest.mark.parametrize("question", ["unmarked?", "unmarked, nothing?"])
def test_no_marked_words_are_none(question: str) -> None:
    """With a quote or without."""
    assert asked(question, Expected("00 degrees")).marked is None


def test_nothing_found_is_declined_whatever_the_threshold() -> None:
    """It has no quotes, and is not right."""
    outcome = asked("nothing?", Expected("00 degrees"), threshold=0.0)
    assert (outcome.quotes, outcome.quote_rank, outcome.declined, outcome.right) == (0, None, True, False)


def test_declining_hides_no_quote_from_the_judgement() -> None:
    """Only the flag tells."""
    outcome = asked("How warm?", Expected("00 degrees"), threshold=0.95)
    assert outcome.declined and outcome.right


def test_what_the_articles_do_not_say_is_never_right() -> None:
    """Even where a set lists plausible answers to it."""
    outcome = asked("How warm?", Expected("00 degrees"), answerable=False)
    assert outcome.quote_rank == 0 and not outcome.right


def test_the_answer_comes_before_the_searches_and_knows_the_day() -> None:
    """So that they warm nothing up for the answer whose time is taken; they find what it found, for the same day."""
    service = Listening()
    question = Question("How warm?", date(2024, 2, 3))
    measured = Measured([("words", service)], service, lambda _: ARTICLE, 0.5, days_of)
    (outcome,) = ask([Case(question, answerable=True, expected=())], measured)
    assert service.heard == [question, ("How warm?", 20, Days(date(2024, 2, 3), date(2024, 2, 3)))]
    assert 0 < outcome.milliseconds < 1000


def test_a_quote_that_is_not_in_its_article_is_counted() -> None:
    """``verbatim`` falls behind ``quotes``."""
    service = FakeAnswers()
    shorter = replace(ARTICLE, text=ARTICLE.text[: quote_of(3).end])
    measured = Measured([], service, lambda _: shorter, 0.5, days_of)
    (outcome,) = ask([Case(Question("How warm?"), answerable=True, expected=())], measured)
    assert (outcome.quotes, outcome.verbatim) == (5, 4)
