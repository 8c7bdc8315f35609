"""What a network is to learn: where answers are in the tokens, and the losses, computed anew in plain Python."""

import math
from typing import TYPE_CHECKING

import pytest

from bot.records import Span
from bot.training.batches import Asked
from bot.training.examples import TrainingPassage

if TYPE_CHECKING:
    from bot.answering.spans.tokens import SpanTokenizer

pytestmark = pytest.mark.model

TEXT = "It was a cold night. Ole Rømer measured its speed in 1676."
ANSWER = Span(TEXT.index("Ole"), TEXT.index(" measured"))
ASKED: list[Asked] = [
    ("Who measured it?", (TrainingPassage("Light", TEXT, (ANSWER,)), TrainingPassage("", "Nobody knows."))),
    ("Who slept?", (TrainingPassage("Light", TEXT),)),
]


def test_tokens_of_the_answer_are_marked(tokenizer: "SpanTokenizer") -> None:
    """The first and the last that touch it; the title before them moves nothing."""
    from bot.training.losses import tokenized

    answered, unanswered = tokenized(ASKED, tokenizer)
    passage = answered.passages[0]
    (start,), (end,) = answered.starts[0], answered.ends[0]
    assert passage.places[start - passage.first, 0] == ANSWER.start
    assert passage.places[end - passage.first, 1] == ANSWER.end
    assert answered.starts[1] == answered.ends[1] == unanswered.starts[0] == ()
    assert len(answered) == max(len(tokens) for tokens in answered.passages)


def test_an_answer_beyond_what_is_read_is_none(tokenizer: "SpanTokenizer") -> None:
    """The network cannot point at words that it does not see."""
    from bot.training.losses import tokenized

    text = "cold " * 500 + "Rømer"
    far = TrainingPassage("", text, (Span(len(text) - 5, len(text)),))
    (item,) = tokenized([("Who?", (far,))], tokenizer)
    assert item.starts == ((),)


def test_losses_are_what_they_are_said_to_be(tokenizer: "SpanTokenizer") -> None:
    """Minus the log of the answer's share among all words of all passages of the question; and the cross-entropy."""
    import torch
    from torch import Tensor, nn

    from bot.training.losses import losses_of, tokenized

    class Planned(nn.Module):
        """Says what was planned, whatever it is asked."""

        def forward(self, ids: Tensor, types: Tensor, layout: object) -> tuple[Tensor, Tensor]:
            chance = torch.Generator().manual_seed(1)
            return 3 * torch.randn(*ids.shape, 2, generator=chance), torch.randn(len(ids), generator=chance)

    items = tokenized(ASKED, tokenizer)
    place, answers = losses_of(Planned(), items, torch.device("cpu"))  # type: ignore[arg-type]
    flat = [tokens for item in items for tokens in item.passages]
    spans, odds = Planned()(torch.zeros(3, max(map(len, flat))), torch.zeros(0), torch.zeros(0))
    own = [spans[row, t.first : t.first + len(t.places)] for row, t in enumerate(flat)]
    expected = 0.0
    for side, token in ((0, items[0].starts[0][0]), (1, items[0].ends[0][0])):
        everything = sum(math.exp(x) for row in (0, 1) for x in own[row][:, side].tolist())
        expected += (math.log(everything) - spans[0, token, side].item()) / 2
    assert place.item() == pytest.approx(expected, rel=1e-5)
    shares = [1 / (1 + math.exp(-x)) for x in odds.tolist()]
    crossed = -math.log(shares[0]) - math.log(1 - shares[1]) - math.log(1 - shares[2])
    assert answers.item() == pytest.approx(crossed, rel=1e-5)
