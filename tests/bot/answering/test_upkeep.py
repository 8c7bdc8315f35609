"""What is taken down is gone at once from a bot that goes on answering; and what is wrong is told to who runs it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import add_snapshot, an_article
from corpus import COPY, HONEY, LIGHT, TOWER, open_generation

from bot.answering.generation import Generation, Generations
from bot.answering.policy import Answerer
from bot.answering.reader import Candidate, Reader, ReaderResult
from bot.answering.upkeep import StorageUpkeep
from bot.records import Answer, Health, Question, Quote
from bot.settings import AnswersSection, BotSettings
from index import NoSnapshot, StorageSettings, Store
from index.errors import LibraryError
from index.runs import Ended, begin_run, end_run
from index.takedown import take_down, undo

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SPEED = Question("Who measured the speed of light in 1676?")
ADDRESS = "https://light.example.org/speed"


@pytest.fixture
def settings(tmp_path: Path) -> BotSettings:
    """Four articles, two of which carry the same sentence, published."""
    settings = BotSettings(storage=StorageSettings(folder=tmp_path / "store"))
    add_snapshot(
        settings.storage.folder,
        [
            an_article("tower", TOWER, title="The tower"),
            an_article("honey", HONEY, title="Honey bees"),
            an_article("light", LIGHT, title="Light", url=ADDRESS),
            an_article("copy", COPY, title="A note", url="https://copy.example.org/note"),
        ],
        words=20,
    )
    return settings


@pytest.fixture
def path(settings: BotSettings) -> Path:
    """Where the list of what is taken down lies."""
    return Store(settings.storage.folder).layout.taken_down


def service_over(settings: BotSettings, change: Callable[[Generation], Generation] = lambda one: one) -> Answerer:
    store = Store(settings.storage.folder)
    generations = Generations(lambda: change(open_generation(settings)), store.current)
    return Answerer(generations, AnswersSection(), threshold=0.0, upkeep=StorageUpkeep(settings))


def shown(answer: Answer) -> set[str]:
    """Ids of every article of which an answer shows anything."""
    quotes: Sequence[Quote] = (*answer.quotes, *answer.further, *answer.nearest)
    return {quote.article.id for quote in quotes} | {place.article.id for quote in quotes for place in quote.also}


@pytest.mark.parametrize("given", ["light", ADDRESS, f"{ADDRESS}/?utm_source=mail"])
def test_what_is_taken_down_is_gone_from_the_next_answer_on(settings: BotSettings, path: Path, given: str) -> None:
    """By its id or its address, without a rebuild or a restart; undone, it is back."""
    service = service_over(settings)
    before = service.answer(SPEED)
    assert before.quotes[0].article.id == "light" and {"light", "copy"} <= shown(before)
    take_down(path, given, NOW)
    without = service.answer(SPEED)
    assert without.quotes[0].article.id == "copy" and "light" not in shown(without)
    assert {one.place.article.id for one in service.explain(SPEED).weighed}.isdisjoint({"light"})
    undo(path, given)
    assert service.answer(SPEED).quotes == before.quotes
    assert service.mismatches == 0


def test_a_copy_that_is_taken_down_is_no_place_any_more(settings: BotSettings, path: Path) -> None:
    """ "Also in" names what can be read there."""
    service = service_over(settings)
    assert [place.article.id for place in service.answer(SPEED).quotes[0].also] == ["copy"]
    take_down(path, "copy", NOW)
    assert service.answer(SPEED).quotes[0].also == () and "copy" not in shown(service.answer(SPEED))


def test_where_everything_is_taken_down_the_articles_do_not_say(settings: BotSettings, path: Path) -> None:
    """Neither an answer nor what is near."""
    service = service_over(settings)
    for given in ("tower", "honey", "light", "copy"):
        take_down(path, given, NOW)
    answer = service.answer(SPEED)
    assert (answer.answered, answer.nearest, answer.further, answer.confidence) == (False, (), (), 0.0)


def test_a_button_of_an_old_message_shows_it_no_more(settings: BotSettings, path: Path) -> None:
    """Every page under an answer is cut again when its button is pressed."""
    service = service_over(settings)
    quote = service.answer(SPEED).quotes[0]
    assert service.restore(quote.reference) == replace(quote, also=())
    take_down(path, "light", NOW)
    assert service.restore(quote.reference) is None
    undo(path, "light")
    assert service.restore(quote.reference) == replace(quote, also=())


class Meanwhile:
    """A reader that takes its time: meanwhile the operator does something."""

    def __init__(self, reader: Reader, act: Callable[[], object]) -> None:
        self._reader, self._act = reader, act

    def read(self, question: Question, candidates: Sequence[Candidate]) -> ReaderResult:
        result = self._reader.read(question, candidates)
        self._act()
        return result


@pytest.mark.parametrize("given", ["light", "copy"])
def test_it_is_checked_when_the_answer_is_about_to_leave(settings: BotSettings, path: Path, given: str) -> None:
    """What is taken down while the models read is not sent, neither as a quote nor as another place of one."""

    def slow(generation: Generation) -> Generation:
        return replace(generation, reader=Meanwhile(generation.reader, lambda: take_down(path, given, NOW)))

    answer = service_over(settings, slow).answer(SPEED)
    assert answer.quotes and given not in shown(answer)


def test_a_list_that_is_damaged_at_the_start_is_refused(settings: BotSettings, path: Path) -> None:
    """Better no answer than one from what was taken down."""
    path.write_text("{")
    with pytest.raises(LibraryError, match="taken down"):
        StorageUpkeep(settings)


class TestHealth:
    def ran(self, settings: BotSettings, ended: Ended, reason: str = "", ago: timedelta = timedelta()) -> None:
        runs = Store(settings.storage.folder).layout.runs
        run = begin_run(runs, datetime.now(UTC) - ago)
        end_run(runs, replace(run, ended=ended, reason=reason))

    def test_a_fresh_index_has_no_troubles(self, settings: BotSettings) -> None:
        """And it is known since when."""
        service = service_over(settings)
        assert (service.health(), service.corpus().looked) == (Health(), None)
        self.ran(settings, Ended.UNCHANGED)
        looked = service.corpus().looked
        assert looked and timedelta() <= datetime.now(UTC) - looked < timedelta(minutes=1)
        assert service.health() == Health()

    def test_a_run_that_failed_is_one_trouble_until_a_good_one(self, settings: BotSettings) -> None:
        """However often it fails: the key stays the same."""
        service, hour = service_over(settings), timedelta(hours=1)
        self.ran(settings, Ended.FAILED, "the disk is full", 3 * hour)
        (first,) = service.health().troubles
        self.ran(settings, Ended.FAILED, "still full", 2 * hour)
        (second,) = service.health().troubles
        assert first.key == second.key == "failed"
        assert first.text.endswith(" UTC failed: the disk is full") and second.text.endswith("still full")
        self.ran(settings, Ended.PUBLISHED, "", hour)
        assert service.health() == Health()

    def test_a_snapshot_held_back_is_one_trouble(self, settings: BotSettings) -> None:
        """Not another one for the run that made it."""
        self.ran(settings, Ended.HELD, "a third of the articles")
        store = Store(settings.storage.folder)
        published = store.current()
        held = add_snapshot(settings.storage.folder, [an_article("light", LIGHT)])
        store.publish(published)
        store.hold(held, ("fewer", "worse"))
        (trouble,) = service_over(settings).health().troubles
        assert (trouble.key, trouble.text) == ("held", f"snapshot {held} was held back by the gate: fewer; worse")

    def test_a_stale_index_is_a_trouble_with_the_same_words_each_time(self, settings: BotSettings) -> None:
        """So that it is told once."""
        self.ran(settings, Ended.UNCHANGED, "", timedelta(hours=30))
        service = service_over(settings)
        (trouble,) = service.health().troubles
        assert trouble.text.startswith("the last good run ended on ") and service.health().troubles == (trouble,)

    def test_a_snapshot_that_cannot_be_used_is_a_trouble(self, settings: BotSettings) -> None:
        """Though the bot goes on with the one that it has open."""
        service = service_over(settings)
        Store(settings.storage.folder).layout.current.unlink()
        with pytest.raises(NoSnapshot):
            Store(settings.storage.folder).current()
        assert [trouble.key for trouble in service.health().troubles] == ["snapshot"]
