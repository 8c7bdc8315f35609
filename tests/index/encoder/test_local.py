"""The model on this machine: as its library encodes, only faster."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from index.encoder import Floats, locate_encoder, unit_rows
from index.encoder.local import LocalEncoder, is_near
from index.weights import locate_weights

pytestmark = pytest.mark.model

ROOT = Path(__file__).parents[3]

SENTENCE = "The council voted on Tuesday to close the bridge for repairs until the end of March. "
TEXTS = [
    "Bees",
    "",
    "שלום",
    "Пчёлы танцуют в улье.",
    " \t\n",
    "🐝🐝 Bees 👩‍👩‍👧",
    "日本語のテキスト",
    "ÀÉÎ Straße ﬁne\u200b e\u0301",
    "[CLS] [MASK] a [SEP] b [PAD]",
    "x" * 5000,
    *(f"{n} {n % 37 * SENTENCE}" for n in range(60)),
]


@pytest.fixture(scope="module")
def reference() -> Floats:
    """What the library itself makes of the texts, with its defaults."""
    library = SentenceTransformer(str(locate_weights("all-MiniLM-L6-v2").folder), device="cpu")
    return np.asarray(library.encode(TEXTS), np.float32)


@pytest.mark.parametrize("threads", [1, 2])
def test_vectors_are_those_of_the_library(threads: int, reference: Floats) -> None:
    """Batches by tokens and threads of our own change nothing."""
    rows = locate_encoder("all-MiniLM-L6-v2", threads=threads).encode(TEXTS)
    assert np.allclose(rows, reference, atol=1e-6)
    assert np.sum(rows.astype(np.float64) * reference, axis=1).min() >= 0.999999


def test_passages_turn_by_less_than_a_ten_thousandth(reference: Floats) -> None:
    """However this machine encodes them fastest."""
    encoder = locate_encoder("all-MiniLM-L6-v2", fast=True)
    assert is_near(reference, encoder.encode(TEXTS), 0.9999)
    assert encoder.identity == locate_encoder("all-MiniLM-L6-v2").identity


def test_where_16_bits_turn_vectors_too_far_32_are_used(monkeypatch: pytest.MonkeyPatch, reference: Floats) -> None:
    """A model for which they are too coarse is encoded as it was trained."""
    monkeypatch.setattr("index.encoder.local.is_near", lambda *_: False)
    encoder = LocalEncoder(locate_weights("all-MiniLM-L6-v2"), threads=1, fast=True)
    assert np.allclose(encoder.encode(TEXTS[:8]), reference[:8], atol=1e-5)
    assert encoder.device.is_exact


@pytest.mark.parametrize(("turned", "near"), [(0.0, True), (0.01, True), (0.02, False)])
def test_near_is_every_vector(turned: float, near: bool) -> None:
    """One that is far is enough."""
    exact = np.array([[1, 0], [1, 0]], np.float32)
    other = np.array([[1, 0], [np.cos(turned), np.sin(turned)]], np.float32)
    assert is_near(exact, other, 0.9999) == near


def test_several_threads_at_once_get_what_each_asked(reference: Floats) -> None:
    """Also while the model is being loaded, once."""
    encoder = locate_encoder("all-MiniLM-L6-v2", threads=1)
    found: dict[int, Floats] = {}
    askers = [
        threading.Thread(target=lambda n=n: found.update({n: encoder.encode(TEXTS[n : n + 3])})) for n in range(12)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert all(np.allclose(found[n], reference[n : n + 3], atol=1e-5) for n in range(12))


def saved(folder: Path, **pooling: str) -> SentenceTransformer:
    """The packaged encoder, averaged in another way, in a folder."""
    (bert, _, _) = SentenceTransformer(str(locate_weights("all-MiniLM-L6-v2").folder), device="cpu")
    model = SentenceTransformer(modules=[bert, Pooling(384, **pooling)], device="cpu")
    model.save(str(folder))
    return model


@pytest.mark.parametrize("fast", [False, True])
def test_a_model_that_is_not_plain_is_encoded_by_its_library(tmp_path: Path, fast: bool) -> None:
    """As it is by itself."""
    wanted = unit_rows(np.asarray(saved(tmp_path, pooling_mode="cls").encode(TEXTS), np.float32))
    encoder = locate_encoder(str(tmp_path), fast=fast)
    assert type(encoder._model._network).__name__ == "LibraryNetwork"
    assert is_near(wanted, encoder.encode(TEXTS), 0.999 if fast else 0.999999)


def test_a_plain_model_in_a_folder_needs_no_library(tmp_path: Path) -> None:
    """Whatever its name."""
    wanted = unit_rows(np.asarray(saved(tmp_path).encode(TEXTS), np.float32))
    encoder = locate_encoder(str(tmp_path))
    assert type(encoder._model._network).__name__ == "LeanNetwork"
    assert np.allclose(encoder.encode(TEXTS), wanted, atol=1e-6)


def test_a_model_without_attention_is_encoded_too(tmp_path: Path) -> None:
    """A table of word vectors has nothing to pad."""
    words = {"[UNK]": 0, "bees": 1, "dance": 2, "tides": 3}
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    table = np.eye(4, 8, dtype=np.float32)
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=table)]).save(str(tmp_path / "words"))
    rows = locate_encoder(str(tmp_path / "words"), fast=True).encode(["bees dance", "tides", "bees"])
    assert rows.shape == (3, 8)
    assert np.allclose(rows @ rows.T, [[1, 0, 0.5**0.5], [0, 1, 0], [0.5**0.5, 0, 1]], atol=1e-6)


LIGHT = """
import sys
from bot.answering.spans.model import load_model, packaged_model
from bot.answering.spans.reading import PassageText
from index import locate_encoder, locate_weights

name = "all-MiniLM-L6-v2"
for fast in (False, True):
    assert locate_encoder(name, fast=fast).encode(["Where do bees live?"]).shape == (1, 384)
model = load_model(packaged_model(), locate_weights(name).folder)
assert len(model.read("Where do bees live?", [PassageText("Bees", "Bees live in hives.")])) == 1
heavy = {"transformers", "sentence_transformers", "sklearn", "scipy", "pandas", "sympy", "torch._dynamo"}
sys.exit(str(heavy.intersection(sys.modules) or "light"))
"""


@pytest.mark.process
def test_encoding_and_reading_import_torch_and_no_model_library() -> None:
    """Which would be 255 MB, and four seconds of each start and each refresh; nor torch's compiler."""
    ended = subprocess.run([sys.executable, "-c", LIGHT], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.stderr == "light\n"
