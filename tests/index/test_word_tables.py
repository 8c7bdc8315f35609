"""The word tables in a real SQLite: what lies in them, what it scores, what a change and a question cost."""

import sqlite3
from bisect import bisect
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.lexical import WordHit, WordIndex, WordWriter, stems
from index.lexical.asking import RARE_WORDS_KEPT
from index.lexical.occurrences import Occurrences, common, extended
from index.lexical.passages import WordPassages
from index.lexical.postings import all_parts, parts_around
from index.lexical.scoring import affordable, best
from index.lexical.writing import MOST_FREE

Row = tuple[int, str, str]

WORDS = ["tower", "london", "of", "the", "white", "house", "bridge"]
told = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
questions = st.lists(st.sampled_from([*WORDS, "zebra"]), min_size=1, max_size=8).map(" ".join)
collections = st.lists(st.tuples(told, told), min_size=1, max_size=25)


def numbered(texts: Sequence[tuple[str, str]]) -> list[Row]:
    """Passages under ids that are far apart, as digests are, and not in the order of adding."""
    return [(number * 2**55 % (2**62 - 57), title, text) for number, (title, text) in enumerate(texts, 1)]


def written(rows: Sequence[Row], most_waiting: int = 10**6, a_row: int = 5) -> sqlite3.Connection:
    """The tables of English passages, which were added one by one."""
    connection = sqlite3.connect(":memory:")
    writer = WordWriter(connection, most_waiting, a_row)
    for row in rows:
        writer.add([row], "en")
    writer.finish(["en"])
    return connection


def asked(connection: sqlite3.Connection, question: str) -> list[WordHit]:
    index = WordIndex(lambda: connection)
    return index.search(index.terms(question), 100)


def in_fts5(rows: Sequence[Row], question: str, connection: sqlite3.Connection) -> list[WordHit]:
    """What SQLite's own search finds for what the index searches for."""
    terms = WordIndex(lambda: connection).terms(question)
    known = [word for word in terms.words if word.known]
    searched = [word for place, word in enumerate(known) if place < RARE_WORDS_KEPT or not word.frequent]
    runs = [(form,) for word in searched for form in word.stems] + list(terms.phrases)
    if not runs:
        return []
    fts5 = sqlite3.connect(":memory:")
    fts5.execute("CREATE VIRTUAL TABLE words USING fts5(title, text, content='')")
    stemmed = [(id_, " ".join(stems(title, "en")), " ".join(stems(text, "en"))) for id_, title, text in rows]
    fts5.executemany("INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)", stemmed)
    match = " OR ".join(f'"{" ".join(run)}"' for run in runs)
    query = "SELECT rowid, -bm25(words, 0.5, 1.0) FROM words WHERE words MATCH ? ORDER BY 2 DESC, 1"
    found = [WordHit(*row) for row in fts5.execute(query, (match,))]
    fts5.close()
    return found


@given(collections, questions)
@example([("tower", "of london"), ("", "tower of london tower of london"), ("the", "the the")], "tower of london tower")
def test_scores_are_those_of_fts5(texts: list[tuple[str, str]], question: str) -> None:
    """The reader's weights were fitted with SQLite's bm25: titles, phrases, repeated and frequent words score alike."""
    rows = numbered(texts)
    connection = written(rows)
    ours, theirs = (
        {hit.passage_id: hit.score for hit in found}
        for found in (asked(connection, question), in_fts5(rows, question, connection))
    )
    assert ours == pytest.approx(theirs, rel=1e-9)


@given(collections, questions)
def test_every_passage_has_its_score(texts: list[tuple[str, str]], question: str) -> None:
    """Who is found by its vector has the score of its words, wherever the words alone would rank it."""
    rows = numbered(texts)
    connection = written(rows)
    index = WordIndex(lambda: connection)
    scored = index.scored(index.terms(question))
    found = {hit.passage_id: hit.score for hit in scored.best(100)}
    ids = np.array([*(row[0] for row in rows), 7])
    assert scored.of(ids).tolist() == [found.get(id_, 0.0) for id_ in ids.tolist()]


def test_an_empty_index_scores_nothing() -> None:
    """No passage, no score, whoever is asked for."""
    connection = written([])
    index = WordIndex(lambda: connection)
    assert index.scored(index.terms("tower")).of(np.array([1, 2])).tolist() == [0.0, 0.0]


def test_no_phrase_reaches_from_the_title_into_the_text() -> None:
    """The last word of a title and the first of the text do not stand beside each other."""
    filler = [(number, "", f"filler{number} says nothing at all") for number in range(10, 60)]
    connection = written([(1, "White", "house of the king"), (2, "", "white of the king house"), *filler])
    apart, other = asked(connection, "white house")
    assert {apart.passage_id, other.passage_id} == {1, 2}
    together = written([(1, "White", "house of the king"), (2, "", "of the king white house"), *filler])
    assert asked(together, "white house")[0].score > 1.5 * max(apart.score, other.score)


class TestOccurrences:
    """Where a stem stands, packed and compared."""

    places = st.lists(st.tuples(st.integers(0, 2**31 - 2), st.integers(0, 70_000)), max_size=40, unique=True)

    @given(places)
    @example([(5, 0), (5, 255), (260, 256), (70_000, 65_536)])
    def test_what_is_packed_is_unpacked(self, places: list[tuple[int, int]]) -> None:
        """However far apart passages and places are."""
        found = occurrences(sorted(places))
        assert pairs(Occurrences.unpack(found.pack())) == sorted(places)

    @given(places, places, st.integers(0, 60))
    @example([(5, 3)], [(6, 3)], 60)
    @example([(5, 3), (200, 3)], [(300, 9)], 60)
    @example([(5, 3)], [(70_000, 300)], 60)
    @example([(5, 3), (6, 3)], [(7, 3)], 2)
    def test_what_comes_later_goes_behind(
        self, places: list[tuple[int, int]], later: list[tuple[int, int]], most: int
    ) -> None:
        """A row is made longer without unpacking it, and is as if packed anew; where it cannot be, nothing is made."""
        old, new = sorted(places), sorted(later)
        if not old or not new or old[-1][0] >= new[0][0]:
            old, new = [(1, 2), (4, 2)], [(9 + passage // 2, place) for passage, place in new] or [(9, 2)]
        packed, whole = occurrences(old).pack(), occurrences(old + new).pack()
        fits = len(old + new) <= most and packed[:2] == whole[:2]
        assert extended(packed, occurrences(new), most) == (whole if fits else None)

    def test_a_frequent_word_takes_two_bytes_each(self) -> None:
        """A gap and a place: of a word of every second passage nothing else is stored."""
        found = occurrences([(passage, passage % 120) for passage in range(0, 20_000, 2)])
        assert len(found.pack()) < 2 * 10_000 + 16

    @given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)))
    def test_what_two_have_in_common(self, one: set[int], other: set[int]) -> None:
        """Of ascending keys the shared ones, ascending."""
        first, second = (np.array(sorted(keys), np.int64) for keys in (one, other))
        assert common(first, second).tolist() == sorted(one & other)

    @given(st.sets(st.tuples(st.integers(0, 9), st.integers(1, 9)), max_size=8), places, st.integers(0, 1))
    @example({(3, 2), (3, 4), (5, 1)}, [(n, place) for n in range(40) for place in range(1, 6)], 1)
    def test_a_few_are_found_among_many(
        self, few: set[tuple[int, int]], places: list[tuple[int, int]], back: int
    ) -> None:
        """Whether all are compared or only those of the few's passages."""
        many = occurrences(sorted(places))
        keys = occurrences(sorted(few)).keys(0)
        assert many.among(keys, back).tolist() == sorted(set(keys.tolist()) & set(many.keys(back).tolist()))

    def test_keys_go_back_and_forth(self) -> None:
        """A key says passage and place, and one place back is one less."""
        found = occurrences([(0, 0), (3, 1), (3, 200)])
        assert pairs(Occurrences.of_keys(found.keys(0))) == pairs(found)
        assert (found.keys(0) - found.keys(1)).tolist() == [1, 1, 1]


def occurrences(places: Sequence[tuple[int, int]]) -> Occurrences:
    passages, in_them = np.array(places, np.int32).reshape(-1, 2).T
    return Occurrences(passages, in_them)


def pairs(found: Occurrences) -> list[tuple[int, int]]:
    return list(zip(found.passages.tolist(), found.places.tolist(), strict=True))


@given(st.integers(0, 3000), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_the_best_are_those_that_sorting_all_gives(count: int, limit: int, seed: int) -> None:
    """However many there are, with ties and with those that share nothing; ties by id, not by place."""
    chance = np.random.default_rng(seed)
    scores, ids = chance.integers(0, 400, count) / 100.0, chance.permutation(count)
    ranked = sorted((place for place in range(count) if scores[place] > 0), key=lambda n: (-scores[n], ids[n]))
    assert best(scores, lambda places: ids[places], limit).tolist() == ranked[:limit]


class TestChanging:
    """Passages in and out, build after build."""

    @given(
        st.lists(st.dictionaries(st.integers(0, 12), st.none() | st.tuples(told, told), max_size=8), max_size=5),
        questions,
    )
    def test_it_is_what_it_would_be_made_anew(
        self, builds: list[dict[int, tuple[str, str] | None]], question: str
    ) -> None:
        """Whatever came, changed or left: what stays scores as if it had been added alone, at once."""
        held = {number: ("", f"{WORDS[number % 7]} of the house") for number in range(100, 130)}
        connection = written([(id_, *both) for id_, both in held.items()])
        for changes in builds:
            writer = WordWriter(connection, most_waiting=20, a_row=5)
            for id_, new in changes.items():
                if old := held.pop(id_, None):
                    writer.remove([(id_, *old)], "en")
                if new:
                    held[id_] = new
                    writer.add([(id_, *new)], "en")
            writer.finish(["en"])
        anew = written([(id_, *both) for id_, both in held.items()])
        assert counts(connection) == counts(anew)
        assert asked(connection, question) == asked(anew, question)

    def test_what_was_added_and_taken_out_at_once_is_not_there(self) -> None:
        """A passage may come, leave and come again before anything is written."""
        connection = sqlite3.connect(":memory:")
        writer = WordWriter(connection)
        for text in ("one tower", "two bridges"):
            writer.add([(1, "", text)], "en")
            writer.remove([(1, "", text)], "en")
        writer.add([(1, "", "three houses")], "en")
        writer.finish(["en"])
        assert counts(connection) == [("hous", 1), ("three", 1)]

    def test_nor_is_it_beside_many_that_stay(self) -> None:
        """There numbers are not given anew, and rows only become longer."""
        rows: list[Row] = [(number, "", f"the tower number{number}") for number in range(30)]
        connection = written(rows)
        writer = WordWriter(connection)
        writer.add([(77, "", "the one tower")], "en")
        writer.remove([(77, "", "the one tower")], "en")
        writer.finish(["en"])
        assert counts(connection) == counts(written(rows))

    @pytest.mark.parametrize("most_waiting", [1, 40, 10**6])
    def test_what_does_not_fit_into_memory_waits_on_the_disk(self, most_waiting: int) -> None:
        """The rows are the same in how many runs ever they came, and nothing is left of the runs."""
        rows: list[Row] = [
            (number, "London", f"the tower number{number} of {WORDS[number % 7]}") for number in range(300)
        ]
        connection = written(rows, most_waiting)
        assert contents(connection) == contents(written(rows))
        assert connection.execute("SELECT count(*) FROM sqlite_temp_schema").fetchone() == (0,)

    def test_only_the_rows_of_what_changed_are_written(self) -> None:
        """A rebuild costs what has changed, not what there is."""
        connection = written([(number, "", f"alone{number} word{number}") for number in range(3000)])
        before, rows = connection.total_changes, set(contents(connection))
        writer = WordWriter(connection)
        writer.remove([(7, "", "alone7 word7")], "en")
        writer.add([(7, "", "alone7 another")], "en")
        writer.finish(["en"])
        assert connection.total_changes - before < 20
        assert len(rows - set(contents(connection))) == 2

    def test_of_a_frequent_word_the_last_row_is_written(self) -> None:
        """Every passage holds it: one that comes and one that goes leave all that was written of the others."""
        connection = written([(number, "", f"the word{number}") for number in range(310)], a_row=20)
        rows = set(contents(connection))
        assert sum(stem == "the" for stem, *_ in rows) == 16
        writer = WordWriter(connection, a_row=20)
        writer.remove([(7, "", "the word7")], "en")
        writer.add([(7, "", "the other")], "en")
        writer.finish(["en"])
        kept = {occurrences for stem, _, occurrences in rows & set(contents(connection)) if stem == "the"}
        assert ("the", 310) in counts(connection)
        assert len(kept) == 15

    def test_numbers_are_given_anew_when_many_are_free(self) -> None:
        """A hundred rebuilds of the same size leave no arrays a hundred times as long."""
        rows: list[Row] = [(number, "", f"the tower number{number}") for number in range(30)]
        connection = written(rows)
        for build in range(1, 10):
            writer = WordWriter(connection)
            writer.remove(rows[:6], "en")
            rows = [*rows[6:], *((100 * build + number, "", f"the bridge number{number}") for number in range(6))]
            writer.add(rows[-6:], "en")
            writer.finish(["en"])
            passages = WordPassages.read(connection)
            assert len(passages) == 30
            assert passages.end <= 30 / (1 - MOST_FREE)
        assert asked(connection, "bridge number3") == asked(written(rows), "bridge number3")


def counts(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    return connection.execute("SELECT stem, documents FROM word_stems ORDER BY stem").fetchall()


def contents(connection: sqlite3.Connection) -> list[tuple[str, int, bytes]]:
    query = """
        SELECT stem, documents, occurrences FROM word_stems JOIN word_occurrences ON key >> 32 = number
        ORDER BY stem, key
    """
    return connection.execute(query).fetchall()


class TestRows:
    """A stem's occurrences, in rows one after the other."""

    @given(st.sets(st.integers(0, 200), min_size=1), st.sets(st.integers(0, 220), min_size=1))
    @example({0, 100, 200}, {99, 220})
    def test_no_more_rows_are_read_than_passages_lie_in(self, held: set[int], wanted: set[int]) -> None:
        """Each once, however many of the passages lie in it, and whatever else the stem has."""
        connection = written([(number, "", "tower" if number in held else "bridge") for number in range(201)], a_row=3)
        (number,) = connection.execute("SELECT number FROM word_stems WHERE stem = 'tower'").fetchone()
        parts = [part.passages.tolist() for part in all_parts(connection, number)]
        assert [passage for part in parts for passage in part] == sorted(held)
        starts = [part[0] for part in parts]
        where = {bisect(starts, passage) - 1 for passage in wanted} - {-1}
        read = parts_around(connection, number, np.array(sorted(wanted), np.int32))
        assert [part.passages.tolist() for part in read] == [parts[place] for place in sorted(where)]

    def test_a_phrase_reads_of_a_frequent_word_only_where_it_can_stand(self) -> None:
        """Its rows are as many as the index is large; the phrase stands in few passages."""
        rows: list[Row] = [(number, "", f"the word{number} of the house") for number in range(400)]
        connection = written([*rows, (999, "", "tower the bridge")], a_row=50)
        read: list[str] = []
        index = WordIndex(lambda: connection)
        terms = index.terms("tower the bridge, word7 and word8")
        assert ("tower", "the", "bridg") in terms.phrases
        connection.set_trace_callback(read.append)
        assert [hit.passage_id for hit in index.search(terms, 1)] == [999]
        assert sum("LIMIT 1" in statement for statement in read) == 1


COUNTS = {"rare": 10, "tower": 400, "of": 900, "the": 5000}


class TestCost:
    """What a question may cost is bounded, however large the index is."""

    @pytest.mark.parametrize(
        ("most", "always", "expected"),
        [
            (10**6, 0, [("rare",), ("tower",), ("the",), ("tower", "of", "rare")]),
            (1400, 0, [("rare",), ("tower",), ("tower", "of", "rare")]),
            (500, 0, [("rare",), ("tower",)]),
            (0, 1, [("rare",)]),
            (500, 3, [("rare",), ("tower",), ("the",)]),
        ],
    )
    def test_what_is_too_dear_is_left_out(self, most: int, always: int, expected: list[tuple[str, ...]]) -> None:
        """In their order, each stem paid for once; the first ones are searched for whatever they cost."""
        runs = [("rare",), ("tower",), ("the",), ("tower", "of", "rare")]
        assert list(affordable(runs, COUNTS, most, always)) == expected

    @given(
        st.lists(st.lists(st.sampled_from(sorted(COUNTS)), min_size=1, max_size=3), max_size=20), st.integers(0, 8000)
    )
    def test_no_more_is_read_than_is_paid_for(self, runs: list[list[str]], most: int) -> None:
        """The stems of what is searched for stand in at most so many passages together."""
        read = {stem for run in affordable(runs, COUNTS, most) for stem in run}
        assert sum(COUNTS[stem] for stem in read) <= most

    def test_no_row_is_read_twice(self) -> None:
        """A word that is searched for alone and in two phrases is read once."""
        rows: list[Row] = [(n, "", f"filler{n}") for n in range(50)]
        connection = written([*rows, (99, "", "white tower bridge house")])
        index = WordIndex(lambda: connection)
        terms = index.terms("white tower bridge house")
        read: list[str] = []
        connection.set_trace_callback(read.append)
        index.search(terms, 5)
        assert sum("SELECT occurrences" in statement for statement in read) == len(terms.words) == 4
