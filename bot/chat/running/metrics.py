"""Figures for Prometheus: a meter, and the page that shows it. All of prometheus_client.

Labels have few values, and none tells who asked, or what.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.chat.running.state import State
from bot.meter import Event, Stage

CONTENT_TYPE = CONTENT_TYPE_LATEST
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 15.0, 60.0)
"""Seconds; bounds of what is promised are among them: 0.3 for inline results, 1.5 for a reply."""
_LAG_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Seconds; 0.02 is what the event loop is never blocked for."""
_COUNTED = {
    Event.QUESTION: ("verbatim_questions", "outcome", "Questions by what became of them"),
    Event.FEEDBACK: ("verbatim_feedback", "vote", "Votes on answers"),
    Event.UPDATE: ("verbatim_updates", "kind", "Updates taken from Telegram"),
    Event.TELEGRAM_ERROR: ("verbatim_telegram_errors", "kind", "Calls of the Bot API that failed"),
}
_SHOWN = {
    "verbatim_up": "Whether Telegram is heard: 1 or 0",
    "verbatim_queue_length": "Questions that wait for their turn",
    "verbatim_questions_in_work": "Questions that are being answered",
    "verbatim_snapshot_age_seconds": "How long ago the snapshot in use was made",
    "verbatim_heard_seconds": "How long ago Telegram was heard last",
    "verbatim_troubles": "What the admins were told is wrong",
}


class Metrics:
    """A ``Meter``; safe from many threads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        help_text = (
            "How long a stage took: encode (the question), vectors, words, fuse, search (those and the articles),"
            " read, quote, answer (all of these), render, reply (from update to sent)"
        )
        self._seconds = Histogram(
            "verbatim_stage_seconds", help_text, ["stage"], buckets=_BUCKETS, registry=self._registry
        )
        self._lag = Histogram(
            "verbatim_loop_lag_seconds", "How late the event loop is", buckets=_LAG_BUCKETS, registry=self._registry
        )
        self._counters = {
            event: Counter(name, words, [label], registry=self._registry)
            for event, (name, label, words) in _COUNTED.items()
        }
        self._gauges = {name: Gauge(name, words, registry=self._registry) for name, words in _SHOWN.items()}

    def took(self, stage: Stage, seconds: float) -> None:
        """Note how long a stage took, once."""
        self._seconds.labels(stage).observe(seconds)

    def count(self, event: Event, kind: str) -> None:
        """Note that something happened, once."""
        self._counters[event].labels(kind).inc()

    def lagged(self, seconds: float) -> None:
        """Note how late the event loop was, once."""
        self._lag.observe(seconds)

    def page(self, state: State) -> bytes:
        """Return everything in Prometheus's text format."""
        shown = (state.ok, state.waiting, state.running, state.snapshot_age, state.silence, len(state.troubles))
        for name, value in zip(_SHOWN, shown, strict=True):
            self._gauges[name].set(value)
        return generate_latest(self._registry)
