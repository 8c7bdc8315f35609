"""Every way of searching, over a snapshot that the real build made; only the encoder is fake."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from builders import BEES, add_snapshot, an_article, three_articles
from fakes import FakeEncoder
from hypothesis import given
from hypothesis import strategies as st

from index import lexical
from index.build import build_index
from index.encoder import Floats, load_encoder, unit_rows
from index.records import Days, Hit
from index.search import (
    COSINE_WEIGHT,
    TIMELY,
    TYPICAL_COSINE,
    WORDS_WEIGHT,
    FusedRetriever,
    Retriever,
    fuse,
    ranking,
    retrievers,
    with_timely,
    without_copies,
)
from index.settings import FilesSource, Settings, StorageSettings
from index.snapshot import Snapshot, Store

COPIES = 60
TEXTS = {
    "bees": "Honey bees dance to tell others where flowers are. Karl von Frisch read the dance in 1927.",
    "tides": "The moon raises two tides a day. In the Bay of Fundy they rise by sixteen metres.",
    "paper": "Paper was first made in China. Cai Lun described the craft to the court in the year 105.",
    "emoji": "The festival 🎉 of lanterns 🏮 ends with 👩‍👩‍👧 families and *fireworks* <b>at</b> night.",
    "arabic": "النحل يرقص ليخبر الآخرين عن مكان الزهور. قرأ كارل فون فريش الرقصة في عام 1927.",
    "hebrew": "הירח מעלה שתי גאויות ביום. במפרץ פאנדי הן עולות בשישה עשר מטרים.",
    **{f"copy{n:02}": "A zeppelin crossed the ocean in four days, the agency reported." for n in range(COPIES)},
}

WAYS = ("dense", "words", "fused")


@pytest.fixture(scope="module")
def encoder() -> FakeEncoder:
    return FakeEncoder(dimension=384)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, encoder: FakeEncoder) -> Store:
    """What the build publishes of a folder of these texts."""
    base = tmp_path_factory.mktemp("search")
    (base / "articles").mkdir()
    for name, text in TEXTS.items():
        (base / "articles" / f"{name}.txt").write_text(f"About this\n\n{text}\n", encoding="utf-8")
    settings = Settings(
        storage=StorageSettings(folder=base / "storage"),
        sources=(FilesSource(kind="files", folder=base / "articles"),),
    )
    build_index(settings, encoder=encoder)
    return Store(settings.storage.folder)


@pytest.fixture(scope="module")
def snapshot(store: Store) -> Iterator[Snapshot]:
    with store.open_current() as opened:
        yield opened


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """Each way of searching, by its name."""
    return str(request.param)


@pytest.fixture(scope="module")
def retriever(way: str, snapshot: Snapshot, encoder: FakeEncoder) -> Retriever:
    return dict(retrievers(snapshot, encoder))[way]


def texts(snapshot: Snapshot, hits: Sequence[Hit]) -> list[str]:
    """The passages' words."""
    return [words_of(snapshot, hit) for hit in hits]


def words_of(snapshot: Snapshot, hit: Hit) -> str:
    article = snapshot.article(hit.passage.article_id)
    assert article is not None
    return article.text[hit.passage.start : hit.passage.end]


def ids(hits: Sequence[Hit]) -> list[int]:
    return [hit.passage.id for hit in hits]


def test_every_way_is_there(snapshot: Snapshot, encoder: FakeEncoder) -> None:
    """Evaluation and command line offer all of them, by the names in the figures."""
    assert tuple(name for name, _ in retrievers(snapshot, encoder)) == WAYS


class TestContract:
    """What every retriever promises."""

    @pytest.mark.parametrize("question", ["", " \n", "?!… “”", "🐝🎉", "\x00", "\ud800", "\u200b"])
    def test_a_question_without_words_finds_nothing(self, retriever: Retriever, question: str) -> None:
        """There is nothing to search for, so nothing is near to it."""
        assert retriever.search(question, 5) == []

    @pytest.mark.parametrize(
        ("question", "name"),
        [
            ("Where do honey bees dance to?", "bees"),
            ("tides in the Bay of Fundy", "tides"),
            ("Cai Lun's paper", "paper"),
            ("🎉 lanterns 🏮 families 👩‍👩‍👧", "emoji"),
            ("لماذا يرقص النحل؟ الزهور", "arabic"),
            ("הירח מעלה גאויות במפרץ", "hebrew"),
        ],
    )
    def test_the_right_passage_comes_first(
        self, retriever: Retriever, snapshot: Snapshot, question: str, name: str
    ) -> None:
        """In any script, with emoji or without, the passage that shares most with the question is best."""
        (hit,) = retriever.search(question, 1)
        assert words_of(snapshot, hit) in f"About this\n\n{TEXTS[name]}"

    def test_best_first_and_no_passage_twice(self, retriever: Retriever) -> None:
        """Scores fall; a passage that both rankings bring is one hit."""
        hits = retriever.search("Which bees and tides of the bay saw the moon?", 30)
        scores = [hit.score for hit in hits]
        assert len(hits) > 1
        assert scores == sorted(scores, reverse=True)
        assert len(set(ids(hits))) == len(hits)

    def test_fewer_than_asked_for(self, retriever: Retriever, snapshot: Snapshot) -> None:
        """A limit beyond the index brings what there is; a smaller one its beginning."""
        asked = "bees of the bay"
        everything = retriever.search(asked, 10_000)
        assert 1 < len(everything) <= snapshot.manifest.passages
        assert ids(retriever.search(asked, 1)) == ids(everything)[:1]

    @pytest.mark.parametrize("limit", [3, 50, COPIES])
    def test_ties_are_broken_by_id(self, way: str, retriever: Retriever, limit: int) -> None:
        """Copies of a passage score the same and come in the order of their ids, whichever are asked for."""
        found = retriever.search("Which zeppelin crossed the ocean?", COPIES)
        copies = [hit for hit in found if hit.score == found[0].score]
        assert len(copies) == (2 if way == "fused" else COPIES)
        assert ids(copies) == sorted(ids(copies))
        assert ids(retriever.search("Which zeppelin crossed the ocean?", limit)) == ids(found)[:limit]

    def test_both_parts_of_every_score_are_known(
        self, retriever: Retriever, snapshot: Snapshot, encoder: FakeEncoder
    ) -> None:
        """Who compares ways of searching sees for each hit how near it is and what it shares, however it was found."""
        asked = "Do bees dance in the Bay of Fundy?"
        (vector,) = encoder.encode([asked])
        index = lexical.WordIndex(lambda: snapshot.connection)
        shared = {hit.passage_id: hit.score for hit in index.search(index.terms(asked), 10_000)}
        for hit in retriever.search(asked, 50):
            (stored,) = snapshot.vectors.vectors(np.array([hit.passage.id]))
            assert hit.parts.cosine == pytest.approx(float(stored @ vector), abs=1e-5)
            assert hit.parts.words == pytest.approx(shared.get(hit.passage.id, 0.0), abs=1e-5)

    def test_the_same_after_reopening(self, retriever: Retriever, way: str, store: Store, encoder: FakeEncoder) -> None:
        """Nothing about a result is kept in memory alone."""
        asked = "tides and paper"
        with store.open_current() as reopened:
            assert dict(retrievers(reopened, encoder))[way].search(asked, 20) == retriever.search(asked, 20)

    def test_many_threads_find_the_same(self, retriever: Retriever) -> None:
        """The bot's workers share one retriever."""
        questions = ["honey bees", "moon tides", "paper of China", "zeppelin"] * 4
        alone = [retriever.search(question, 5) for question in questions]
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(lambda question: retriever.search(question, 5), questions)) == alone

    @given(st.text(st.characters(exclude_categories=()), max_size=80), st.integers(1, 200))
    def test_any_question_is_safe(self, retriever: Retriever, snapshot: Snapshot, question: str, limit: int) -> None:
        """Whatever is asked: at most so many hits, each a passage of the snapshot, once, best first."""
        hits = retriever.search(question, limit)
        assert len(hits) <= limit
        assert len(set(ids(hits))) == len(hits)
        assert set(ids(hits)) <= set(snapshot.passage_ids())
        assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))

    def test_a_page_for_a_question(self, retriever: Retriever) -> None:
        """4,000 characters, as Telegram allows, are a question like any other."""
        assert retriever.search("Where do honey bees dance? " * 150, 5)


class Deaf(FakeEncoder):
    """An encoder to which every question sounds like one about tides, and a little less about bees."""

    def encode(self, texts: Sequence[str]) -> Floats:
        tides, bees = super().encode([TEXTS["tides"], TEXTS["bees"]])
        return unit_rows(np.tile(1.05 * tides + bees, (len(texts), 1)))


class TestDense:
    """Vectors alone."""

    def test_the_score_is_the_cosine(self, snapshot: Snapshot, encoder: FakeEncoder) -> None:
        """Passages come by nearness, whether they share words or not."""
        hits = dict(retrievers(snapshot, encoder))["dense"].search("xyzzy plugh", 10)
        assert len(hits) == 10
        assert [hit.score for hit in hits] == [hit.parts.cosine for hit in hits]
        assert {hit.parts.words for hit in hits} == {0.0}

    def test_the_score_of_the_words_is_known_however_low_they_rank(self, snapshot: Snapshot) -> None:
        """The nearest passage shares a word, though others share more: its hit says so."""
        dense = dict(retrievers(snapshot, Deaf(dimension=384)))["dense"]
        (hit,) = dense.search("described the craft to the court of China, Fundy", 1)
        assert TEXTS["tides"] in words_of(snapshot, hit)
        assert hit.parts.words > 0


class TestWords:
    """Words alone."""

    def test_only_passages_that_share_a_word_are_found(self, snapshot: Snapshot, encoder: FakeEncoder) -> None:
        """What shares no word is not found, however near its vector."""
        words = dict(retrievers(snapshot, encoder))["words"]
        hits = words.search("Do bees like paper?", 50)
        lines = sorted(text.splitlines()[-1] for text in texts(snapshot, hits))
        assert lines == [TEXTS["bees"], TEXTS["paper"]]
        assert [hit.score for hit in hits] == [hit.parts.words for hit in hits]
        assert words.search("xyzzy plugh", 10) == []


class TestFused:
    """Both."""

    def test_it_finds_what_either_finds(self, snapshot: Snapshot) -> None:
        """A passage that only the vectors bring and one that only the words bring are both found."""
        hits = FusedRetriever(snapshot, Deaf(dimension=384)).search("paper", 20)
        by_vector = [hit for hit in hits if hit.parts.words == 0]
        by_words = [hit for hit in hits if hit.parts.words > 0]
        assert any(TEXTS["tides"] in text for text in texts(snapshot, by_vector))
        assert [TEXTS["paper"] in text for text in texts(snapshot, by_words)] == [True]

    def test_second_twice_may_be_best(self, snapshot: Snapshot) -> None:
        """Also for a single hit both rankings are read deep: what is best by neither can be best by both."""
        asked = "a craft of China, described: honey, flowers"
        (dense, words, fused) = (way.search(asked, 1)[0] for _, way in retrievers(snapshot, Deaf(dimension=384)))
        best = [words_of(snapshot, hit).splitlines()[-1] for hit in (dense, words, fused)]
        assert best == [TEXTS["tides"], TEXTS["paper"], TEXTS["bees"]]

    def test_the_score_is_the_weighted_sum(self, snapshot: Snapshot, encoder: FakeEncoder) -> None:
        """The score can be told from its parts."""
        for hit in FusedRetriever(snapshot, encoder).search("honey bees in the bay", 20):
            foreign = snapshot.languages([hit.passage.id])[0] != "en"
            believed = TYPICAL_COSINE if foreign else hit.parts.cosine
            expected = COSINE_WEIGHT * believed + WORDS_WEIGHT * hit.parts.words
            assert hit.score == pytest.approx(expected, abs=1e-4)

    def test_the_words_of_a_question_are_told(self, snapshot: Snapshot, encoder: FakeEncoder) -> None:
        """The reader gets the question's words with their weights in this snapshot."""
        terms = FusedRetriever(snapshot, encoder).terms("Which bees dance?")
        assert {"bee", "danc"} <= {stem for word in terms.words for stem in word.stems}
        assert len(terms.words) == 2


def test_fusing_nothing_is_nothing() -> None:
    """No candidates, no scores."""
    nothing = np.empty(0, np.float32)
    assert fuse(nothing, nothing, nothing).shape == (0,)


class TestCopies:
    IDS = np.array([11, 12, 13, 14, 15, 16], np.int64)
    FUSED = np.array([1, 6, 5, 4, 3, 2], np.float32)

    def kept(self, stories: Sequence[str | None], rows: Floats) -> list[int]:
        """The places that are left when these passages tell these stories; their vectors are ``rows``."""
        left = without_copies(self.IDS, self.FUSED, stories, lambda ids: rows[ids - 11])
        assert (left[np.isfinite(left)] == self.FUSED[np.isfinite(left)]).all()
        return np.flatnonzero(np.isfinite(left)).tolist()

    def test_a_passage_of_one_story_is_found_twice_at_most(self) -> None:
        """The best two of those that say the same; other stories and articles of their own keep their places."""
        same = np.ones((6, 1), np.float32)
        assert self.kept(["s"] * 6, same) == [1, 2]
        assert self.kept(["s", None, "s", "s", "s", "t"], same) == [1, 2, 3, 5]
        assert self.kept([None] * 6, same) == [0, 1, 2, 3, 4, 5]

    def test_passages_of_one_story_that_say_different_things_stay(self) -> None:
        """A story has more than two passages worth reading."""
        rows = unit_rows(np.eye(6, dtype=np.float32) + np.float32(0.3))
        assert self.kept(["s"] * 6, rows) == [0, 1, 2, 3, 4, 5]
        rows[5] = rows[4] = rows[1]
        assert self.kept(["s"] * 6, rows) == [0, 1, 2, 3, 4]

    def test_copies_do_not_flood_what_is_found(self, tmp_path: Path, encoder: FakeEncoder) -> None:
        """Of ten copies of the best article two are found, and the others' places go to what comes next."""
        copied = [an_article(f"copy {n}", BEES) for n in range(10)]
        add_snapshot(tmp_path, [*copied, *three_articles()[1:]], encoder, 99, {one.id: "copy 0" for one in copied})
        with Store(tmp_path).open_current() as snapshot:
            hits = FusedRetriever(snapshot, encoder).search("Where do honey bees dance?", 4)
        found = [hit.passage.article_id for hit in hits]
        assert sorted(found[2:]) == ["paper", "tides"]
        assert all(name.startswith("copy") for name in found[:2])


class TestTimely:
    """Some of the last places go to what appeared about the question's days."""

    ASKED = Days(date(2024, 5, 1), date(2024, 5, 3))

    @pytest.fixture
    def years(self, tmp_path: Path, encoder: FakeEncoder) -> Iterator[Snapshot]:
        """The same event every year from 1990 to 2024, one of which has no day; the old reports tell little else."""
        rows = [
            {
                "id": f"{year}",
                "title": "The race",
                "text": f"The boat race of {year} was won. " + "Then it rained. " * ((year - 1990) // 4),
                "published": None if year == 2000 else f"{year}-05-02",
            }
            for year in range(1990, 2025)
        ]
        (tmp_path / "articles").mkdir()
        (tmp_path / "articles" / "races.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        source = FilesSource(kind="files", folder=tmp_path / "articles")
        settings = Settings(storage=StorageSettings(folder=tmp_path / "storage"), sources=(source,))
        build_index(settings, encoder=encoder)
        with Store(settings.storage.folder).open_current() as opened:
            yield opened

    def test_a_day_is_near_or_far(self) -> None:
        """By the nearer border; the days themselves are no distance away."""
        days = {day: self.ASKED.distance(date(2024, 5, day)) for day in (1, 2, 3, 4, 13)}
        assert days == {1: 0, 2: 0, 3: 0, 4: 1, 13: 10}
        assert self.ASKED.distance(date(2024, 4, 30)) == 1

    def test_the_newest_of_many_alike_is_found(self, years: Snapshot, encoder: FakeEncoder) -> None:
        """Without days it stands behind the decades before it; with them it is there, in the order of the scores."""
        retriever = FusedRetriever(years, encoder)
        plain = retriever.search("Who won the boat race?", 8)
        timely = retriever.search("Who won the boat race?", 8, self.ASKED)
        assert "2024" not in {hit.passage.article_id for hit in plain}
        assert "2024" in {hit.passage.article_id for hit in timely}
        assert ids(plain)[:6] == ids(timely)[:6], "who is best is found whenever it appeared"
        assert [hit.score for hit in timely] == sorted((hit.score for hit in timely), reverse=True)

    def test_who_asks_for_a_year_gets_that_year(self, years: Snapshot, encoder: FakeEncoder) -> None:
        """Not the newest."""
        days = Days(date(1995, 1, 1), date(1995, 12, 31))
        hits = FusedRetriever(years, encoder).search("Who won the boat race?", 8, days)
        assert "1995" in {hit.passage.article_id for hit in hits}
        assert "2024" not in {hit.passage.article_id for hit in hits}

    def test_articles_without_a_day_change_nothing(self, snapshot: Snapshot, encoder: FakeEncoder) -> None:
        """An archive that knows no days is searched as ever."""
        retriever = FusedRetriever(snapshot, encoder)
        asked = "Which bees and tides of the bay saw the moon?"
        assert retriever.search(asked, 8, self.ASKED) == retriever.search(asked, 8)

    @given(
        st.lists(st.tuples(st.floats(-9, 9, width=32), st.integers(0, 9999) | st.none()), max_size=30),
        st.integers(1, 30),
    )
    def test_the_places_are_filled_and_the_best_have_most_of_them(
        self, found: list[tuple[float, int | None]], limit: int
    ) -> None:
        """No score changes, whatever the days are."""
        fused = np.array([score for score, _ in found], np.float32)
        days = np.array([np.nan if day is None else day for _, day in found], np.float32)
        candidates = np.arange(len(found))
        placed = with_timely(candidates, fused, days, limit)
        order = ranking(candidates, placed)[:limit]
        assert len(order) == min(limit, len(found))
        assert (placed[order] == fused[order]).all()
        best = ranking(candidates, fused)[: limit - int(TIMELY * limit)]
        assert set(best) <= set(order)


class TestTrust:
    """A fusion that believes the cosine as far as the passage's language allows."""

    @given(st.lists(st.tuples(st.floats(-1, 1, width=32), st.floats(0, 60, width=32)), min_size=2, max_size=20))
    def test_without_trust_the_words_decide(self, found: list[tuple[float, float]]) -> None:
        """In a language that the encoder does not read, both together find what the words alone find."""
        cosines, words = np.array(found, np.float32).T
        fused = fuse(cosines, words, np.zeros(len(found), np.float32))
        assert np.all(np.diff(fused[np.argsort(words)]) >= 0)

    def test_half_a_trust_is_half_way(self) -> None:
        """Nothing jumps where trust grows."""
        scores = [float(fuse(*np.array([[0.8], [3.0], [trust]], np.float32))[0]) for trust in (0, 0.5, 1)]
        assert scores[1] == pytest.approx((scores[0] + scores[2]) / 2)

    def test_a_language_is_neither_favoured_nor_punished(self) -> None:
        """Of two passages with the same words, the trusted one is first only if it is nearer than most."""
        cosines, trust = np.array([[0.6, TYPICAL_COSINE, 0.1, 0.9], [1, 1, 1, 0]], np.float32)
        near, typical, far, foreign = fuse(cosines, np.ones(4, np.float32), trust).tolist()
        assert near > typical == foreign > far


@pytest.mark.model
def test_the_real_encoder_takes_any_question(tmp_path: Path) -> None:
    """A lone surrogate, as a terminal of another encoding passes it on, is a question and no crash."""
    encoder = load_encoder("all-MiniLM-L6-v2", threads=1)
    questions = ["Where do bees dance? \udce9", "\ud83d", "a\x00b", "🐝" * 2000, "蜜蜂在哪里跳舞", "الزهور"]
    assert encoder.encode(questions).shape == (len(questions), encoder.dimension)
