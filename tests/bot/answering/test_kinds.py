"""What a question asks for, and where a sentence holds such things."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.kinds import Kind, SmallWords, asked_kind, markable, spans_of

ASKED = {
    Kind.PERSON: (
        "Who discovered the dance?",
        "Whose idea was it?",
        "Which scientist measured it?",
        "Wer hat das Penizillin entdeckt?",
        "¿Quién pintó el cuadro?",
        "Qui a peint ce tableau ?",
        "Кто написал эту книгу?",
        "Хто написав цю книгу?",
    ),
    Kind.TIME: (
        "When did it open?",
        "In which year was it built?",
        "How long ago did it happen?",
        "Wann wurde die Brücke gebaut?",
        "In welchem Jahr fiel die Mauer?",
        "¿Cuándo empezó la guerra?",
        "¿En qué año llegó?",
        "Quand la guerre a-t-elle commencé ?",
        "Когда началась война?",
        "В каком году построили мост?",
        "Коли почалася війна?",
        "В якому році збудували міст?",
    ),
    Kind.NUMBER: (
        "How many people live there?",
        "HOW TALL IS THE TOWER",
        "What percentage of voters stayed home?",
        "Wie viele Menschen wohnen dort?",
        "¿Cuántos habitantes tiene?",
        "Combien d'habitants ?",
        "Сколько стоит билет?",
        "Скільки коштує квиток?",
    ),
    Kind.PLACE: (
        "Where was Einstein born?",
        "Which country borders Chad?",
        "Wo liegt der Bodensee?",
        "¿Dónde crece el azafrán?",
        "Où pousse le safran ?",
        "Где находится озеро?",
        "Де знаходиться озеро?",
    ),
    Kind.REASON: (
        "Why did the bridge fall?",
        "What caused the fire?",
        "Warum ist der Himmel blau?",
        "¿Por qué es tan caro?",
        "Pourquoi est-il si cher ?",
        "Почему небо голубое?",
        "Чому небо блакитне?",
    ),
    Kind.NAME: (
        "What is the name of the ship?",
        "Which company built it?",
        "Wie heißt die Hauptstadt?",
        "¿Cómo se llama el río?",
        "Comment s'appelle le fleuve ?",
        "Как называется река?",
        "Як називається річка?",
    ),
    Kind.OTHER: ("Is it free?", "Tell me about bees", "How did they do it?", "", "🐝"),
}


@pytest.mark.parametrize(("kind", "question"), [(kind, text) for kind, texts in ASKED.items() for text in texts])
def test_a_question_asks_for_a_kind_in_six_languages(kind: Kind, question: str) -> None:
    """English, German, Spanish, French, Russian and Ukrainian question words are known, in either case."""
    assert asked_kind(question) is kind


def test_the_first_question_word_decides() -> None:
    """A relative clause asks for nothing."""
    assert asked_kind("Where was the man who wrote Faust born?") is Kind.PLACE
    assert asked_kind("Who said when it would end?") is Kind.PERSON


def test_a_question_word_inside_another_word_is_none() -> None:
    """ "Whenever" and "nowhere" ask nothing."""
    assert asked_kind("Somewhere nowhere whenever whoever") is Kind.OTHER


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        (Kind.TIME, "Opened on 21 June 1969, again in May 2020.", ["21 June 1969", "May 2020"]),
        (Kind.TIME, "In the 1990s, 5 years later, on Monday.", ["1990s", "5 years later", "Monday"]),
        (Kind.TIME, "Am 3. Oktober 1990 und el 5 de mayo de 1862.", ["3. Oktober 1990", "5 de mayo de 1862"]),
        (Kind.TIME, "9 мая 1945 и 24 серпня 1991", ["9 мая 1945", "24 серпня 1991"]),
        (Kind.TIME, "It may be 12 metres.", []),
        (Kind.NUMBER, "It cost $3.5 million, or 20 %.", ["$3.5 million", "20 %"]),
        (Kind.NUMBER, "Twenty bees and 1,000 km.", ["Twenty", "1,000 km"]),
        (Kind.NUMBER, "The A3 leads nowhere.", []),
        (Kind.PERSON, "Here Karl von Frisch met Émile Zola.", ["Here Karl von Frisch", "Émile Zola"]),
        (Kind.PLACE, "the University of Vienna", ["University of Vienna"]),
        (Kind.NAME, "и Лев Толстой", ["Лев Толстой"]),
        (Kind.REASON, "It fell because of rust.", ["because"]),
        (Kind.OTHER, "Anything in 1990.", []),
    ],
)
def test_things_of_a_kind_are_found_in_order(kind: Kind, text: str, found: list[str]) -> None:
    """Dates, numbers, names and reasons by their shapes."""
    assert [text[span.start : span.end] for span in spans_of(kind, text)] == found


@given(st.sampled_from(Kind), st.text(max_size=60))
def test_spans_lie_inside_the_text_and_do_not_touch(kind: Kind, text: str) -> None:
    """Whatever the text: each span holds something, and they follow one another."""
    spans = spans_of(kind, text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))


@given(st.lists(st.sampled_from(["a", "aa", "ab", "б", "A", "Ab", "1", "_", " ", ", "]), max_size=20).map("".join))
def test_a_word_is_written_small_where_it_stands_alone_with_a_small_letter(text: str) -> None:
    """Not as a part of another word, nor behind a digit; what is asked twice is answered twice."""
    beginnings = (re.match(r"[^\W\d_]*", run) for run in re.findall(r"\w+", text))
    small = {found[0] for found in beginnings if found and found[0][:1].islower()}
    words = SmallWords(text)
    for word in ("a", "aa", "ab", "aaab", "б", "бб", "A", "Ab", "a1", *small, *small):
        assert (word in words) == (word in small), word


@given(st.text(max_size=200))
def test_any_question_has_a_kind(question: str) -> None:
    """Nothing that people type is too strange."""
    assert isinstance(asked_kind(question), Kind)


@pytest.mark.parametrize(
    ("kind", "text", "marked"),
    [
        (Kind.NUMBER, "On March 23, 2021, some 400 ships waited.", ["400"]),
        (Kind.PLACE, "It flew from Sriharikota on July 14, 2023.", ["Sriharikota"]),
        (Kind.PERSON, "Herders learned it from Walter Plowright.", ["Walter Plowright"]),
        (Kind.PERSON, "Maurice Garin won it.", ["Maurice Garin"]),
        (Kind.REASON, "It fell because of the rain.", []),
        (Kind.TIME, "It opened on May 6, 1994.", ["May 6, 1994"]),
    ],
)
def test_only_what_can_be_the_answering_words_may_be_marked(kind: Kind, text: str, marked: list[str]) -> None:
    """Parts of dates are no numbers or names, "because" is no reason, a first word may be no name."""
    assert [text[span.start : span.end] for span in markable(kind, text, spans_of(kind, text))] == marked
