"""What the network is to learn from a batch: tokens, where answers start and end in them, and the two losses.

The losses are sums, so that a batch computed in parts gives what it gives at once.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from bot.answering.spans.network import SpanNetwork, laid_out
from bot.answering.spans.reading import PassageText
from bot.answering.spans.tokens import SpanTokenizer, Tokens
from bot.records import Span
from bot.training.batches import Asked
from index import Padded

TokenPlaces = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A question as it is trained on: tokens of its passages, and the tokens where answers start and end in each."""

    passages: tuple[Tokens, ...]
    starts: tuple[TokenPlaces, ...]
    ends: tuple[TokenPlaces, ...]

    def __len__(self) -> int:
        """Return the tokens of the longest passage."""
        return max(len(tokens) for tokens in self.passages)


def tokenized(asked: Sequence[Asked], tokenizer: SpanTokenizer) -> list[Item]:
    """Return the items of a batch; a passage whose answer lies beyond what is read becomes one without."""
    pairs = [(question, PassageText(p.title, p.text, p.age)) for question, passages in asked for p in passages]
    encoded = iter(tokenizer.encode(pairs))
    items = []
    for _, passages in asked:
        tokens = tuple(next(encoded) for _ in passages)
        places = [_token_places(t, p.spans) for t, p in zip(tokens, passages, strict=True)]
        items.append(Item(tokens, tuple(s for s, _ in places), tuple(e for _, e in places)))
    return items


def _token_places(tokens: Tokens, spans: Sequence[Span]) -> tuple[TokenPlaces, TokenPlaces]:
    starts, ends = [], []
    for span in spans:
        inside = np.flatnonzero((tokens.places[:, 1] > span.start) & (tokens.places[:, 0] < span.end))
        if len(inside) and tokens.places[-1, 1] >= span.end:
            starts.append(tokens.first + int(inside[0]))
            ends.append(tokens.first + int(inside[-1]))
    return tuple(starts), tuple(ends)


def losses_of(network: SpanNetwork, items: Sequence[Item], device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the loss of the answers' places, summed over questions, and of whether passages answer, over passages."""
    flat = [tokens for item in items for tokens in item.passages]
    spans, answers = network(*laid_out(flat, Padded([len(tokens) for tokens in flat], device.type)))
    allowed = torch.zeros(spans.shape[:2], dtype=torch.bool)
    right = torch.zeros(spans.shape, dtype=torch.bool)
    for row, (tokens, starts, ends) in enumerate(_places(items)):
        allowed[row, tokens.first : tokens.first + len(tokens.places)] = True
        right[row, list(starts), 0] = True
        right[row, list(ends), 1] = True
    owners = torch.tensor([number for number, item in enumerate(items) for _ in item.passages])
    place = _place_loss(spans, allowed.to(device), right.to(device), owners.to(device), len(items))
    holds = right.any(dim=2).any(dim=1).to(device)
    return place, nn.functional.binary_cross_entropy_with_logits(answers, holds.float(), reduction="sum")


def _places(items: Sequence[Item]) -> Iterator[tuple[Tokens, TokenPlaces, TokenPlaces]]:
    """Yield each passage with the tokens where answers start and end."""
    for item in items:
        yield from zip(item.passages, item.starts, item.ends, strict=True)


def _place_loss(spans: Tensor, allowed: Tensor, right: Tensor, owners: Tensor, questions: int) -> Tensor:
    """Minus the log of the share that the right tokens have of all tokens of all passages of their question."""
    everything = _log_sums(spans.masked_fill(~allowed[:, :, None], -math.inf), owners, questions)
    answering = _log_sums(spans.masked_fill(~right, -math.inf), owners, questions)
    answered = torch.isfinite(answering).all(dim=1)
    if not answered.any():
        return spans.sum() * 0.0
    return (everything[answered] - answering[answered]).mean(dim=1).sum()


def _log_sums(logits: Tensor, owners: Tensor, questions: int) -> Tensor:
    """Return the log of the sum of exponentials by question, (questions, 2), of logits (n, length, 2)."""
    top = logits.detach().amax(dim=(0, 1)).clamp(min=0.0)
    sums = torch.zeros(questions, 2, device=logits.device)
    return (sums.index_add(0, owners, (logits - top).exp().sum(dim=1))).log() + top
