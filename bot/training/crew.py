"""The gradients of a batch, computed by as many threads as there are cores, or by the GPU."""

import copy
import ctypes
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import torch
from torch import Tensor

from bot.answering.spans.network import SpanNetwork
from bot.training.dropout import with_dropout
from bot.training.losses import Item, losses_of
from bot.training.teachers import Teachers

MICRO_TOKENS = 1536
"""Tokens of a batch that a core computes together: more leave its cache, and cannot be dealt evenly."""

GPU_TOKENS = 64 * MICRO_TOKENS

Losses = tuple[Tensor, Tensor]
"""Of the places of answers and of whether passages answer, each one number."""


class Crew:
    """Computes the gradients of a batch: on a GPU at once, on a CPU with a thread for each core.

    A thread of its own for each share is half as fast again as threads within every operation. The threads compute
    on 16-bit copies of the network, and their gradients are added, in a fixed order, to those of the 32-bit one.
    """

    def __init__(
        self,
        network: SpanNetwork,
        most_tokens: int | None = None,
        dropout: float = 0.0,
        teachers: Teachers | None = None,
    ) -> None:
        """``network`` is moved to where it is trained; its word embeddings are not trained.

        ``most_tokens`` are computed together; by default as many as suit the processor or the GPU.
        """
        self._teachers = teachers
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = network.to(self.device)
        self.network.encoder.embeddings.word_embeddings.requires_grad_(requires_grad=False)
        on_cpu = self.device.type == "cpu"
        self._most = most_tokens or (MICRO_TOKENS if on_cpu else GPU_TOKENS)
        cores = (os.cpu_count() or 1) if on_cpu else 1
        self._copies = [copy.deepcopy(self.network).bfloat16() for _ in range(cores)]
        self._chances = [torch.Generator(self.device) for _ in range(cores)]
        if dropout:
            for theirs, chance in zip(self._copies, self._chances, strict=True):
                with_dropout(theirs, dropout, chance)
        self._pool = ThreadPoolExecutor(cores, initializer=torch.set_num_threads, initargs=(1,))

    def gradients(self, items: Sequence[Item], answers_weight: float, draw: int = 0) -> Losses:
        """Set the gradients of the network to those of a batch; return both losses. ``draw`` decides the dropout.

        The losses lie where they were computed: to look at them waits for the GPU.
        """
        for number, chance in enumerate(self._chances):
            chance.manual_seed(len(self._chances) * draw + number)
        parts = parts_of(items, self._most)
        answered = max(1, sum(any(item.starts) for item in items))
        passages = sum(len(item.passages) for item in items)
        shares = shared_out(parts, len(self._copies))
        share_of = partial(self._share, answered=answered, passages=passages, answers_weight=answers_weight)
        losses = list(self._pool.map(share_of, self._copies, shares))
        self._gather()
        place, answers = (torch.stack(of).sum() for of in zip(*losses, strict=True))
        return place, answers

    def _share(
        self, network: SpanNetwork, mine: Sequence[Sequence[Item]], answered: int, passages: int, answers_weight: float
    ) -> Losses:
        """Leave the gradients of some parts in a copy; return what they add to both losses."""
        self._refresh(network)
        place_sum, answers_sum = torch.zeros(2, device=self.device)
        for part in mine:
            place, answers = losses_of(network, part, self.device, self._teachers)
            place, answers = place / answered, answers / passages
            (place + answers_weight * answers).backward()  # type: ignore[no-untyped-call]
            place_sum, answers_sum = place_sum + place.detach(), answers_sum + answers.detach()
        return place_sum, answers_sum

    @torch.no_grad()
    def _refresh(self, network: SpanNetwork) -> None:
        for theirs, own in zip(network.parameters(), self.network.parameters(), strict=True):
            if own.requires_grad:
                theirs.copy_(own)
            theirs.grad = None

    def _gather(self) -> None:
        for own, *theirs in zip(self.network.parameters(), *(c.parameters() for c in self._copies), strict=True):
            grads = [p.grad.float() for p in theirs if p.grad is not None]
            own.grad = sum(grads[1:], start=grads[0]) if grads else None


def give_back_memory() -> None:
    """Give what threads have freed back to the system, where the C library is one that keeps it.

    Tensors of ever other sizes leave holes in the 64 MB heaps that glibc gives to each thread: 7 GB after 500 steps,
    of which less than 1 GB is in use.
    """
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


def shared_out(parts: Sequence[Sequence[Item]], workers: int) -> list[list[Sequence[Item]]]:
    """Deal parts to workers so that all have about as many tokens, padding included: the largest first."""
    shares: list[list[Sequence[Item]]] = [[] for _ in range(workers)]
    loads = [0] * workers
    for part in sorted(parts, key=_tokens_in, reverse=True):
        least = loads.index(min(loads))
        shares[least].append(part)
        loads[least] += _tokens_in(part)
    return shares


def _tokens_in(part: Sequence[Item]) -> int:
    return max(len(item) for item in part) * sum(len(item.passages) for item in part)


def parts_of(items: Sequence[Item], most: int) -> list[list[Item]]:
    """Cut a batch into parts of questions of like length, of at most so many tokens with their padding."""
    parts: list[list[Item]] = []
    rows = 0
    for item in sorted(items, key=len):
        rows += len(item.passages)
        if not parts or rows * len(item) > most:
            parts.append([])
            rows = len(item.passages)
        parts[-1].append(item)
    return parts
