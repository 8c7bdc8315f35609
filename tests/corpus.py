"""A small body of articles and a real index of it, built with the fake encoder; and parts to answer from it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from fakes import FakeEncoder, FakePassageReader

from bot.answering.evidence import EVIDENCE_NAMES
from bot.answering.generation import Generation
from bot.answering.reader import Candidate, Reading
from bot.answering.scoring import CONFIDENCE_NAMES, Linear, ReaderWeights, SentenceReader, Weighing
from bot.answering.spans.reading import PassageReader
from bot.records import Span
from bot.settings import BotSettings
from index import (
    Article,
    FilesSource,
    FusedRetriever,
    Hit,
    Passage,
    ScoreParts,
    Sentence,
    StorageSettings,
    Store,
    build_index,
)
from index.settings import GateSection, IndexSection

TOWER = (
    "The tower\n\nThe Eiffel Tower stands on the Champ de Mars in Paris. It was finished in March 1889 for a world's"
    " fair. Gustave Eiffel's company employed 300 workers. The tower is 330 metres tall, with its aerials."
    "\n\nIs it painted?\n\nYes. Sixty tonnes of paint cover it every seven years. Who pays for that? The city does."
)
HONEY = (
    "Honey bees\n\nA worker bee lives for about six weeks in summer. She makes a twelfth of a teaspoon of honey."
    " Honey keeps for thousands of years because it holds little water. 🐝 Beekeepers call a young queen a virgin."
)
LIGHT = (
    "Light\n\nLight needs 499 seconds from the Sun to the Earth. Ole Rømer measured its speed in 1676. He watched the"
    " moons of Jupiter. The Moon is one light second away."
)
COPY = "A note\n\nSomebody sent this. Ole Rømer measured its speed in 1676! That is all that we know."
ROWS: tuple[Mapping[str, object], ...] = (
    {"id": "tower", "title": "The tower", "text": TOWER, "url": "https://www.example.org/tower", "language": "en",
     "published": "2024-05-01", "author": "Ada Byron"},
    {"id": "honey", "title": "Honey bees", "text": HONEY, "language": "en"},
    {"id": "light", "title": "Light", "text": LIGHT, "url": "https://light.example.org/", "language": "en"},
    {"id": "copy", "title": "A note", "text": COPY, "language": "en"},
)  # fmt: skip


def write_rows(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    """Write JSON lines and return the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    return path


def corpus_settings(folder: Path, rows: Iterable[Mapping[str, object]] = ROWS) -> BotSettings:
    """Write articles under a folder, and return the settings that index them there."""
    write_rows(folder / "articles" / "articles.jsonl", rows)
    source = FilesSource(kind="files", folder=folder / "articles", name="samples")
    # short passages, so that the small articles have several each, which share sentences
    shape = IndexSection(passage_words=20)
    # one article of four may go without the gate asking why
    gate = GateSection(max_fall=1.0)
    storage = StorageSettings(folder=folder / "store")
    return BotSettings(storage=storage, sources=(source,), index=shape, gate=gate)


def rewrite_rows(settings: BotSettings, rows: Iterable[Mapping[str, object]]) -> None:
    """Write other articles in the place of those that ``corpus_settings`` wrote."""
    write_rows(settings.storage.folder.parent / "articles" / "articles.jsonl", rows)


def built_corpus(folder: Path, rows: Iterable[Mapping[str, object]] = ROWS) -> BotSettings:
    """As ``corpus_settings``, and build the index."""
    settings = corpus_settings(folder, rows)
    build_index(settings, encoder=FakeEncoder())
    return settings


def open_generation(settings: BotSettings, model: PassageReader | None = None) -> Generation:
    """Open the published snapshot with the reader that ships, over a fake model of English and weights made by hand."""
    encoder = FakeEncoder()
    snapshot = Store(settings.storage.folder).open_current(encoder=encoder.identity)
    retriever = FusedRetriever(snapshot, encoder)
    reader = SentenceReader(model or FakePassageReader(), retriever.terms, {"en"}.__contains__, hand_weights())
    return Generation(snapshot, retriever, reader)


def hand_weights() -> ReaderWeights:
    """Weights of what plainly speaks for a sentence: no test hangs on what the last fit gave."""
    kinds = {"new_person": 1.0, "new_time": 1.0, "new_number": 1.0, "new_place": 1.0}
    reading = weighted(EVIDENCE_NAMES, span=0.5, cover=2.0, agree=0.5, question=-1.0, **kinds)
    words = weighted(EVIDENCE_NAMES, cover=2.0, title_cover=1.0, rank=0.5, question=-1.0, **kinds)
    return ReaderWeights(
        Weighing(reading, weighted(CONFIDENCE_NAMES, most_answers=0.5, share=1.0)),
        Weighing(words, weighted(CONFIDENCE_NAMES, cover=2.0, share=1.0)),
        threshold=0.5,
    )


def weighted(names: Sequence[str], **weights: float) -> Linear:
    """Return a sum of numbers as they are, each with its weight, 0 where none is given."""
    unknown = weights.keys() - set(names)
    assert not unknown, unknown
    return Linear(np.zeros(len(names)), np.ones(len(names)), np.array([weights.get(name, 0.0) for name in names]), 0.0)


def reading(
    article: Article, sentences: Iterable[Sentence], words: str, probability: float = 0.9, answer: str | None = None
) -> Reading:
    """A reading of the sentence that starts with ``words``; the whole article is its passage."""
    passage = Passage(1, article.id, 0, len(article.text), tuple(sentences))
    start = article.text.index(words)
    sentence = next(s for s in passage.sentences if s.start == start)
    place = article.text.index(answer, start) if answer else 0
    found = Span(place, place + len(answer)) if answer else None
    candidate = Candidate(Hit(passage, 1.0, ScoreParts(0.5, 1.0)), article)
    return Reading(candidate, sentence, found, probability, probability)
