"""A network small enough to be trained within a test, on the tokens of the real encoder."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # torch takes seconds to import, and the fast tier does without
    from bot.answering.spans.network import SpanNetwork
    from bot.answering.spans.tokens import SpanTokenizer


@pytest.fixture(scope="session")
def tokenizer() -> "SpanTokenizer":
    """The tokenizer that ships."""
    from bot.answering.spans.tokens import SpanTokenizer
    from index import locate_weights

    return SpanTokenizer(locate_weights("all-MiniLM-L6-v2").folder)


@pytest.fixture(scope="session")
def tiny() -> "Callable[[], SpanNetwork]":
    """Make a network of the real shape, tiny, always with the same weights."""
    import torch

    from bot.answering.spans.network import SpanNetwork
    from index import BertShape

    shape = BertShape(least_variance=1e-12, width=32, layers=2, heads=2, middle=64, words=30522, positions=512, types=2)

    def make() -> SpanNetwork:
        torch.manual_seed(0)
        return SpanNetwork(shape)

    return make
