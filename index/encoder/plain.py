"""Which models are computed without their library: a decision about their files, without a look at them.

Invariant: what is called plain gets the vectors that sentence-transformers makes of the same texts.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import safe_open

from index.encoder.shape import CONFIG, WEIGHTS, BertShape

Files = Mapping[str, Any]
"""The content of a model's JSON files, by their paths in its folder, and of its weights the names."""

MODULES = "modules.json"
TOKENIZER = "tokenizer.json"
_TOKENIZING = "tokenizer_config.json"
_READING = "sentence_bert_config.json"
_ASKING = "config_sentence_transformers.json"
_ADAPTER = "adapter_config.json"

_SPECIAL = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}

_AS_ALWAYS = {
    "do_lower_case": False,
    "transformer_task": "feature-extraction",
    "module_output_name": "token_embeddings",
    "modality_config": {"text": {"method": "forward", "method_output_name": "last_hidden_state"}},
}
"""Of a sentence_bert_config.json: what newer versions write down, and earlier ones meant."""


@dataclass(frozen=True, slots=True)
class PlainBert:
    """A BERT whose rows are averaged over the first ``most_tokens`` of a text."""

    shape: BertShape
    most_tokens: int


def read_files(folder: Path) -> Files:
    """Return the content of the JSON files that tell what a model is, and the names of its weights.

    Raises:
        OSError, ValueError, SafetensorError: a file cannot be read.
    """
    pooling = {path.relative_to(folder).as_posix(): path for path in folder.glob("*/config.json")}
    names = (CONFIG, MODULES, TOKENIZER, _TOKENIZING, _READING, _ASKING, _ADAPTER)
    paths = {name: folder / name for name in names} | pooling
    read = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in paths.items() if path.is_file()}
    if not (folder / WEIGHTS).is_file():
        return read
    with safe_open(folder / WEIGHTS, "np") as file:
        return read | {WEIGHTS: sorted(file.keys())}


def stored_names(folder: Path) -> list[str]:
    """Return the names of all weights in a folder; none of an adapter's, which come on top of a model elsewhere.

    Raises:
        OSError, SafetensorError: a file cannot be read.
    """
    names: list[str] = []
    for path in () if (folder / _ADAPTER).is_file() else folder.rglob("*.safetensors"):
        with safe_open(path, "np") as file:
            names += file.keys()
    return names


def plain_bert(files: Files) -> PlainBert | None:
    """Return how a plain model is computed; ``None``: its library has to do it, because

    - its network is another than BERT's, adapted by a second set of weights, or computes in fewer than 32 bits; its
      weights lie elsewhere, or under other names;
    - something else comes after it than the mean over a text's rows (to make that of length one changes nothing here);
    - texts get an instruction in front, or are read in a way that a newer version of the library invented;
    - tokenizer.json, which is all that is looked at here, says other things than what the library, which makes BERT's
      tokenizer from its vocabulary and tokenizer_config.json, makes of it.
    """
    shape = BertShape.of(files.get(CONFIG, {}))
    most = _most_tokens(files)
    if shape is None or most is None or not 2 < most <= shape.positions:
        return None
    parts = (_has_plain_weights(files, shape), _is_averaged(files, shape), _is_asked_plainly(files))
    return PlainBert(shape, most) if all(parts) and _is_cut_plainly(files) else None


def _most_tokens(files: Files) -> int | None:
    """What the library reads of a text, by the older of two places where it is told, else by the newer."""
    told = files.get(_READING, {}).get("max_seq_length") or files.get(_TOKENIZING, {}).get("model_max_length")
    return told if isinstance(told, int) else None


def _has_plain_weights(files: Files, shape: BertShape) -> bool:
    numbers = {files[CONFIG].get(key) or "float32" for key in ("dtype", "torch_dtype")}
    return numbers == {"float32"} and _ADAPTER not in files and shape.names <= set(files.get(WEIGHTS, ()))


def _is_averaged(files: Files, shape: BertShape) -> bool:
    modules = files.get(MODULES, [])
    kinds = [module["type"].rpartition(".")[2] for module in modules]
    ours = all(module["type"].startswith("sentence_transformers.") for module in modules)
    if not ours or kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return False
    pooling = files.get(f"{modules[1]['path']}/config.json", {})
    width = pooling.get("embedding_dimension", pooling.get("word_embedding_dimension"))
    return modules[0]["path"] == "" and width == shape.width and _ways(pooling) == {"mean"}


def _ways(pooling: Files) -> set[str]:
    """The ways in which rows become a vector, as newer versions of the library name them, or earlier ones."""
    if "pooling_mode" in pooling:
        told = pooling["pooling_mode"]
        return {told} if isinstance(told, str) else set(told)
    chosen = {key for key, value in pooling.items() if key.startswith("pooling_mode_") and value}
    return {"mean" if key == "pooling_mode_mean_tokens" else key for key in chosen}


def _is_asked_plainly(files: Files) -> bool:
    asking = files.get(_ASKING, {})
    reading = {key: value for key, value in files.get(_READING, {}).items() if key != "max_seq_length"}
    return (
        asking.get("model_type", "SentenceTransformer") == "SentenceTransformer"
        and not any(asking.get("prompts", {}).values())
        and not asking.get("default_prompt_name")
        and all(key in _AS_ALWAYS and value == _AS_ALWAYS[key] for key, value in reading.items())
    )


def _is_cut_plainly(files: Files) -> bool:
    content, told = files.get(TOKENIZER, {}), files.get(_TOKENIZING, {})
    model, template = content.get("model", {}), content.get("post_processor") or {}
    normalizer = {
        "type": "BertNormalizer",
        "clean_text": True,
        "handle_chinese_chars": told.get("tokenize_chinese_chars", True),
        "strip_accents": told.get("strip_accents"),
        "lowercase": told.get("do_lower_case", True),
    }
    pieces = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##"}
    around = [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
    return (
        told.get("tokenizer_class") in ("BertTokenizer", "BertTokenizerFast")
        and told.get("truncation_side", "right") == "right"
        and content.get("normalizer") == normalizer
        and content.get("pre_tokenizer") == {"type": "BertPreTokenizer"}
        and {key: model.get(key) for key in pieces} == pieces
        and model.get("max_input_chars_per_word") == 100
        and template.get("single") == [*around, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}]
        and {token["content"] for token in content.get("added_tokens", [])} == _SPECIAL
    )
