"""The client: joins the parts, and knows how to do none of it.

``fetch`` follows one address to its end; ``fetch_all`` does so with many at a time, a few from each site.
"""

import math
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from types import TracebackType
from typing import Self

from index.errors import FetchError, Unreachable
from index.settings import FetchSection
from index.sources.fetching import reading
from index.sources.fetching.addresses import Address, parse
from index.sources.fetching.answers import Answer
from index.sources.fetching.asking import Asker
from index.sources.fetching.limits import Limit, Stop
from index.sources.fetching.names import Resolve, system_resolve
from index.sources.fetching.network import Network
from index.sources.fetching.permission import Permission
from index.sources.fetching.politeness import Turns
from index.sources.fetching.records import TEXT, Request, Response
from index.sources.fetching.redirects import Redirect, TooManyRedirects, follow, redirect
from index.sources.fetching.robots import PRODUCT
from index.sources.fetching.sharing import Sharing
from index.sources.fetching.unpacking import ACCEPTED

_MEGABYTE = 1_000_000


class Fetcher:
    """Fetches pages until ``deadline`` (monotonic seconds). Use as a context manager; threads may share it."""

    def __init__(
        self, settings: FetchSection, deadline: float | None = None, *, resolve: Resolve = system_resolve
    ) -> None:
        self._deadline = math.inf if deadline is None else deadline
        self._redirects = settings.redirects
        self._max_bytes = int(settings.max_megabytes * _MEGABYTE)
        self._network = Network({host.lower() for host in settings.allow_hosts}, resolve)
        self._turns = Turns(settings.requests_per_host, settings.delay_seconds)
        self._asker = Asker(self._network, self._turns, settings.timeout_seconds, settings.retries)
        self._fields = {"User-Agent": user_agent(settings.contact), "Accept-Encoding": ", ".join(ACCEPTED)}
        self._permission = Permission(self._asker, self._turns, {**self._fields, "Accept": TEXT.preference})
        self._stops: set[Stop] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stop in list(self._stops):
            stop.set()
        self._network.close()

    def fetch(self, request: Request) -> Response:
        """Fetch one page, following its redirects.

        Raises:
            AddressRefused: it, or where it leads, is no public web address, or robots.txt forbids it.
            Unreachable: no answer came that says anything of the page.
            Unsuitable: the answer is too large, of another type, or packed in a way that cannot be read.
            OutOfTime: the deadline came first.
        """
        with self._limit() as limit:
            return self._fetch(request, limit)

    def fetch_all(self, requests: Iterable[Request]) -> Generator[tuple[Request, Response | FetchError], None, None]:
        """Yield each request with its response, or with what ``fetch`` would have raised, as they come.

        Whoever closes the iterator early, or the client, ends what is under way.
        """
        with self._limit() as limit:
            yield from Sharing(requests, self._fetch, self._turns, limit).outcomes()

    @contextmanager
    def _limit(self) -> Iterator[Limit]:
        stop = Stop()
        self._stops.add(stop)
        try:
            yield Limit(self._deadline, stop)
        finally:
            self._stops.discard(stop)

    def _fetch(self, request: Request, limit: Limit) -> Response:
        started = time.monotonic()

        def ask(address: Address) -> Response | Redirect:
            return self._ask(address, request, limit)

        try:
            arrival = follow(parse(request.url), self._redirects, ask)
        except TooManyRedirects as error:
            raise Unreachable(f"{request.url} could not be fetched: {error}") from error
        return replace(arrival.found, moved=arrival.moved, seconds=time.monotonic() - started)

    def _ask(self, address: Address, request: Request, limit: Limit) -> Response | Redirect:
        most = self._max_bytes if request.max_bytes is None else request.max_bytes

        def read(answer: Answer) -> Response | Redirect:
            return redirect(answer) or reading.response(answer, request, address, most)

        self._permission.check(address, limit)
        fields = {**self._fields, **reading.conditions(request), "Accept": request.kinds.preference}
        return self._asker.ask(address, fields, read, limit)


def user_agent(contact: str) -> str:
    """Return how we name ourselves to sites: https://www.rfc-editor.org/rfc/rfc9110#section-10.1.5"""
    product = f"{PRODUCT}/{version('verbatim')}"
    printable = "".join(character for character in contact if " " <= character <= "~" and character not in "()\\")
    return f"{product} (+{printable.strip()})" if printable.strip() else product
