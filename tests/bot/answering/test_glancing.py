"""Which sentence of each passage is shown to somebody who is still typing."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from builders import an_article

from bot.answering.generation import Generation, Generations
from bot.answering.glancing import NEAR, glanced
from bot.answering.policy import Answerer
from bot.answering.reader import Candidate, ReaderResult, Reading
from bot.answering.upkeep import NoUpkeep
from bot.records import Question
from bot.settings import AnswersSection
from index import Article, Hit, Passage, ScoreParts, Sentence

NOTHING_LIKE = 0.0


def candidate(*sentences: str, number: int = 1, cosine: float = NEAR, score: float = 1.0) -> Candidate:
    """A passage of an article of its own, made of these sentences."""
    article = an_article(f"article {number}", " ".join(sentences))
    places = [Sentence(article.text.index(one), article.text.index(one) + len(one)) for one in sentences]
    passage = Passage(number, article.id, 0, len(article.text), tuple(places))
    return Candidate(Hit(passage, score, ScoreParts(cosine, 0.0)), article)


def shown(readings: Sequence[Reading]) -> list[str]:
    return [r.candidate.article.text[r.sentence.start : r.sentence.end] for r in readings]


BEES = ("Bees dance in the hive.", "Honey keeps for thousands of years.", "The hive is warm.")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("how long does honey keep?", 1),
        ("how long does hon", 1),
        ("dancing bees", 0),
        ("dan", 0),
        ("warm hive", 2),
        ("HONEY", 1),
    ],
)
def test_the_sentence_that_holds_most_of_the_words_stands_for_its_passage(typed: str, sentence: int) -> None:
    """In whatever form; the last word may be half typed."""
    assert shown(glanced(typed, [candidate(*BEES)])) == [BEES[sentence]]


def test_a_word_that_was_finished_is_taken_as_it_is() -> None:
    """A blank or a mark ends a word, and the words before the last one are whole."""
    far = candidate("The danger is over now.", cosine=NOTHING_LIKE)
    assert shown(glanced("dan", [far])) == ["The danger is over now."]
    assert glanced("dan?", [far]) == glanced("dan bees?", [far]) == []


def test_passages_come_by_the_score_of_the_search_and_by_words() -> None:
    """One reading each, the best first; how near the others come is told as a share of it."""
    two = [candidate("Wax melts in summer.", number=1, score=1.0), candidate("Honey melts, too.", number=2, score=0.9)]
    first, second = glanced("why does honey melt?", two)
    assert [first.candidate, second.candidate] == two[::-1]
    assert first.probability == 1.0 > second.probability > 0 and first.answer is None


def test_what_is_far_from_the_question_is_not_shown() -> None:
    """Neither a telling word nor a near vector: nothing found is better than anything found."""
    far = candidate("The tower is in Paris.", "It is tall.", "It is old.", cosine=NOTHING_LIKE)
    near = candidate("Metal rusts in the rain.", number=2, cosine=NEAR)
    assert shown(glanced("is there any honey left", [far, near])) == ["Metal rusts in the rain."]
    assert glanced("honey", []) == []


def test_headings_furniture_and_questions_are_not_shown() -> None:
    """They do not answer."""
    one = candidate("Honey", "Share honey now.", "What is honey?", "Honey types:", "Honey is sweet.")
    heading, furniture, *rest = one.hit.passage.sentences
    sentences = (replace(heading, heading=True), replace(furniture, furniture=True), *rest)
    told = replace(one, hit=replace(one.hit, passage=replace(one.hit.passage, sentences=sentences)))
    assert shown(glanced("honey", [told])) == ["Honey is sweet."]


class Unread:
    """A reader that nobody may ask."""

    def read(self, question: Question, candidates: Sequence[Candidate]) -> ReaderResult:
        raise AssertionError("a glance reads nothing")


class TakenDown(NoUpkeep):
    """One article was taken down."""

    def is_taken_down(self, article: Article) -> bool:
        return article.id == "light"


def answerer(generation: Generation, upkeep: NoUpkeep | None = None) -> Answerer:
    used = replace(generation, reader=Unread())
    generations = Generations(lambda: used, lambda: used.snapshot.name)
    return Answerer(generations, AnswersSection(), 0.5, upkeep or NoUpkeep())


def test_a_glance_gives_quotes_of_the_stored_articles(generation: Generation) -> None:
    """Verbatim, none twice, at most as many as asked for; no model reads; the copy is a place of the quote."""
    service = answerer(generation)
    quotes = service.glance(Question("when was the speed of light measured"), 10)
    assert quotes[0].text.startswith("Ole Rømer measured its speed in 1676.") or "1676" in quotes[0].text
    for quote in quotes:
        assert generation.article(quote.article.id).text[quote.start : quote.end] == quote.text
    assert len({(q.article.id, q.start) for q in quotes}) == len(quotes) > 1
    assert len(service.glance(Question("light"), 1)) == 1
    assert service.glance(Question("?!"), 10) == ()


def test_what_was_taken_down_is_not_glanced_at(generation: Generation) -> None:
    """Neither as a quote nor as a further place of one."""
    quotes = answerer(generation, TakenDown()).glance(Question("speed of light"), 10)
    assert "light" not in {q.article.id for q in quotes} | {place.article.id for q in quotes for place in q.also}


@pytest.mark.parametrize("text", ["", "🐝", "'\"() OR NEAR *", "why " * 1000, "\x00", "\ud83d", "a b c d"])
def test_whatever_is_typed_is_safe(generation: Generation, text: str) -> None:
    """Nothing that can be typed is an error."""
    answerer(generation).glance(Question(text), 10)
