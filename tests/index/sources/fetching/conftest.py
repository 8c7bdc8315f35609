"""A server that does as it is told, and a client in a hurry."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from raw_server import RawServer

from index.settings import FetchSection
from index.sources.fetching import Fetcher


@pytest.fixture
def server() -> Iterator[RawServer]:
    """A server of nothing, so far."""
    with RawServer() as server:
        yield server


@pytest.fixture
def settings() -> FetchSection:
    """Settings with which a test is over soon; loopback is allowed."""
    return FetchSection(
        allow_hosts=("127.0.0.1",), timeout_seconds=1.0, max_megabytes=1.0, delay_seconds=0.0, retries=0, redirects=3
    )


@pytest.fixture
def fetcher(settings: FetchSection) -> Iterator[Fetcher]:
    """A client with these settings."""
    with Fetcher(settings) as fetcher:
        yield fetcher


Make = Callable[..., Fetcher]


@pytest.fixture
def made(settings: FetchSection) -> Iterator[Make]:
    """Make a client with some settings changed; ``deadline`` and ``resolve`` are its own."""
    with ExitStack() as stack:

        def make(**changed: object) -> Fetcher:
            own = {name: changed.pop(name) for name in ("deadline", "resolve") if name in changed}
            return stack.enter_context(Fetcher(settings.model_copy(update=changed), **own))  # type: ignore[arg-type]

        yield make
