"""Question sets are read, and who holds an answer is judged."""

import gzip
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from builders import an_article
from corpus import COPY, LIGHT, ROWS, TOWER

from bot.errors import QuestionSetError
from bot.evaluation import Case, Expected, read_cases, read_foreign
from bot.records import Question, Span
from index.sources.normalise import text as stored_text


@pytest.mark.parametrize(
    ("answer", "text", "held"),
    [
        ("the Eiffel Tower", "We saw an Eiffel tower.", True),
        ("EIFFEL", "at Eiffel's works", True),
        ("300 workers", "It employed 300 workers, at most.", True),
        ("“300” workers!", "300 workers", True),
        ("bee", "bees dance", False),
        ("30", "300 workers", False),
        ("theory", "the or y", False),
        ("well-known", "a well - known one", True),
        ("Straße", "die STRASSE", True),
        ("the", "the bees", False),
        ("", "anything", False),
    ],
)
def test_words_are_held_whatever_their_case_punctuation_and_articles(answer: str, text: str, held: bool) -> None:
    """On word borders; an answer without words is held by nothing."""
    assert Expected(answer).held_by(an_article("a", text), 0, len(text)) is held


def test_a_place_is_held_by_what_covers_it_in_its_article() -> None:
    """Where the set gives places the same words elsewhere do not count."""
    article = an_article("light", LIGHT)
    start = LIGHT.index("1676")
    expected = Expected("1676", "light", Span(start, start + 4))
    assert expected.held_by(article, start, start + 4)
    assert expected.held_by(article, 0, len(LIGHT))
    assert not expected.held_by(article, start + 1, len(LIGHT))
    assert not expected.held_by(article, 0, start + 3)
    assert not expected.held_by(an_article("copy", COPY), 0, len(COPY))


def test_one_of_several_answers_is_enough() -> None:
    """A question holds a list of accepted answers."""
    case = Case(Question("?"), answerable=True, expected=(Expected("nobody"), Expected("the moons")))
    assert case.held_by(an_article("light", LIGHT), 0, len(LIGHT))
    assert not Case(Question("?"), answerable=True, expected=()).held_by(an_article("light", LIGHT), 0, len(LIGHT))


# Files


def a_set(folder: Path, questions: Sequence[object], rows: Sequence[object] = ROWS, end: str = "") -> tuple[Path, Path]:
    """Write a question set and return (questions, articles)."""
    paths = folder / f"questions.jsonl{end}", folder / f"articles.jsonl{end}"
    for path, lines in zip(paths, (questions, rows), strict=True):
        text = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
        path.write_bytes(gzip.compress(text.encode()) if end else text.encode())
    return paths


def placed(text: str, article: str, raw: str) -> dict[str, object]:
    return {"article": article, "start": raw.index(text), "text": text}


QUESTIONS: list[dict[str, object]] = [
    {"id": 1, "question": "How tall is it?", "answerable": True, "answers": [placed("330 metres", "tower", TOWER)]},
    {"id": 2, "question": "Who?", "answerable": True, "answers": [{"text": "Ole Rømer"}], "asked": "2024-02-03"},
    {"id": 3, "question": "Who eats it?", "answerable": False, "answers": []},
]


@pytest.mark.parametrize("end", ["", ".gz"])
def test_questions_are_read_from_plain_and_gzipped_files(tmp_path: Path, end: str) -> None:
    """With the day of asking, the places and the answers by text."""
    start = TOWER.index("330 metres")
    tall = Expected("330 metres", "tower", Span(start, start + 10))
    assert read_cases(*a_set(tmp_path, QUESTIONS, end=end)) == [
        Case(Question("How tall is it?"), answerable=True, expected=(tall,)),
        Case(Question("Who?", date(2024, 2, 3)), answerable=True, expected=(Expected("Ole Rømer"),)),
        Case(Question("Who eats it?"), answerable=False, expected=()),
    ]


def test_foreign_questions_have_no_answers_here(tmp_path: Path) -> None:
    """Whatever their own set says, and without its articles; each N-th; with their day."""
    row = {"id": 1, "question": "Where?", "answerable": True, "answers": [{"article": "far", "start": 1, "text": "x"}]}
    questions, _ = a_set(tmp_path, [row, *QUESTIONS])
    assert read_foreign(questions, 2) == [
        Case(Question("Where?"), answerable=False, expected=()),
        Case(Question("Who?", date(2024, 2, 3)), answerable=False, expected=()),
    ]


def test_a_question_can_be_asked_on_no_day(tmp_path: Path) -> None:
    """Nothing else of it changes."""
    _, dated, _ = read_cases(*a_set(tmp_path, QUESTIONS))
    assert dated.without_time() == Case(Question("Who?"), answerable=True, expected=dated.expected)


@pytest.mark.parametrize(("every", "numbers"), [(1, [0, 1, 2, 3, 4, 5, 6]), (3, [0, 3, 6]), (10, [0])])
def test_every_nth_question_is_taken(tmp_path: Path, every: int, numbers: list[int]) -> None:
    """The first, and every N-th after it; blank lines do not count."""
    rows = [{"id": n, "question": str(n), "answerable": False, "answers": []} for n in range(7)]
    paths = a_set(tmp_path, [line for row in rows for line in (row, "")])
    assert [case.question.text for case in read_cases(*paths, every)] == [str(number) for number in numbers]


def test_places_are_moved_to_where_they_are_in_the_stored_text(tmp_path: Path) -> None:
    """Normalising takes characters out before, inside and after an answer."""
    raw = "\ufeff\r\n Bees\u00ad are\r\nold.\r\n\r\n\r\n\r\n"
    raw += "The caf\u0065\u0301 of Ka\u00adrl\u200b is 🐝 new.\x07 It\tends. "
    answers = ["old", "caf\u0065\u0301", "Ka\u00adrl", "🐝 new", "ends"]
    row = {"id": 1, "question": "?", "answerable": True, "answers": [placed(text, "a", raw) for text in answers]}
    paths = a_set(tmp_path, [row], [{"id": "a", "title": "T", "text": raw, "language": "en"}])
    (case,) = read_cases(*paths)
    text = stored_text(raw)
    found = [text[e.place.start : e.place.end] for e in case.expected if e.place]
    assert found == ["old", "café", "Karl", "🐝 new", "ends"]


GOOD = json.dumps(QUESTIONS[0])


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[1]",
        "7",
        '"words"',
        '{"id": 1}',
        '{"question": "?", "answerable": true, "answers": 3}',
        '{"question": "?", "answerable": true, "answers": ["words"]}',
        '{"question": "?", "answerable": true, "answers": [{"start": 1}]}',
        '{"question": "?", "answerable": true, "answers": [{"article": "nowhere", "start": 1, "text": "x"}]}',
        '{"question": "?", "answerable": true, "answers": [], "asked": "yesterday"}',
    ],
)
def test_a_broken_question_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    """No traceback: the file, the line, the reason."""
    questions, articles = a_set(tmp_path, [GOOD, line])
    with pytest.raises(QuestionSetError, match=r"questions\.jsonl:2? ?.+"):
        read_cases(questions, articles)


@pytest.mark.parametrize("line", ["{", "[1]", '{"title": "no id", "text": "x"}', '{"id": 7}'])
def test_a_broken_article_is_named_with_its_file(tmp_path: Path, line: str) -> None:
    """The articles' file, not the questions'."""
    with pytest.raises(QuestionSetError, match=r"articles\.jsonl:?\d? .*"):
        read_cases(*a_set(tmp_path, [GOOD], [*ROWS, line]))


@pytest.mark.parametrize(
    "content", [b"not gzip", gzip.compress(b'{"id": 1}' * 99, mtime=0)[:40], b"", gzip.compress(b"\xff\xfe", mtime=0)]
)
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    """Not gzip, cut off, no UTF-8: an error; an empty one has no questions."""
    questions, articles = a_set(tmp_path, QUESTIONS, end=".gz")
    questions.write_bytes(content)
    if content:
        with pytest.raises(QuestionSetError, match=r"questions\.jsonl\.gz"):
            read_cases(questions, articles)
    else:
        assert read_cases(questions, articles) == []


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """With the reason."""
    questions, articles = a_set(tmp_path, QUESTIONS)
    with pytest.raises(QuestionSetError, match=r"nothing\.jsonl.*No such file"):
        read_cases(questions, tmp_path / "nothing.jsonl")
    with pytest.raises(QuestionSetError, match=r"nothing\.jsonl.*No such file"):
        read_cases(tmp_path / "nothing.jsonl", articles)
    with pytest.raises(QuestionSetError, match=r"nothing\.jsonl.*No such file"):
        read_foreign(tmp_path / "nothing.jsonl")
