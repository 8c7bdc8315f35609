"""Answer, or say that the articles do not say; and never show what is not in the article."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from corpus import LIGHT, ROWS, built_corpus, open_generation, rewrite_rows
from fakes import FakeEncoder

from bot.answering.generation import Generation, Generations
from bot.answering.policy import EXPLAINED, FURTHER, NEAREST, WORTH_SHOWING, Answerer
from bot.answering.reader import Candidate, ReaderResult, Reading
from bot.records import Question, Span
from bot.settings import AnswersSection, BotSettings
from index import Article, Store, build_index

TALL = "How tall is the Eiffel Tower?"


@dataclass
class FakeReader:
    """Reads every sentence as equally good, or each as ``fading`` times the last; may lie about the articles."""

    confidence: float
    change: Callable[[Article], Article] = lambda article: article
    fading: float = 1.0
    seen: list[Sequence[Candidate]] = field(default_factory=list)

    def read(self, question: Question, candidates: Sequence[Candidate]) -> ReaderResult:
        self.seen.append(candidates)
        return ReaderResult(tuple(self._readings(candidates)), self.confidence)

    def _readings(self, candidates: Sequence[Candidate]) -> Iterator[Reading]:
        probability = self.confidence
        for candidate in candidates:
            told = replace(candidate, article=self.change(candidate.article))
            for sentence in candidate.hit.passage.sentences:
                if not sentence.heading:
                    yield Reading(told, sentence, Span(sentence.start, sentence.end), 1.0, probability)
                    probability *= self.fading


def answerer(
    generation: Generation, reader: FakeReader | None = None, threshold: float = 0.5, quotes: int = 3
) -> Answerer:
    used = replace(generation, reader=reader or generation.reader)
    return Answerer(
        Generations(lambda: used, lambda: used.snapshot.name), AnswersSection(quotes=quotes), threshold=threshold
    )


def test_a_question_is_answered_with_quotes(generation: Generation) -> None:
    """The first holds the answer; all of them are slices of the stored articles."""
    answer = answerer(generation, threshold=0.0).answer(Question(TALL))
    assert answer.answered and answer.nearest == ()
    assert answer.quotes[0].text.endswith("The tower is 330 metres tall, with its aerials.")
    for quote in (*answer.quotes, *answer.further):
        assert generation.article(quote.article.id).text[quote.start : quote.end] == quote.text
    assert answer.snapshot == generation.snapshot.name
    assert answer.question == Question(TALL)
    assert answer.milliseconds > 0 and 0 <= answer.confidence <= 1


@pytest.mark.parametrize("shown", [1, 2, 3])
def test_as_many_quotes_as_the_settings_say_and_some_more_on_request(generation: Generation, shown: int) -> None:
    """``answers.quotes`` are shown; ``further`` holds the next best, none of them twice."""
    answer = answerer(generation, FakeReader(0.9), quotes=shown).answer(Question(TALL))
    assert len(answer.quotes) == shown
    assert 0 < len(answer.further) <= FURTHER
    places = [(quote.article.id, quote.start, quote.end) for quote in (*answer.quotes, *answer.further)]
    assert len(places) == len(set(places))


@pytest.mark.parametrize(("effort", "least", "read"), [(1.0, 2, 6), (0.5, 2, 3), (0.1, 2, 2), (0.1, 9, 6)])
def test_less_effort_reads_fewer_passages(generation: Generation, effort: float, least: int, read: int) -> None:
    """The best hits, as many as that share of the usual number; never fewer than the settings say."""
    reader = FakeReader(0.9)
    used = replace(generation, reader=reader)
    settings = AnswersSection(passages=6, least_passages=least)
    Answerer(Generations(lambda: used, lambda: "s"), settings, threshold=0.5).answer(Question(TALL), effort)
    hits = [candidate.hit.passage.id for candidate in generation.candidates(Question(TALL), 6)]
    assert [candidate.hit.passage.id for candidate in reader.seen[0]] == hits[:read]


@pytest.mark.parametrize(("fading", "shown"), [(WORTH_SHOWING / 2, 1), (WORTH_SHOWING**0.6, 2), (0.9, 3)])
def test_hardly_likely_quotes_wait_for_who_asks_for_more(generation: Generation, fading: float, shown: int) -> None:
    """A second or third quote is shown only where it is not far less likely than the first."""
    answer = answerer(generation, FakeReader(0.9, fading=fading)).answer(Question(TALL))
    assert len(answer.quotes) == shown
    assert answer.further


def test_under_the_threshold_it_declines_with_the_nearest(generation: Generation) -> None:
    """No quote, nothing further, at most two nearest, without answering words; the confidence is told."""
    answer = answerer(generation, FakeReader(0.49)).answer(Question(TALL))
    assert (answer.answered, answer.quotes, answer.further) == (False, (), ())
    assert len(answer.nearest) == NEAREST == 2
    assert [quote.answer for quote in answer.nearest] == [None, None]
    assert answer.confidence == 0.49


def test_at_the_threshold_it_answers(generation: Generation) -> None:
    """The border belongs to those who know."""
    assert answerer(generation, FakeReader(0.5)).answer(Question(TALL)).answered


@pytest.mark.parametrize("text", ["", "   ", "?!", "\n", "🐝", "'\"() OR NEAR *", "why " * 1000, "\x00", "\ud83d"])
def test_any_question_text_is_safe(generation: Generation, text: str) -> None:
    """Nothing that can be typed is an error; without words nothing is found."""
    answer = answerer(generation).answer(Question(text))
    assert not answer.answered or answer.quotes
    if not text.strip():
        assert (answer.quotes, answer.nearest, answer.confidence) == ((), (), 0.0)


def test_a_quote_that_is_not_in_the_stored_article_is_not_shown(
    generation: Generation, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged by its place, without its words, counted, and the other quotes are shown."""
    lying = FakeReader(0.9, lambda a: replace(a, text=a.text.replace("330", "500")) if a.id == "tower" else a)
    service = answerer(generation, lying)
    with caplog.at_level(logging.ERROR):
        answer = service.answer(Question(TALL))
    shown = (*answer.quotes, *answer.further)
    assert answer.answered and shown
    assert all("500" not in quote.text for quote in shown)
    assert service.mismatches == len(caplog.records) > 0
    assert "of article tower is not in snapshot" in caplog.text
    assert generation.snapshot.name in caplog.text
    assert "500" not in caplog.text and TALL not in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        lambda article: replace(article, text=article.text.upper()),
        lambda article: replace(article, revision="another"),
        lambda article: replace(article, text=f"x{article.text}"),
    ],
)
def test_where_no_quote_is_verbatim_nothing_is_answered(
    generation: Generation, change: Callable[[Article], Article]
) -> None:
    """Other words, another revision, moved by one: the articles do not say, however sure the reader was."""
    service = answerer(generation, FakeReader(0.9, change))
    answer = service.answer(Question(TALL))
    assert (answer.answered, answer.nearest) == (False, ())
    assert service.mismatches > 0


class TestExplain:
    def test_what_was_weighed_is_told_best_first(self, generation: Generation) -> None:
        """The sentences of the answer in its order, each with its place, its score and the parts of it."""
        service = answerer(generation)
        explanation = service.explain(Question(TALL))
        result = generation.reader.read(
            Question(TALL), generation.candidates(Question(TALL), AnswersSection().passages)
        )
        assert explanation.question == Question(TALL)
        assert len(explanation.weighed) == min(EXPLAINED, len(result.readings)) > 3
        for one, read in zip(explanation.weighed, result.readings, strict=False):
            assert (one.place.article, one.place.start, one.place.end) == (
                read.candidate.article,
                read.sentence.start,
                read.sentence.end,
            )
            assert (one.answer, one.score, one.parts) == (read.answer, read.score, read.parts)
        assert explanation.weighed[0].place.text == "The tower is 330 metres tall, with its aerials."
        assert sum(abs(part) for part in explanation.weighed[0].parts.values()) > 0

    @pytest.mark.parametrize("threshold", [0.0, 0.999999])
    def test_confidence_and_threshold_are_those_of_the_answer(self, generation: Generation, threshold: float) -> None:
        """It explains why a question was answered or declined."""
        service = answerer(generation, threshold=threshold)
        explanation, answer = service.explain(Question(TALL)), service.answer(Question(TALL))
        assert (explanation.confidence, explanation.threshold) == (answer.confidence, threshold)
        assert (explanation.confidence >= explanation.threshold) == answer.answered

    @pytest.mark.parametrize("text", ["", "?!", "\ud83d"])
    def test_nothing_found_is_nothing_weighed(self, generation: Generation, text: str) -> None:
        """And no error, whatever was typed."""
        explanation = answerer(generation).explain(Question(text))
        assert (explanation.weighed == ()) == (explanation.confidence == 0)


@pytest.mark.parametrize("passages", [1, 7])
def test_as_many_passages_are_read_as_the_settings_say(generation: Generation, passages: int) -> None:
    """``answers.passages``, for an answer and for its explanation."""
    reader = FakeReader(0.9)
    used = replace(generation, reader=reader)
    settings = AnswersSection(passages=passages)
    service = Answerer(Generations(lambda: used, lambda: used.snapshot.name), settings, threshold=0.5)
    service.answer(Question(TALL))
    service.explain(Question(TALL))
    assert [len(candidates) for candidates in reader.seen] == [passages, passages]


def test_a_quote_can_be_restored_from_its_reference(generation: Generation) -> None:
    """All but the other places comes back."""
    service = answerer(generation, threshold=0.0)
    for quote in service.answer(Question(TALL)).quotes:
        assert service.restore(quote.reference) == replace(quote, also=())


def test_a_changed_or_removed_article_restores_nothing(tmp_path: Path) -> None:
    """A button of an old message: its quote is gone, or not the same any more; an unchanged one still works."""
    settings = built_corpus(tmp_path)
    service = service_over(settings)
    answers = [service.answer(Question(text)) for text in (TALL, "Who measured the speed of light in 1676?")]
    tower, light = (answer.quotes[0].reference for answer in answers)
    assert (tower.article_id, light.article_id) == ("tower", "light")
    rows = [
        {**row, "text": f"{row['text']} More is known today."} if row["id"] == "tower" else row
        for row in ROWS
        if row["id"] != "honey"
    ]
    rebuild(settings, rows)
    assert service.refresh()
    assert service.restore(tower) is None
    kept = service.restore(light)
    assert kept and kept.text == LIGHT[light.start : light.end]
    rebuild(settings, [row for row in rows if row["id"] != "light"])
    assert service.refresh()
    assert service.restore(light) is None


def test_a_quote_is_widened_by_its_neighbours(generation: Generation) -> None:
    """In the same article, around the same answer; at its ends it stays."""
    service = answerer(generation, threshold=0.0)
    quote = service.answer(Question(TALL)).quotes[0]
    wide = service.widen(quote)
    assert wide.start < quote.start and wide.end == quote.end
    assert wide.text == generation.article("tower").text[wide.start : wide.end]
    assert wide.answer == quote.answer


def test_a_quote_of_an_older_revision_is_not_widened(generation: Generation) -> None:
    """Its neighbours are not known any more."""
    service = answerer(generation, threshold=0.0)
    quote = service.answer(Question(TALL)).quotes[0]
    old = replace(quote, article=replace(quote.article, revision="older"))
    gone = replace(quote, article=replace(quote.article, id="gone"))
    assert service.widen(old) == old
    assert service.widen(gone) == gone


def test_the_corpus_is_described(generation: Generation) -> None:
    """Counts and sources of the snapshot in use."""
    corpus = answerer(generation).corpus()
    manifest = generation.snapshot.manifest
    assert (corpus.snapshot, corpus.articles, corpus.passages) == (generation.snapshot.name, 4, manifest.passages)
    assert corpus.created == manifest.created
    assert [(source.name, source.articles) for source in corpus.sources] == [("samples", 4)]


def test_a_new_snapshot_answers_what_the_old_one_could_not(tmp_path: Path) -> None:
    """An edited article answers in its new words."""
    settings = built_corpus(tmp_path)
    service = service_over(settings)
    assert not service.refresh()
    changed = [{**row, "text": str(row["text"]).replace("330", "331")} for row in ROWS]
    name = rebuild(settings, changed)
    assert "330 metres" in service.answer(Question(TALL)).quotes[0].text
    assert service.refresh()
    answer = service.answer(Question(TALL))
    assert "331 metres" in answer.quotes[0].text and answer.snapshot == name


def test_many_threads_ask_while_snapshots_change(tmp_path: Path) -> None:
    """Each answer is of one snapshot, verbatim, and no question fails."""
    settings = built_corpus(tmp_path)
    service = service_over(settings)
    problems: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                answer = service.answer(Question(TALL))
                words = {w for quote in answer.quotes for w in ("330", "331", "332") if w in quote.text}
                assert len(words) == 1, words
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            problems.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for height in ("331", "332"):
        rebuild(settings, [{**row, "text": str(row["text"]).replace("330", height)} for row in ROWS])
        assert service.refresh()
    done.set()
    for thread in threads:
        thread.join()
    assert (problems, service.mismatches) == ([], 0)


def service_over(settings: BotSettings) -> Answerer:
    store = Store(settings.storage.folder)
    return Answerer(Generations(lambda: open_generation(settings), store.current), AnswersSection(), threshold=0.0)


def rebuild(settings: BotSettings, rows: Iterable[Mapping[str, object]]) -> str:
    rewrite_rows(settings, rows)
    return build_index(settings, encoder=FakeEncoder()).snapshot
