"""BERT's network in torch alone: that of the packaged encoder, and of the reading model that grew from it.

Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers", 2018, https://arxiv.org/abs/1810.04805, without
the pooler. torch takes 1 s to import and 190 MB; the libraries that know every other network, too, another 4 s and
255 MB. Weights have the names under which such models are published, so the layers are nested as these names say.

How the texts of a batch lie in a tensor is the ``layouts``' affair: "rows" are (..., width), one for each token.
"""

import copy
import json
from collections.abc import Iterable
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor, nn

from index.encoder.layouts import Layout
from index.encoder.prepacked import Activated, prepacked
from index.encoder.shape import CONFIG, WEIGHTS, BertShape

WORDS = "embeddings.word_embeddings.weight"
"""The largest tensor, of which a text needs few rows."""

_DRAWN = 0.02
"""How far apart untrained rows are, as BERT's were: https://github.com/google-research/bert, "initializer_range"."""


def read_bert(folder: Path) -> "Bert":
    """Return the network in a folder, whose weights are mapped from its file and not to be trained in place.

    Raises:
        ValueError: it is not a BERT.
        OSError, RuntimeError, SafetensorError: a file is missing or damaged.
    """
    shape = BertShape.of(json.loads((folder / CONFIG).read_text(encoding="utf-8")))
    if shape is None:
        raise ValueError(f"{folder / CONFIG} tells of another network than BERT")
    with torch.device("meta"):
        bert = Bert(shape)
    # a mapping of their own: that of the other weights, which are laid out anew, can then be given back
    words = _tensors(folder, [WORDS])
    others = _tensors(folder, [name for name in bert.state_dict() if name != WORDS])
    bert.load_state_dict(words | others, assign=True)
    return bert


def _tensors(folder: Path, names: Iterable[str]) -> dict[str, Tensor]:
    with safe_open(folder / WEIGHTS, "pt") as file:
        return {name: file.get_tensor(name) for name in names}


class Bert(nn.Module):
    """Gives a row of numbers for each token of a text, in the light of all others."""

    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        self.shape = shape
        self.embeddings = _Embeddings(shape)
        self.encoder = _Encoder(shape)

    def forward(self, ids: Tensor, types: Tensor | None, layout: Layout) -> Tensor:
        """Return rows for ``ids``, which lie as ``layout`` says. ``types``: of segments; ``None``: all of the first."""
        rows: Tensor = self.embeddings(ids, types, layout)
        for layer in self.encoder.layer:
            rows = layer(rows, layout)
        return rows

    def prepare(self, device: str, products: torch.dtype, rest: torch.dtype) -> None:
        """Compute from now on, only, there, matrix products in other numbers than the rest; it cannot be saved then.

        Word embeddings stay in the file that they were mapped from: few of them are ever read.
        """
        words = self.embeddings.word_embeddings
        for module in [module for module in self.modules() if any(module.children())]:
            for name, child in module.named_children():
                if isinstance(child, nn.Linear):
                    setattr(module, name, prepacked(child.to(device, products)))
                elif child is words:
                    words.to(device)
                elif isinstance(child, nn.Embedding | nn.LayerNorm):
                    setattr(module, name, copy.deepcopy(child).to(device, rest))
        self.eval()


class _Embeddings(nn.Module):
    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        self.word_embeddings = _table(shape.words, shape)
        self.position_embeddings = _table(shape.positions, shape)
        self.token_type_embeddings = _table(shape.types, shape)
        self.LayerNorm = nn.LayerNorm(shape.width, shape.least_variance)
        self.dropout = _no_dropout()

    def forward(self, ids: Tensor, types: Tensor | None, layout: Layout) -> Tensor:
        positions = self.position_embeddings(layout.positions)
        segments = self.token_type_embeddings.weight[0] if types is None else self.token_type_embeddings(types)
        rows = self.word_embeddings(ids).to(positions.dtype) + segments + positions
        dropped: Tensor = self.dropout(self.LayerNorm(rows))
        return dropped


class _Encoder(nn.Module):
    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        self.layer = nn.ModuleList(_Layer(shape) for _ in range(shape.layers))


class _Layer(nn.Module):
    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        self.attention = _Attention(shape)
        self.intermediate = _Intermediate(shape)
        self.output = _Added(shape.middle, shape)

    def forward(self, rows: Tensor, layout: Layout) -> Tensor:
        rows = self.attention(rows, layout)
        added: Tensor = self.output(self.intermediate(rows), rows)
        return added


class _Attention(nn.Module):
    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        self.self = _SelfAttention(shape)
        self.output = _Added(shape.width, shape)

    def forward(self, rows: Tensor, layout: Layout) -> Tensor:
        added: Tensor = self.output(self.self(rows, layout), rows)
        return added


class _SelfAttention(nn.Module):
    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        self.query = nn.Linear(shape.width, shape.width)
        self.key = nn.Linear(shape.width, shape.width)
        self.value = nn.Linear(shape.width, shape.width)
        self._heads = shape.heads

    def forward(self, rows: Tensor, layout: Layout) -> Tensor:
        rows = rows.to(self.query.weight.dtype)
        return layout.attended(self.query(rows), self.key(rows), self.value(rows), self._heads)


class _Intermediate(nn.Module):
    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        self.dense = Activated(shape.width, shape.middle)

    def forward(self, rows: Tensor) -> Tensor:
        activated: Tensor = self.dense(rows.to(self.dense.weight.dtype))
        return activated


class _Added(nn.Module):
    """A matrix product that is added to what came in."""

    def __init__(self, wide: int, shape: BertShape) -> None:
        super().__init__()
        self.dense = nn.Linear(wide, shape.width)
        self.LayerNorm = nn.LayerNorm(shape.width, shape.least_variance)
        self.dropout = _no_dropout()

    def forward(self, rows: Tensor, came_in: Tensor) -> Tensor:
        normal: Tensor = self.LayerNorm(self.dropout(self.dense(rows)) + came_in)
        return normal


def _table(rows: int, shape: BertShape) -> nn.Embedding:
    """Return rows drawn at random, but where no memory is behind them: to draw there imports torch's compiler (1 s)."""
    table = torch.empty(rows, shape.width)
    if not table.is_meta:
        table.normal_(std=_DRAWN)
    return nn.Embedding.from_pretrained(table, freeze=False)  # type: ignore[no-untyped-call, no-any-return]


def _no_dropout() -> nn.Dropout:
    """Mark a place where a training may put dropout of its own: that of torch draws from what all threads share."""
    return nn.Dropout(0.0)
