"""The composition root: settings to objects. The only place that knows which parts make the product."""

from typing import TYPE_CHECKING

from bot.answering.generation import Generation, Generations
from bot.answering.operations import StorageOperations
from bot.answering.policy import Answerer
from bot.answering.reader import TimedReader
from bot.answering.scoring import ReaderWeights, SentenceReader, load_weights
from bot.answering.times import days_of
from bot.answering.upkeep import StorageUpkeep
from bot.evaluation import Measured
from bot.meter import Meter, NoMeter, Stage
from bot.settings import BotSettings
from index import Encoder, FusedRetriever, Part, Store, finish_restore, locate_encoder, locate_weights, retrievers

if TYPE_CHECKING:
    from bot.answering.spans.model import SpanModel


def open_encoder(settings: BotSettings, store: Store, *, threads: int | None = 1) -> Encoder:
    """Find the encoder that the settings name; one thread a call, because calls come from several workers."""
    return locate_encoder(settings.index.encoder, remember=store.layout.weights, threads=threads)


def open_answerer(settings: BotSettings, meter: Meter | None = None) -> Answerer:
    """Open the published snapshot with everything that answers from it. It is warm: the first question does not wait.

    Raises:
        NoSnapshot: nothing was published yet.
        SnapshotError: no snapshot can be used.
        EncoderError: the encoder cannot be used.
        ReaderError: the reader's weights are of another version.
        LibraryError: what was taken down cannot be told.
        OSError: a restore that was cut off cannot be brought to its end.
    """
    finish_restore(settings.storage.folder)
    upkeep = StorageUpkeep(settings)
    weights = load_weights()
    encoder = open_encoder(settings, Store(settings.storage.folder))
    generations = _generations(settings, weights, encoder, meter or NoMeter())
    operations = StorageOperations(settings, encoder)
    return Answerer(generations, settings.answers, weights.threshold, upkeep, operations)


def open_evaluation(settings: BotSettings) -> Measured:
    """Open what an evaluation measures: the same parts, with an answerer that never declines.

    Raises:
        VerbatimError: as ``open_answerer``.
    """
    weights = load_weights()
    generations = _generations(settings, weights, open_encoder(settings, Store(settings.storage.folder)), NoMeter())
    threshold = weights.threshold if settings.answers.threshold is None else settings.answers.threshold
    with generations.use() as generation:
        snapshot = generation.snapshot
        ways = retrievers(snapshot, open_encoder(settings, Store(settings.storage.folder)))
        all_answered = settings.answers.model_copy(update={"threshold": 0.0})
        return Measured(ways, Answerer(generations, all_answered, 0.0), generation.article, threshold, days_of)


def open_model(settings: BotSettings, store: Store) -> "SpanModel":
    """Load the reading model that the settings name, and the encoder's word embeddings that it shares.

    Raises:
        ReaderError: it cannot be loaded.
        EncoderError: the encoder that it grew from cannot be found.
    """
    from bot.answering.spans.model import encoder_of, load_model, packaged_model

    folder = settings.answers.reader or packaged_model()
    return load_model(folder, locate_weights(encoder_of(folder), store.layout.weights).folder)


def _generations(settings: BotSettings, weights: ReaderWeights, encoder: Encoder, meter: Meter) -> Generations:
    store = Store(settings.storage.folder, settings.vectors)
    store.current()  # where nothing was published, that is told at once
    # loads both models now (a second or two), and fails now where one cannot be: not while the first reader waits
    encoder.encode(["ready"])
    model = open_model(settings, store)

    def note(part: Part, seconds: float) -> None:
        meter.took(Stage(part), seconds)

    def open_current() -> Generation:
        snapshot = store.open_current(encoder=encoder.identity)
        retriever = FusedRetriever(snapshot, encoder, note, words_suffice=True)
        reader = SentenceReader(model, retriever.terms, model.languages.__contains__, weights)
        generation = Generation(snapshot, retriever, TimedReader(reader, meter), meter)
        generation.warm()
        return generation

    return Generations(open_current, store.current)
