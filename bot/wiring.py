"""The composition root: settings to objects. The only place that knows which parts make the product."""

from bot.answering.generation import Generation, Generations
from bot.answering.policy import Answerer
from bot.answering.scoring import SentenceReader, load_weights
from bot.settings import BotSettings
from index import Encoder, FusedRetriever, Store, locate_encoder


def open_encoder(settings: BotSettings, store: Store, *, threads: int | None = 1) -> Encoder:
    """Find the encoder that the settings name; one thread a call, because calls come from several workers."""
    return locate_encoder(
        settings.index.encoder,
        remember=store.layout.weights,
        batch_size=settings.index.batch_size,
        threads=threads,
    )


def open_answerer(settings: BotSettings, *, encoder: Encoder | None = None) -> Answerer:
    """Open the published snapshot with everything that answers from it.

    Raises:
        NoSnapshot: nothing was published yet.
        SnapshotError: no snapshot can be used.
        EncoderError: the encoder cannot be used.
        ReaderError: the reader's weights are of another version.
    """
    store = Store(settings.storage.folder)
    used = encoder or open_encoder(settings, store)
    weights = load_weights()

    def open_current() -> Generation:
        snapshot = store.open_current(encoder=used.identity)
        retriever = FusedRetriever(snapshot, used)
        return Generation(snapshot, retriever, SentenceReader(used, retriever.terms, weights))

    return Answerer(Generations(open_current, store.current), settings.answers, weights.threshold)
