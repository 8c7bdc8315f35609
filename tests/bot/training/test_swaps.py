"""Bent questions: what each rule makes of a question, and what no rule ever does."""

import random

from hypothesis import given
from hypothesis import strategies as st

from bot.training.swaps import Rule, bent, denied, opposite, other_name, other_number, other_word

PASSAGE = (
    "In 1889 Gustave Eiffel built a tower in Paris. It has 300 steps."
    " Its power came later. Lyon did not; it was Stephen Sauvestre."
)
RULES = [other_name, other_number, other_word, opposite, denied]


def outcomes(rule: Rule, question: str, passage: str = PASSAGE) -> set[str | None]:
    """All that a rule makes of a question, by chance."""
    return {rule(question, passage, random.Random(seed)) for seed in range(40)}


def test_a_name_gives_way_to_another_of_the_passage() -> None:
    """One that the question does not hold; the first word of a sentence may be no name."""
    assert outcomes(other_name, "When was the tower of Gustave Eiffel built?") == {
        "When was the tower of Paris built?",
        "When was the tower of Stephen Sauvestre built?",
    }
    assert outcomes(other_name, "When was the tower built?") == {None}
    assert outcomes(other_name, "When did Gustave Eiffel visit Rome?", "He saw Gustave Eiffel there.") == {None}


def test_a_number_gives_way_to_another_of_the_passage_or_to_a_near_one() -> None:
    """Of the passage where it has another; else the number is made a little greater or smaller."""
    assert outcomes(other_number, "What was built in 1889?") == {"What was built in 300?"}
    near = outcomes(other_number, "What was built in 1889?", "Nothing is numbered here.")
    assert near == {f"What was built in {1889 + by}?" for by in (-20, -7, -3, -2, -1, 1, 2, 3, 7, 20)}
    assert outcomes(other_number, "Which two men drew it?", "Nothing is numbered here.") == {None}
    assert outcomes(other_number, "Who built it?") == {None}


def test_a_word_gives_way_to_another_of_the_passage_that_ends_alike() -> None:
    """Both stand in the passage, in small letters, and the question does not hold the other one."""
    passage = "She founded a nation, attended a school in the region and never mentioned a station."
    assert outcomes(other_word, "Which school was founded in the north?", passage) == {
        "Which school was attended in the north?",
    }
    assert outcomes(other_word, "Which nation was it?", passage) == {"Which region was it?", "Which station was it?"}
    assert outcomes(other_word, "Who opened it?", passage) == {None}


def test_a_word_is_turned_into_its_opposite() -> None:
    """In both directions, whole words only."""
    assert outcomes(opposite, "Who won first?") == {"Who lost first?", "Who won last?"}
    assert outcomes(opposite, "Who sold the last?") == {"Who bought the last?", "Who sold the first?"}
    assert outcomes(opposite, "Who firstly wonders?") == {None}


def test_what_a_question_takes_for_granted_is_denied() -> None:
    """After the verb or after its subject; a question that denies already stays."""
    assert outcomes(denied, "Who is the mayor of Paris?") == {
        "Who is not the mayor of Paris?",
        "Who is never the mayor of Paris?",
        "Who is the mayor not of Paris?",
        "Who is the mayor never of Paris?",
    }
    for question in ("Who is not the mayor?", "Who isn't the mayor? Is he?", "Who built the tower?"):
        assert outcomes(denied, question) == {None}


def test_chance_decides_alone() -> None:
    """The same seed gives the same question, and over seeds every rule has its turn."""
    question = "Which tower did Gustave Eiffel first build in 1889?"
    made = [bent(question, PASSAGE, random.Random(seed)) for seed in range(60)]
    assert made == [bent(question, PASSAGE, random.Random(seed)) for seed in range(60)]
    for rule in RULES:
        assert outcomes(rule, question) & set(made)


@given(question=st.text(), passage=st.text(), seed=st.integers(0, 9))
def test_any_text_is_bent_or_left_alone(question: str, passage: str, seed: int) -> None:
    """No text is too strange for any rule."""
    for rule in (*RULES, bent):
        assert rule(question, passage, random.Random(seed)) != question


WORDS = st.lists(st.sampled_from("who is the first last in Paris Lyon 7 07 1889 two not never won , Eiffel of".split()))


@given(question=WORDS.map(" ".join), passage=WORDS.map(" ".join), seed=st.integers(0, 9))
def test_a_bent_question_is_another_question(question: str, passage: str, seed: int) -> None:
    """Over texts that the rules fit: never the question that went in."""
    for rule in (*RULES, bent):
        assert rule(question, passage, random.Random(seed)) != question
