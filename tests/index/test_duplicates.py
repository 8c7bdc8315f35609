"""Which articles tell the same, and which were superseded."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from builders import an_article
from fakes import FakeEncoder
from hypothesis import given
from hypothesis import strategies as st

from index.build import build_index, utc_now
from index.cache import VectorCache
from index.duplicates import Earlier, Stories, find_stories, trace
from index.duplicates.runs import RUN, SHORT, runs_of
from index.duplicates.signatures import FOUND, LENGTH, bands_of, rows_for
from index.encoder.spreading import OnThisMachine
from index.indexing import Indexer
from index.layout import Layout
from index.library import Library
from index.progress import silent
from index.records import Article
from index.settings import DuplicatesSection, FilesSource, Settings, StorageSettings
from index.snapshot import Store
from index.snapshot.writing import Origin


def words(seed: object, count: int = 120) -> str:
    """Words that no other seed gives in the same order."""
    chance = random.Random(str(seed))
    return " ".join(
        f"{chance.choice('bdfgklmnprst')}{chance.choice('aeiou')}{chance.randrange(99)}" for _ in range(count)
    )


def changed(text: str, *places: int) -> str:
    """Change words."""
    parts = text.split(" ")
    for place in places:
        parts[place] = "otherwise"
    return " ".join(parts)


def told_by(id_: str, text: str, host: str, day: int | None = None) -> Article:
    published = date(2024, 5, day) if day else None
    return an_article(id_, text, url=f"https://{host}/{id_}", published=published)


def stories(*articles: Article, similarity: float = 0.7) -> Stories:
    def read(ids: Set[str]) -> Iterator[Article]:
        return (article for article in articles if article.id in ids)

    return find_stories(trace(articles, similarity), read, similarity)


WIRE = words("wire")


def some_world(chance: random.Random) -> dict[str, Article]:
    """Articles of which many tell one of three stories, more or less changed, in one of two outlets, on some day."""
    told = {}
    for number in chance.sample(range(20), chance.randrange(6, 18)):
        text = changed(words(f"story {chance.randrange(3)}"), *range(0, chance.choice([0, 3, 24]), 3))
        text = chance.choice([text, text, words(f"own {number}"), f"{text} {words('frame', 30)}"])
        told[f"{number}"] = told_by(f"{number}", text, chance.choice("ab"), chance.choice([None, 1, 2, 3]))
    return told


def test_one_that_is_gone_changes_stories_far_away() -> None:
    """Each of a row is near to the one beside it alone: without the newest, others begin the stories of all."""
    stream = words("stream", 400).split(" ")
    row = [told_by(f"{n}", " ".join(stream[20 * n : 20 * n + 120]), f"host{n}", 28 - n) for n in range(12)]
    before, now = stories(*row), stories(*row[1:])
    found = find_stories(
        trace(row[1:], 0.7),
        lambda ids: (one for one in row if one.id in ids),
        0.7,
        Earlier(before, list(trace(row[:1], 0.7))),
    )
    assert before.groups["0"] == before.groups["1"] != before.groups["2"]
    assert now.groups["1"] == now.groups["2"] != now.groups["3"]
    assert found == now


@pytest.mark.parametrize("seed", range(30))
def test_what_changed_alone_is_compared_anew(seed: int) -> None:
    """Stories are those of a search of everything, and no article is read in a chain where nothing changed."""
    chance = random.Random(seed)
    apart = {id_: told_by(id_, changed(words("apart"), place), id_) for place, id_ in enumerate(("x", "y"))}
    before, others = some_world(chance) | apart, some_world(chance)
    now = {id_: others.get(id_, one) if chance.random() < 0.3 else one for id_, one in before.items()}
    now = {id_: one for id_, one in now.items() if id_ in apart or chance.random() < 0.9}
    differing = {id_ for id_ in before.keys() | now.keys() if before.get(id_) != now.get(id_)}
    changes = [one for world in (before, now) for one in trace([world[id_] for id_ in differing & world.keys()], 0.7)]
    read: set[str] = set()

    def reading(ids: Set[str]) -> Iterator[Article]:
        read.update(ids)
        return (now[id_] for id_ in ids)

    found = find_stories(trace(now.values(), 0.7), reading, 0.7, Earlier(stories(*before.values()), changes))
    assert found == stories(*now.values())
    assert found.groups["x"] == found.groups["y"]
    assert not read & apart.keys()


class TestStories:
    def test_copies_in_several_outlets_are_one_story(self) -> None:
        """All stay, and the story is named for the first published, whatever the ids are."""
        found = stories(
            told_by("a", changed(WIRE, 50), "a.example", 3),
            told_by("b", WIRE, "b.example", 1),
            told_by("c", changed(WIRE, 9), "c.example", 2),
            told_by("d", words("another"), "d.example", 1),
        )
        assert found == Stories({"a": "b", "b": "b", "c": "b"}, frozenset())

    def test_case_punctuation_and_space_do_not_count(self) -> None:
        """A copy with curled quotes and another paragraph is the same text."""
        text = f'He said: "{WIRE}"'
        other = f"he  SAID — “{WIRE.upper()}”…\n\n"
        assert stories(told_by("a", text, "a.example"), told_by("b", other, "b.example"), similarity=1.0).groups

    @pytest.mark.parametrize(("similarity", "joined"), [(0.7, True), (0.9, False)])
    def test_how_similar_copies_are_is_a_setting(self, similarity: float, joined: bool) -> None:
        """Two words of 120 changed leave 106 of 126 runs in common: 0.84."""
        pair = told_by("a", WIRE, "a.example"), told_by("b", changed(WIRE, 30, 60), "b.example")
        assert bool(stories(*pair, similarity=similarity).groups) is joined

    def test_what_shares_half_of_its_words_is_no_copy(self) -> None:
        """Signatures may bring two such together; comparing them tells them apart."""
        for number in range(40):
            half = words(number, 60)
            pair = [told_by(id_, f"{half} {words(f'{number}{id_}', 60)}", f"{id_}.example") for id_ in "ab"]
            assert stories(*pair) == Stories({}, frozenset())

    def test_a_wire_story_in_a_frame_is_a_copy(self) -> None:
        """Where it stands whole in the other one and is not short, although less than 0.7 of all runs are shared."""
        framed = f"{words('before', 40)} {WIRE} {words('after', 40)}"
        short = " ".join(WIRE.split()[:60])
        assert stories(told_by("a", WIRE, "a.example"), told_by("b", framed, "b.example")).groups
        framed = f"{words('before', 20)} {short} {words('after', 20)}"
        assert not stories(told_by("a", short, "a.example"), told_by("b", framed, "b.example")).groups

    def test_short_articles_are_copies_only_where_they_are_equal(self) -> None:
        """ "The museum opens at 9" and "at 10" are two statements."""
        text = words("short", SHORT - 1)
        equal = told_by("b", f"{text.upper()}!", "b.example")
        other = told_by("c", changed(text, SHORT - 2), "c.example")
        assert stories(told_by("a", text, "a.example"), equal, other).groups == {"a": "a", "b": "a"}

    def test_small_changes_do_not_chain(self) -> None:
        """What is near to its neighbours only is not one story: the newest article's copies are."""
        texts = [changed(WIRE, *range(0, 6 * n, 6)) for n in range(8)]
        chain = [told_by(f"{n}", text, f"{n}.example", n + 1) for n, text in enumerate(texts)]
        found = stories(*chain)
        near = {n for n in range(8) if found.groups.get(f"{n}") == found.groups["7"]}
        assert near and 0 not in near
        for n, m in ((n, n + 1) for n in range(7)):
            assert stories(chain[n], chain[m]).groups

    def test_the_order_of_the_articles_does_not_matter(self) -> None:
        """Another order, the same stories."""
        articles = [
            told_by(
                f"{n}-{m}",
                changed(words(n), *random.Random(f"{n}{m}").sample(range(120), m // 3)),
                f"{m % 3}.example",
                day,
            )
            for n in range(6)
            for m, day in enumerate((3, 1, None, 2, 3, 1))
        ]
        found = stories(*articles)
        assert found.groups and found.superseded
        for seed in range(5):
            assert stories(*random.Random(seed).sample(articles, len(articles))) == found

    def test_an_article_without_words_is_no_copy(self) -> None:
        """Two that say nothing do not say the same."""
        assert stories(told_by("a", "…", "a.example"), told_by("b", "— —", "b.example")) == Stories({}, frozenset())

    def test_nothing_is_nothing(self) -> None:
        """A first build with no articles has no stories."""
        assert stories() == Stories({}, frozenset())

    def test_many_articles_in_one_frame_are_neither_joined_nor_slow(self) -> None:
        """A page of which half is the same on all pages of a site."""
        frame = words("frame", 60)
        pages = [told_by(f"{n}", f"{frame} {words(n, 60)}", "a.example", 1) for n in range(300)]
        copy = replace(pages[299], id="copy", url="https://b.example/copy")
        assert stories(*pages, copy) == Stories({"299": "299", "copy": "299"}, frozenset())


class TestVersions:
    def test_the_newest_version_of_an_outlet_counts(self) -> None:
        """The others are superseded; with one article left there is no story."""
        found = stories(
            told_by("a", WIRE, "www.a.example", 1),
            told_by("b", changed(WIRE, 5), "a.example", 3),
            told_by("c", changed(WIRE, 90), "a.example", 2),
        )
        assert found == Stories({}, frozenset({"a", "c"}))

    def test_on_one_day_the_last_id_counts(self) -> None:
        """So that every build decides the same."""
        assert stories(told_by("a", WIRE, "a.example", 1), told_by("b", WIRE, "a.example", 1)).superseded == {"a"}

    def test_a_superseded_article_names_no_story(self) -> None:
        """The first of those that are left does."""
        found = stories(
            told_by("a", WIRE, "a.example", 1), told_by("b", WIRE, "a.example", 4), told_by("c", WIRE, "c.example", 3)
        )
        assert found == Stories({"b": "c", "c": "c"}, frozenset({"a"}))

    def test_without_a_day_no_version_is_newer(self) -> None:
        """Two branches' opening hours in a folder are copies of one another and both stay."""
        found = stories(told_by("a", WIRE, "a.example"), told_by("b", changed(WIRE, 5), "a.example", 3))
        assert found == Stories({"a": "b", "b": "b"}, frozenset())

    def test_an_article_is_not_superseded_by_what_holds_it(self) -> None:
        """A round-up with a story in it is no version of that story."""
        framed = f"{words('before', 40)} {WIRE} {words('after', 40)}"
        found = stories(told_by("a", WIRE, "a.example", 1), told_by("b", framed, "a.example", 2))
        assert found == Stories({"a": "a", "b": "a"}, frozenset())

    def test_without_an_address_the_source_is_the_outlet(self) -> None:
        """A broken address, too, is none."""
        one = an_article("a", WIRE, published=date(2024, 5, 1), source="first")
        same = an_article("b", WIRE, published=date(2024, 5, 2), source="first", url="http://[broken")
        other = an_article("c", WIRE, published=date(2024, 5, 3), source="second")
        assert stories(one, same, other) == Stories({"b": "b", "c": "b"}, frozenset({"a"}))


class TestRuns:
    def test_a_run_is_five_words(self) -> None:
        """A changed word changes five runs."""
        text = words("runs", 50)
        one, other = set(runs_of(text).tolist()), set(runs_of(changed(text, 25)).tolist())
        assert len(one) == 50 - RUN + 1
        assert len(one - other) == RUN

    def test_order_and_borders_of_letters_and_words_count(self) -> None:
        """Anagrams are other words, and so are the same words in another order."""
        texts = ["now listen", "now silent", "silent now", "nows ilent", "now listen listen"]
        assert len({tuple(runs_of(text).tolist()) for text in texts}) == len(texts)

    def test_scripts_without_spaces_have_words_too(self) -> None:
        """Each character is one: a change leaves the rest of the sentence."""
        text = "東京の美術館は来年の春から夜十時まで開館すると発表した。"
        assert len(runs_of(text)) > 10
        assert len(np.intersect1d(runs_of(text), runs_of(text.replace("十", "九")))) >= len(runs_of(text)) - 5

    @given(st.text(max_size=80))
    def test_any_text_has_runs_or_no_words(self, text: str) -> None:
        """Emoji, surrogates, control characters: nothing is refused."""
        assert (len(runs_of(text)) > 0) == any(character.isalnum() for character in text)


class TestSignatures:
    @pytest.mark.parametrize("similarity", [0.05, 0.3, 0.5, 0.7, 0.9, 1.0])
    def test_bands_find_what_is_similar_enough(self, similarity: float) -> None:
        """As long as can be, with hardly a pair lost."""
        rows = rows_for(similarity)
        assert rows == LENGTH or 1 - (1 - similarity ** (rows + 1)) ** (LENGTH // (rows + 1)) < FOUND
        assert rows == 1 or 1 - (1 - similarity**rows) ** (LENGTH // rows) >= FOUND

    def test_bands_do_not_depend_on_the_company(self) -> None:
        """A text alone and among a thousand others."""
        texts = [runs_of(words(n, 30)) for n in range(1000)]
        assert np.array_equal(bands_of(texts, 0.7)[700], bands_of([texts[700]], 0.7)[0])

    def test_bands_are_the_same_in_every_process(self) -> None:
        """Nothing hangs on a process's own seed of hashes."""
        program = (
            "from index.duplicates.runs import runs_of; from index.duplicates.signatures import bands_of;"
            "print(bands_of([runs_of('one two three four five six seven')], 0.7).tolist())"
        )
        told = {run_with(seed, program) for seed in ("1", "2")}
        assert told == {f"{bands_of([runs_of('One two, three four five six seven!')], 0.7).tolist()}\n"}


def run_with(seed: str, program: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    root = Path(__file__).parent.parent.parent
    command: Sequence[str] = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A folder of four articles: a wire story in two outlets, an older version of one, and another story."""
    rows = [
        {"id": "old", "url": "https://a.example/old", "published": "2024-05-01", "text": changed(WIRE, 7)},
        {"id": "new", "url": "https://a.example/new", "published": "2024-05-03", "text": WIRE},
        {"id": "copy", "url": "https://b.example/copy", "published": "2024-05-02", "text": changed(WIRE, 60)},
        {"id": "other", "url": "https://a.example/other", "published": "2024-05-02", "text": words("other")},
    ]
    path = tmp_path / "articles" / "articles.jsonl"
    path.parent.mkdir()
    path.write_text("".join(f"{json.dumps({'title': 'T', 'language': 'en', **row})}\n" for row in rows))
    source = FilesSource(kind="files", folder=path.parent, name="samples")
    return Settings(storage=StorageSettings(folder=tmp_path / "store"), sources=(source,))


def test_a_build_leaves_out_what_was_superseded_and_knows_the_copies(settings: Settings) -> None:
    """The library keeps it as history; the others of the story are named for each other."""
    build_index(settings, encoder=FakeEncoder())
    with Store(settings.storage.folder).open_current() as snapshot:
        assert set(snapshot.article_ids()) == {"copy", "new", "other"}
        assert [snapshot.copies(id_) for id_ in ("copy", "new", "other", "old")] == [("new",), ("copy",), (), ()]
    with Library(Layout(settings.storage.folder).library) as library:
        assert "old" in {article.id for article in library.articles()}


def test_a_build_with_another_similarity_groups_anew(settings: Settings) -> None:
    """At 1 only equal articles are copies."""
    strict = settings.model_copy(update={"duplicates": DuplicatesSection(similarity=1.0)})
    build_index(strict, encoder=FakeEncoder())
    with Store(settings.storage.folder).open_current() as snapshot:
        assert [snapshot.copies(id_) for id_ in snapshot.article_ids()] == [()] * 4
    build_index(settings, encoder=FakeEncoder())
    with Store(settings.storage.folder).open_current() as snapshot:
        assert snapshot.copies("new") == ("copy",)


class Everything:
    """All that a library holds."""

    def __init__(self, library: Library) -> None:
        self.read = library.articles
        self._library = library

    def digests(self) -> Mapping[str, str]:
        return {id_: digest for id_, _, digest in self._library.digests()}


def test_what_was_done_is_told(settings: Settings, tmp_path: Path) -> None:
    """How many articles were left out, and how many tell what another one tells."""
    store = Store(tmp_path / "other store")
    store.layout.snapshots.mkdir(parents=True)
    build_index(settings, encoder=FakeEncoder())
    encoder = FakeEncoder()
    with (
        Library(Layout(settings.storage.folder).library) as library,
        VectorCache(store.layout.cache, encoder.identity) as cache,
    ):
        indexer = Indexer(
            store, cache, encoder, OnThisMachine(encoder), settings.index, settings.duplicates, silent, utc_now
        )
        indexed = indexer.index(Everything(library), Origin(encoder.identity, "settings", "library"))
    assert (indexed.superseded, indexed.copies) == (1, 2)
