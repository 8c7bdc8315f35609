"""The trained reading model: loaded, checked, and asked. Safe from many threads at once."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as tensors_of
from safetensors.torch import save as bytes_of

from bot.answering.spans.network import SpanNetwork, from_weights, own_tensors, padded
from bot.answering.spans.reading import Floats, PassageReading, PassageText
from bot.answering.spans.tokens import SpanTokenizer, Tokens
from bot.errors import ReaderError

WEIGHTS = "reader.safetensors"
CARD = "reader.json"

BATCH_TOKENS = 2560
"""Tokens that are computed together, padding included: a larger batch leaves the processor's cache."""


class SpanModel:
    """A reading model on this machine's processor. ``languages``: those that it was trained to read."""

    def __init__(
        self, network: SpanNetwork, tokenizer: SpanTokenizer, languages: Collection[str], digest: str = ""
    ) -> None:
        self.languages = frozenset(languages)
        self.digest = digest
        self._network = network.to(fastest_number()).eval()
        self._tokenizer = tokenizer

    def read(self, question: str, passages: Sequence[PassageText]) -> list[PassageReading]:
        """Return what is read in each passage; passages of like length are computed together."""
        tokens = self._tokenizer.encode((question, passage) for passage in passages)
        readings: dict[int, PassageReading] = {}
        with torch.inference_mode():
            for batch in _batches(tokens):
                spans, answers = self._network(*padded([tokens[i] for i in batch]))
                for i, logits, odds in zip(batch, spans.numpy(), answers.tolist(), strict=True):
                    readings[i] = _reading(tokens[i], logits, odds)
        return [readings[i] for i in range(len(tokens))]


def packaged_model() -> Path:
    """Return the folder of the reading model that ships."""
    return Path(str(resources.files("bot.answering.spans")))


def encoder_of(folder: Path) -> str:
    """Return the name of the encoder that a reading model grew from.

    Raises:
        ReaderError: the folder holds no reading model.
    """
    return str(_card(folder)["encoder"])


def load_model(folder: Path, encoder_folder: Path) -> SpanModel:
    """Load a reading model; ``encoder_folder`` holds the encoder that it grew from, whose word embeddings it shares.

    Raises:
        ReaderError: its files are missing, altered, or of another encoder.
    """
    try:
        card = _card(folder)
        content = (folder / WEIGHTS).read_bytes()
        if (found := sha256(content).hexdigest()) != card["sha256"]:
            raise ReaderError(f"{folder / WEIGHTS} has SHA-256 {found}, not {card['sha256']}: install it anew")
        network = from_weights(encoder_folder, tensors_of(content))
        return SpanModel(network, SpanTokenizer(encoder_folder), card["languages"], found)
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


def fastest_number() -> torch.dtype:
    """Return the number format in which this processor reads fastest without reading worse (DECISIONS, "Reader")."""
    can = torch.cpu.get_capabilities()
    return torch.bfloat16 if can.get("amx_bf16") or can.get("avx512_bf16") else torch.float32


def _batches(tokens: Sequence[Tokens]) -> Iterator[list[int]]:
    """Yield the numbers of passages of like length, as many as are computed together."""
    batch: list[int] = []
    for i in sorted(range(len(tokens)), key=lambda i: len(tokens[i])):
        if batch and (len(batch) + 1) * len(tokens[i]) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def _reading(tokens: Tokens, logits: Floats, odds: float) -> PassageReading:
    own = logits[tokens.first : tokens.first + len(tokens.places)]
    return PassageReading(tokens.places, own[:, 0], own[:, 1], odds)
