"""How far the cosine is trusted in languages that the encoder was not made for, and what a mixed index does with it."""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from builders import add_snapshot, an_article
from corpus import write_rows
from fakes import FakeEncoder

from index.build import build_index
from index.encoder import Encoder, Floats, load_encoder
from index.records import Article
from index.search import FusedRetriever, Retriever, retrievers
from index.settings import FilesSource, IndexSection, Settings, StorageSettings
from index.snapshot import Snapshot, Store
from index.trust import LEAST, Trial, learn_trust, trials, trust
from index.weights import locate_weights


def tried(cosine: float, words: float, count: int = 200) -> list[Trial]:
    """Trials in which own passages have so much more cosine and bm25 than others, in standard deviations."""
    random = np.random.default_rng(7)
    own = np.arange(40) < 4
    shift = np.outer(own, [cosine, words])
    return [Trial((random.normal(size=(40, 2)) + shift) * [0.1, 5.0] + [0.3, 8.0], own) for _ in range(count)]


class TestLearning:
    def test_a_cosine_that_tells_nothing_is_not_trusted(self) -> None:
        """The words alone tell which passages belong together: the encoder does not read the language."""
        assert trust(tried(cosine=0, words=2)) == 0

    def test_a_cosine_that_misleads_is_not_trusted(self) -> None:
        """A trust is never negative."""
        assert trust(tried(cosine=-1, words=2)) == 0

    def test_a_cosine_that_alone_tells_is_trusted(self) -> None:
        """The whole trust, but for the doubt that remains after two hundred sentences."""
        assert trust(tried(cosine=2, words=0)) == pytest.approx(0.8)
        assert trust(tried(cosine=2, words=-1)) == pytest.approx(0.8)

    def test_the_more_it_tells_the_more_it_is_trusted(self) -> None:
        """Trust follows what the cosine adds to the words."""
        a_little, more = (trust(tried(cosine=cosine, words=2)) for cosine in (0.8, 1.6))
        assert LEAST < a_little < more < 0.8

    def test_a_little_is_nothing(self) -> None:
        """Where it tells next to nothing the words are left alone, so that both are no worse than they."""
        assert trust(tried(cosine=0.15, words=2)) == 0

    def test_few_sentences_give_little_trust(self) -> None:
        """A handful of articles in a language is too little to learn from."""
        assert trust([]) == 0
        assert trust(tried(cosine=2, words=0, count=10)) == pytest.approx(10 / 60, abs=1e-3)

    @pytest.mark.parametrize("evidence", [np.zeros((6, 2)), np.ones((6, 2)), np.tile([1.0, 80.0], (6, 1))])
    def test_equal_evidence_is_no_evidence(self, evidence: Floats) -> None:
        """Nothing differs, so nothing can be fitted, and nothing breaks."""
        assert trust([Trial(evidence.astype(np.float64), np.arange(6) < 2)] * 100) == 0

    def test_perfect_evidence_has_an_end(self) -> None:
        """A likelihood without a maximum ends in a number all the same."""
        evidence = np.array([[0.9, 0.0], [0.1, 0.0], [0.2, 0.0]])
        assert 0 <= trust([Trial(evidence, np.array([True, False, False]))] * 100) <= 1


ABOUT = ("abejas", "mareas", "papel")


def spanish(about: str) -> Article:
    """An article of six passages that are all about one thing."""
    lines = [f"La frase número {n} de este texto habla solamente de {about} y de la palabra{n}." for n in range(6)]
    return an_article(about, " ".join(lines), title=about, language="es")


@pytest.fixture
def snapshot(tmp_path: Path) -> Iterator[Snapshot]:
    english = an_article("bees", "Here frase número of este texto habla solamente de abejas in English.", title="x")
    single = an_article("single", "Una sola frase de este texto habla solamente de faroles y nada más.", language="es")
    add_snapshot(tmp_path, [*map(spanish, ABOUT), english, single])
    with Store(tmp_path).open_current() as opened:
        yield opened


class TestTrials:
    def test_own_passages_are_those_of_the_article(self, snapshot: Snapshot) -> None:
        """Eighteen sentences are asked; each has five more of its own article and thirteen rivals of its language."""
        found = list(trials(snapshot, FakeEncoder(), "es"))
        assert len(found) == 18
        assert {int(trial.own.sum()) for trial in found} == {5}
        assert {len(trial.own) for trial in found} == {18}

    def test_the_sentence_itself_is_no_rival(self, snapshot: Snapshot) -> None:
        """Whatever holds the very sentence has a cosine near one, and is left out."""
        assert max(trial.evidence[:, 0].max() for trial in trials(snapshot, FakeEncoder(), "es")) < 0.99

    def test_one_article_alone_teaches_nothing(self, snapshot: Snapshot) -> None:
        """Without rivals, or without another passage of its own, a sentence is not asked."""
        assert list(trials(snapshot, FakeEncoder(), "en")) == []
        assert list(trials(snapshot, FakeEncoder(), "xx")) == []

    def test_it_is_the_same_again(self, snapshot: Snapshot) -> None:
        """The same index gives the same trust: a snapshot's name depends on it."""
        first, second = (learn_trust(snapshot, FakeEncoder(), {"es", "en"}) for _ in range(2))
        assert first == second
        assert list(first) == ["en", "es"]


class English(FakeEncoder):
    """An encoder for which all Spanish is one and the same: each question in it is as near as can be to each text."""

    def encode(self, texts: Sequence[str]) -> Floats:
        rows = super().encode(texts)
        is_spanish = [bool(re.search(r"\b(?:la|las|de|del|que)\b", text.casefold())) for text in texts]
        rows[is_spanish] = np.eye(1, self.dimension, dtype=np.float32)
        return rows


MIXED = {
    "en": {
        "bees": "Honey bees dance to tell others where flowers are. Karl von Frisch read the dance in 1927.",
        "tides": "The moon raises two tides a day. In the Bay of Fundy they rise by sixteen metres.",
    },
    "es": {
        "abejas": "La danza de las abejas dice a las otras que hay flores. Karl von Frisch leyó la danza en 1927.",
        "mareas": "La luna levanta dos mareas cada día. En la bahía de Fundy suben dieciséis metros.",
        "papel": "La gente de China fue la primera que hizo papel. Cai Lun describió el oficio en el año 105.",
    },
}


def mixed_settings(folder: Path, *languages: str) -> Settings:
    rows = [
        {"id": id_, "title": "-", "text": text, "language": language}
        for language, articles in MIXED.items()
        for id_, text in articles.items()
    ]
    write_rows(folder / "articles" / "articles.jsonl", rows)
    return Settings(
        storage=StorageSettings(folder=folder / "storage"),
        sources=(FilesSource(kind="files", folder=folder / "articles"),),
        index=IndexSection(encoder_languages=languages),
    )


@dataclass(frozen=True, slots=True)
class Searching:
    """A published snapshot and the ways of searching it."""

    snapshot: Snapshot
    ways: Mapping[str, Retriever]

    def ids(self, way: str, question: str) -> list[str]:
        return [hit.passage.article_id for hit in self.ways[way].search(question, 9)]


def opened(settings: Settings, encoder: Encoder) -> Searching:
    build_index(settings, encoder=encoder)
    snapshot = Store(settings.storage.folder).open_current()
    return Searching(snapshot, dict(retrievers(snapshot, encoder)))


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searching]:
    """An index of both languages, with an encoder that reads one."""
    searching = opened(mixed_settings(tmp_path_factory.mktemp("mixed")), English())
    with searching.snapshot:
        yield searching


class TestMixedIndex:
    @pytest.mark.parametrize(
        ("question", "first"),
        [
            ("¿Qué dice la danza de las abejas?", "abejas"),
            ("¿Cuántos metros suben las mareas de Fundy?", "mareas"),
            ("¿Quién describió el oficio del papel?", "papel"),
            ("What do honey bees dance for?", "bees"),
            ("How many metres do tides rise in the Bay of Fundy?", "tides"),
            ("When did Karl von Frisch read the dance of bees?", "bees"),
        ],
    )
    def test_a_question_is_answered_in_its_language(self, mixed: Searching, question: str, first: str) -> None:
        """Passages of one language do not crowd out those of another, though the encoder reads but one."""
        assert mixed.ids("fused", question)[0] == first

    @pytest.mark.parametrize(
        "question", ["la danza de flores", "Fundy, metros, papel", "Cai Lun leyó de la luna en 1927"]
    )
    def test_in_a_foreign_language_both_find_what_the_words_find(self, mixed: Searching, question: str) -> None:
        """Spanish passages come in the order of their words, whatever the encoder makes of them."""
        by_words = [id_ for id_ in mixed.ids("words", question) if id_ in MIXED["es"]]
        assert [id_ for id_ in mixed.ids("fused", question) if id_ in by_words] == by_words
        assert by_words

    def test_the_snapshot_keeps_what_was_learned(self, mixed: Searching) -> None:
        """Foreign languages are named in the manifest, the encoder's own are not."""
        assert mixed.snapshot.manifest.trust == {"es": 0.0}

    def test_a_multilingual_encoder_is_believed_in_every_language(self, tmp_path: Path) -> None:
        """Saying which languages the encoder was made for is enough; the next build does the rest."""
        encoder = FakeEncoder()
        build_index(mixed_settings(tmp_path), encoder=encoder)
        report = build_index(settings := mixed_settings(tmp_path, "en", "es"), encoder=encoder)
        assert (report.published, report.encoded) == (True, 0)
        with Store(settings.storage.folder).open_current() as snapshot:
            assert snapshot.manifest.trust == {}
            (hit,) = FusedRetriever(snapshot, encoder).search("¿Qué dice la danza de las abejas?", 1)
            assert hit.score == pytest.approx(15 * hit.parts.cosine + 0.5 * hit.parts.words, abs=1e-4)


@pytest.mark.model
def test_another_encoder_is_named_by_one_setting(tmp_path: Path) -> None:
    """A model in a folder builds and searches the index, and is believed in every language."""
    model = tmp_path / "multilingual"
    shutil.copytree(locate_weights("all-MiniLM-L6-v2").folder, model)
    settings = mixed_settings(tmp_path).model_copy(update={"index": IndexSection(encoder=str(model))})
    build_index(settings)
    encoder = load_encoder(settings.index.encoder, threads=1)
    with Store(settings.storage.folder).open_current(encoder=encoder.identity) as snapshot:
        assert snapshot.manifest.encoder.startswith("multilingual:")
        assert snapshot.manifest.trust == {}
        (hit,) = FusedRetriever(snapshot, encoder).search("¿Qué dice la danza de las abejas?", 1)
        assert hit.passage.article_id == "abejas"


class TestCovering:
    @pytest.mark.parametrize("name", ["all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"])
    def test_the_default_encoder_is_english(self, name: str) -> None:
        """The one that ships reads English, under both of its names."""
        section = IndexSection(encoder=name)
        assert section.covers("en")
        assert not section.covers("es")

    def test_another_encoder_is_taken_for_multilingual(self) -> None:
        """Naming a multilingual encoder is the one setting that has to be changed."""
        assert IndexSection(encoder="sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2").covers("ru")

    def test_the_setting_says_otherwise(self) -> None:
        """For an encoder of a few languages they are named."""
        section = IndexSection(encoder="models/german", encoder_languages=("de", "en"))
        assert section.covers("de")
        assert not section.covers("ru")

    @pytest.mark.parametrize("code", ["", "german", "DE", "de-AT", "*"])
    def test_a_language_is_a_code_of_two_letters(self, code: str) -> None:
        """What no article's language could ever be equal to is an error, not silence."""
        with pytest.raises(ValueError, match="encoder_languages"):
            IndexSection(encoder_languages=(code,))
