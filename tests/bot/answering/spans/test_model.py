"""The trained reading model: loaded, checked, asked. It is asked easy questions only: how good it is, is measured."""

import json
import shutil
from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from builders import BEES, PAPER, TIDES

from bot.answering.spans.reading import PassageReading, PassageText
from bot.errors import ReaderError

if TYPE_CHECKING:
    from bot.answering.spans.model import SpanModel

pytestmark = pytest.mark.model

PASSAGES = (PassageText("Bees", BEES), PassageText("Tides", TIDES), PassageText("Paper", PAPER))
MEGABYTE = 1_000_000


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the packaged model that a test may spoil."""
    from bot.answering.spans.model import CARD, WEIGHTS, packaged_model

    for name in (CARD, WEIGHTS):
        shutil.copy(packaged_model() / name, tmp_path / name)
    return tmp_path


def label(folder: Path, content: bytes) -> None:
    """Write weights, and put their digest into the card."""
    from bot.answering.spans.model import CARD, WEIGHTS

    card = json.loads((folder / CARD).read_text())
    (folder / WEIGHTS).write_bytes(content)
    (folder / CARD).write_text(json.dumps({**card, "sha256": sha256(content).hexdigest()}))


def best(readings: Sequence[PassageReading], passages: Sequence[PassageText]) -> tuple[int, str]:
    """The passage in which the likeliest answer stands, and its words."""
    from bot.answering.spotting import best_span

    spans = [best_span(reading.starts, reading.ends) for reading in readings]
    number = max(range(len(spans)), key=lambda i: spans[i][0])
    _, first, last = spans[number]
    places = readings[number].places
    return number, passages[number].text[places[first, 0] : places[last, 1]]


class TestReading:
    @pytest.mark.parametrize(
        ("question", "number", "words"),
        [
            ("When did Karl von Frisch read the dance of the bees?", 0, "1927"),
            ("How high do the tides rise in the Bay of Fundy?", 1, "sixteen metres"),
            ("Where was paper first made?", 2, "China"),
        ],
    )
    def test_an_easy_question_is_read_in_the_right_passage(
        self, packaged: "SpanModel", question: str, number: int, words: str
    ) -> None:
        """Logits compare between passages, and so do the odds that they answer."""
        readings = packaged.read(question, PASSAGES)
        found, answer = best(readings, PASSAGES)
        assert found == number and words in answer
        assert max(range(3), key=lambda i: readings[i].answers) == number

    def test_alone_or_beside_others_a_passage_is_read_alike(self, packaged: "SpanModel") -> None:
        """Batches and padding are an affair of speed; beside others, long and short, in any order."""
        question = "Where was paper first made?"
        others = [PassageText(f"Title {n}", " ".join([TIDES, BEES] * (n % 4)) or "Nothing.") for n in range(12)]
        together = packaged.read(question, [*others[:6], *PASSAGES, *others[6:]])[6:9]
        for reading, passage in zip(together, PASSAGES, strict=True):
            (alone,) = packaged.read(question, [passage])
            assert reading.places.tolist() == alone.places.tolist()
            # 16-bit numbers have three decimal places
            spread = 0.03 * max(1.0, float(np.ptp([*alone.starts, *alone.ends])))
            np.testing.assert_allclose(reading.starts, alone.starts, atol=spread)
            np.testing.assert_allclose(reading.ends, alone.ends, atol=spread)
            assert reading.answers == pytest.approx(alone.answers, abs=max(0.1, spread))
        assert best(together, PASSAGES)[0] == 2

    def test_the_same_is_read_twice_the_same(self, packaged: "SpanModel") -> None:
        """Nothing is drawn at random while reading."""
        first, again = (packaged.read("Where was paper made?", PASSAGES) for _ in range(2))
        for one, other in zip(first, again, strict=True):
            assert (one.starts == other.starts).all() and one.answers == other.answers

    @pytest.mark.parametrize("question", ["", "?" * 1000, "中" * 1000, "why " * 1000, "\ud83d🐝\x00"])
    def test_nothing_that_can_be_typed_is_an_error(self, packaged: "SpanModel", question: str) -> None:
        """Nor anything that stands in an article."""
        long = PassageText("\ud83d", " ".join([BEES, "🐝 中文 \u0301"] * 20))
        read, empty = packaged.read(question, [long, PassageText("", "")])
        assert len(read.places) > 50 and np.isfinite(read.starts).all()
        assert len(empty.places) == 0 and np.isfinite(empty.answers)

    def test_how_much_is_read_for_a_question_is_bounded(self, packaged: "SpanModel") -> None:
        """Of many long passages the first ones are read, in their order and as they are alone; never none of some."""
        from bot.answering.spans.model import READ_TOKENS
        from bot.answering.spans.tokens import MOST_TOKENS

        first = PassageText("", " ".join([TIDES] * 40))
        long = [first, *(PassageText(str(n), " ".join([BEES] * 40)) for n in range(40))]
        readings = packaged.read("Where was paper made?", long)
        assert len(readings) == READ_TOKENS // MOST_TOKENS
        (alone,) = packaged.read("Where was paper made?", long[:1])
        assert readings[0].places.tolist() == alone.places.tolist()

    def test_no_passages_give_no_readings(self, packaged: "SpanModel") -> None:
        """Nothing found is a value."""
        assert packaged.read("Where?", []) == []


def test_passages_of_like_length_are_computed_together() -> None:
    """Each once; a batch holds no more than it may, padding included, unless a single passage does."""
    from bot.answering.spans.model import BATCH_TOKENS, _batches, choose_place
    from bot.answering.spans.tokens import Tokens

    lengths = [7, 384, 200, 200, 3, 150, *[384] * 9, *[20] * 200]
    tokens = [Tokens(np.zeros(n, np.int64), np.zeros(n, np.int64), 0, np.empty((0, 2), np.int64)) for n in lengths]
    place = choose_place(has_card=False, multiplies_halves=False, cores=2)
    batches = list(_batches(tokens, place))
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    assert all(len(batch) * max(lengths[i] for i in batch) <= BATCH_TOKENS for batch in batches)
    assert all(max(lengths[i] for i in a) <= min(lengths[i] for i in b) for a, b in pairwise(batches))
    assert len(batches) < 2 * sum(lengths) / BATCH_TOKENS
    assert list(_batches([], place)) == []


def test_few_passages_keep_all_threads_busy() -> None:
    """No thread has more than half of what it would have to do alone with two, nor much less."""
    from bot.answering.spans.model import _batches, choose_place
    from bot.answering.spans.tokens import Tokens

    lengths = [180, 200, 150, 190, 170, 160]
    tokens = [Tokens(np.zeros(n, np.int64), np.zeros(n, np.int64), 0, np.empty((0, 2), np.int64)) for n in lengths]
    busy = [0, 0]
    for batch in _batches(tokens, choose_place(has_card=False, multiplies_halves=False, cores=2)):
        busy[busy.index(min(busy))] += len(batch) * max(lengths[i] for i in batch)
    assert max(busy) <= 0.6 * sum(lengths)


def test_a_card_reads_all_of_a_question_at_once() -> None:
    """However unlike in length the passages are that are read."""
    from bot.answering.spans.model import READ_TOKENS, _affordable, _batches, choose_place
    from bot.answering.spans.tokens import MOST_TOKENS, Tokens

    lengths = [MOST_TOKENS, *[(READ_TOKENS - MOST_TOKENS) // 19] * 19]
    tokens = [Tokens(np.zeros(n, np.int64), np.zeros(n, np.int64), 0, np.empty((0, 2), np.int64)) for n in lengths]
    place = choose_place(has_card=True, multiplies_halves=False, cores=2)
    assert [len(batch) for batch in _batches(_affordable(tokens), place)] == [20]


@pytest.mark.parametrize(
    ("has_card", "multiplies_halves", "expected"),
    [
        (False, False, ("cpu", "float32", 4)),
        (False, True, ("cpu", "bfloat16", 4)),
        (True, False, ("cuda", "float16", 1)),
        (True, True, ("cuda", "float16", 1)),
    ],
)
def test_it_reads_where_the_machine_is_fastest(
    has_card: bool, multiplies_halves: bool, expected: tuple[str, str, int]
) -> None:
    """On the graphics card where there is one, else on all cores; in 16 bits only where there are instructions."""
    from bot.answering.spans.model import choose_place

    place = choose_place(has_card, multiplies_halves, cores=4)
    assert (place.device, str(place.number).removeprefix("torch."), place.threads) == expected


class TestLoading:
    def test_the_packaged_model_reads_english_and_is_small(self, packaged: "SpanModel") -> None:
        """Its digest is the card's; with every file it keeps under what the repository allows."""
        from bot.answering.spans.model import CARD, WEIGHTS, packaged_model

        card = json.loads((packaged_model() / CARD).read_text())
        assert packaged.languages == {"en"} == set(card["languages"])
        assert packaged.digest == card["sha256"] == sha256((packaged_model() / WEIGHTS).read_bytes()).hexdigest()
        assert (packaged_model() / WEIGHTS).stat().st_size <= 46 * MEGABYTE

    @pytest.mark.parametrize("place", [9, -1])
    def test_weights_with_a_changed_byte_are_refused(self, copied: Path, encoder_folder: Path, place: int) -> None:
        """With both digests, and what to do."""
        from bot.answering.spans.model import WEIGHTS, load_model

        content = bytearray((copied / WEIGHTS).read_bytes())
        content[place] ^= 1
        (copied / WEIGHTS).write_bytes(content)
        with pytest.raises(ReaderError, match=r"has SHA-256 [0-9a-f]{64}, not [0-9a-f]{64}: install it anew"):
            load_model(copied, encoder_folder)

    @pytest.mark.parametrize("name", ["WEIGHTS", "CARD"])
    def test_a_missing_file_is_told(self, copied: Path, encoder_folder: Path, name: str) -> None:
        """By the folder and its name."""
        from bot.answering.spans import model

        missing = copied / getattr(model, name)
        missing.unlink()
        with pytest.raises(ReaderError, match=r"install .*anew") as told:
            model.load_model(copied, encoder_folder)
        assert str(copied) in str(told.value) and missing.name in str(told.value)

    @pytest.mark.parametrize(
        "card",
        [
            "",
            "{",
            "null",
            "[]",
            "{}",
            '"text"',
            '{"sha256": "0", "encoder": "all-MiniLM-L6-v2"}',
            '{"sha256": 0, "encoder": "all-MiniLM-L6-v2", "languages": ["en"]}',
            '{"sha256": "0", "encoder": null, "languages": ["en"]}',
            '{"sha256": "0", "encoder": "all-MiniLM-L6-v2", "languages": "en"}',
            '{"sha256": "0", "encoder": "all-MiniLM-L6-v2", "languages": [1]}',
            "\xff",
        ],
    )
    def test_a_card_that_is_none_is_told(self, tmp_path: Path, encoder_folder: Path, card: str) -> None:
        """No JSON, or of another shape: which folder, and what to do; also to who only asks for the encoder."""
        from bot.answering.spans.model import CARD, encoder_of, load_model

        (tmp_path / CARD).write_bytes(card.encode("latin-1"))
        with pytest.raises(ReaderError, match=r"holds no reading model: .*answers\.reader"):
            load_model(tmp_path, encoder_folder)
        with pytest.raises(ReaderError, match="holds no reading model"):
            encoder_of(tmp_path)

    @pytest.mark.parametrize("spoilt", ["no tensors", "another shape", "one too few", "one too many"])
    def test_weights_of_another_network_are_refused(self, copied: Path, encoder_folder: Path, spoilt: str) -> None:
        """Even where the card vouches for them."""
        import torch
        from safetensors.torch import load, save

        from bot.answering.spans.model import WEIGHTS, load_model

        tensors = load((copied / WEIGHTS).read_bytes())
        name = "span.weight"
        if spoilt == "another shape":
            tensors[name] = tensors[name][:1].contiguous()
        elif spoilt == "one too few":
            del tensors[name]
        elif spoilt == "one too many":
            tensors["another"] = torch.zeros(1)
        label(copied, b"no tensors" if spoilt == "no tensors" else save(tensors))
        with pytest.raises(ReaderError, match=r"cannot be loaded \(.*install it anew"):
            load_model(copied, encoder_folder)

    def test_an_encoder_s_folder_that_is_none_is_told(self, copied: Path, tmp_path: Path) -> None:
        """Without its weights there are no word embeddings."""
        from bot.answering.spans.model import load_model

        (tmp_path / "empty").mkdir()
        with pytest.raises(ReaderError, match="cannot be loaded"):
            load_model(copied, tmp_path / "empty")


def test_what_is_saved_is_loaded_again(tmp_path: Path, encoder_folder: Path) -> None:
    """Its card says what it reads and which encoder it grew from; the shared tensor is not stored."""
    import torch

    from bot.answering.spans.model import CARD, WEIGHTS, encoder_of, load_model, load_network, save_model
    from bot.answering.spans.network import SHARED, from_encoder, own_tensors

    torch.manual_seed(0)
    network = from_encoder(encoder_folder)
    save_model(tmp_path, network, "all-MiniLM-L6-v2", ["en", "de"], seed=0)
    assert json.loads((tmp_path / CARD).read_text())["seed"] == 0
    assert encoder_of(tmp_path) == "all-MiniLM-L6-v2"
    loaded = load_model(tmp_path, encoder_folder)
    assert loaded.languages == {"en", "de"}
    assert loaded.digest == sha256((tmp_path / WEIGHTS).read_bytes()).hexdigest()
    stored = own_tensors(network)
    assert SHARED not in stored and all(tensor.dtype == torch.float16 for tensor in stored.values())
    again = own_tensors(load_network(tmp_path, encoder_folder))
    assert again.keys() == stored.keys()
    assert torch.allclose(again["span.weight"].float(), stored["span.weight"].float(), rtol=0.01, atol=1e-4)
