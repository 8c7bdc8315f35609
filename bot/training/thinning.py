"""A network of fewer layers, begun with some of those of a trained one.

What a layer does to the rows of its texts is a small change, so the layers that are left still understand each other
(Sajjad et al., "On the Effect of Dropping Layers of Pre-trained Transformer Models", 2020,
https://arxiv.org/abs/2004.03844), and training makes up for the others.
"""

from dataclasses import replace

from torch import nn

from bot.answering.spans.network import SpanNetwork
from bot.training.recipes import RecipeError


def thinned(network: SpanNetwork, layers: int) -> SpanNetwork:
    """Return the network with only so many of its layers, evenly spread, the first and the last among them.

    Raises:
        RecipeError: it has fewer, or none were to be left.
    """
    has = network.encoder.shape.layers
    if not 0 < layers <= has:
        raise RecipeError(f"the network has {has} layers: {layers} cannot be left")
    kept = [round(number * (has - 1) / max(1, layers - 1)) for number in range(layers)]
    network.encoder.shape = replace(network.encoder.shape, layers=layers)
    network.encoder.encoder.layer = nn.ModuleList(network.encoder.encoder.layer[number] for number in kept)
    return network
