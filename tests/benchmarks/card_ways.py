"""The ways in which ``card`` has passages encoded on a card, and how long each takes."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from encoding import Encode, Figures, Turn, operations

from index import locate_encoder, locate_weights
from index.encoder import unit_rows

if TYPE_CHECKING:
    from index.encoder.devices import Device
    from index.encoder.network import Network, Prepared

CARD = "cuda"
TURNS = 3
REFERENCE = 4096
SIDE, PRODUCTS = 8192, 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be tried. ``model``: name or folder; ``device``: as torch calls it."""

    model: str
    device: str
    batch_tokens: Sequence[int]
    ahead: Sequence[int]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to encode. ``texts``: how many of all it gets."""

    name: str
    numbers: str
    texts: int


def turns_of(asked: Asked, texts: Sequence[str]) -> list[tuple[Way, list[Turn]]]:
    """Encode the texts in all ways, by turns; the first way is the reference."""
    ways = list(_ways(asked, texts))
    for way, encode in ways:
        encode(list(texts[: way.texts]))  # chooses kernels, and takes memory
    turns = [[_turn(encode, texts[: way.texts], asked.device) for way, encode in ways] for _ in range(TURNS)]
    return [(way, [turn[number] for turn in turns]) for number, (way, _) in enumerate(ways)]


def _turn(encode: Encode, texts: Sequence[str], device: str) -> Turn:
    some = list(texts)
    clock, processor = waited(device), time.process_time()
    rows = encode(some)
    return Turn(waited(device) - clock, time.process_time() - processor, rows)


def waited(device: str) -> float:
    """Return the time when all is computed that was begun."""
    import torch

    if device == CARD:
        torch.cuda.synchronize()
    return time.perf_counter()


def figures_of(
    model: str, way: Way, lengths: Sequence[int], turns: list[Turn], reference: list[Turn], rate: float
) -> Figures:
    """Return the figures of a way by the median of its turns. ``rate``: multiplications and additions a second."""
    own, theirs = lengths[: way.texts], len(reference[0].rows)
    seconds = median(turn.seconds for turn in turns)
    both = min(len(own), theirs)
    return Figures(
        way=way.name,
        numbers=way.numbers,
        passages_per_second=len(own) / seconds,
        tokens_per_second=sum(own) / seconds,
        processor_milliseconds=1000 * median(turn.processor_seconds for turn in turns) / len(own),
        ratio=(len(own) / seconds) / (theirs / median(turn.seconds for turn in reference)),
        least_cosine=float(min(np.sum(turn.rows[:both] * reference[0].rows[:both], axis=1).min() for turn in turns)),
        limit=rate / 1e9,
        share=operations(own, model) / seconds / rate,
    )


def _ways(asked: Asked, texts: Sequence[str]) -> Iterator[tuple[Way, Encode]]:
    from sentence_transformers import SentenceTransformer

    library = SentenceTransformer(str(locate_weights(asked.model).folder), device=asked.device)
    few = Way("SentenceTransformer.encode", "float32", min(REFERENCE, len(texts)))
    yield few, lambda some: unit_rows(np.asarray(library.encode(some, show_progress_bar=False), np.float32))
    encoder = locate_encoder(asked.model)
    yield Way("32 bits", encoder.device.numbers, len(texts)), encoder.encode
    encoder = locate_encoder(asked.model, fast=True)
    yield Way("as a build", encoder.device.numbers, len(texts)), encoder.encode
    yield from _tried(asked, encoder.device, len(texts))


def _tried(asked: Asked, chosen: "Device", texts: int) -> Iterator[tuple[Way, Encode]]:
    """Yield what a build would do otherwise than it does, then what it does where no text has to be tokenized."""
    network = lean_network(asked.model, chosen)
    others = [replace(chosen, batch_tokens=tokens) for tokens in asked.batch_tokens]
    for one in (*others, *(replace(chosen, ahead=ahead) for ahead in asked.ahead)):
        name = f"{one.batch_tokens} tokens, {one.ahead} ahead"
        yield Way(name, one.numbers, texts), encoding_with(network, one)
    known = Given(network)
    for one in (chosen, *others):
        way = Way(f"{one.batch_tokens} tokens, given", one.numbers, texts)
        yield way, encoding_with(known, replace(one, ahead=0))


def lean_network(model: str, device: "Device") -> "Network":
    """Return a plain model's network there."""
    from index.encoder.lean import LeanNetwork
    from index.encoder.plain import plain_bert, read_files

    folder = locate_weights(model).folder
    plain = plain_bert(read_files(folder))
    if plain is None:
        raise SystemExit(f"{folder} is no plain BERT: only of such a one other batches can be tried")
    return LeanNetwork(folder, plain, device)


def encoding_with(network: "Network", device: "Device") -> Encode:
    """Return how texts are encoded by a network in batches of other sizes than it would get."""
    from index.encoder.network import Model

    model = Model(network, device)
    return lambda texts: np.concatenate([unit_rows(rows) for rows in model.encoded(texts)])


class Given:
    """A network that remembers the tokens of all lots of texts: what is measured then is computing alone."""

    def __init__(self, network: "Network") -> None:
        self.dimension = network.dimension
        self._network = network
        self._known: dict[tuple[str, ...], Prepared] = {}

    def prepared(self, texts: Sequence[str]) -> "Prepared":
        lot = tuple(texts)
        if lot not in self._known:
            self._known[lot] = self._network.prepared(texts)
        return self._known[lot]

    def halve(self, numbers: str) -> None:
        self._network.halve(numbers)


def card_rate(numbers: str, device: str, side: int = SIDE) -> float:
    """Return multiplications and additions a second of products of large matrices, one after the other."""
    import torch

    one, other = (torch.randn(side, side, device=device).to(getattr(torch, numbers)) for _ in range(2))
    product = one @ other
    started = waited(device)
    for _ in range(PRODUCTS):
        torch.matmul(one, other, out=product)
    return PRODUCTS * 2 * side**3 / (waited(device) - started)
