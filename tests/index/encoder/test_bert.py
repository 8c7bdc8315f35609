"""BERT in torch alone computes what the library computes, and is trained as the library is."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index.weights import locate_weights

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import BertModel

    from index import Bert, Layout

pytestmark = pytest.mark.model

LENGTHS = (40, 23, 23, 9, 2, 1)


@pytest.fixture(scope="module")
def folder() -> Path:
    """The packaged encoder's."""
    return locate_weights("all-MiniLM-L6-v2").folder


@pytest.fixture(scope="module")
def reference(folder: Path) -> "BertModel":
    """The library's network, attending by way of all scores."""
    from transformers import BertModel

    opened: BertModel = BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager")
    return opened  # which is not training


@pytest.fixture
def bert(folder: Path) -> "Bert":
    """Ours."""
    from index import read_bert

    return read_bert(folder)


def numbers(below: int) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """A number for each token of texts of ``LENGTHS``."""
    chance = np.random.default_rng(below)
    return [chance.integers(0, below, length) for length in LENGTHS]


def by_library(network: "BertModel") -> "Sequence[Tensor]":
    """What the library makes of each text, all of which it fills up."""
    import torch

    ids, types, ones = (numbers(30522), numbers(2), [np.ones(length, np.int64) for length in LENGTHS])
    filled = [[np.pad(one, (0, max(LENGTHS) - len(one))) for one in three] for three in (ids, types, ones)]
    given = (torch.from_numpy(np.stack(rows)) for rows in filled)
    hidden = network(**dict(zip(("input_ids", "token_type_ids", "attention_mask"), given, strict=True)))
    return [row[:length] for row, length in zip(hidden.last_hidden_state, LENGTHS, strict=True)]


def by_ours(network: "Bert", layout: "Layout") -> "Sequence[Tensor]":
    """What ours makes of each text."""
    return layout.parts(network(layout.laid(numbers(30522)), layout.laid(numbers(2)), layout))


def test_names_of_weights_are_known_without_the_network(bert: "Bert") -> None:
    """The shape tells them, and they are those that the network has."""
    assert bert.shape.names == bert.state_dict().keys()


@pytest.mark.parametrize("prepared", [False, True], ids=["as loaded", "prepared"])
@pytest.mark.parametrize("kind", ["Packed", "Padded"])
def test_rows_are_those_of_the_library(kind: str, prepared: bool, bert: "Bert", reference: "BertModel") -> None:
    """However texts lie, and however the weights do."""
    import torch

    from index.encoder import layouts

    if prepared:
        bert.prepare("cpu", torch.float32, torch.float32)
    with torch.inference_mode():
        found, wanted = by_ours(bert, getattr(layouts, kind)(LENGTHS)), by_library(reference)
    assert len(found) == len(wanted)
    assert all(torch.allclose(*pair, atol=1e-5) for pair in zip(found, wanted, strict=True))


def test_without_types_all_tokens_are_of_the_first(bert: "Bert") -> None:
    """A single text has no second segment."""
    import torch

    from index.encoder.layouts import Packed

    layout = Packed(LENGTHS)
    ids = layout.laid(numbers(30522))
    with torch.inference_mode():
        assert torch.allclose(bert(ids, None, layout), bert(ids, torch.zeros_like(ids), layout), atol=1e-6)


def test_weights_have_the_library_s_names(bert: "Bert", reference: "BertModel") -> None:
    """A checkpoint of either fits both."""
    assert bert.state_dict().keys() == reference.state_dict().keys() == bert.shape.names


@pytest.mark.parametrize("number", ["float32", "bfloat16"])
def test_gradients_are_those_of_the_library(number: str, folder: Path, bert: "Bert", reference: "BertModel") -> None:
    """To the last bit: a training goes on as it was begun."""
    import torch
    from transformers import BertModel

    from index import Bert, Padded

    ours, theirs = Bert(bert.shape), BertModel(reference.config, add_pooling_layer=False)
    for network in (ours, theirs):
        network.load_state_dict(reference.state_dict())
        network.to(getattr(torch, number))
        network.requires_grad_(requires_grad=True).train(mode=False)
        network.embeddings.word_embeddings.requires_grad_(requires_grad=False)
    for rows in (by_ours(ours, Padded(LENGTHS)), by_library(theirs)):
        sum(row.float().square().sum() for row in rows).backward()  # type: ignore[union-attr]
    wanted = {name: p.grad for name, p in theirs.named_parameters() if p.grad is not None}
    found = {name: p.grad for name, p in ours.named_parameters() if p.grad is not None}
    assert found.keys() == wanted.keys()
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)


def test_16_bits_are_for_products_alone_where_that_is_asked(bert: "Bert", reference: "BertModel") -> None:
    """What products are added to, and norms, keep 32 bits."""
    import torch

    from index.encoder.layouts import Packed

    bert.prepare("cpu", torch.bfloat16, torch.float32)
    with torch.inference_mode():
        found, wanted = by_ours(bert, Packed(LENGTHS)), by_library(reference)
    assert all(row.dtype == torch.float32 for row in found)
    far = max(float((one - other).abs().max()) for one, other in zip(found, wanted, strict=True))
    assert 1e-4 < far < 0.1


@pytest.mark.parametrize("change", [{"model_type": "distilbert"}, {"hidden_act": "gelu_new"}, {"hidden_size": None}])
def test_another_network_is_refused(change: dict[str, object], folder: Path, tmp_path: Path) -> None:
    """Its weights would be computed in the wrong way."""
    from index import read_bert

    shutil.copy(folder / "model.safetensors", tmp_path)
    config = json.loads((folder / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | change))
    with pytest.raises(ValueError, match="another network than BERT"):
        read_bert(tmp_path)
