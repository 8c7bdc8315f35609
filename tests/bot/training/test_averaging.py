"""Joining trained models: what a mean of weights is, down to the last tensor."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bot.answering.spans.network import SpanNetwork

pytestmark = pytest.mark.model


def test_every_weight_is_the_mean(tiny: "Callable[[], SpanNetwork]") -> None:
    """Matrices, biases and embeddings alike."""
    import torch

    from bot.training.averaging import averaged

    first, second = tiny(), tiny()
    with torch.no_grad():
        for parameter in second.parameters():
            parameter.add_(1.0)
    expected = {name: weight + 0.5 for name, weight in tiny().named_parameters()}
    actual = dict(averaged([first, second]).named_parameters())
    assert actual.keys() == expected.keys()
    assert all(torch.allclose(actual[name], expected[name], atol=1e-6) for name in expected)


def test_one_model_is_its_own_mean(tiny: "Callable[[], SpanNetwork]") -> None:
    """Nothing is lost on the way."""
    import torch

    from bot.training.averaging import averaged

    assert all(map(torch.equal, averaged([tiny()]).state_dict().values(), tiny().state_dict().values()))
