"""The network: MiniLM with three outputs. The only module that knows its layers.

Its word embeddings stay those of the encoder it grew from, so they are neither trained nor stored.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from bot.answering.spans.tokens import Tokens
from index import Bert, BertShape, Layout, read_bert

_LAYER = re.compile(r"encoder\.encoder\.layer\.\d+\.")

SHARED = "encoder.embeddings.word_embeddings.weight"
"""The tensor that is taken from the packaged encoder."""


class SpanNetwork(nn.Module):
    """Gives a logit for each token to start and to end the answer, and one for the passage to hold an answer."""

    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        self.encoder = Bert(shape)
        self.span = nn.Linear(shape.width, 2)
        self.answers = nn.Linear(shape.width, 1)

    def forward(self, ids: Tensor, types: Tensor, layout: Layout) -> tuple[Tensor, Tensor]:
        """Return the logits of starts and ends (..., 2), for tokens as they lie, and of holding an answer (n,)."""
        hidden = self.encoder(ids, types, layout)
        return self.span(hidden).float(), self.answers(layout.firsts(hidden)).float()[:, 0]

    def prepare(self, device: str, number: torch.dtype) -> "SpanNetwork":
        """Return the network, which from now on only reads, there, and can no longer be saved."""
        self.encoder.prepare(device, number, number)
        self.span.to(device, number)
        self.answers.to(device, number)
        return self.eval()


def from_encoder(folder: Path) -> SpanNetwork:
    """Return an untrained network that grows from an encoder's weights."""
    grown_from = read_bert(folder)
    network = SpanNetwork(grown_from.shape)
    network.encoder.load_state_dict(grown_from.state_dict())
    return network


def from_weights(folder: Path, tensors: Mapping[str, Tensor]) -> SpanNetwork:
    """Return a trained network: its own tensors as they are, and the shared one, mapped from the encoder's folder.

    It has as many layers as ``tensors`` tell of, which may be fewer than the encoder's.
    """
    grown_from = read_bert(folder)
    layers = len({found.group() for name in tensors if (found := _LAYER.match(name))})
    with torch.device("meta"):
        network = SpanNetwork(replace(grown_from.shape, layers=layers))
    shared = grown_from.state_dict()[SHARED.removeprefix("encoder.")]
    network.load_state_dict({**tensors, SHARED: shared}, assign=True)
    return network


def own_tensors(network: SpanNetwork) -> dict[str, Tensor]:
    """Return what is stored of a network: everything but the shared tensor, as 16-bit numbers."""
    state = network.state_dict()
    return {name: t.detach().to("cpu", torch.float16).contiguous() for name, t in state.items() if name != SHARED}


def laid_out(batch: Sequence[Tokens], layout: Layout) -> tuple[Tensor, Tensor, Layout]:
    """Return what the network computes on: ids and types as they lie, and how."""
    return layout.laid(tokens.ids for tokens in batch), layout.laid(tokens.types for tokens in batch), layout
