"""What is searched for and read: after the question before, within its days, rightly spelt."""

from datetime import date
from pathlib import Path

from corpus import ROWS, built_corpus, open_generation

from bot.answering.asking import Asking
from bot.answering.generation import Generation
from bot.records import Earlier, Question, Spelling
from bot.settings import BotSettings
from index import Days


def asking(generation: Generation) -> Asking:
    return Asking(generation, 20, lambda article: True)


def test_a_follow_up_is_read_with_the_question_before(generation: Generation) -> None:
    """The words that were added are told."""
    earlier = Earlier("How tall is the Eiffel Tower?", ("tower",))
    found = asking(generation).find(Question("When was it finished?", None, earlier))
    assert found.understood.text == "When was Eiffel Tower finished?"
    assert {"Eiffel", "Tower"} <= set(found.understood.added)
    assert found.result.readings[0].candidate.article.id == "tower"


def test_a_question_with_a_subject_is_read_alone(generation: Generation) -> None:
    """Whatever was asked before."""
    earlier = Earlier("How tall is the Eiffel Tower?", ("tower",))
    found = asking(generation).find(Question("Who measured the speed of light, Rømer or Newton?", None, earlier))
    assert found.understood.added == ()
    assert found.result.readings[0].candidate.article.id in ("light", "copy")


def test_a_reply_is_asked_inside_its_article_first(generation: Generation) -> None:
    """Also where its own words are found elsewhere; an article that is gone does no harm."""
    for articles in (("honey",), ("gone", "honey")):
        found = asking(generation).find(Question("What do bees make?", None, Earlier("", articles, replied=True)))
        assert found.understood.inside == "Honey bees"
        assert found.result.readings[0].candidate.article.id == "honey"


def test_articles_of_other_days_are_left_out(tmp_path: Path) -> None:
    """Where what is left answers as surely; those without a day stay, and the days are told."""
    text = "The Eiffel Tower is 300 metres tall, as was written before the antenna came."
    old = {"id": "old", "title": "The tower", "text": text, "language": "en", "published": "2001-05-01"}
    settings = built_corpus(tmp_path, [*ROWS, old])
    generation = open_generation(settings)
    found = asking(generation).find(Question("How tall is the Eiffel Tower in May 2024?", date(2026, 11, 25)))
    assert found.understood.days == Days(date(2024, 5, 1), date(2024, 5, 31))
    read = {reading.candidate.article.id for reading in found.result.readings}
    assert "tower" in read and "old" not in read


def test_articles_of_other_days_stay_where_they_know_better(generation: Generation) -> None:
    """What was printed earlier or later may tell of a day, too."""
    question = Question("How tall is the tower that was measured yesterday?", date(2026, 11, 25))
    found = asking(generation).find(question)
    assert found.understood.days is None
    assert found.result.readings[0].candidate.article.id == "tower"


def test_days_can_be_dropped(generation: Generation) -> None:
    """Then every article is read, and no days are told."""
    question = Question("How tall is the tower that was measured yesterday?", date(2026, 11, 25), any_day=True)
    found = asking(generation).find(question)
    assert found.understood.days is None
    assert "tower" in {reading.candidate.article.id for reading in found.result.readings}


def test_history_is_not_taken_for_the_days_of_articles(generation: Generation) -> None:
    """ "In March 1889" names the days of an event: where no article of those days answers as well, all are read."""
    found = asking(generation).find(Question("Which tower was finished in March 1889?", date(2026, 11, 25)))
    assert found.understood.days is None
    assert found.result.readings[0].candidate.article.id == "tower"


def test_a_misspelt_name_is_read_as_the_articles_spell_it(generation: Generation) -> None:
    """And the answer says so."""
    found = asking(generation).find(Question("How tall is the Eifell tower?"))
    assert found.understood.spellings == (Spelling("Eifell", "Eiffel"),)
    assert found.result.readings[0].candidate.article.id == "tower"


def test_what_may_not_be_quoted_is_not_read(settings: BotSettings) -> None:
    """Not even inside the article last quoted."""
    generation = open_generation(settings)
    with generation.snapshot:
        limited = Asking(generation, 20, lambda article: article.id != "tower")
        question = Question("When was it finished?", None, Earlier("How tall is the Eiffel Tower?", ("tower",)))
        read = limited.find(question).result.readings
        assert "tower" not in {reading.candidate.article.id for reading in read}
        assert limited.inside(question, "tower").result.readings == ()
