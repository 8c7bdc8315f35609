"""Batches tokenized ahead of the step that needs them: a graphics card computes one sooner than a core tokenizes it."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from bot.answering.spans.tokens import SpanTokenizer
from bot.training.batches import Asked
from bot.training.losses import Item, tokenized
from index import made_ahead

_EACH = 4
"""Batches that wait or are tokenized for each process."""

_tokenizer: SpanTokenizer | None = None
"""Of a process that tokenizes for another."""


def tokenized_ahead(
    plan: Sequence[Sequence[Asked]], first: int, tokenizer: SpanTokenizer, processes: int
) -> Iterator[list[Item]]:
    """Yield the items of each batch from the first on, tokenized by so many processes; 0: here, when they are wanted.

    Processes and not threads: most of the work holds the interpreter's lock, as the step does meanwhile.
    """
    steps = range(first, len(plan))
    if not processes:
        yield from (tokenized(plan[step], tokenizer) for step in steps)
        return
    context = multiprocessing.get_context("spawn")  # a fork would inherit the card's threads and locks
    with ProcessPoolExecutor(processes, context, _settle, (tokenizer,)) as pool:
        yield from made_ahead(_tokenized_there, (plan[step] for step in steps), pool, _EACH * processes)


def _settle(tokenizer: SpanTokenizer) -> None:
    global _tokenizer
    _tokenizer = tokenizer


def _tokenized_there(asked: Sequence[Asked]) -> list[Item]:
    if _tokenizer is None:
        raise RuntimeError("the process has no tokenizer")
    return tokenized(asked, _tokenizer)
