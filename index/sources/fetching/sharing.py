"""Many requests over threads: from each site a few at a time, and none for the others' slowness.

It is driven by whoever takes the results: while nobody does, nothing new is begun.
"""

import queue
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from index.errors import AddressRefused, FetchError, OutOfTime
from index.sources.fetching.addresses import parse
from index.sources.fetching.limits import Limit
from index.sources.fetching.politeness import Turns
from index.sources.fetching.records import Request, Response

Outcome = tuple[Request, Response | FetchError]
Fetch = Callable[[Request, Limit], Response]

_MOST_AT_ONCE = 64
"""Threads, which mostly wait. Each may hold a body of ``max_megabytes``."""

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.01, 1.0
"""Seconds between two looks at whose turn it is, where no result comes in between."""


class Sharing:
    """One round of requests."""

    def __init__(self, requests: Iterable[Request], fetch: Fetch, turns: Turns, limit: Limit) -> None:
        self._fetch, self._turns, self._limit = fetch, turns, limit
        self._waiting: dict[str, deque[Request]] = {}
        for request in requests:
            self._waiting.setdefault(_site(request.url), deque()).append(request)
        self._running: Counter[str] = Counter()
        self._done: queue.SimpleQueue[tuple[Request, Future[Response]]] = queue.SimpleQueue()

    def outcomes(self) -> Iterator[Outcome]:
        """Yield what became of each request. Closed early, it ends what is under way."""
        threads = ThreadPoolExecutor(_MOST_AT_ONCE, thread_name_prefix="fetch")
        try:
            while self._waiting or self._running.total():
                if not self._limit.left:
                    yield from self._too_late()
                self._start(threads)
                yield from self._finished()
        finally:
            self._limit.stop.set()
            threads.shutdown(cancel_futures=True)

    def _start(self, threads: ThreadPoolExecutor) -> None:
        """Begin the next request of each site whose turn it is."""
        for site in [site for site in self._waiting if self._is_free(site)]:
            if self._running.total() >= _MOST_AT_ONCE:
                return
            queued = self._waiting.pop(site)
            request = queued.popleft()
            if queued:
                self._waiting[site] = queued  # behind the others
            self._running[site] += 1
            threads.submit(self._fetch, request, self._limit).add_done_callback(self._delivery(request))

    def _delivery(self, request: Request) -> Callable[[Future[Response]], None]:
        return lambda future: self._done.put((request, future))

    def _is_free(self, site: str) -> bool:
        return self._running[site] < self._turns.at_once and self._turns.seconds_until_free(site) <= 0

    def _finished(self) -> Iterator[Outcome]:
        try:
            request, future = self._done.get(timeout=self._pause())
        except queue.Empty:
            return
        self._running[_site(request.url)] -= 1
        yield request, _outcome(future)

    def _pause(self) -> float:
        soonest = min(map(self._turns.seconds_until_free, self._waiting), default=_LONGEST_PAUSE)
        return max(_SHORTEST_PAUSE, min(soonest, self._limit.left, _LONGEST_PAUSE))

    def _too_late(self) -> Iterator[Outcome]:
        waiting, self._waiting = self._waiting, {}
        for request in (request for queued in waiting.values() for request in queued):
            yield request, OutOfTime(f"the time of the run was over before {request.url} was asked for")


def _outcome(future: Future[Response]) -> Response | FetchError:
    try:
        return future.result()
    except FetchError as error:
        return error


def _site(url: str) -> str:
    try:
        return parse(url).site
    except AddressRefused:  # said when it is fetched
        return ""
