"""The composition root: settings to objects. The only place that knows which parts make the product."""

from bot.answering.generation import Generation, Generations
from bot.answering.policy import Answerer
from bot.answering.scoring import ReaderWeights, SentenceReader, load_weights
from bot.evaluation import Measured
from bot.settings import BotSettings
from index import Encoder, FusedRetriever, Store, locate_encoder, retrievers


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
    """
    weights = load_weights()
    threshold = weights.threshold if settings.answers.threshold is None else settings.answers.threshold
    return Answerer(_generations(settings, weights), settings.answers, threshold)


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
        return Measured(ways, Answerer(generations, settings.answers, 0.0), generation.article, threshold)


def _generations(settings: BotSettings, weights: ReaderWeights) -> Generations:
    store = Store(settings.storage.folder)
    encoder = open_encoder(settings, store)

    def open_current() -> Generation:
        snapshot = store.open_current(encoder=encoder.identity)
        retriever = FusedRetriever(snapshot, encoder)
        return Generation(snapshot, retriever, SentenceReader(encoder, retriever.terms, weights))

    generations = Generations(open_current, store.current)
    # loads the model now (seconds), and fails now where it cannot be: not while the first reader waits
    encoder.encode(["ready"])
    return generations
