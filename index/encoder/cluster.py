"""Encoding on many machines, by Ray Data: ``verbatim-index build --encode-with ray``. The only module that imports ray.

Passages without vectors go to a pool of actors, a process for each core, or for each graphics card where the cluster
has any; vectors come back under their keys in whatever order they are done, and are kept as those of one machine are.
A build that dies goes on where it was; what a machine that dies had in hand, Ray gives to another one.

Which cluster: the one that RAY_ADDRESS names ("10.0.0.5:6379", from a machine of the cluster; started with "ray start
--head" there and "ray start --address=10.0.0.5:6379" on the others). Without it, processes on this machine, for trying
it out; threads do the same with less memory. Each machine needs the same versions of Python, Ray and Verbatim
("pip install verbatim[ray]"), the encoder under the name that index.encoder says (the default comes with Verbatim; a
folder has to be at the same place everywhere), and 0.7 GB of memory for each core or card. Ray's ports have no
passwords: only a closed network may reach them. Ray warns on standard error, once a run, that no
actor can be restarted when this machine is lost: then the build is lost, too, and the next goes on.

Invariant: all actors have the encoder with the same identity as the build; otherwise nothing is encoded.
"""

import logging
import os
import platform
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoder import load_encoder
from index.encoder.spreading import Parts, Texts
from index.errors import EncoderError

_HERE = "local"
"""The address by which Ray starts a cluster of this machine alone."""

_BLOCK = 512
"""Passages that an actor is given at a time: on a core ten seconds' worth, all of which is kept or done anew."""

_STORE_BYTES = 256 * 2**20
"""Memory for what is on its way between the processes of one machine."""


@dataclass(frozen=True, slots=True)
class Actors:
    """How many processes encode, with so many cards each; each is started anew after ``passages``.

    They are so many that starting it, ten seconds, is a fiftieth of the time.
    """

    count: int
    cards: int
    passages: int


@dataclass(frozen=True, slots=True)
class OnRay:
    """Encodes on the cluster that RAY_ADDRESS names, else in ``threads`` processes here (``None``: one a core).

    ``encoder``: as ``locate_encoder`` takes it; ``identity``: which it has to have on all machines.
    """

    encoder: str
    identity: str
    threads: int | None = None

    def encoded(self, passages: Sequence[int], texts: Texts) -> Parts:
        """Yield as ``Spreading`` does.

        Raises:
            EncoderError: Ray is not installed, cannot be reached, or an actor cannot encode.
        """
        address = os.environ.get("RAY_ADDRESS") or _HERE
        with _connected(address, self.threads) as ray:
            actors = actors_for(ray.cluster_resources())
            size = actors.count * actors.passages
            for start in range(0, len(passages), size):
                yield from self._some(ray, actors, texts(passages[start : start + size]))

    def _some(self, ray: Any, actors: Actors, texts: Sequence[tuple[bytes, str]]) -> Parts:
        rows = [{"key": key, "text": text} for key, text in texts]
        computed = ray.data.from_items(rows, override_num_blocks=ceil(len(rows) / _BLOCK)).map_batches(
            Encodes,
            fn_constructor_args=(self.encoder, self.identity),
            batch_size=_BLOCK,
            batch_format="numpy",
            compute=ray.data.ActorPoolStrategy(min_size=1, max_size=min(actors.count, ceil(len(rows) / _BLOCK))),
            num_cpus=1,
            num_gpus=actors.cards,
        )
        for batch in computed.iter_batches(batch_size=None, batch_format="numpy"):
            yield batch["key"].tolist(), np.asarray(batch["vector"], np.float32)


class Encodes:
    """What an actor does; it has one core or one card, and loads its model once."""

    def __init__(self, encoder: str, identity: str) -> None:
        self._encoder = load_encoder(encoder, threads=1, fast=True)
        if self._encoder.identity != identity:
            raise EncoderError(
                f"the encoder on {platform.node()} is {self._encoder.identity}, that of the build is {identity}:"
                " install the same on all machines"
            )

    def __call__(self, batch: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
        return {"key": batch["key"], "vector": self._encoder.encode(batch["text"].tolist())}


def actors_for(resources: Mapping[str, float]) -> Actors:
    """Return an actor for each card of a cluster, as Ray counts its resources, or, where it has none, for each core."""
    if cards := int(resources.get("GPU", 0)):
        return Actors(cards, 1, 500_000)
    return Actors(max(1, int(resources.get("CPU", 1))), 0, 20_000)


@contextmanager
def _connected(address: str, threads: int | None) -> Iterator[Any]:
    """Connect to the cluster, or start one here that ends with the block; Ray says only what goes wrong."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise EncoderError(
            'Ray is not installed, which --encode-with ray needs: run "pip install verbatim[ray]"'
        ) from error
    # not in the storage folder: Ray's sockets lie in it, and paths of sockets have at most 107 bytes
    with TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        here = {"num_cpus": threads, "include_dashboard": False, "object_store_memory": _STORE_BYTES}
        try:
            _connect(ray, address, {**here, "_temp_dir": folder} if address == _HERE else {})
            yield ray
        except (ray.exceptions.RayError, ConnectionError) as error:
            raise EncoderError(f"Ray at {address} could not encode: {_reason(error)}") from error
        finally:
            ray.shutdown()


def _connect(ray: Any, address: str, options: Mapping[str, Any]) -> None:
    ended = signal.getsignal(signal.SIGTERM)
    ray.init(address, logging_level=logging.CRITICAL, log_to_driver=False, **options)
    signal.signal(signal.SIGTERM, ended)  # Ray has taken it: what ends a build in order is ours
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)


def _reason(error: Exception) -> str:
    """The last line of what Ray tells, which is that of the actor, after the lines of where it was."""
    return next(reversed([line for line in str(error).splitlines() if line.strip()]), type(error).__name__)
