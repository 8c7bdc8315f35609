"""Learning from trained networks: what is learned, anew in plain Python, and by a network that was never told."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.records import Span
from bot.training.batches import Asked
from bot.training.examples import TrainingPassage
from bot.training.recipes import Recipe

if TYPE_CHECKING:
    from torch import Tensor

    from bot.answering.spans.network import SpanNetwork
    from bot.answering.spans.tokens import SpanTokenizer

    Make = Callable[[], SpanNetwork]

pytestmark = pytest.mark.model

TEXT = "Bees woke. In 1907 they flew."
ASKED: list[Asked] = [
    ("When did bees fly?", (TrainingPassage("Bees", TEXT, (Span(14, 18),)), TrainingPassage("", "Nobody knows."))),
    ("Who slept?", (TrainingPassage("Bees", TEXT),)),
]


def shares(logits: list[float], temperature: float) -> list[float]:
    """The share of each of a question's tokens."""
    powers = [math.exp(one / temperature) for one in logits]
    return [one / sum(powers) for one in powers]


def own(spans: "Tensor", items: object, side: int) -> list[float]:
    """The logits of the passages' own tokens of the first question."""
    passages = items[0].passages  # type: ignore[index]
    return [x for row, t in enumerate(passages) for x in spans[row, t.first : t.first + len(t.places), side].tolist()]


def test_a_network_learns_what_the_mean_of_its_teachers_says(tokenizer: "SpanTokenizer") -> None:
    """The shares of all tokens of a question with an answer, and the chance that each passage answers."""
    import torch
    from torch import Tensor, nn

    from bot.training.losses import losses_of, tokenized
    from bot.training.teachers import Teachers

    class Planned(nn.Module):
        """Says what was planned, whatever it is asked."""

        def __init__(self, seed: int) -> None:
            super().__init__()
            self.seed = seed

        def forward(self, ids: Tensor, types: Tensor, layout: object) -> tuple[Tensor, Tensor]:
            chance = torch.Generator().manual_seed(self.seed)
            return 3 * torch.randn(*ids.shape, 2, generator=chance), torch.randn(len(ids), generator=chance)

    items, device = tokenized(ASKED, tokenizer), torch.device("cpu")
    staff = [Planned(2), Planned(3)]
    place, answers = losses_of(Planned(1), items, device, Teachers(staff, 1.0, 2.0))  # type: ignore[arg-type]
    shape = torch.zeros(3, max(map(len, items)))
    spans, odds = Planned(1)(shape, shape, shape)
    said = [one(shape, shape, shape) for one in staff]
    expected = 0.0
    for side in (0, 1):
        theirs = [sum(pair) / 2 for pair in zip(*(own(s, items, side) for s, _ in said), strict=True)]
        pairs = zip(shares(theirs, 2.0), shares(own(spans, items, side), 2.0), strict=True)
        expected -= sum(t * math.log(o) for t, o in pairs) / 2
    assert place.item() == pytest.approx(4 * expected, rel=1e-4)
    crossed = 0.0
    for row, odd in enumerate(odds.tolist()):
        chance = sum(1 / (1 + math.exp(-o[row].item())) for _, o in said) / 2
        ours = 1 / (1 + math.exp(-odd))
        crossed -= chance * math.log(ours) + (1 - chance) * math.log(1 - ours)
    assert answers.item() == pytest.approx(crossed, rel=1e-4)
    marked = losses_of(Planned(1), items, device)  # type: ignore[arg-type]
    unheard = losses_of(Planned(1), items, device, Teachers(staff, 0.0, 2.0))  # type: ignore[arg-type]
    assert [x.item() for x in unheard] == pytest.approx([x.item() for x in marked], rel=1e-5)


def test_what_a_teacher_knows_is_learned_without_marks(
    tmp_path: Path, tiny: "Make", tokenizer: "SpanTokenizer"
) -> None:
    """A pupil that hears only its teacher finds the marked words; the teacher stays what it was."""
    import torch

    from bot.training.losses import losses_of, tokenized
    from bot.training.teachers import Teachers
    from bot.training.train import train_on

    recipe = Recipe(rate=3e-3, warm_up=0.1)
    knowing = train_on([ASKED] * 40, tiny(), tokenizer, recipe, tmp_path / "knowing")
    before = [parameter.clone() for parameter in knowing.parameters()]
    teachers = Teachers([knowing], 1.0, 1.0)
    pupil = train_on([ASKED] * 80, tiny(), tokenizer, recipe, tmp_path / "pupil", teachers=teachers)
    items, device = tokenized(ASKED, tokenizer), torch.device("cpu")
    unknowing, learned, known = (losses_of(n.eval(), items, device)[0].item() for n in (tiny(), pupil, knowing))
    assert known < 0.4 * unknowing and learned < 0.5 * unknowing
    assert all(was.equal(now) for was, now in zip(before, knowing.parameters(), strict=True))


@pytest.mark.parametrize(("layers", "kept"), [(6, [0, 1, 2, 3, 4, 5]), (5, [0, 1, 2, 4, 5]), (4, [0, 2, 3, 5])])
def test_a_thinned_network_has_some_of_the_layers(layers: int, kept: list[int], tmp_path: Path) -> None:
    """The first, the last and what is spread between; it is saved and loaded like any other, and reads alike."""
    from bot.answering.spans.model import load_network, save_model
    from bot.answering.spans.network import from_encoder
    from bot.training.thinning import thinned
    from index import locate_weights

    folder = locate_weights("all-MiniLM-L6-v2").folder
    whole = from_encoder(folder)
    was = dict(whole.state_dict())
    smaller = thinned(whole, layers)
    left = smaller.state_dict()
    name = "encoder.encoder.layer.{}.output.dense.weight"
    assert all(was[name.format(number)].equal(left[name.format(place)]) for place, number in enumerate(kept))
    save_model(tmp_path, smaller, "all-MiniLM-L6-v2", ["en"])
    loaded = load_network(tmp_path, folder)
    assert loaded.encoder.shape.layers == layers
    assert loaded.state_dict().keys() == left.keys() and name.format(layers) not in left


@pytest.mark.parametrize("layers", [0, 3])
def test_layers_that_are_not_there_cannot_be_left(layers: int, tiny: "Make") -> None:
    """Said, not rounded."""
    from bot.training.thinning import thinned

    with pytest.raises(ValueError, match="2 layers"):
        thinned(tiny(), layers)


def test_batches_are_tokenized_ahead_by_other_processes(tokenizer: "SpanTokenizer") -> None:
    """In the order of the plan, from any step on, the same as here; more of them than wait at a time."""
    from bot.training.ahead import tokenized_ahead

    plan = [[(f"{question} {number}", passages) for question, passages in ASKED] for number in range(7)]
    here, there = (list(tokenized_ahead(plan, 1, tokenizer, processes)) for processes in (0, 1))
    assert len(here) == len(there) == 6
    for ours, theirs in zip(here, there, strict=True):
        for one, other in zip(ours, theirs, strict=True):
            assert (one.starts, one.ends) == (other.starts, other.ends)
            assert [t.ids.tolist() for t in one.passages] == [t.ids.tolist() for t in other.passages]
