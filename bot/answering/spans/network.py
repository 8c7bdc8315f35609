"""The network: MiniLM with three outputs. The only module that knows its layers.

Its word embeddings stay those of the encoder it grew from, so they are neither trained nor stored.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from bot.answering.spans.tokens import Tokens

SHARED = "encoder.embeddings.word_embeddings.weight"
"""The tensor that is taken from the packaged encoder."""


class SpanNetwork(nn.Module):
    """Gives a logit for each token to start and to end the answer, and one for the passage to hold an answer."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.encoder = BertModel(config, add_pooling_layer=False)
        self.span = nn.Linear(config.hidden_size, 2)
        self.answers = nn.Linear(config.hidden_size, 1)

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logits of starts and ends (n, length, 2) and of holding an answer (n,), for (n, length) each."""
        hidden = self.encoder(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state
        return self.span(hidden).float(), self.answers(hidden[:, 0]).float()[:, 0]


def from_encoder(folder: Path, *, attention: str) -> SpanNetwork:
    """Return an untrained network that grows from an encoder's weights."""
    network = SpanNetwork(_config(folder, attention))
    network.encoder.load_state_dict(_encoder_tensors(folder))
    return network


def from_weights(folder: Path, tensors: dict[str, Tensor], *, attention: str = "sdpa") -> SpanNetwork:
    """Return a trained network: its own tensors, and the shared one from the encoder's folder."""
    with torch.device("meta"):
        network = SpanNetwork(_config(folder, attention))
    shared = _encoder_tensors(folder)[SHARED.removeprefix("encoder.")]
    network.load_state_dict({name: t.float() for name, t in tensors.items()} | {SHARED: shared}, assign=True)
    # not stored: they are counted, not learned
    positions = torch.arange(network.encoder.config.max_position_embeddings)[None]
    network.encoder.embeddings.register_buffer("position_ids", positions, persistent=False)
    network.encoder.embeddings.register_buffer("token_type_ids", torch.zeros_like(positions), persistent=False)
    return network


def own_tensors(network: SpanNetwork) -> dict[str, Tensor]:
    """Return what is stored of a network: everything but the shared tensor, as 16-bit numbers."""
    state = network.state_dict()
    return {name: t.detach().to("cpu", torch.float16).contiguous() for name, t in state.items() if name != SHARED}


def padded(batch: Sequence[Tokens]) -> tuple[Tensor, Tensor, Tensor]:
    """Return ids, types and mask, (n, length of the longest) each."""
    length = max(len(tokens) for tokens in batch)
    ids, types, mask = (np.zeros((len(batch), length), np.int64) for _ in range(3))
    for row, tokens in enumerate(batch):
        ids[row, : len(tokens)], types[row, : len(tokens)], mask[row, : len(tokens)] = tokens.ids, tokens.types, 1
    return torch.from_numpy(ids), torch.from_numpy(types), torch.from_numpy(mask)


def _config(folder: Path, attention: str) -> BertConfig:
    config = BertConfig.from_pretrained(folder)
    config._attn_implementation = attention
    # the threads of a training share one generator of chance: with dropout no run would be like another
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
    return config


def _encoder_tensors(folder: Path) -> dict[str, Tensor]:
    tensors = load_file(folder / "model.safetensors")
    return {name: t for name, t in tensors.items() if "pooler" not in name and "position_ids" not in name}
