"""The composition root: settings to objects. The only place that knows which parts make the product."""

from typing import TYPE_CHECKING

from bot.answering.generation import Generation, Generations
from bot.answering.policy import Answerer
from bot.answering.scoring import ReaderWeights, SentenceReader, load_weights
from bot.answering.times import days_of
from bot.answering.upkeep import StorageUpkeep
from bot.evaluation import Measured
from bot.settings import BotSettings
from index import Encoder, FusedRetriever, Store, locate_encoder, locate_weights, retrievers

if TYPE_CHECKING:
    from bot.answering.spans.model import SpanModel


def open_encoder(settings: BotSettings, store: Store, *, threads: int | None = 1) -> Encoder:
    """Find the encoder that the settings name; one thread a call, because calls come from several workers."""
    return locate_encoder(
        settings.index.encoder,
        remember=store.layout.weights,
        batch_size=settings.index.batch_size,
        threads=threads,
    )


def open_answerer(settings: BotSettings) -> Answerer:
    """Open the published snapshot with everything that answers from it.

    Raises:
        NoSnapshot: nothing was published yet.
        SnapshotError: no snapshot can be used.
        EncoderError: the encoder cannot be used.
        ReaderError: the reader's weights are of another version.
        LibraryError: what was taken down cannot be told.
    """
    upkeep = StorageUpkeep(settings)
    weights = load_weights()
    threshold = weights.threshold if settings.answers.threshold is None else settings.answers.threshold
    return Answerer(_generations(settings, weights), settings.answers, threshold, upkeep)


def open_evaluation(settings: BotSettings) -> Measured:
    """Open what an evaluation measures: the same parts, with an answerer that never declines.

    Raises:
        VerbatimError: as ``open_answerer``.
    """
    weights = load_weights()
    generations = _generations(settings, weights)
    threshold = weights.threshold if settings.answers.threshold is None else settings.answers.threshold
    with generations.use() as generation:
        snapshot = generation.snapshot
        ways = retrievers(snapshot, open_encoder(settings, Store(settings.storage.folder)))
        return Measured(ways, Answerer(generations, settings.answers, 0.0), generation.article, threshold, days_of)


def open_model(settings: BotSettings, store: Store) -> "SpanModel":
    """Load the reading model that the settings name, and the encoder's word embeddings that it shares.

    Raises:
        ReaderError: it cannot be loaded.
        EncoderError: the encoder that it grew from cannot be found.
    """
    from bot.answering.spans.model import encoder_of, load_model, packaged_model

    folder = settings.answers.reader or packaged_model()
    return load_model(folder, locate_weights(encoder_of(folder), store.layout.weights).folder)


def _generations(settings: BotSettings, weights: ReaderWeights) -> Generations:
    store = Store(settings.storage.folder)
    encoder = open_encoder(settings, store)
    store.current()  # where nothing was published, that is told at once
    # loads both models now (a second or two), and fails now where one cannot be: not while the first reader waits
    encoder.encode(["ready"])
    model = open_model(settings, store)

    def open_current() -> Generation:
        snapshot = store.open_current(encoder=encoder.identity)
        retriever = FusedRetriever(snapshot, encoder)
        reader = SentenceReader(model, retriever.terms, model.languages.__contains__, weights)
        return Generation(snapshot, retriever, reader)

    return Generations(open_current, store.current)
