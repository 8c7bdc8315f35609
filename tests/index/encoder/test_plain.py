"""Which models are computed without their library."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from index.weights import locate_weights

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def packaged() -> dict[str, Any]:
    """The packaged encoder's files."""
    from index.encoder.plain import read_files

    return dict(read_files(locate_weights("all-MiniLM-L6-v2").folder))


def test_the_packaged_encoder_is_plain(packaged: dict[str, Any]) -> None:
    """Of which it reads 256 tokens, whatever its tokenizer's file was last used for."""
    from index.encoder.plain import plain_bert

    plain = plain_bert(packaged)
    assert plain is not None
    assert (plain.most_tokens, plain.shape.width, plain.shape.layers) == (256, 384, 6)


CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "another network": ("config.json", {"model_type": "mpnet"}),
    "another activation": ("config.json", {"hidden_act": "gelu_new"}),
    "other positions": ("config.json", {"position_embedding_type": "relative_key"}),
    "one that writes": ("config.json", {"is_decoder": True}),
    "16-bit weights": ("config.json", {"torch_dtype": "float16"}),
    "no number of layers": ("config.json", {"num_hidden_layers": None}),
    "an adapter": ("adapter_config.json", {}),
    "the first token's row": ("1_Pooling/config.json", {"pooling_mode_cls_token": True}),
    "two ways to average": ("1_Pooling/config.json", {"pooling_mode": ["mean", "max"]}),
    "another width": ("1_Pooling/config.json", {"word_embedding_dimension": 768}),
    "an instruction": ("config_sentence_transformers.json", {"prompts": {"query": "query: "}}),
    "another kind of model": ("config_sentence_transformers.json", {"model_type": "SparseEncoder"}),
    "lower-casing by the library": ("sentence_bert_config.json", {"do_lower_case": True}),
    "more than it has positions for": ("sentence_bert_config.json", {"max_seq_length": 1024}),
    "a setting that is not known": ("sentence_bert_config.json", {"query_length": 32}),
    "case that counts": ("tokenizer_config.json", {"do_lower_case": False}),
    "accents that count": ("tokenizer_config.json", {"strip_accents": False}),
    "another tokenizer": ("tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast"}),
    "texts cut on the left": ("tokenizer_config.json", {"truncation_side": "left"}),
    "words cut otherwise": ("tokenizer.json", {"pre_tokenizer": {"type": "Whitespace"}}),
    "nothing around a text": ("tokenizer.json", {"post_processor": None}),
    "a token more": ("tokenizer.json", {"added_tokens": [{"content": "[NEW]"}]}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_otherwise_is_left_to_the_library(change: str, packaged: dict[str, Any]) -> None:
    """It knows what to do then; here it would silently be forgotten."""
    from index.encoder.plain import plain_bert

    path, values = CHANGES[change]
    assert plain_bert({**packaged, path: {**packaged.get(path, {}), **values}}) is None


@pytest.mark.parametrize("path", ["config.json", "modules.json", "tokenizer.json", "1_Pooling/config.json"])
def test_what_is_not_told_is_left_to_the_library(path: str, packaged: dict[str, Any]) -> None:
    """It has rules for what it then assumes."""
    from index.encoder.plain import plain_bert

    assert plain_bert({name: content for name, content in packaged.items() if name != path}) is None


@pytest.mark.parametrize(
    ("number", "kind"),
    [(1, "sentence_transformers.models.WeightedLayerPooling"), (0, "their_own.Transformer")],
)
def test_other_parts_are_left_to_the_library(number: int, kind: str, packaged: dict[str, Any]) -> None:
    """Also where they only have the same name."""
    from index.encoder.plain import plain_bert

    files = deepcopy(packaged)
    files["modules.json"][number]["type"] = kind
    assert plain_bert(files) is None


def test_a_further_layer_is_left_to_the_library(packaged: dict[str, Any]) -> None:
    """It turns vectors."""
    from index.encoder.plain import plain_bert

    dense = {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"}
    assert plain_bert({**packaged, "modules.json": [*packaged["modules.json"][:2], dense]}) is None


def test_weights_under_other_names_are_left_to_the_library(packaged: dict[str, Any]) -> None:
    """It knows how they were renamed."""
    from index.encoder.plain import plain_bert

    names = [f"bert.{name}" for name in packaged["model.safetensors"]]
    assert plain_bert({**packaged, "model.safetensors": names}) is None
    assert plain_bert({**packaged, "model.safetensors": []}) is None


def test_it_does_not_matter_whether_vectors_are_made_of_length_one(packaged: dict[str, Any]) -> None:
    """They are here, in any case."""
    from index.encoder.plain import plain_bert

    assert plain_bert({**packaged, "modules.json": packaged["modules.json"][:2]}) == plain_bert(packaged)


def test_what_the_library_saves_today_is_plain(packaged: dict[str, Any], tmp_path: Path) -> None:
    """It writes other files for the same model than it did when that was published."""
    from sentence_transformers import SentenceTransformer

    from index.encoder.plain import plain_bert, read_files

    folder = locate_weights("all-MiniLM-L6-v2").folder
    SentenceTransformer(str(folder), device="cpu").save(str(tmp_path))
    saved = read_files(tmp_path)
    assert "max_seq_length" not in json.dumps(saved["sentence_bert_config.json"])
    assert plain_bert(saved) == plain_bert(packaged)
