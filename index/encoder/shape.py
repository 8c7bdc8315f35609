"""What a BERT looks like, as its config.json tells: known without torch, which takes a second to import."""

from collections.abc import Mapping
from dataclasses import dataclass

CONFIG = "config.json"
WEIGHTS = "model.safetensors"


@dataclass(frozen=True, slots=True)
class BertShape:
    """The sizes of a network. ``middle``: the width within a layer; ``words``, ``positions``, ``types``: known ones."""

    least_variance: float
    width: int
    layers: int
    heads: int
    middle: int
    words: int
    positions: int
    types: int

    @classmethod
    def of(cls, config: Mapping[str, object]) -> "BertShape | None":
        """Return the shape that a model's config.json tells; ``None``: it is another network than this one."""
        if (config.get("model_type"), config.get("hidden_act")) != ("bert", "gelu"):
            return None
        if any(config.get(key, value) != value for key, value in _UNLESS_TOLD.items()):
            return None
        least = config.get("layer_norm_eps")
        sizes = [size for key in _SIZES if isinstance(size := config.get(key), int)]
        if not isinstance(least, float) or len(sizes) < len(_SIZES):
            return None
        return cls(least, *sizes)

    @property
    def names(self) -> frozenset[str]:
        """The names of the network's weights."""
        embedded = (f"embeddings.{name}" for name in _EMBEDDED)
        layers = (f"encoder.layer.{layer}.{name}" for layer in range(self.layers) for name in _OF_A_LAYER)
        return frozenset((*embedded, *layers))


_UNLESS_TOLD = {"position_embedding_type": "absolute", "is_decoder": False, "quantization_config": None}

_SIZES = (
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "vocab_size",
    "max_position_embeddings",
    "type_vocab_size",
)

_EMBEDDED = (
    "word_embeddings.weight",
    "position_embeddings.weight",
    "token_type_embeddings.weight",
    "LayerNorm.weight",
    "LayerNorm.bias",
)

_MODULES_OF_A_LAYER = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "attention.output.LayerNorm",
    "intermediate.dense",
    "output.dense",
    "output.LayerNorm",
)

_OF_A_LAYER = tuple(f"{module}.{part}" for module in _MODULES_OF_A_LAYER for part in ("weight", "bias"))
