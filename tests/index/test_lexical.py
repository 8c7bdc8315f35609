"""Words, their stems, and the word tables in a real SQLite."""

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.lexical import WordIndex, WordWriter, stems
from index.lexical.asking import MAX_WORDS, RARE_WORDS_KEPT
from index.lexical.stemming import words

Row = tuple[int, str, str]


def index_of(*languages: tuple[str, list[Row]]) -> WordIndex:
    """An index in memory of passages (id, title, text) in each language."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    fill(connection, *languages)
    return WordIndex(lambda: connection)


def fill(connection: sqlite3.Connection, *languages: tuple[str, list[Row]]) -> None:
    writer = WordWriter(connection)
    for language, rows in languages:
        writer.add(rows, language)
    writer.finish(language for language, _ in languages)
    connection.commit()


def english(*texts: str) -> WordIndex:
    """An index of English passages without titles, with the ids 1, 2, …"""
    return index_of(("en", [(number, "", text) for number, text in enumerate(texts, 1)]))


def found(index: WordIndex, question: str, limit: int = 10) -> list[int]:
    return [hit.passage_id for hit in index.search(index.terms(question), limit)]


FILLER = [f"Filler {number} says nothing of interest to anyone" for number in range(40)]
"""Enough other passages that a word of one passage is rare."""


class TestWords:
    """What counts as the same word."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("The U.S. and the U.S.A.", "the us and the usa"),
            ("U.S.-led F.B.I.'s J.R.R. Tolkien", "us led fbi jrr tolkien"),
            ("It ended. A new one began", "it ended a new one began"),
            ("Boeing's BOEING'S boeing’s boeingʼs", "boeing boeing boeing boeing"),
            ("James' dogs' l'homme aujourd’hui", "james dogs l homme aujourd hui"),
            ("п'ять п’ять пʼять", "п ять п ять п ять"),
            ("Straße STRASSE", "strasse strasse"),
            ("ﬁne Ｆｕｌｌ １２", "fine full 12"),
            ("\u0130stanbul \u0390\u03b4", "i\u0307stanbul \u0390\u03b4"),
            ("हिन्दी। தமிழ்", "हिन्दी தமிழ்"),
            ("in\u00adter\u200bnet", "internet"),
            ("شَمْس שָׁלוֹם", "شمس שלום"),
            ("snake_case 3.5 a-b", "snake_case 3 5 a b"),
            ("\ud800a\x00b 🐝 “”", "a b"),
            ("", ""),
        ],
    )
    def test_words_are_folded(self, text: str, expected: str) -> None:
        """Case, possessives, dots of acronyms, unseen marks and forms of a letter make no other word."""
        assert words(text) == expected.split()

    @given(st.text(st.characters(exclude_categories=())))
    @example("ΐ ẞ İ ŉ ǰ ﬃ ㎏ ½ ﷺ")
    def test_folding_is_done_once(self, text: str) -> None:
        """Words of words are the same words, so that a question may repeat what the index holds."""
        folded = words(text)
        assert words(" ".join(folded)) == folded


class TestStems:
    """Snowball, per language."""

    @pytest.mark.parametrize(
        ("language", "one", "other"),
        [
            ("en", "running", "runs"),
            ("de", "Häuser", "Hauses"),
            ("de", "Häuser", "Hauser"),
            ("fr", "chevaux", "cheval"),
            ("es", "canción", "canciones"),
            ("es", "canción", "cancion"),
            ("ru", "книгами", "книга"),
            ("el", "λόγος", "λογος"),
            ("tr", "İstanbul", "istanbul"),
            ("uk", "Київ", "КИЇВ"),
            ("zz", "Café", "cafe"),
        ],
    )
    def test_forms_of_a_word_have_one_stem(self, language: str, one: str, other: str) -> None:
        """A question in the singular finds the plural, and one without accents the accented word."""
        assert stems(one, language) == stems(other, language)

    @pytest.mark.parametrize(
        ("language", "one", "other"),
        [("ru", "йод", "иод"), ("uk", "її", "ии"), ("en", "universe", "uniform")],
    )
    def test_other_words_have_other_stems(self, language: str, one: str, other: str) -> None:
        """In Cyrillic й and ї are letters, not accented ones."""
        assert stems(one, language) != stems(other, language)

    def test_composed_or_not_is_the_same(self) -> None:
        """Letters typed with a dead key equal letters typed as one."""
        for composed, apart in (("é", "e\u0301"), ("й", "и\u0306")):
            assert stems(composed, "fr") == stems(apart, "fr")
            assert stems(composed, "ru") == stems(apart, "ru")


class TestSearching:
    """From a question to passages."""

    def test_inflected_words_are_found(self) -> None:
        """The words of the question need not stand in the passage as they are."""
        index = english("Honey bees danced for flowers", *FILLER)
        assert found(index, "Does a bee dance?") == [1]

    def test_the_more_telling_words_the_better(self) -> None:
        """Passages come best first, their scores positive and falling."""
        index = english("copper and zinc", "copper zinc and brass", "copper alone here", *FILLER)
        hits = index.search(index.terms("copper, zinc, brass"), 10)
        assert [hit.passage_id for hit in hits] == [2, 1, 3]
        scores = [hit.score for hit in hits]
        assert scores == sorted(scores, reverse=True) and scores[-1] > 0

    def test_ties_are_broken_by_id(self) -> None:
        """Equal passages come in the order of their ids, whatever the order of adding and the limit."""
        index = index_of(("en", [(id_, "", "A tapir sleeps") for id_ in (7, 3, 9, 1, 2**62)]))
        assert found(index, "tapir") == [1, 3, 7, 9, 2**62]
        assert found(index, "tapir", limit=2) == [1, 3]

    def test_no_more_than_asked_for(self) -> None:
        """The limit bounds the answer; fewer is no error."""
        index = english(*(f"tapir {n}" for n in range(5)), *FILLER)
        assert len(found(index, "tapir", 3)) == 3
        assert len(found(index, "tapir", 300)) == 5

    def test_the_title_counts_less_than_the_text(self) -> None:
        """A word of the title finds the passage, and one of the text finds it higher."""
        rows = [(1, "Tapirs", "an animal of the forest"), (2, "Animals", "a tapir of the forest")]
        index = index_of(("en", rows + [(n, "", text) for n, text in enumerate(FILLER, 10)]))
        assert found(index, "tapir") == [2, 1]
        in_text, in_title = index.search(index.terms("tapir"), 2)
        assert in_text.score > in_title.score > 0.1

    def test_neighbouring_words_find_their_phrase(self) -> None:
        """Of two passages with the same words the one that holds them together comes first."""
        apart, together = "a york that is new to the house of white", "the white house is in a new york of"
        index = english(apart, together, *FILLER)
        assert found(index, "Who lives in the White House?")[0] == 2
        assert index.terms("tapir of zanzibar").phrases[0] == ("tapir", "of", "zanzibar")

    def test_frequent_words_are_not_searched_for(self) -> None:
        """A word of every fifth passage brings nothing in beside telling ones; it costs most."""
        index = english("the rare tapir", "the okapi", *(f"{text} the" for text in FILLER))
        asked = "the tapir, the okapi and a zebu"
        assert sorted(found(index, f"{asked}: rare?")) == [1, 2]

    def test_every_telling_word_is_searched_for(self) -> None:
        """Each of many rare words brings in its passage."""
        index = english(*(f"number{n}" for n in range(8)), *FILLER)
        assert len(found(index, " ".join(f"number{n}" for n in range(8)))) == 8

    def test_the_rarest_are_always_searched_for(self) -> None:
        """A question of frequent words alone finds something."""
        index = english(*(f"to be or not to be {n}" for n in range(30)))
        assert len(found(index, "To be or not to be?", 50)) == 30

    def test_unknown_words_do_not_push_out_known_ones(self) -> None:
        """However many words no passage holds, those that one holds are searched for."""
        index = english("bees hum", "bees dance", "bees sleep")
        unknown = " ".join(f"xyzzy{n}" for n in range(RARE_WORDS_KEPT + 1))
        assert sorted(found(index, f"{unknown} bees")) == [1, 2, 3]

    def test_asking_words_are_not_searched_for(self) -> None:
        """A passage that happens to ask is no answer to every question; unless nothing else is asked."""
        index = english("who what when where", "tapirs sleep", *FILLER)
        assert found(index, "Who knows when tapirs sleep and where?") == [2]
        assert found(index, "Who? When?") == [1]

    def test_a_missing_word_weighs_most(self) -> None:
        """The reader is told how much of a question the articles do not even mention."""
        index = english("the tapir", *(f"the {text}" for text in FILLER))
        terms = index.terms("the tapir zanzibar")
        assert [word.stems for word in terms.words] == [("zanzibar",), ("tapir",), ("the",)]
        assert [word.known for word in terms.words] == [False, True, True]
        assert [word.frequent for word in terms.words] == [False, False, True]
        assert terms.weight == sum(word.idf for word in terms.words) > 0

    def test_a_long_question_costs_no_more_than_a_page(self) -> None:
        """A pasted text is cut to its rarest words, and finds what they find."""
        index = english("tapirs sleep", *FILLER)
        terms = index.terms("tapir " + " ".join(f"word{n}" for n in range(5000)))
        assert len(terms.words) == MAX_WORDS
        assert len(terms.phrases) <= MAX_WORDS

    def test_nothing_is_found_in_an_empty_index(self) -> None:
        """An index without passages answers with none."""
        assert found(english(), "tapir") == []


class TestLanguages:
    """Several languages in one index."""

    @pytest.fixture
    def index(self) -> WordIndex:
        return index_of(
            ("en", [(1, "Bees", "The bees were dancing on the flowers"), (2, "Tides", "Tides rise twice a day")]),
            ("de", [(3, "Bienen", "Die Bienen tanzten auf den Blüten"), (4, "Gezeiten", "Häuser stehen am Meer")]),
            ("ru", [(5, "Пчёлы", "Пчёлы танцуют на цветах")]),
            ("", [(6, "", "sine ulla lingua")]),
        )

    @pytest.mark.parametrize(
        ("question", "expected"),
        [
            ("dance", [1]),
            ("Haus", [4]),
            ("tanzen Bluten", [3]),
            ("цветы", [5]),
            ("lingua", [6]),
            ("Do bees or Bienen dance?", [1, 3]),
        ],
    )
    def test_a_question_is_stemmed_in_every_language(
        self, index: WordIndex, question: str, expected: list[int]
    ) -> None:
        """Nobody says in which language a question is."""
        assert sorted(found(index, question)) == expected


NASTY = [
    "",
    " \n\t",
    "?!…",
    '"',
    '""" OR "',
    "NEAR(bees flowers, 2)",
    "bees AND NOT OR",
    "title: bees",
    "{title text} : bees",
    "bees*",
    "^bees -flowers + ~",
    "'; DROP TABLE words; --",
    "bees\x00flowers",
    "\ud800 bees \udfff",
    "🐝🐝🐝 👩‍👩‍👧 bees",
    "‮مرحبا بالعالم‬ bees",
    "שלום עולם",
    "ミツバチはどこで踊りますか",
    "蜜蜂在哪里跳舞",
    "the of and to a in",
    "a" * 4000,
    "bees " * 800,
    "%s %(a)s {0} \\ \\x",
    "\u0301\u0302",
    "___",
    "𞤀 ᎠᎡ ² ½ Ⅻ ㎏ 🯵",
]


@pytest.fixture(scope="module")
def bees() -> WordIndex:
    """Passages 1 to 40, 100 and 101, in two languages."""
    return index_of(
        ("en", [(number, "Bees", text) for number, text in enumerate(FILLER, 1)]),
        ("de", [(100, "Bienen", "Die Bienen tanzen"), (101, "", "the of and to a in bees flowers")]),
    )


class TestAnyText:
    """Question text is nobody's code."""

    @pytest.mark.parametrize("question", NASTY, ids=range(len(NASTY)))
    def test_nasty_questions_are_safe(self, bees: WordIndex, question: str) -> None:
        """Operators, quotes, NUL, surrogates, emoji, any script, any length: hits or none, never an error."""
        assert set(found(bees, question, 100)) <= {*range(1, 41), 100, 101}

    @pytest.mark.parametrize("question", ["NEAR(bees flowers)", '"bees', "bees*", "-bees", "title:bees"])
    def test_operators_are_only_words(self, bees: WordIndex, question: str) -> None:
        """What looks like FTS5's query language is searched for as what it says."""
        assert 101 in found(bees, question, 100)

    @given(st.text(st.characters(exclude_categories=()), max_size=200))
    def test_any_text_is_safe(self, bees: WordIndex, question: str) -> None:
        """Whatever is asked, every hit is a passage of the index, once, best first."""
        hits = bees.search(bees.terms(question), 100)
        ids = [hit.passage_id for hit in hits]
        assert set(ids) <= {*range(1, 41), 100, 101} and len(ids) == len(set(ids))
        assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))

    @given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=40), st.sampled_from(["en", "ru", ""]))
    @example("मैं हिन्दी", "hi")
    @example("foo_bar _", "en")
    @example("\u19b0", "en")
    def test_every_word_that_is_stored_is_found(self, text: str, language: str) -> None:
        """A text finds itself whatever script it is in: FTS5 ends words where they end here."""
        index = index_of((language, [(1, "", text)]))
        assert found(index, text) == ([1] if words(text) else [])
        assert all(word.known for word in index.terms(text).words)


def test_what_is_removed_leaves_nothing() -> None:
    """Neither its words nor its part in their counts: what stays is scored as if it had always been alone."""
    connection = sqlite3.connect(":memory:")
    writer = WordWriter(connection)
    writer.add([(1, "Bees", "Bees dance."), (2, "Tides", "Tides rise and bees dance.")], "en")
    writer.add([(3, "Bienen", "Bienen tanzen.")], "de")
    writer.remove([(1, "Bees", "Bees dance.")], "en")
    writer.remove([(3, "Bienen", "Bienen tanzen.")], "de")
    writer.finish(["en"])

    left, alone = WordIndex(lambda: connection), index_of(("en", [(2, "Tides", "Tides rise and bees dance.")]))
    for question in ("do bees dance", "Bienen", "tides"):
        assert left.terms(question) == alone.terms(question)
        assert left.search(left.terms(question), 9) == alone.search(alone.terms(question), 9)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A word index on the disk."""
    with sqlite3.connect(tmp_path / "words.sqlite") as connection:
        fill(connection, ("en", [(n, "", f"tapir number{n} walks") for n in range(200)]))
    connection.close()
    return tmp_path / "words.sqlite"


@pytest.fixture
def connections(file: Path) -> Iterator[list[sqlite3.Connection]]:
    opened: list[sqlite3.Connection] = []
    yield opened
    for connection in opened:
        connection.close()


def test_one_index_serves_many_threads(file: Path, connections: list[sqlite3.Connection]) -> None:
    """Each thread searches on its own connection, and all find the same."""
    local = threading.local()

    def connect() -> sqlite3.Connection:
        if not hasattr(local, "connection"):
            local.connection = sqlite3.connect(file, check_same_thread=False)
            connections.append(local.connection)
        opened: sqlite3.Connection = local.connection
        return opened

    index = WordIndex(connect)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: found(index, f"number{n} of tapirs walking, thread{n}", 1), range(200)))
    assert answers == [[n] for n in range(200)]
    assert len(connections) > 1
