"""What speaks for a sentence."""

import numpy as np
import pytest
from fakes import FakeEncoder

from bot.answering.evidence import EVIDENCE_NAMES, ReadSentence, collect, matrix
from bot.answering.generation import Generation
from index import FusedRetriever, QuestionTerms

QUESTIONS = (
    "How tall is the Eiffel Tower in metres?",
    "Who measured the speed of light?",
    "zzz qqq xxx",
    "the",
    "🐝 ' OR \" * NEAR(",
    "why " * 800,
)
SHARES = ("rank", "cover", "title_cover", "window_cover", "passage_cover", "phrases")
FLAGS = (
    "rarest", "holds_kind", "new_person", "new_time", "new_number", "new_place", "new_reason", "new_name",
    "pronoun", "question", "under_heading",
)  # fmt: skip
COSINES = ("cosine", "passage_cosine", "cosine_product", "before_cosine", "after_cosine")


def terms(generation: Generation, question: str) -> QuestionTerms:
    assert isinstance(generation.retriever, FusedRetriever)
    return generation.retriever.terms(question)


def collected(generation: Generation, question: str, encoder: FakeEncoder | None = None) -> list[ReadSentence]:
    candidates = generation.candidates(question, 20)
    return collect(question, terms(generation, question), candidates, encoder or FakeEncoder())


def text_of(read: ReadSentence) -> str:
    return read.candidate.article.text[read.sentence.start : read.sentence.end]


def row(generation: Generation, question: str, words: str) -> ReadSentence:
    return next(read for read in collected(generation, question) if words in text_of(read))


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_number_is_in_its_range(generation: Generation, question: str) -> None:
    """Shares are 0 to 1, flags 0 or 1, cosines -1 to 1, and all are finite."""
    for read in collected(generation, question):
        for name in SHARES:
            assert -1e-9 <= getattr(read.evidence, name) <= 1 + 1e-9, name
        for name in FLAGS:
            assert getattr(read.evidence, name) in (0, 1), name
        for name in COSINES:
            assert -1 - 1e-6 <= getattr(read.evidence, name) <= 1 + 1e-6, name
        assert read.evidence.fused_gap <= 0
    assert np.isfinite(matrix(collected(generation, question))).all()


@pytest.mark.parametrize("question", QUESTIONS)
def test_headings_are_left_out_and_no_sentence_comes_twice(generation: Generation, question: str) -> None:
    """Passages share sentences; a reader judges each once, and headings never."""
    read = collected(generation, question)
    assert not any(one.sentence.heading for one in read)
    places = [(one.candidate.article.id, one.sentence.start) for one in read]
    assert len(places) == len(set(places))
    assert not {"The tower", "Honey bees", "Is it painted?"} & {text_of(one) for one in read}


def test_every_other_sentence_of_the_candidates_is_there(generation: Generation) -> None:
    """A reader sees all that search found."""
    question = "How tall is the Eiffel Tower in metres?"
    wanted = {
        (candidate.article.id, sentence.start)
        for candidate in generation.candidates(question, 20)
        for sentence in candidate.hit.passage.sentences
        if not sentence.heading
    }
    assert {(one.candidate.article.id, one.sentence.start) for one in collected(generation, question)} == wanted


def test_the_matrix_has_a_column_for_every_name(generation: Generation) -> None:
    """(n, names), also for no sentence at all."""
    read = collected(generation, "How tall is the tower?")
    assert matrix(read).shape == (len(read), len(EVIDENCE_NAMES))
    assert matrix(read)[0, EVIDENCE_NAMES.index("cover")] == read[0].evidence.cover
    assert matrix([]).shape == (0, len(EVIDENCE_NAMES))


def test_no_candidates_give_no_evidence(generation: Generation) -> None:
    """Nothing found is a value."""
    assert collect("why", terms(generation, "why"), [], FakeEncoder()) == []


def test_question_and_sentences_are_encoded_once(generation: Generation) -> None:
    """Each distinct sentence once, whatever passages share it."""
    encoder = FakeEncoder()
    read = collected(generation, "How tall is the tower?", encoder)
    candidates = generation.candidates("How tall is the tower?", 20)
    distinct = {c.article.text[s.start : s.end] for c in candidates for s in c.hit.passage.sentences}
    assert encoder.encoded == 1 + len(distinct)
    assert len(read) <= len(distinct)


def test_things_of_the_kind_asked_for_are_found_where_they_are_new(generation: Generation) -> None:
    """ "330 metres" answers how tall; its place is in the article's text."""
    read = row(generation, "How tall is the Eiffel Tower?", "330 metres")
    assert [read.candidate.article.text[s.start : s.end] for s in read.found] == ["330 metres"]
    assert read.evidence.new_number == 1 and read.evidence.new_time == 0


def test_what_the_question_says_is_not_new(generation: Generation) -> None:
    """A name that the question holds does not answer it."""
    read = row(generation, "Who was Ole Rømer?", "Ole Rømer measured its speed in 1676.")
    assert read.found == () and read.evidence.new_person == 0 and read.evidence.holds_kind == 1


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
