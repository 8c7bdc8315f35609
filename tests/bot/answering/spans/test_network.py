"""The reading model's network: what it says is what the library's layers say with the same weights."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from torch import Tensor

    from bot.answering.spans.network import SpanNetwork
    from bot.answering.spans.tokens import Tokens

pytestmark = pytest.mark.model

TITLE = "Light"
TEXT = "Ole Rømer measured its speed in 1676. 🌒 Сегодня холодно. Nobody believed him for fifty years. "


@pytest.fixture(scope="module")
def batch() -> "list[Tokens]":
    """Passages of many lengths, some of them equal."""
    from bot.answering.spans.reading import PassageText
    from bot.answering.spans.tokens import SpanTokenizer
    from index import locate_weights

    texts = ["", TEXT, TEXT, 4 * TEXT, 30 * TEXT, "Bees"]
    pairs = [("Who measured the speed of light?", PassageText(TITLE, text)) for text in texts]
    return SpanTokenizer(locate_weights("all-MiniLM-L6-v2").folder).encode(pairs)


def by_library(network: "SpanNetwork", tokens: "Tokens") -> "tuple[Tensor, Tensor]":
    """The logits for one passage."""
    import torch
    from transformers import BertConfig, BertModel

    from index import locate_weights

    folder = locate_weights("all-MiniLM-L6-v2").folder
    config = BertConfig.from_pretrained(folder, num_hidden_layers=network.encoder.shape.layers)
    library = BertModel.from_pretrained(folder, config=config, add_pooling_layer=False)
    library.load_state_dict(network.encoder.state_dict())
    with torch.inference_mode():
        ids, types = (torch.from_numpy(numbers)[None] for numbers in (tokens.ids, tokens.types))
        (hidden,) = library(input_ids=ids, token_type_ids=types).last_hidden_state
        return network.span(hidden), network.answers(hidden[0])[0]


def test_readings_are_those_of_the_library(batch: "list[Tokens]") -> None:
    """In 32 bits, whether passages are computed one after the other or filled up."""
    import torch

    from bot.answering.spans.model import load_network, packaged_model
    from bot.answering.spans.network import laid_out
    from index import Padded, layout_for, locate_weights

    folder = locate_weights("all-MiniLM-L6-v2").folder
    network = load_network(packaged_model(), folder)
    wanted = [by_library(network, tokens) for tokens in batch]
    ready = load_network(packaged_model(), folder).prepare("cpu", torch.float32)
    lengths = [len(tokens) for tokens in batch]
    for layout in (layout_for(lengths, "cpu"), Padded(lengths)):
        with torch.inference_mode():
            spans, answers = ready(*laid_out(batch, layout))
        for found, odds, (logits, answer) in zip(layout.parts(spans), answers, wanted, strict=True):
            assert torch.allclose(found, logits, atol=1e-4)
            assert torch.allclose(odds, answer, atol=1e-4)
