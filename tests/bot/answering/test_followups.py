"""Questions without a subject of their own, and what they mean after the question before."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.followups import Leaning, joined, leaning

BEFORE = "When did the Ever Given run aground in the Suez Canal?"
CONVERSATIONS = Path(__file__).with_name("conversations.jsonl")

SURELY = (
    "Why?", "When?", "By whom?", "How many?", "And later?", "When was that?", "How long was it?", "Who owned it?",
    "Where did its crew come from?", "And how many of them were hurt?", "And who owned the ship?", "And in Kenya?",
    "How did they free it?", "What happened then?", "¿Por qué?", "¿Y cuándo fue?", "¿Quién los descubrió?", "Warum?",
    "Und wann war das?", "Wer entwarf sie?", "Pourquoi ?", "Et quand ?", "Чому?", "І коли це було?", "Почему?",
    "А когда это было?",
)  # fmt: skip
PERHAPS = ("What did the owner pay?", "How wide is the mirror?", "What is the name of the disease that cattle had?")
NO = (
    "Who built the Eiffel Tower?", "What is rinderpest?", "Is it true that GPS needs Einstein?", "How tall is Everest?",
    "Who was Marie Curie and when did she die?", "When was photosynthesis discovered?", "Who wrote Hamlet?",
    "¿Quién escribió el Quijote?", "Wer schrieb den Faust?", "Qui a écrit Candide ?", "Хто написав «Кобзар»?",
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "expected"),
    [(q, Leaning.SURELY) for q in SURELY] + [(q, Leaning.PERHAPS) for q in PERHAPS] + [(q, Leaning.NO) for q in NO],
)
def test_a_question_with_a_subject_of_its_own_follows_nothing(question: str, expected: Leaning) -> None:
    """Pronouns, "And …", a bare asking word, no telling word; six languages."""
    assert leaning(question) is expected


@pytest.mark.parametrize(
    ("question", "before", "text"),
    [
        ("Why?", BEFORE, "Why did the Ever Given run aground in the Suez Canal?"),
        ("Who found it?", "Who discovered Pluto?", "Who found Pluto?"),
        ("What did he say?", "When did Armstrong set foot on the Moon?", "What did Armstrong say?"),
        ("Where was its capital?", "Who ruled Prussia?", "Where was Prussia's capital?"),
        ("And in Kenya?", "How many died in Uganda?", "How many died in Kenya?"),
        ("And for a drone?", "How long does it take for a queen?", "How long does it take for a drone?"),
        (
            "How high do they circle?",
            "How many GPS satellites are needed?",
            "How high do the GPS satellites circle (needed)?",
        ),
        ("Who signed it?", "Which treaty ended the war?", "Who signed the treaty (ended war)?"),
        ("What happened to him?", "Who led the army?", "What happened to him (led army)?"),
        ("When was that?", "Who unveiled the image of Webb?", "When was that (unveiled image Webb)?"),
        ("What is it made of?", "how is honey stored", "What is it made of (honey stored)?"),
    ],
)
def test_it_is_read_with_the_subject_of_the_one_before(question: str, before: str, text: str) -> None:
    """A name takes the pronoun's place; a bare asking word asks the same anew; else the words are added."""
    assert joined(question, before, []).text == text


def test_a_forgotten_question_leaves_the_title() -> None:
    """After a restart, a reply to an answer still has its article."""
    together = joined("How long was it?", "", ["The Suez Canal", "Another"])
    assert together.added == ("The Suez Canal",)
    assert "The Suez Canal" in together.text


@given(st.sampled_from(SURELY + PERHAPS), st.text(max_size=80), st.text(max_size=30))
def test_added_words_stand_in_the_question_before_or_the_title(question: str, before: str, title: str) -> None:
    """Nothing is made up, whatever was asked before."""
    together = joined(question, before, [title])
    assert all(word in before or word in title for word in together.added)


def test_the_table_of_conversations_is_whole() -> None:
    """At least 80, no question twice in full, each with words to be right by."""
    rows = [json.loads(line) for line in CONVERSATIONS.read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 80
    assert len({row["full"] for row in rows}) == len(rows)
    assert all(row["first"] and row["followup"] and all(row["expected"]) for row in rows)


def test_follow_ups_of_the_table_are_recognised() -> None:
    """Those with a name of their own may stand alone; of the rest nearly all are seen to lean on the one before."""
    rows = [json.loads(line) for line in CONVERSATIONS.read_text(encoding="utf-8").splitlines()]
    alone = [row["followup"] for row in rows if leaning(row["followup"]) is Leaning.NO]
    assert len(alone) <= 0.1 * len(rows), alone
