"""Join trained reading models into one by averaging their weights.

Only models of one training make sense together: one begun with the other, or both with a third. What lies between
them reads as well as they do, and often better what neither was trained on (Wortsman et al., "Model soups", 2022,
https://arxiv.org/abs/2203.05482; "Robust fine-tuning of zero-shot models", 2021, https://arxiv.org/abs/2109.01903).
"""

from collections.abc import Sequence

import torch

from bot.answering.spans.network import SpanNetwork


def averaged(networks: Sequence[SpanNetwork]) -> SpanNetwork:
    """Return a network whose every weight is the mean of those of ``networks``, at least one; the first is changed."""
    joined = networks[0]
    states = [network.state_dict() for network in networks]
    joined.load_state_dict({name: torch.stack([state[name] for state in states]).mean(dim=0) for name in states[0]})
    return joined
