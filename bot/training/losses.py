"""What the network is to learn from a batch: tokens, where answers start and end in them, and the two losses.

Beside what people marked it may learn what networks say that are trained already (``bot.training.teachers``).

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
from bot.training.teachers import Teachers
from index import Padded

TokenPlaces = tuple[int, ...]

_NEVER = -1e4
"""A logit whose exponential is 0 and whose product with 0 is one, too."""


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


def losses_of(
    network: SpanNetwork, items: Sequence[Item], device: torch.device, teachers: Teachers | None = None
) -> tuple[Tensor, Tensor]:
    """Return the loss of the answers' places, summed over questions, and of whether passages answer, over passages."""
    flat = [tokens for item in items for tokens in item.passages]
    laid = laid_out(flat, Padded([len(tokens) for tokens in flat], device.type))
    spans, answers = network(*laid)
    key = _key(items, spans.shape[1], device)
    place, chances = _place_loss(spans, key), key.right.any(dim=2).any(dim=1).float()
    if teachers:
        said = teachers.say(*laid)
        soft = _taught_loss(spans, said.spans, key, teachers.temperature)
        place = torch.lerp(place, soft, teachers.share)
        chances = torch.lerp(chances, said.chances, teachers.share)
    return place, nn.functional.binary_cross_entropy_with_logits(answers, chances, reduction="sum")


@dataclass(frozen=True, slots=True)
class _Key:
    """What the logits of a batch are held against, where they are computed.

    ``allowed`` (n, length): tokens of the passages themselves; ``right`` (n, length, 2): where answers start and end;
    ``owners`` (n,): the question of each passage; ``answered``: questions, of ``questions``, that have an answer.
    """

    allowed: Tensor
    right: Tensor
    owners: Tensor
    answered: Tensor
    questions: int


def _key(items: Sequence[Item], length: int, device: torch.device) -> _Key:
    rows = list(_rows(items))
    firsts = torch.tensor([tokens.first for tokens, _, _ in rows])
    ends = torch.tensor([tokens.first + len(tokens.places) for tokens, _, _ in rows])
    places = torch.arange(length)
    right = torch.zeros(len(rows), length, 2, dtype=torch.bool)
    for row, (_, *sides) in enumerate(rows):
        for side, tokens in enumerate(sides):
            right[row, list(tokens), side] = True
    return _Key(
        ((firsts[:, None] <= places) & (places < ends[:, None])).to(device),
        right.to(device),
        torch.tensor([number for number, item in enumerate(items) for _ in item.passages]).to(device),
        torch.tensor([n for n, item in enumerate(items) if any(item.starts)], dtype=torch.long).to(device),
        len(items),
    )


def _rows(items: Sequence[Item]) -> Iterator[tuple[Tokens, TokenPlaces, TokenPlaces]]:
    """Yield each passage with the tokens where answers start and end."""
    for item in items:
        yield from zip(item.passages, item.starts, item.ends, strict=True)


def _place_loss(spans: Tensor, key: _Key) -> Tensor:
    """Minus the log of the share that the right tokens have of all tokens of all passages of their question."""
    if not len(key.answered):
        return spans.sum() * 0.0
    everything = _log_sums(spans.masked_fill(~key.allowed[:, :, None], -math.inf), key)
    answering = _log_sums(spans.masked_fill(~key.right, -math.inf), key)
    return (everything - answering)[key.answered].mean(dim=1).sum()


def _taught_loss(spans: Tensor, said: Tensor, key: _Key, temperature: float) -> Tensor:
    """The cross-entropy of all tokens' shares to those that the teachers give them, of the questions with an answer.

    Flattened by the temperature, whose square keeps the gradients as large (Hinton et al. 2015, section 2).
    """
    ours, theirs = (_log_shares(logits / temperature, key) for logits in (spans, said))
    crossed = -(theirs.exp() * ours).sum(dim=1).mean(dim=1)
    counted = torch.zeros(key.questions, device=spans.device).index_fill(0, key.answered, temperature**2)
    return (crossed * counted[key.owners]).sum()


def _log_shares(logits: Tensor, key: _Key) -> Tensor:
    """Return the log of each token's share of all tokens of its question (n, length, 2); others have next to none."""
    allowed = logits.masked_fill(~key.allowed[:, :, None], _NEVER)
    return allowed - _log_sums(allowed, key)[key.owners][:, None]


def _log_sums(logits: Tensor, key: _Key) -> Tensor:
    """Return the log of the sum of exponentials by question, (questions, 2), of logits (n, length, 2)."""
    top = logits.detach().amax(dim=(0, 1)).clamp(min=0.0)
    sums = torch.zeros(key.questions, 2, device=logits.device)
    return (sums.index_add(0, key.owners, (logits - top).exp().sum(dim=1))).log() + top
