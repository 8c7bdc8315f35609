"""Models that are missing, damaged or others, memory that does not suffice, vectors that are none: each has its end."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from builders import add_snapshot, three_articles
from corpus import corpus_settings
from fakes import FakeEncoder
from faults.damaging import changes, truncations

from bot.errors import ReaderError
from index.build import build_index
from index.cache import VectorCache
from index.encoder import Floats, locate_encoder
from index.encoder.batches import in_parts, is_short_of_memory
from index.errors import BuildError, EncoderError, SnapshotIncompatible
from index.search import FusedRetriever
from index.snapshot import Store
from index.vectors import write_vectors

if TYPE_CHECKING:
    from torch import Tensor

ROOT = Path(__file__).parents[2]
TEXTS = ["Honey bees dance.", "", "The tide rises by sixteen metres in the Bay of Fundy."]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny encoder that is as it should be."""
    from faults.tiny_models import tiny_encoder

    return tiny_encoder(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return shutil.copytree(sound, tmp_path / "tiny")


def encoded(folder: Path) -> Floats:
    return locate_encoder(str(folder), threads=1).encode(TEXTS)


def resaved(folder: Path, change: "Callable[[dict[str, Tensor]], None]") -> None:
    """Write a model's weights anew, changed."""
    from faults.tiny_models import save
    from safetensors.torch import load

    tensors = load((folder / "model.safetensors").read_bytes())
    change(tensors)
    save(folder, tensors)


@pytest.mark.model
class TestEncoderFiles:
    def test_a_sound_tiny_model_encodes(self, sound: Path) -> None:
        """What is damaged below is good before."""
        rows = encoded(sound)
        assert rows.shape == (3, 16) and np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)

    def test_weights_cut_anywhere_are_refused(self, folder: Path) -> None:
        """At a hundred places, with the folder's name."""
        weights = folder / "model.safetensors"
        for case, content in truncations(weights.read_bytes(), 100):
            weights.write_bytes(content)
            with pytest.raises(EncoderError, match="tiny cannot be loaded"):
                pytest.fail(f"{case}: {encoded(folder)}")

    def test_whatever_is_changed_makes_another_encoder(self, folder: Path) -> None:
        """Whether it still loads or not: no snapshot of the other one is searched with it."""
        before = locate_encoder(str(folder)).identity
        for path in (folder / "model.safetensors", folder / "config.json", folder / "tokenizer.json"):
            content = path.read_bytes()
            for case, changed in changes(content, 20, seed=7):
                path.write_bytes(changed)
                assert locate_encoder(str(folder)).identity != before, (path.name, case)
            path.write_bytes(content)
        assert locate_encoder(str(folder)).identity == before

    @pytest.mark.parametrize("file", ["config.json", "tokenizer.json", "modules.json", "1_Pooling/config.json"])
    @pytest.mark.parametrize("damage", ["cut", "empty", "of zeros", "deep"])
    def test_a_damaged_small_file_is_told(self, folder: Path, file: str, damage: str) -> None:
        """Whichever library finds it out, the error is ours and names the folder."""
        path = folder / file
        content = path.read_bytes()
        made = {"cut": content[: len(content) // 2], "empty": b"", "of zeros": bytes(64), "deep": b"[" * 100_000}
        path.write_bytes(made[damage])
        with pytest.raises(EncoderError, match="tiny"):
            encoded(folder)

    def test_missing_weights_are_told_before_anything_is_loaded(self, folder: Path) -> None:
        """With what to do."""
        (folder / "model.safetensors").unlink()
        with pytest.raises(EncoderError, match=r"holds no weights \(\*\.safetensors\): name the folder"):
            locate_encoder(str(folder))

    def test_weights_of_another_network_are_refused(self, folder: Path) -> None:
        """The library would draw at random what it does not find, and every start would give other vectors."""

        def renamed(tensors: "dict[str, Tensor]") -> None:
            for name in [name for name in tensors if ".attention." in name]:
                tensors[name.replace(".self.", ".attn.").replace(".attention.output.", ".attn_out.")] = tensors.pop(
                    name
                )

        resaved(folder, renamed)
        with pytest.raises(EncoderError, match="weights of its network are not in its files: they are of another"):
            encoded(folder)

    def test_weights_of_another_depth_are_refused(self, folder: Path) -> None:
        """Half of the layers are not half of the model."""
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 4}))
        with pytest.raises(EncoderError, match="they are of another"):
            encoded(folder)

    @pytest.mark.parametrize("size", ["hidden_size", "intermediate_size", "vocab_size", "max_position_embeddings"])
    def test_weights_of_another_width_are_refused(self, folder: Path, size: str) -> None:
        """Whichever size it is."""
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(config | {size: 2 * config[size]}))
        with pytest.raises(EncoderError, match="tiny cannot be loaded"):
            encoded(folder)

    def test_a_tokenizer_of_another_model_is_told(self, tmp_path: Path) -> None:
        """It names tokens that the model has no row for."""
        from faults.tiny_models import tiny_encoder

        small = tiny_encoder(tmp_path / "tiny", vocab_size=500)
        with pytest.raises(EncoderError, match=r"cannot encode \(\w+\): its files do not belong together"):
            encoded(small)
        with pytest.raises(EncoderError, match="its files do not belong together"):
            _ = locate_encoder(str(small), fast=True).encode(TEXTS)

    @pytest.mark.parametrize("number", [float("nan"), float("inf"), 0.0])
    def test_weights_that_are_no_numbers_give_no_vector(self, folder: Path, number: float) -> None:
        """Neither for a passage nor for a question: nothing of it reaches an index or a search."""

        def spoilt(tensors: "dict[str, Tensor]") -> None:
            for part in ("weight", "bias"):
                tensors[f"encoder.layer.1.output.LayerNorm.{part}"].fill_(number)

        resaved(folder, spoilt)
        with pytest.raises(EncoderError, match="3 of 3 vectors without a finite length"):
            encoded(folder)

    def test_an_encoder_of_another_width_meets_no_snapshot(self, folder: Path, tmp_path: Path) -> None:
        """It is refused by its name when a snapshot is opened, and by its width if it lies about its name."""
        encoder = locate_encoder(str(folder), threads=1)
        add_snapshot(tmp_path / "store", three_articles())
        store = Store(tmp_path / "store")
        with pytest.raises(SnapshotIncompatible, match="the settings name tiny:"):
            store.open_current(encoder=encoder.identity)
        with store.open_current() as snapshot, pytest.raises(ValueError, match="width 64"):
            FusedRetriever(snapshot, encoder).search("bees", 3)


@pytest.mark.model
class TestReaderFiles:
    @pytest.fixture
    def reader(self, sound: Path, tmp_path: Path) -> Path:
        """A tiny reading model that grew from the tiny encoder."""
        from bot.answering.spans.model import save_model
        from bot.answering.spans.network import from_encoder

        (tmp_path / "reader").mkdir()
        save_model(tmp_path / "reader", from_encoder(sound), "tiny", ["en"])
        return tmp_path / "reader"

    def test_weights_cut_or_changed_anywhere_are_refused(self, reader: Path, sound: Path) -> None:
        """A hundred times each: the card tells what they should be."""
        from bot.answering.spans.model import WEIGHTS, load_model

        load_model(reader, sound)
        content = (reader / WEIGHTS).read_bytes()
        for case, spoilt in (*truncations(content, 100), *changes(content, 100, seed=5)):
            (reader / WEIGHTS).write_bytes(spoilt)
            with pytest.raises(ReaderError, match="install it anew"):
                pytest.fail(f"{case}: {load_model(reader, sound)}")

    def test_a_card_changed_anywhere_never_ends_in_another_error(self, reader: Path, sound: Path) -> None:
        """A reader, or an error of ours."""
        from bot.answering.spans.model import CARD, load_model

        content, refused = (reader / CARD).read_bytes(), 0
        for _, spoilt in (*truncations(content, 50), *changes(content, 100, seed=6)):
            (reader / CARD).write_bytes(spoilt)
            try:
                load_model(reader, sound)
            except ReaderError:
                refused += 1
        assert refused > 100

    def test_it_reads_with_no_other_encoder(self, reader: Path, tmp_path: Path) -> None:
        """Whose word embeddings are of another width."""
        from faults.tiny_models import tiny_encoder

        from bot.answering.spans.model import load_model

        with pytest.raises(ReaderError, match="cannot be loaded"):
            load_model(reader, tiny_encoder(tmp_path / "wide", hidden_size=32))

    def test_weights_that_are_no_numbers_are_refused(self, reader: Path, sound: Path) -> None:
        """Even where the card vouches for them."""
        from bot.answering.spans.model import load_model, load_network, save_model

        network = load_network(reader, sound)
        network.span.weight.data[0, 0] = float("nan")
        save_model(reader, network, "tiny", ["en"])
        with pytest.raises(ReaderError, match="a weight is no number"):
            load_model(reader, sound)


WORDS = (
    "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 9",
    "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 1 GiB",
    "could not create a primitive",
    "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    "std::bad_alloc",
)


class Narrow:
    """A network that has memory for so many texts at a time; a text's vector is its length."""

    dimension = 1

    def __init__(self, room: int, error: Callable[[], Exception]) -> None:
        self.room, self.error = room, error
        self.tried: list[int] = []
        self.lengths: list[int] = []

    def prepared(self, texts: Sequence[str]) -> "Narrow":
        self.lengths = [len(text) for text in texts]
        return self

    def rows(self, batch: Sequence[int]) -> "Tensor":
        import torch

        self.tried.append(len(batch))
        if len(batch) > self.room:
            raise self.error()
        return torch.tensor([[float(self.lengths[number])] for number in batch])

    def halve(self, numbers: str) -> None:
        raise AssertionError(numbers)


class TestMemory:
    """Batches that do not fit are halved; where a single text does not fit, there is an end with a way out."""

    @pytest.mark.model
    @pytest.mark.parametrize("words", WORDS)
    @pytest.mark.parametrize("workers", [1, 2])
    def test_a_batch_that_does_not_fit_is_computed_in_halves(self, words: str, workers: int) -> None:
        """Every text gets its own vector, none is computed twice in vain."""
        from index.encoder.devices import Device
        from index.encoder.network import Model

        network = Narrow(3, lambda: RuntimeError(words))
        texts = ["x" * n for n in range(1, 20)]
        (rows,) = Model(network, Device("cpu", "float32", 100, workers)).encoded(texts)
        assert rows[:, 0].tolist() == [len(text) for text in texts]
        assert sum(tried for tried in network.tried if tried <= 3) == len(texts)

    @pytest.mark.model
    @pytest.mark.parametrize("error", [MemoryError(), *map(RuntimeError, WORDS)], ids=str)
    def test_where_a_single_text_does_not_fit_the_encoder_says_so(self, error: Exception) -> None:
        """With what to do; the cause is kept."""
        from index.encoder.devices import Device
        from index.encoder.local import _computed
        from index.encoder.network import Model

        def fail() -> Exception:
            return error

        with pytest.raises(EncoderError, match="not enough memory to encode even a single text: end other") as told:
            list(_computed(Model(Narrow(0, fail), Device("cpu", "float32", 100, 1)), TEXTS))
        assert isinstance(told.value.__cause__, MemoryError)

    def test_halves_go_down_to_one_and_no_further(self) -> None:
        """Then it is said, with the cause."""
        tried: list[int] = []

        def compute(batch: list[str]) -> int:
            tried.append(len(batch))
            raise MemoryError

        with pytest.raises(MemoryError, match="not enough memory for a single text") as told:
            in_parts(list("abcdefgh"), compute)
        assert tried == [8, 4, 2, 1] and isinstance(told.value.__cause__, MemoryError)

    def test_another_failure_is_not_tried_again(self) -> None:
        """Only memory gets better with less."""
        tried: list[int] = []

        def compute(batch: list[int]) -> int:
            tried.append(len(batch))
            raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

        with pytest.raises(RuntimeError, match="mat1"):
            in_parts([1, 2, 3], compute)
        assert tried == [3]
        assert not is_short_of_memory(RuntimeError("index out of range in self"))

    @pytest.mark.model
    def test_the_reader_halves_too(self, sound: Path) -> None:
        """And ends with an error of ours where a single passage does not fit."""
        import torch
        from torch import Tensor

        from bot.answering.spans.model import SpanModel
        from bot.answering.spans.network import SpanNetwork, from_encoder
        from bot.answering.spans.reading import PassageText
        from bot.answering.spans.tokens import SpanTokenizer
        from index import Layout

        class NarrowNetwork(SpanNetwork):
            room = 2

            def forward(self, ids: Tensor, types: Tensor, layout: Layout) -> tuple[Tensor, Tensor]:
                if len(layout.parts(ids)) > self.room:
                    raise RuntimeError(WORDS[0])
                return super().forward(ids, types, layout)

        grown = from_encoder(sound)
        narrow = NarrowNetwork(grown.encoder.shape)
        narrow.load_state_dict(grown.state_dict())
        passages = [PassageText("Bees", f"Bee number {n} dances. " * (1 + n % 3)) for n in range(40)]
        with torch.inference_mode():
            wide = SpanModel(grown, SpanTokenizer(sound), ["en"]).read("Who dances?", passages)
        model = SpanModel(narrow, SpanTokenizer(sound), ["en"])
        read = model.read("Who dances?", passages)
        assert [len(one.places) for one in read] == [len(one.places) for one in wide]
        assert np.allclose([one.answers for one in read], [one.answers for one in wide], atol=0.05)
        NarrowNetwork.room = 0
        with pytest.raises(ReaderError, match="not enough memory to read even a single passage"):
            model.read("Who dances?", passages)


_SHORT = """
import resource, sys
from dataclasses import replace
from pathlib import Path
import numpy as np
from index.encoder import locate_encoder

encoder = locate_encoder("all-MiniLM-L6-v2", threads=1)
texts = [f"{n} " * 120 for n in range(80)]
encoder.encode(["Bees"])
encoder._model.device = replace(encoder.device, batch_tokens=10**6)  # everything at once
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
_, hard = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (used + 100 * 2**20, hard))  # one product of theirs takes 119
found = encoder.encode(texts)
resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
print(float(np.abs(encoder.encode(texts[:4]) - found[:4]).max()) < 1e-5)
"""


@pytest.mark.process
@pytest.mark.model
def test_a_process_that_gets_no_more_memory_encodes_in_smaller_batches() -> None:
    """The packaged encoder, and a system that gives less than a batch takes: the vectors are the same."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    asked = [sys.executable, "-c", _SHORT]
    ended = subprocess.run(asked, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert (ended.returncode, ended.stdout) == (0, "True\n"), ended.stderr


class Spoilt(FakeEncoder):
    """An encoder of which some vectors are none, and which does not say so; ``number`` stands in them."""

    number = float("nan")

    def encode(self, texts: Sequence[str]) -> Floats:
        rows = super().encode(texts)
        rows[::2] = self.number
        return rows


class TestVectors:
    """A vector that is none enters neither the cache, nor an index, nor a search."""

    @pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), 0.0, 3.0])
    def test_no_index_is_built_of_them(self, tmp_path: Path, number: float) -> None:
        """Nothing is published, nothing is remembered, and the next build with a sound encoder needs no help."""
        settings = corpus_settings(tmp_path)
        encoder = Spoilt()
        encoder.number = number
        store = Store(settings.storage.folder)
        with pytest.raises(BuildError, match="vectors that are none"):
            build_index(settings, encoder=encoder)
        assert store.names() == () and not store.layout.current.exists()
        with VectorCache(store.layout.cache, encoder.identity) as cache:
            assert len(cache) == 0
        assert build_index(settings, encoder=FakeEncoder()).published

    @pytest.mark.parametrize("number", [np.nan, np.inf, 0.0, 0.9])
    @pytest.mark.parametrize("kind", [np.float16, np.float32])
    def test_no_file_of_vectors_is_written_of_them(self, tmp_path: Path, number: float, kind: type[np.float32]) -> None:
        """One in forty thousand is enough."""
        rows = np.zeros((40_000, 4), kind)
        rows[:, 1] = 1
        rows[39_999, 1] = number
        with pytest.raises(BuildError, match="1 of 40000 vectors are not of length one"):
            write_vectors(tmp_path / "v", np.arange(len(rows)), rows)
        assert not (tmp_path / "v").exists()
