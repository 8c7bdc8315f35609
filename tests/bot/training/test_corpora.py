"""The training files as corpora: where answers are, and which part a question belongs to."""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fakes import ARTICLE
from hypothesis import given
from hypothesis import strategies as st

from bot.records import Span
from bot.training.corpora import HELD_BACK, PARTS, Corpus, news_corpus, paragraphs_corpus, part_of, places_of
from index import Article
from index.sources.normalise import text as normalised


def place(context: str, answer: str) -> Mapping[str, int]:
    """An answer as the files give it."""
    return {"start": context.index(answer), "end": context.index(answer) + len(answer)}


BEES = "Cafe\u0301 bees\u00a0 sleep.\r\nThey wake in\u200b March."
HONEY = "Honey keeps for ages."
ROWS: Sequence[Mapping[str, object]] = [
    {"question": "When do they wake?", "context": BEES, "group": "Honey_bee", "answers": [place(BEES, "March")]},
    {"question": "How long does it keep?", "context": HONEY, "group": "Honey_bee",
     "answers": [place(HONEY, "for ages"), place(HONEY, "ages")]},
    {"question": "Who sleeps?", "context": BEES, "group": "Honey_bee", "answers": [place(BEES, "Cafe\u0301 bees")]},
    {"question": "Where?", "context": "In Rome.", "group": "Rome", "answers": []},
]  # fmt: skip


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of data of our own."""
    monkeypatch.setenv("VERBATIM_DATA", str(tmp_path))
    return tmp_path


def write(data: Path, name: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Write a training file."""
    path = data / "reader-train" / f"{name}.jsonl.gz"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress("".join(f"{json.dumps(row)}\n" for row in rows).encode()))


def stored(corpus: Corpus) -> list[Article]:
    """The articles as the build stores them."""
    return [
        replace(ARTICLE, id=str(row["id"]), title=str(row["title"]), text=normalised(str(row["text"])))
        for row in corpus.articles
    ]


def test_places_are_right_in_the_text_that_is_stored(data: Path) -> None:
    """Normalising an article moves what follows; the questions' places move along."""
    write(data, "squadshifts-wiki", ROWS)
    corpus = paragraphs_corpus("squadshifts-wiki")
    bees, rome = stored(corpus)
    said = [[bees.text[span.start : span.end] for span in asked.answers_in(bees)] for asked in corpus.questions]
    assert said == [["March"], ["for ages", "ages"], ["Café bees"], []]
    assert [asked.answers_in(rome) for asked in corpus.questions] == [(), (), (), []]
    assert (bees.title, rome.title) == ("Honey bee", "Rome")


def test_paragraphs_of_a_group_are_one_article_only_where_groups_mean_something(data: Path) -> None:
    """A review or comment is an article of its own, without a title."""
    for name in ("squadshifts-wiki", "squadshifts-amazon"):
        write(data, name, ROWS)
    assert [row["id"] for row in paragraphs_corpus("squadshifts-wiki").articles] == ["Honey_bee", "Rome"]
    reviews = paragraphs_corpus("squadshifts-amazon").articles
    assert [row["text"] for row in reviews] == [BEES, HONEY, "In Rome."]
    assert {row["title"] for row in reviews} == {"Untitled"}


def test_every_other_question_may_be_taken(data: Path) -> None:
    """Of each group, from its first; the articles stay whole."""
    write(data, "nq-qed", ROWS)
    corpus = paragraphs_corpus("nq-qed", every=2)
    assert [asked.text for asked in corpus.questions] == ["When do they wake?", "Who sleeps?", "Where?"]
    assert len(corpus.articles) == 2


def test_an_answer_is_held_only_as_a_whole(data: Path) -> None:
    """A cut that ends within the answer does not answer."""
    write(data, "nq-qed", ROWS)
    corpus = paragraphs_corpus("nq-qed")
    article, asked = stored(corpus)[0], corpus.questions[0]
    start = article.text.index("March")
    assert asked.held_by(article, start, start + 5) and asked.held_by(article, 0, len(article.text))
    assert not asked.held_by(article, start, start + 4) and not asked.held_by(article, start + 1, start + 9)
    assert not asked.held_by(replace(article, id="another"), 0, len(article.text))


def test_groups_are_dealt_to_the_same_parts_in_every_run() -> None:
    """What a training never saw must stay unseen by the next; all parts get some."""
    assert [part_of(group) for group in ("Honey_bee", "Rome", "2023-01-20", "")] == [0, 3, 3, 2]
    assert {part_of(str(number)) for number in range(100)} == set(range(PARTS))


def test_news_are_those_of_the_held_back_days(data: Path) -> None:
    """Passages once, under the day of their article; the answer's words answer wherever they stand."""
    days = [f"2023-01-{day:02}" for day in range(1, 29)]
    held = [day for day in days if part_of(day) == HELD_BACK]
    passages: Sequence[Mapping[str, object]] = [
        {"title": "A vote", "published": "2023-01-01", "found_for_question": True, "text": "Rome voted.", "spans": []},
        {"title": None, "published": None, "found_for_question": False, "text": "All of ROME slept.", "spans": []},
    ]
    rows = [{"question": f"Who, on {day}?", "asked": day, "answer": "Rome", "passages": passages} for day in days]
    write(data, "newsquiz-passages-2022-2023", rows)
    corpus = news_corpus()
    assert [asked.day for asked in corpus.questions] == [date.fromisoformat(day) for day in held]
    assert all(asked.held_back for asked in corpus.questions)
    assert [(row["title"], row["published"]) for row in corpus.articles] == [
        ("A vote", "2023-01-01"),
        ("Untitled", None),
    ]
    assert [corpus.questions[0].answers_in(article) for article in stored(corpus)] == [(Span(0, 4),), (Span(7, 11),)]


@pytest.mark.parametrize(
    ("answer", "text", "places"),
    [
        ("March", "In march, and in MARCH.", ["march", "MARCH"]),
        ("the White House", "A White-House aide left white house.", ["White-House", "white house"]),
        ("White House", "They painted the White, the House and more.", ["White, the House"]),
        ("U.S.", "The U.S. and the US", ["U.S"]),
        ("10,000", "Some 10,000 came, 10 000 stayed, 10000 left.", ["10,000", "10 000"]),
        ("art", "A party of artists.", []),
        ("the", "The end of the road.", []),
        ("", "Nothing.", []),
    ],
)
def test_an_answers_words_are_found_however_they_are_written(answer: str, text: str, places: list[str]) -> None:
    """Case, punctuation and articles do not count; words are whole."""
    assert [text[span.start : span.end] for span in places_of(answer, text)] == places


@given(answer=st.text(), text=st.text())
def test_any_answer_is_looked_for_in_any_text(answer: str, text: str) -> None:
    """Places lie inside the text, in order."""
    places = places_of(answer, text)
    assert all(0 <= span.start < span.end <= len(text) for span in places)
    assert list(places) == sorted(places, key=lambda span: span.start)


def test_a_corpus_is_written_for_the_ordinary_build(tmp_path: Path) -> None:
    """A line for each article."""
    path = Corpus("rome", ({"id": "a", "text": "Roma\nè"}, {"id": "b", "text": ""}), ()).write(tmp_path / "new")
    assert path.name == "rome.jsonl"
    assert [json.loads(line)["text"] for line in path.read_text().splitlines()] == ["Roma\nè", ""]


def test_missing_data_are_named(data: Path) -> None:
    """With the variable that says where they are."""
    with pytest.raises(FileNotFoundError, match=r"nq-qed\.jsonl\.gz is not there: .*VERBATIM_DATA"):
        paragraphs_corpus("nq-qed")
