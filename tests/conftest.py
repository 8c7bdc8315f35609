"""What holds for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from milvus_server import MilvusServer

# A busy machine is slow now and then, and a first example pays for imports: time is not what properties are about.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    """A Milvus server for all tests of this process; who disturbs one starts another."""
    yield from _started(tmp_path_factory.mktemp("milvus") / "data")


@pytest.fixture
def own_milvus(tmp_path: Path) -> Iterator[MilvusServer]:
    """A Milvus server of one's own, to be disturbed."""
    yield from _started(tmp_path / "milvus")


def _started(folder: Path) -> Iterator[MilvusServer]:
    for name in ("milvus_lite", "pymilvus"):
        pytest.importorskip(name, reason=f"{name} is not installed: it comes with the extra dev")
    server = MilvusServer(folder)
    server.start()
    yield server
    server.kill()
