"""What every word search does, wherever the words lie: scores, phrases, languages, ties, spelling, nothing to find.

Another engine joins the contract by how it is filled. The word tables are the reference: to them every engine is
compared, over made-up news.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from milvus_server import MilvusServer

from index.lexical import CountWriter, EngineWords, PassageText, Weigher, Weights, WordIndex, Words, WordWriter
from index.lexical.protocol import Find
from index.settings import VectorsSection
from index.vectors import Ids, open_collection, write_vectors
from index.vectors.protocol import NONE, Neighbours

Row = tuple[int, str, str]
Told = Mapping[str, Sequence[Row]]
"""Passages by language: (id, title, text)."""


def in_tables(told: Told) -> WordIndex:
    """The tables of an SQLite file."""
    connection = sqlite3.connect(":memory:")
    writer = WordWriter(connection)
    for language, rows in told.items():
        writer.add(rows, language)
    writer.finish(told)
    return WordIndex(lambda: connection)


def counted(told: Told) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    writer = CountWriter(connection)
    for language, rows in told.items():
        writer.add(rows, language)
    writer.finish(told)
    return connection


def texts_of(told: Told) -> dict[int, PassageText]:
    return {id_: PassageText(title, text, language) for language, rows in told.items() for id_, title, text in rows}


def over(told: Told, filled: Callable[[Ids, Sequence[Weights]], Find]) -> EngineWords:
    """An engine that was filled with the weights of the passages."""
    connection, texts = counted(told), texts_of(told)
    ids = sorted(texts)
    find = filled(np.array(ids, np.int64), Weigher(connection).weights([texts[id_] for id_ in ids]))
    return EngineWords(lambda: connection, find, lambda wanted: {id_: texts[id_] for id_ in wanted if id_ in texts})


@dataclass
class InnerProducts:
    """What Milvus promises to be: whoever has a positive inner product, in single precision, ties the worst way."""

    ids: Ids
    rows: Sequence[Weights]

    def __call__(self, asked: Sequence[Weights], limit: int) -> list[Neighbours]:
        return [self._near(one, limit) for one in asked]

    def _near(self, asked: Weights, limit: int) -> Neighbours:
        products = [
            sum(np.float32(asked[n]) * np.float32(row[n]) for n in asked.keys() & row.keys()) for row in self.rows
        ]
        scores = np.array(products, np.float32)
        places = np.lexsort((-np.arange(len(scores)), -scores))[:limit]
        places = places[scores[places] > 0]
        return Neighbours(self.ids[places], scores[places]) if len(places) else NONE


def in_milvus(told: Told, section: VectorsSection) -> EngineWords:
    """A collection of a real server."""

    def filled(ids: Ids, weights: Sequence[Weights]) -> Find:
        by_id = dict(zip(ids.tolist(), weights, strict=True))
        vectors = np.full((len(ids), 4), 0.5, np.float32)
        written = write_vectors(
            Path(),
            ids,
            vectors,
            section=section,
            owner="words",
            words=lambda some: [by_id[id_] for id_ in some.tolist()],
        )
        return open_collection(written.collection, section).sharing

    return over(told, filled)


Make = Callable[[Told], Words]


@pytest.fixture(params=["tables", "inner products", "milvus"])
def make(request: pytest.FixtureRequest) -> Make:
    if request.param == "milvus":
        server: MilvusServer = request.getfixturevalue("milvus")
        return partial(in_milvus, section=server.section().model_copy(update={"words": "engine"}))
    return in_tables if request.param == "tables" else partial(over, filled=InnerProducts)


def ids_of(words: Words, question: str, limit: int = 10) -> list[int]:
    return [hit.passage_id for hit in words.search(words.terms(question), limit)]


FILLER = [(number, "", f"filler{number} says the usual of nothing") for number in range(100, 140)]
ENGLISH: Told = {
    "en": [
        (7, "Tower", "The guards of London wear red coats."),
        (3, "Guards", "The Tower of London is guarded. The tower of London stands by the river."),
        (5, "Rivers", "London has a river, and of the river a tower was seen."),
        *FILLER,
    ]
}


def test_who_shares_the_words_is_found_best_first(make: Make) -> None:
    """The phrase counts beside its words; every hit has a score, which others have if they are asked for."""
    words = make(ENGLISH)
    terms = words.terms("Where is the Tower of London?")

    hits = words.search(terms, 10)

    assert [hit.passage_id for hit in hits][:1] == [3]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    wanted = np.array([7, 3, 999, 3])
    known = {hit.passage_id: hit.score for hit in hits}
    assert words.scored(terms).of(wanted).tolist() == [known.get(id_, 0.0) for id_ in wanted.tolist()]


def test_no_phrase_reaches_from_the_title_into_the_text(make: Make) -> None:
    """The last word of a title and the first of the text do not stand beside each other."""
    apart = make({"en": [(1, "White", "house of the king"), *FILLER]})
    beside = make({"en": [(1, "", "white house of the king"), *FILLER]})
    scores = [words.search(words.terms("white house"), 1)[0].score for words in (apart, beside)]
    assert scores[1] > 1.4 * scores[0]


def test_words_are_found_in_every_language(make: Make) -> None:
    """Each in the stems of its article's language; a question is stemmed in all of them."""
    told: Told = {
        "en": [(1, "Bees", "The bees were dancing on the combs."), *FILLER],
        "de": [(2, "Bienen", "Die Bienen tanzten auf den Waben.")],
        "es": [(4, "Abejas", "Las abejas bailaban sobre los panales.")],
    }
    words = make(told)
    assert ids_of(words, "Why do bees dance?") == [1]
    assert ids_of(words, "Auf welchen Waben tanzt die Biene?")[0] == 2
    assert ids_of(words, "¿Dónde baila la abeja?")[0] == 4


@pytest.mark.parametrize("limit", [1, 3, 50, 150])
def test_ties_are_broken_by_id(make: Make, limit: int) -> None:
    """Of passages that say the same the smaller ids come first."""
    ids = np.random.default_rng(1).permutation(200).tolist()
    words = make(
        {"en": [*((id_, "Bees", "Honey bees dance.") for id_ in ids), *((n + 1000, "", "x") for n in range(300))]}
    )
    assert ids_of(words, "dancing bees", limit) == list(range(limit))


@pytest.mark.parametrize(("question", "limit"), [("", 9), ("?!", 9), ("zebra", 9), ("tower", 0), ("tower", -1)])
def test_nothing_to_find(make: Make, question: str, limit: int) -> None:
    """No words, none that a passage has, or nobody wanted."""
    words = make(ENGLISH)
    terms = words.terms(question)
    assert words.search(terms, limit) == []
    if limit > 0:
        assert words.scored(terms).of(np.array([7, 3])).tolist() == [0.0, 0.0]


def test_a_word_that_no_passage_has_weighs_most(make: Make) -> None:
    """Wherever the words lie, the question's words have the same weights."""
    asked = make(ENGLISH).terms("zebra tower of the usual")
    assert asked == in_tables(ENGLISH).terms("zebra tower of the usual")
    assert [word.known for word in asked.words] == [False, True, True, True, True]


def test_an_empty_index_finds_nothing(make: Make) -> None:
    """No articles yet is not an error."""
    words = make({})
    assert words.search(words.terms("tower"), 5) == []
    assert words.holder("tower") is None and words.nearest_word("tower") is None


def test_a_passage_without_words_is_never_found(make: Make) -> None:
    """It is there, and nobody asks for it."""
    words = make({"en": [(1, "", "—"), (2, "", "one tower"), *FILLER]})
    assert ids_of(words, "tower") == [2]


def test_words_are_corrected(make: Make) -> None:
    """By the vocabulary, with a passage in whose text, and not in whose title, the right one stands."""
    told: Told = {
        "en": [
            *((n, "Netanyahu", "He spoke.") for n in range(40)),
            (77, "", "Netanyahu spoke" + " and said no more" * 30),
            *FILLER,
        ],
    }
    words = make(told)
    near = words.nearest_word("Netanyaho")
    assert near is not None and (near.stem, near.passages) == ("netanyahu", 41)
    assert words.holder(near.stem) == 77
    assert words.holder("zebra") is None
    assert make({"en": told["en"][:40]}).holder("netanyahu") is None


NOUNS = ["tower", "bridge", "minister", "storm", "harvest", "court", "engine", "river", "strike", "vaccine"]
RARE = [*NOUNS, *(f"{noun}s{end}" for noun in NOUNS for end in ("ide", "ton", "by"))]
COMMON = ["the", "of", "in", "said", "was", "many"]
TOGETHER = ["white tower", "tower of bridge", "court how storm", "river said strike", "how many", "vaccine minister"]


def made_up(count: int) -> Told:
    """News of few words, of which the commonest are frequent, with phrases that come again and again; some German."""
    chance = np.random.default_rng(3)

    def sentence(most: int) -> str:
        kinds = chance.choice(3, chance.integers(0, most), p=(0.87, 0.11, 0.02))
        return " ".join(str(chance.choice((COMMON, RARE, TOGETHER)[kind])) for kind in kinds)

    ids = chance.permutation(2**62 - 1 - np.arange(count)).tolist()
    rows = [(id_, sentence(5), sentence(30)) for id_ in ids]
    return {"en": rows[: count * 3 // 4], "de": rows[count * 3 // 4 :]}


QUESTIONS = [
    *(f"{one} of {other}" for one, other in pairwise(NOUNS)),
    *(f"How many {one}s was in white tower {other}ston?" for one, other in pairwise(NOUNS)),
    *TOGETHER, "the", "zebra in the white tower", "minister said storm was vaccine minister", "court where storm",
]  # fmt: skip


def test_the_made_up_news_are_worth_asking() -> None:
    """Phrases over frequent and over asking words, and between rare ones: all that an engine could get wrong."""
    words = in_tables(made_up(400))
    for asked in ("white tower", "tower of bridge", "court how storm", "river said strike"):
        terms = words.terms(asked)
        without = replace(terms, phrases=())
        assert {len(phrase) for phrase in terms.phrases} == {len(asked.split())}
        assert words.search(terms, 1)[0].score > 1.3 * words.search(without, 1)[0].score


@pytest.mark.parametrize("limit", [5, 50])
def test_every_engine_finds_what_the_tables_find(make: Make, limit: int) -> None:
    """The same passages in the same order with the same scores, to the last bits of a double."""
    told = made_up(400)
    reference, words = in_tables(told), make(told)
    for question in QUESTIONS:
        expected, found = (one.search(one.terms(question), limit) for one in (reference, words))
        assert [hit.passage_id for hit in found] == [hit.passage_id for hit in expected], question
        assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], rel=1e-12)


told_words = st.lists(st.sampled_from([*NOUNS[:3], *COMMON[:4], "how"]), max_size=12).map(" ".join)


@given(st.lists(st.tuples(told_words, told_words), min_size=1, max_size=25), told_words)
@example([("tower", "of the"), ("", "tower of the tower of the"), ("the", "the the")], "tower of the tower")
def test_the_inner_product_is_the_score(texts: list[tuple[str, str]], question: str) -> None:
    """What an engine multiplies is bm25, phrases included, to the rounding of its numbers."""
    told: Told = {"en": [(number * 2**55 % (2**62 - 57), *both) for number, both in enumerate(texts, 1)]}
    products: dict[int, float] = {}

    def watched(ids: Ids, rows: Sequence[Weights]) -> Find:
        engine = InnerProducts(ids, rows)

        def find(asked: Sequence[Weights], limit: int) -> Any:
            found = engine(asked, limit)
            products.update(zip(found[0].ids.tolist(), found[0].scores.tolist(), strict=True))
            return found

        return find

    reference, words = in_tables(told), over(told, watched)
    terms = words.terms(question)
    scored = words.scored(terms)
    products.clear()  # of phrases
    hits = scored.best(100)
    assert hits == reference.search(reference.terms(question), 100)
    assert {hit.passage_id: hit.score for hit in hits} == pytest.approx(products, rel=1e-5)
