"""The two pages for who watches the bot: /metrics for Prometheus, /health for everything else.

They tell nothing about readers. They are for the machine itself: nobody is asked for a password.
"""

import json
from collections.abc import Callable

from bot.chat.running.metrics import CONTENT_TYPE, Metrics
from bot.chat.running.state import State
from bot.chat.updates.listening import Reply, Request

MOST_BYTES = 1000


class Monitor:
    """Answers requests; ``look`` tells how the bot is."""

    def __init__(self, look: Callable[[], State], metrics: Metrics) -> None:
        self._look, self._metrics = look, metrics

    async def receive(self, request: Request) -> Reply:
        """Answer one request."""
        if request.method != "GET":
            return Reply(405, b"only GET")
        match request.path:
            case "/health":
                state = self._look()
                return Reply(200 if state.ok else 503, json.dumps(state.record()).encode(), "application/json")
            case "/metrics":
                return Reply(200, self._metrics.page(self._look()), CONTENT_TYPE)
            case _:
                return Reply(404, b"there is /health and /metrics")
