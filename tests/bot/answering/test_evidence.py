"""What speaks for a sentence."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from builders import an_article
from fakes import FakePassageReader

from bot.answering.evidence import EVIDENCE_NAMES, Evidence, ReadSentence, collect, matrix
from bot.answering.generation import Generation
from bot.answering.reader import Candidate
from bot.answering.spans.reading import PassageReading, PassageText
from bot.answering.spotting import LEAST, spot
from bot.records import Question
from index import FusedRetriever, Hit, Passage, QuestionTerms, QuestionWord, ScoreParts
from index.sentences import split_sentences

TALL = "How tall is the Eiffel Tower in metres?"
QUESTIONS = (
    TALL,
    "Who measured the speed of light?",
    "zzz qqq xxx",
    "the",
    "🐝 ' OR \" * NEAR(",
    "why " * 800,
)
SHARES = ("rank", "cover", "title_cover", "window_cover", "passage_cover", "phrases")
FLAGS = (
    "rarest", "holds_kind", "new_person", "new_time", "new_number", "new_place", "new_reason", "new_name",
    "span_kind", "pronoun", "question", "under_heading", "in_range",
)  # fmt: skip
LOGARITHMS = ("span", "mass", "passage")
READ = (*LOGARITHMS, "answers", "span_kind", "agree")
"""What only the reading model tells."""


def terms(generation: Generation, question: str) -> QuestionTerms:
    assert isinstance(generation.retriever, FusedRetriever)
    return generation.retriever.terms(question)


def readings_of(question: str, candidates: Sequence[Candidate]) -> list[PassageReading]:
    passages = [(c.article.title, c.article.text[c.hit.passage.start : c.hit.passage.end]) for c in candidates]
    return FakePassageReader().read(question, [PassageText(title, text) for title, text in passages])


def collected(
    generation: Generation, question: str, asked: date | None = None, *, read: bool = True
) -> list[ReadSentence]:
    candidates = generation.candidates(Question(question), 20)
    readings = readings_of(question, candidates) if read else None
    return collect(Question(question, asked), terms(generation, question), candidates, readings)


def text_of(read: ReadSentence) -> str:
    return read.candidate.article.text[read.sentence.start : read.sentence.end]


def answer_of(read: ReadSentence) -> str | None:
    return read.candidate.article.text[read.answer.start : read.answer.end] if read.answer else None


def row(generation: Generation, question: str, words: str, *, read: bool = True) -> ReadSentence:
    return next(one for one in collected(generation, question, read=read) if words in text_of(one))


def dated(candidates: Sequence[Candidate], **days: str) -> list[Candidate]:
    """The candidates with their articles published on other days; those not named on none."""
    published = {id_: date.fromisoformat(day) for id_, day in days.items()}
    return [replace(c, article=replace(c.article, published=published.get(c.article.id))) for c in candidates]


@pytest.mark.parametrize("read", [True, False])
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_number_is_in_its_range(generation: Generation, question: str, read: bool) -> None:
    """Shares are 0 to 1, flags 0 or 1, logarithms of shares at most 0, and all are finite."""
    rows = collected(generation, question, date(2024, 5, 3), read=read)
    for one in rows:
        for name in SHARES:
            assert -1e-9 <= getattr(one.evidence, name) <= 1 + 1e-9, name
        for name in FLAGS:
            assert getattr(one.evidence, name) in (0, 1), name
        for name in LOGARITHMS:
            assert LEAST <= getattr(one.evidence, name) <= 1e-4, name
        assert one.evidence.agree >= 0 and one.evidence.age >= 0 and one.evidence.ahead >= 0
        assert one.evidence.fused_gap <= 0
    assert np.isfinite(matrix(rows)).all()


@pytest.mark.parametrize("question", QUESTIONS)
def test_headings_are_left_out_and_no_sentence_comes_twice(generation: Generation, question: str) -> None:
    """Passages share sentences; a reader judges each once, and headings never."""
    read = collected(generation, question)
    assert not any(one.sentence.heading for one in read)
    places = [(one.candidate.article.id, one.sentence.start) for one in read]
    assert len(places) == len(set(places))
    assert not {"The tower", "Honey bees", "Is it painted?"} & {text_of(one) for one in read}


@pytest.mark.parametrize("read", [True, False])
def test_every_other_sentence_of_the_candidates_is_there(generation: Generation, read: bool) -> None:
    """A reader sees all that search found, whether or not the model reads its language."""
    wanted = {
        (candidate.article.id, sentence.start)
        for candidate in generation.candidates(Question(TALL), 20)
        for sentence in candidate.hit.passage.sentences
        if not sentence.heading
    }
    rows = collected(generation, TALL, read=read)
    assert {(one.candidate.article.id, one.sentence.start) for one in rows} == wanted


def test_the_matrix_has_a_column_for_every_name(generation: Generation) -> None:
    """(n, names), also for no sentence at all."""
    read = collected(generation, "How tall is the tower?")
    assert matrix(read).shape == (len(read), len(EVIDENCE_NAMES))
    assert matrix(read)[0, EVIDENCE_NAMES.index("cover")] == read[0].evidence.cover
    assert matrix([]).shape == (0, len(EVIDENCE_NAMES))


@pytest.mark.parametrize("readings", [[], None])
def test_no_candidates_give_no_evidence(generation: Generation, readings: list[PassageReading] | None) -> None:
    """Nothing found is a value."""
    assert collect(Question("why"), terms(generation, "why"), [], readings) == []


def test_what_the_model_reads_is_evidence_of_its_sentence(generation: Generation) -> None:
    """Shares, odds, and the place of the answering words, as they were spotted."""
    candidates = generation.candidates(Question(TALL), 20)
    spotted = spot(candidates, readings_of(TALL, candidates))
    for one in collected(generation, TALL):
        found = spotted[one.candidate.article.id, one.sentence.start]
        evidence = one.evidence
        assert (evidence.span, evidence.mass, evidence.passage, evidence.answers) == (
            found.span,
            found.mass,
            found.passage,
            found.answers,
        )
        assert one.answer == found.answer
    assert max(collected(generation, TALL), key=lambda one: one.evidence.span).answer is not None


def test_what_is_not_read_has_no_evidence_of_reading(generation: Generation) -> None:
    """In a language that the model does not read, words alone speak."""
    for one in collected(generation, TALL, read=False):
        assert [getattr(one.evidence, name) for name in READ] == [0] * len(READ)


def test_what_lies_behind_the_words_that_were_read_is_no_answer(generation: Generation) -> None:
    """The least share, not none: 0 would be everything."""
    candidates = generation.candidates(Question(TALL), 20)
    cut = [PassageReading(r.places[:1], r.starts[:1], r.ends[:1], r.answers) for r in readings_of(TALL, candidates)]
    rows = collect(Question(TALL), terms(generation, TALL), candidates, cut)
    unread = [one for one in rows if one.evidence.mass == LEAST]
    assert len(unread) > 5
    assert {(one.evidence.span, one.evidence.span_kind, one.answer) for one in unread} == {(LEAST, 0, None)}
    assert all(one.evidence.passage > LEAST for one in unread)


def test_an_answer_of_the_kind_asked_for_is_told(generation: Generation) -> None:
    """ "330" is a number; "Paris" is none."""
    assert answer_of(row(generation, TALL, "330 metres")) == "330"
    assert row(generation, TALL, "330 metres").evidence.span_kind == 1
    assert row(generation, TALL, "in Paris").evidence.span_kind == 0


def test_two_articles_that_say_the_same_agree(generation: Generation) -> None:
    """ "1676" stands in "light" and in its copy; each has the support of the other."""
    question = "Ole Rømer measured its speed in"
    rows = [one for one in collected(generation, question) if "Rømer measured" in text_of(one)]
    assert {answer_of(one) for one in rows} == {"1676"}
    assert {one.candidate.article.id for one in rows} == {"light", "copy"}
    assert all(one.evidence.agree > 0 for one in rows)


def test_the_search_is_evidence_of_all_its_sentences(generation: Generation) -> None:
    """Scores of the hit that holds it, its rank, and what the best hit is ahead."""
    candidates = generation.candidates(Question(TALL), 20)
    for one in collected(generation, TALL):
        hit, evidence = one.candidate.hit, one.evidence
        assert (evidence.fused, evidence.cosine, evidence.passage_bm25) == (
            hit.score,
            hit.parts.cosine,
            hit.parts.words,
        )
        assert evidence.fused_gap == hit.score - candidates[0].hit.score
        assert evidence.rank == 1 / (1 + candidates.index(one.candidate))


class TestDays:
    def evidence(self, generation: Generation, question: str, asked: str | None, **days: str) -> dict[str, Evidence]:
        candidates = dated(generation.candidates(Question(question), 20), **days)
        day = date.fromisoformat(asked) if asked else None
        rows = collect(Question(question, day), terms(generation, question), candidates, None)
        return {one.candidate.article.id: one.evidence for one in rows}

    def test_an_article_is_older_or_younger_than_the_question(self, generation: Generation) -> None:
        """log(1 + days) either way, and 0 on the day itself."""
        found = self.evidence(
            generation,
            TALL,
            "2024-05-10",
            tower="2024-05-01",
            light="2024-05-10",
            copy="2024-05-11",
            honey="2023-05-11",
        )
        days = {id_: (math.expm1(one.age), math.expm1(one.ahead)) for id_, one in found.items()}
        assert days["tower"] == pytest.approx((9, 0))
        assert days["light"] == (0, 0)
        assert days["copy"] == pytest.approx((0, 1))
        assert days["honey"] == pytest.approx((365, 0))

    def test_age_counts_apart_where_a_question_asks_about_now(self, generation: Generation) -> None:
        """Of an old article, "now" is long ago."""
        for question, now in (("How tall is the tower now?", True), ("How tall is the tower?", False)):
            one = self.evidence(generation, question, "2024-05-10", tower="2024-05-01")["tower"]
            assert one.age == pytest.approx(math.log(10))
            assert one.age_now == (one.age if now else 0)

    def test_an_article_without_a_day_is_as_old_as_the_others_are(self, generation: Generation) -> None:
        """The mean: it is neither preferred nor held back."""
        found = self.evidence(generation, TALL, "2024-05-10", tower="2024-05-01", light="2023-05-11")
        assert found["honey"].age == pytest.approx((found["tower"].age + found["light"].age) / 2)

    @pytest.mark.parametrize(("asked", "days"), [(None, {"tower": "2024-05-01"}), ("2024-05-10", {})])
    def test_without_days_all_are_of_one_age(
        self, generation: Generation, asked: str | None, days: dict[str, str]
    ) -> None:
        """Nobody knows when it was asked, or when they were written."""
        found = self.evidence(generation, f"{TALL} now", asked, **days)
        assert {(one.age, one.age_now, one.ahead, one.in_range) for one in found.values()} == {(0, 0, 0, 0)}

    def test_days_that_the_question_names_are_told(self, generation: Generation) -> None:
        """A year without the day of asking, "last month" with it."""
        days = {"tower": "2024-04-30", "light": "2022-07-01"}
        in_year = self.evidence(generation, "How tall was the tower in 2022?", None, **days)
        assert {id_: one.in_range for id_, one in in_year.items()} == {"tower": 0, "light": 1, "copy": 0, "honey": 0}
        in_month = self.evidence(generation, "How tall was the tower last month?", "2024-05-10", **days)
        assert (in_month["tower"].in_range, in_month["light"].in_range) == (1, 0)


def test_things_of_the_kind_asked_for_are_found_where_they_are_new(generation: Generation) -> None:
    """ "330 metres" answers how tall; where the model does not read, it is what may be marked."""
    read = row(generation, "How tall is the Eiffel Tower?", "330 metres", read=False)
    assert answer_of(read) == "330 metres"
    assert read.evidence.new_number == 1 and read.evidence.new_time == 0


def test_what_the_question_says_is_not_new(generation: Generation) -> None:
    """A name that the question holds does not answer it."""
    read = row(generation, "Who was Ole Rømer?", "Ole Rømer measured its speed in 1676.", read=False)
    assert read.answer is None and read.evidence.new_person == 0 and read.evidence.holds_kind == 1


def test_the_neighbours_of_a_sentence_widen_what_it_covers() -> None:
    """A question's words in the sentence before or behind count for the window, further ones for the passage alone."""
    words = (QuestionWord((stem,), 1, known=True, frequent=False) for stem in ("tide", "rise", "honey", "glass"))
    asked = QuestionTerms(tuple(words), ())
    article = an_article("a", "Tides came. Nobody saw. Honey flows. They rise. Glass broke.", title="Glass")
    sentences = tuple(split_sentences(article.text, "en"))
    hit = Hit(Passage(1, "a", 0, len(article.text), sentences), 1.0, ScoreParts(0.5, 1.0))
    rows = collect(Question("tides rise honey glass"), asked, [Candidate(hit, article)], None)
    found = [(r.evidence.cover, r.evidence.title_cover, r.evidence.window_cover) for r in rows]
    assert found == [(0.25, 0.5, 0.25), (0, 0.25, 0.5), (0.25, 0.5, 0.5), (0.25, 0.5, 0.75), (0.25, 0.25, 0.5)]
    assert {r.evidence.passage_cover for r in rows} == {1.0}


def test_words_of_the_question_cover_their_sentence_best(generation: Generation) -> None:
    """Cover grows with the question's words that a sentence holds."""
    question = "worker bee weeks summer"
    best = max(collected(generation, question), key=lambda read: read.evidence.cover)
    assert text_of(best).startswith("A worker bee lives")
    assert best.evidence.cover == pytest.approx(1.0)
    assert best.evidence.under_heading == 1


def test_pronouns_and_questions_are_told(generation: Generation) -> None:
    """Sentences that lean back, and sentences that ask."""
    question = "Who watched the moons of Jupiter, and who pays for that?"
    assert row(generation, question, "He watched").evidence.pronoun == 1
    assert row(generation, question, "Who pays for that?").evidence.question == 1
    assert row(generation, question, "The city does.").evidence.pronoun == 0
