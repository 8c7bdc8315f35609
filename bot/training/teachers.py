"""Networks that are trained already, and teach another what they make of each passage.

What several say together is nearer to the truth than any of them, and tells more than what people marked: how likely
every other word is, too (Hinton et al., "Distilling the Knowledge in a Neural Network", 2015,
https://arxiv.org/abs/1503.02531). So a smaller network learns more from them than from the marks alone.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from bot.answering.spans.network import SpanNetwork
from index import Layout


@dataclass(frozen=True, slots=True)
class Said:
    """The mean of what teachers say: logits (n, length, 2), and the chance that a passage answers (n,)."""

    spans: Tensor
    chances: Tensor


class Teachers:
    """Networks that are asked together and do not change.

    ``share``: of the loss that is theirs, the rest is that of the marks; ``temperature``: by which logits are divided.
    """

    def __init__(self, networks: Sequence[SpanNetwork], share: float, temperature: float) -> None:
        self.share = share
        self.temperature = temperature
        device = "cuda" if torch.cuda.is_available() else "cpu"
        self._networks = [copy.deepcopy(network).to(device, torch.bfloat16).eval() for network in networks]

    @torch.no_grad()
    def say(self, ids: Tensor, types: Tensor, layout: Layout) -> Said:
        """Return what they say of passages whose tokens lie as ``layout`` says."""
        spans, answers = zip(*(network(ids, types, layout) for network in self._networks), strict=True)
        return Said(torch.stack(spans).mean(dim=0), torch.stack(answers).sigmoid().mean(dim=0))
