"""The model on this machine: as its library encodes, only faster."""

import threading
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from index.encoder import Floats, locate_encoder
from index.encoder.local import LocalEncoder, is_near
from index.weights import locate_weights

pytestmark = pytest.mark.model

SENTENCE = "The council voted on Tuesday to close the bridge for repairs until the end of March. "
TEXTS = ["Bees", "", "שלום", "Пчёлы танцуют в улье.", *(f"{n} {n % 17 * SENTENCE}" for n in range(60))]


@pytest.fixture(scope="module")
def reference() -> Floats:
    """What the library itself makes of the texts, with its defaults."""
    library = SentenceTransformer(str(locate_weights("all-MiniLM-L6-v2").folder), device="cpu")
    return np.asarray(library.encode(TEXTS), np.float32)


@pytest.mark.parametrize("threads", [1, 2])
def test_vectors_are_those_of_the_library(threads: int, reference: Floats) -> None:
    """Batches by tokens and threads of our own change nothing."""
    rows = locate_encoder("all-MiniLM-L6-v2", threads=threads).encode(TEXTS)
    assert np.allclose(rows, reference, atol=1e-5)


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
