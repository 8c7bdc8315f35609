"""The trained reading model: loaded, checked, and asked. Safe from many threads at once."""

import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import file_digest, sha256
from importlib import resources
from itertools import accumulate, chain
from math import ceil
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from safetensors.torch import save as bytes_of

from bot.answering.spans.network import SpanNetwork, from_weights, laid_out, own_tensors
from bot.answering.spans.reading import Floats, PassageReading, PassageText
from bot.answering.spans.tokens import SpanTokenizer, Tokens
from bot.errors import ReaderError
from index import in_parts, layout_for

WEIGHTS = "reader.safetensors"
CARD = "reader.json"

BATCH_TOKENS = 1024
"""Tokens that a core computes together, padding included: with fewer a token costs more (0.183 ms; 0.210 where each
passage is computed alone), with more it does not cost less."""

READ_TOKENS = 4000
"""Tokens that are read for a question, which bounds its time: of held-back questions 3 to 9 in a hundred lose the last
one or two of 20 passages, and none its first quote or one of the first three (3 600 tokens: one in 200)."""

CARD_TOKENS = 8192
"""On a graphics card: whatever is read for a question, filled up to its longest passage, at once."""

_SHARES = 2
"""Batches for each of several threads, where there are few tokens: who is done first takes another, so all end at about
once."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model computes, as torch calls it, in which numbers, how many batches at a time, of how many tokens."""

    device: str
    number: torch.dtype
    threads: int
    batch_tokens: int = BATCH_TOKENS


class SpanModel:
    """A reading model on this machine. ``languages``: those that it was trained to read.

    On a processor the batches of a question are dealt to as many threads as there are cores, which questions that come
    at the same time share; a graphics card computes one batch after the other.
    """

    def __init__(
        self, network: SpanNetwork, tokenizer: SpanTokenizer, languages: Collection[str], digest: str = ""
    ) -> None:
        self.languages = frozenset(languages)
        self.digest = digest
        self._place = fastest_place()
        self._network = network.prepare(self._place.device, self._place.number)
        self._tokenizer = tokenizer
        self._pool = ThreadPoolExecutor(self._place.threads, "reader", initializer=torch.set_num_threads, initargs=(1,))

    def read(self, question: str, passages: Sequence[PassageText]) -> list[PassageReading]:
        """Return what is read in the first passages, all of few; those of like length are computed together.

        Raises:
            ReaderError: memory does not suffice for a single passage.
        """
        tokens = _affordable(self._tokenizer.encode((question, passage) for passage in passages))
        batches = list(_batches(tokens, self._place))
        computed = self._pool.map(self._read, ([tokens[i] for i in batch] for batch in batches))
        readings = dict(zip(chain.from_iterable(batches), chain.from_iterable(computed), strict=True))
        return [readings[i] for i in range(len(tokens))]

    def _read(self, batch: list[Tokens]) -> list[PassageReading]:
        try:
            return [reading for _, part in in_parts(batch, self._computed) for reading in part]
        except MemoryError as error:
            raise ReaderError(
                "there is not enough memory to read even a single passage: end other programs, or give this one more"
            ) from error

    def _computed(self, batch: Sequence[Tokens]) -> list[PassageReading]:
        layout = layout_for([len(tokens) for tokens in batch], self._place.device)
        with torch.inference_mode():
            spans, answers = self._network(*laid_out(batch, layout))
            logits = (part.numpy() for part in layout.parts(spans.cpu()))
            return [_reading(*one) for one in zip(batch, logits, answers.tolist(), strict=True)]


def packaged_model() -> Path:
    """Return the folder of the reading model that ships."""
    return Path(str(resources.files("bot.answering.spans")))


def encoder_of(folder: Path) -> str:
    """Return the name of the encoder that a reading model grew from.

    Raises:
        ReaderError: the folder holds no reading model.
    """
    return str(_card(folder)["encoder"])


def digest_of(folder: Path) -> str:
    """Return the SHA-256 of a reading model's weights.

    Raises:
        ReaderError: as ``encoder_of``.
    """
    return str(_card(folder)["sha256"])


def load_model(folder: Path, encoder_folder: Path) -> SpanModel:
    """Load a reading model; ``encoder_folder`` holds the encoder that it grew from, whose word embeddings it shares.

    Raises:
        ReaderError: its files are missing, altered, or of another encoder.
    """
    network = _loaded(folder, encoder_folder)
    return SpanModel(network, SpanTokenizer(encoder_folder), _card(folder)["languages"], digest_of(folder))


def load_network(folder: Path, encoder_folder: Path) -> SpanNetwork:
    """Load the network of a reading model in 32-bit numbers, to go on training it.

    Raises:
        ReaderError: as ``load_model``.
    """
    return _loaded(folder, encoder_folder).float()


def _loaded(folder: Path, encoder_folder: Path) -> SpanNetwork:
    expected, path = digest_of(folder), folder / WEIGHTS
    try:
        with path.open("rb") as file:
            found = file_digest(file, "sha256").hexdigest()
        if found != expected:
            raise ReaderError(f"{path} has SHA-256 {found}, not {expected}: install it anew")
        tensors = load_file(path)
        if not all(tensor.isfinite().all() for tensor in tensors.values()):
            raise ValueError("a weight is no number")
        return from_weights(encoder_folder, tensors)
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        told = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise ReaderError(f"the reading model in {folder} cannot be loaded ({told}): install it anew") from error


def save_model(folder: Path, network: SpanNetwork, encoder: str, languages: Collection[str], **facts: object) -> None:
    """Write a reading model's weights and its card; ``facts`` go into the card."""
    content = bytes_of(own_tensors(network))
    (folder / WEIGHTS).write_bytes(content)
    card = {"sha256": sha256(content).hexdigest(), "encoder": encoder, "languages": sorted(languages), **facts}
    (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def _card(folder: Path) -> Mapping[str, Any]:
    try:
        card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
        texts = [card["sha256"], card["encoder"], *card["languages"]]
        if not isinstance(card["languages"], list) or not all(isinstance(text, str) for text in texts):
            raise TypeError("it is not what a training writes")
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ReaderError(
            f"{folder} holds no reading model: {CARD} cannot be read ({error!r});"
            " name in answers.reader the folder that a training wrote, or install Verbatim anew"
        ) from error
    return card


def fastest_place() -> Place:
    """Return where this machine reads fastest without reading worse (DECISIONS, "Reader")."""
    can = torch.cpu.get_capabilities()
    multiplies_halves = bool(can.get("amx_bf16") or can.get("avx512_bf16"))
    return choose_place(torch.cuda.is_available(), multiplies_halves, os.cpu_count() or 1)


def choose_place(has_card: bool, multiplies_halves: bool, cores: int) -> Place:
    """Return the place on a machine with a graphics card or not, whose processor has instructions for bfloat16 or not.

    A card gets float16, whose numbers are eight times as fine as those of bfloat16.
    """
    if has_card:
        return Place("cuda", torch.float16, 1, CARD_TOKENS)
    return Place("cpu", torch.bfloat16 if multiplies_halves else torch.float32, cores)


def _affordable(tokens: list[Tokens]) -> list[Tokens]:
    """Return the first passages, at least one of some, as many as have ``READ_TOKENS`` together."""
    totals = accumulate(len(one) for one in tokens)
    return tokens[: max(1, sum(total <= READ_TOKENS for total in totals))]


def _batches(tokens: Sequence[Tokens], place: Place) -> Iterator[list[int]]:
    """Yield the numbers of passages of like length, as many as are computed together; few leave no thread idle."""
    most = place.batch_tokens
    if place.threads > 1:
        most = min(most, ceil(sum(map(len, tokens)) / (_SHARES * place.threads)))
    batch: list[int] = []
    for i in sorted(range(len(tokens)), key=lambda i: len(tokens[i])):
        if batch and (len(batch) + 1) * len(tokens[i]) > most:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def _reading(tokens: Tokens, logits: Floats, odds: float) -> PassageReading:
    own = logits[tokens.first : tokens.first + len(tokens.places)]
    return PassageReading(tokens.places, own[:, 0], own[:, 1], odds)
