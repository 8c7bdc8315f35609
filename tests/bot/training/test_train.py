"""Training, on a tiny network: the loss falls, and being killed changes nothing."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.records import Span
from bot.training.batches import Asked
from bot.training.examples import TrainingPassage
from bot.training.recipes import Recipe

if TYPE_CHECKING:
    from bot.answering.spans.network import SpanNetwork
    from bot.answering.spans.tokens import SpanTokenizer

    Make = Callable[[], SpanNetwork]

pytestmark = pytest.mark.model

RECIPE = Recipe(rate=3e-3, warm_up=0.1, dropout=0.1)


def asked(number: int) -> Asked:
    """A question about a year, with a passage that tells it and one that does not."""
    text = f"Bees woke. In {1900 + number} they flew. " + "They slept. " * (number % 4)
    return f"When did bees fly, {number}?", (
        TrainingPassage("Bees", text, (Span(14, 18),)),
        TrainingPassage("", "Nobody has seen them since."),
    )


BATCH = [asked(number) for number in range(6)]


class KilledAt(Sequence[Sequence[Asked]]):
    """Batches, of which one is never reached."""

    def __init__(self, batches: Sequence[Sequence[Asked]], step: int) -> None:
        self._batches = batches
        self._step = step

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, step: int) -> Sequence[Asked]:  # type: ignore[override]
        if step == self._step:
            raise KeyboardInterrupt
        return self._batches[step]


def weights(network: "SpanNetwork") -> dict[str, list[float]]:
    """Every number of a network."""
    return {name: tensor.flatten().tolist() for name, tensor in network.state_dict().items()}


def test_the_loss_falls(tmp_path: Path, tiny: "Make", tokenizer: "SpanTokenizer") -> None:
    """A batch that is seen often is learned by heart; the log and a checkpoint tell of it."""
    from bot.training.train import LOG_EVERY, train_on

    network = train_on([BATCH] * (2 * LOG_EVERY), tiny(), tokenizer, RECIPE, tmp_path)
    first, last = (json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines())
    assert (first["step"], last["step"], last["of"]) == (LOG_EVERY, 2 * LOG_EVERY, 2 * LOG_EVERY)
    assert last["place"] < first["place"] - 0.5 and last["answers"] < first["answers"]
    assert not (tmp_path / "checkpoint.part").exists()
    shared = "encoder.embeddings.word_embeddings.weight"
    assert weights(network)[shared] == weights(tiny())[shared], "the encoder's own are not trained"


def test_a_training_that_was_killed_goes_on_to_the_same_weights(
    tmp_path: Path, tiny: "Make", tokenizer: "SpanTokenizer"
) -> None:
    """As if nothing had happened, even when it was killed after the last checkpoint."""
    from bot.training.train import train_on

    plan = [BATCH[i : i + 4] for i in (0, 2, 1, 0, 2)]
    whole = train_on(plan, tiny(), tokenizer, RECIPE, tmp_path / "whole", checkpoint_every=2)
    with pytest.raises(KeyboardInterrupt):
        train_on(KilledAt(plan, 3), tiny(), tokenizer, RECIPE, tmp_path / "killed", checkpoint_every=2)
    resumed = train_on(KilledAt(plan, 1), tiny(), tokenizer, RECIPE, tmp_path / "killed", checkpoint_every=2)
    assert weights(resumed) == weights(whole)
    assert weights(whole) != weights(tiny())


def test_a_finished_training_is_only_loaded(tmp_path: Path, tiny: "Make", tokenizer: "SpanTokenizer") -> None:
    """The command can be given again without harm."""
    from bot.training.train import train_on

    done = train_on([BATCH] * 2, tiny(), tokenizer, RECIPE, tmp_path)
    again = train_on(KilledAt([BATCH] * 2, 0), tiny(), tokenizer, RECIPE, tmp_path)
    assert weights(again) == weights(done)


def test_a_training_can_begin_with_a_trained_model(tmp_path: Path) -> None:
    """Not with the encoder it once grew from: without a step, what was stored comes out again."""
    from safetensors.torch import load

    from bot.answering.spans.model import WEIGHTS, packaged_model
    from bot.answering.spans.network import own_tensors
    from bot.training.train import train
    from index import locate_weights

    folder = locate_weights("all-MiniLM-L6-v2").folder
    nothing = Recipe(draws={})
    grown = own_tensors(train(tmp_path, folder, nothing, tmp_path / "grown"))
    begun = own_tensors(train(tmp_path, folder, nothing, tmp_path / "begun", packaged_model()))
    stored = load((packaged_model() / WEIGHTS).read_bytes())
    assert begun.keys() == stored.keys() <= grown.keys()
    assert all(begun[name].equal(stored[name]) for name in stored)
    assert not all(grown[name].equal(stored[name]) for name in stored)


def test_the_rate_rises_and_falls() -> None:
    """From nothing to all of it at the end of the warm-up, and to nothing."""
    from bot.training.train import slope

    assert [slope(done / 10, 0.2) for done in range(0, 11, 2)] == pytest.approx([0, 1, 0.75, 0.5, 0.25, 0])


def test_computing_in_parts_changes_no_gradient(tiny: "Make", tokenizer: "SpanTokenizer") -> None:
    """Nor do the threads: the gradients are those of the whole batch, but for 16-bit numbers."""
    import torch

    from bot.training.crew import Crew, parts_of
    from bot.training.losses import losses_of, tokenized

    items = tokenized([*BATCH, ("Who slept?", (TrainingPassage("", "Nobody. " * 120),))], tokenizer)
    whole = tiny()
    place, answers = losses_of(whole, items, torch.device("cpu"))
    (place / 6 + 0.5 * answers / 13).backward()  # type: ignore[no-untyped-call]
    crew = Crew(tiny(), most_tokens=150)
    assert len(parts_of(items, 150)) >= 3
    said = tuple(float(loss) for loss in crew.gradients(items, 0.5))
    assert said == pytest.approx((place.item() / 6, answers.item() / 13), rel=0.02)
    for (name, ours), theirs in zip(crew.network.named_parameters(), whole.parameters(), strict=True):
        if ours.requires_grad and theirs.grad is not None and theirs.grad.norm() > 1e-3:
            assert ours.grad is not None
            cosine = torch.nn.functional.cosine_similarity(ours.grad.flatten(), theirs.grad.flatten(), dim=0)
            assert cosine > 0.98, name
            assert float(ours.grad.norm() / theirs.grad.norm()) == pytest.approx(1, abs=0.05), name


def test_parts_are_small_and_of_like_length(tokenizer: "SpanTokenizer") -> None:
    """Every question once; only a question that is too long alone exceeds the limit."""
    from bot.training.crew import parts_of
    from bot.training.losses import tokenized

    items = tokenized([asked(number) for number in range(20)], tokenizer)
    for most in (1, 150, 300, 10_000):
        parts = parts_of(items, most)
        assert [item for part in parts for item in part] == sorted(items, key=len)
        assert all(len(part) == 1 or sum(len(i.passages) for i in part) * max(map(len, part)) <= most for part in parts)
