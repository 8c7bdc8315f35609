"""Train the span reader from the encoder's weights.

Each step takes questions with passages that answer and passages that do not. Two losses are added: the place of
the answer among all words of all passages of its question, which makes the logits of passages comparable, and
whether each passage holds an answer at all. Seeded; killed at any point, it goes on from its last checkpoint, and
comes to the same weights.
"""

import json
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from bot.answering.spans.model import load_network
from bot.answering.spans.network import SpanNetwork, from_encoder
from bot.answering.spans.tokens import SpanTokenizer
from bot.training.ahead import tokenized_ahead
from bot.training.batches import Asked, planned, training_examples
from bot.training.crew import Crew, Losses, give_back_memory
from bot.training.recipes import Recipe
from bot.training.teachers import Teachers
from bot.training.thinning import thinned

CHECKPOINT_EVERY = 200
"""Steps: some nine minutes on two cores. A multiple of ``LOG_EVERY``, so that no line of the log lacks steps."""

LOG_EVERY = 25

TRIM_EVERY = 5
"""Steps after which freed memory is given back."""

CARD_TOKENIZERS = 3
"""Processes that tokenize for a graphics card."""

STEEPEST = 1.0
"""Gradients are cut to this length."""


def train(
    work: Path,
    encoder_folder: Path,
    recipe: Recipe,
    folder: Path,
    start: Path | None = None,
    teachers: Sequence[Path] = (),
) -> SpanNetwork:
    """Train, or go on training, in ``folder``, on the examples in ``work``; return the trained network.

    It begins with the reading model in ``start``, or grows from the encoder where there is none; it has as many of its
    layers as the recipe says, and learns from the reading models in ``teachers``, too.

    Raises:
        RecipeError: the recipe wants another number of layers than there are to choose from.
    """
    torch.manual_seed(recipe.seed)
    network = load_network(start, encoder_folder) if start else from_encoder(encoder_folder)
    if recipe.layers:
        network = thinned(network, recipe.layers)
    plan = planned(training_examples(work, recipe), recipe)
    staff = [load_network(teacher, encoder_folder) for teacher in teachers]
    taught = Teachers(staff, recipe.taught, recipe.temperature) if staff else None
    return train_on(plan, network, SpanTokenizer(encoder_folder), recipe, folder, teachers=taught)


def train_on(
    plan: Sequence[Sequence[Asked]],
    network: SpanNetwork,
    tokenizer: SpanTokenizer,
    recipe: Recipe,
    folder: Path,
    checkpoint_every: int = CHECKPOINT_EVERY,
    teachers: Teachers | None = None,
) -> SpanNetwork:
    """Train a network on planned batches, from the checkpoint in ``folder`` where there is one; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    crew = Crew(network, dropout=recipe.dropout, teachers=teachers)
    optimizer = torch.optim.AdamW(_decayed(crew.network, recipe.decay), lr=recipe.rate, fused=True)
    checkpoint = Checkpoint(folder / "checkpoint.pt", crew.network, optimizer)
    log = Log(folder / "log.jsonl", len(plan))
    crew.network.train()
    first, processes = checkpoint.restored(), CARD_TOKENIZERS if crew.device.type == "cuda" else 0
    for step, items in enumerate(tokenized_ahead(plan, first, tokenizer, processes), first):
        _set_rate(optimizer, recipe.rate * slope(step / len(plan), recipe.warm_up))
        losses = crew.gradients(items, recipe.answers_weight, recipe.seed * len(plan) + step)
        nn.utils.clip_grad_norm_(crew.network.parameters(), STEEPEST)
        optimizer.step()
        optimizer.zero_grad()
        log.add(step + 1, losses, sum(len(tokens) for item in items for tokens in item.passages))
        if (step + 1) % TRIM_EVERY == 0:
            give_back_memory()
        if (step + 1) % checkpoint_every == 0 or step + 1 == len(plan):
            checkpoint.save(step + 1)
    return crew.network.cpu()


class Checkpoint:
    """Everything that a training needs to go on: weights, the optimizer's memory, and how many steps are done."""

    def __init__(self, path: Path, network: SpanNetwork, optimizer: torch.optim.Optimizer) -> None:
        self._path = path
        self._network = network
        self._optimizer = optimizer

    def restored(self) -> int:
        """Restore what was saved; return how many steps were done, 0 where nothing was saved."""
        if not self._path.is_file():
            return 0
        state = torch.load(self._path, weights_only=True, map_location="cpu")
        self._network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        return int(state["step"])

    def save(self, step: int) -> None:
        """Save all at once: killed while saving, the checkpoint before remains."""
        unfinished = self._path.with_suffix(".part")
        state = {"network": self._network.state_dict(), "optimizer": self._optimizer.state_dict(), "step": step}
        torch.save(state, unfinished)
        unfinished.replace(self._path)


class Log:
    """The means of both losses over every ``LOG_EVERY`` steps, as JSON lines.

    A training that goes on from a checkpoint writes the steps since then again.
    """

    def __init__(self, path: Path, steps: int) -> None:
        self._path = path
        self._steps = steps
        self._losses: list[Losses] = []
        self._tokens = 0
        self._started = time.monotonic()

    def add(self, step: int, losses: Losses, tokens: int) -> None:
        """Take note of a step; write where a line is full."""
        self._losses.append(losses)
        self._tokens += tokens
        if step % LOG_EVERY == 0 or step == self._steps:
            self._write(step)
            self._losses.clear()

    def _write(self, step: int) -> None:
        place, answers = (round(float(torch.stack(of).mean()), 4) for of in zip(*self._losses, strict=True))
        line = {"step": step, "of": self._steps, "place": place, "answers": answers}
        rate = self._tokens / (time.monotonic() - self._started)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**line, "tokens_a_second": round(rate)}) + "\n")


def slope(done: float, warm_up: float) -> float:
    """Return the share of the learning rate after a share of the steps: it rises, then falls to nothing."""
    return done / warm_up if done < warm_up else (1 - done) / (1 - warm_up)


def _set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate


def _decayed(network: SpanNetwork, decay: float) -> list[dict[str, object]]:
    """Matrices decay; biases and norms do not."""
    trained = [p for p in network.parameters() if p.requires_grad]
    return [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
