"""What is kept in memory of a conversation."""

from bot.chat.asking.memory import KEPT_SECONDS, Kept, Memory, Recent
from bot.records import Answer, Question, Understanding
from bot.settings import AnswersSection


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def an_answer(text: str = "How warm?", read: str = "") -> Answer:
    return Answer(Question(text), (), (), (), 0.1, "first", 1.0, Understanding(text=read))


def test_only_the_newest_are_kept() -> None:
    """As many as may be, and none for longer than may be."""
    clock = Clock()
    recent = Recent[str, int](clock, most=2)
    for number, key in enumerate("abc"):
        recent.put(key, number)
    assert [recent.get(key) for key in "abc"] == [None, 1, 2]
    clock.now += KEPT_SECONDS
    assert recent.get("c") is None
    recent.put("d", 3)
    assert recent.drop(lambda key, value: True) == 1


def test_a_question_counts_for_the_minutes_of_the_settings() -> None:
    """For one person in one chat; as it was read, so that a third question follows, too."""
    clock = Clock()
    memory = Memory(clock, minutes=10)
    memory.note(1, -5, an_answer("When was it?", "When was Pluto found?"))
    earlier = memory.earlier(1, -5)
    assert earlier is not None and earlier.text == "When was Pluto found?"
    assert memory.earlier(2, -5) is None and memory.earlier(1, 1) is None
    clock.now += 600
    assert memory.earlier(1, -5) is None


def test_no_minutes_means_no_follow_ups() -> None:
    """The setting turns them off."""
    memory = Memory(Clock(), minutes=10)
    memory.adjust(AnswersSection(followup_minutes=0))
    memory.note(1, 1, an_answer())
    assert memory.earlier(1, 1) is None


def test_everything_about_a_person_is_forgotten_at_once() -> None:
    """Their questions in every chat, and what their answers' buttons know."""
    memory = Memory(Clock(), minutes=10)
    for asker in (1, 2):
        memory.note(asker, -5, an_answer())
        memory.keep(f"token-{asker}", Kept.of(an_answer(), asker))
    assert memory.forget(1) == 2
    assert memory.earlier(1, -5) is None and memory.kept("token-1") is None
    assert memory.earlier(2, -5) is not None and memory.kept("token-2") is not None
