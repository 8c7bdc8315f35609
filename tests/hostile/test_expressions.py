"""No input keeps an expression, or what reads texts with expressions, busy for longer than about its own length.

Time is the processor's, the least of several calls, and judged only where it is noticeable. More inputs, and larger
ones, are tried by ``tests/benchmarks/fuzzing.py``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import pytest
from hostile.busying import hostile_to
from hostile.expressions import Expression, found
from hostile.growth import SIZES, TookTooLong, at_most, complaint
from hostile.parsers import readers

INPUTS = 32
"""Of each expression."""

EVERY = 5
"""One in so many texts is given to each reader, to each another one."""

BOUNDED: Mapping[str, int] = {
    "index.sentences.borders._LEFT": 48,
    "index.sentences.borders._APART": 48,
    "index.sentences.borders._NOTES_AT_END": 48,
    "index.sentences.borders._ENUMERATOR": 12,
    "index.sentences.furniture._CREDIT_LAST": 600,
    "index.sentences.furniture._ADDRESS": 600,
    "index.sources.extraction.parsing._CHARSET": 1024,
    "index.sources.web.syndication._MAIL": 200,
}
"""Expressions that never get more than so many code points: of more they would take the square. That they get no more
is shown by those who read with them."""

MADE: Mapping[str, str] = {
    "bot.answering.followups:_swapped": "a question before",
    "bot.answering.spelling:respelt": "as question",
    "bot.chat.running.secrecy:masked": "a log line",
    "index.sentences.furniture:_one_of": "sentences (en)",
    "index.sources.extraction.article:_own_title": "within page",
}
"""Functions that put expressions together as they run, and who has them do it below."""

EXAMPLES = (Expression("index.vectors.milvus.collections:settle", re.compile("verbatim_[0-9a-f]{12}"), ("fullmatch",)),)
"""What the others put together."""


@pytest.fixture(scope="module")
def expressions() -> tuple[list[Expression], set[str]]:
    """All of the product's, and who makes more of them."""
    return found()


def complaints(expressions: list[Expression], inputs: int = INPUTS, usual: Sequence[int] = SIZES) -> Iterator[str]:
    """Yield what is wrong with expressions that are given anything."""
    for one in expressions:
        sizes = (BOUNDED[one.place] // 4, BOUNDED[one.place]) if one.place in BOUNDED else usual
        for method in one.methods:
            tried = (
                (hostile, complaint(one.apply(method), hostile.grown, sizes))
                for hostile in hostile_to(one.pattern, inputs)
            )
            yield from islice((f"{one.place}.{method}, {hostile}: {wrong}" for hostile, wrong in tried if wrong), 1)


@pytest.mark.parametrize("package", ["index", "bot"])
def test_expressions_take_time_by_length(expressions: tuple[list[Expression], set[str]], package: str) -> None:
    """Whatever is repeated in the input: what an expression repeats, its beginnings, its letters."""
    own = [one for one in (*expressions[0], *EXAMPLES) if one.place.startswith(f"{package}.")]
    assert len(own) > 50
    assert list(complaints(own)) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"(a+)+$", "exponential"), (r"<!--.*?-->", "square"), (r"(\w+)-$", "square")],
)
def test_slow_expressions_are_found(pattern: str, text: str) -> None:
    """Expressions known to be slow, such as the product once had, do not get through."""
    slow = Expression(text, re.compile(pattern, re.DOTALL), ("search",))
    assert len(list(complaints([slow]))) == 1


def test_every_expression_is_looked_at(expressions: tuple[list[Expression], set[str]], tmp_path: Path) -> None:
    """Who puts one together as it runs is had do it by a reader, or an example is given; nobody is excused in vain."""
    assert BOUNDED.keys() <= {one.place for one in expressions[0]}
    assert expressions[1] == {*MADE, *(one.place for one in EXAMPLES)}
    assert {*MADE.values()} <= {reader.name for reader in readers(tmp_path)}


def test_reading_takes_time_by_length(tmp_path: Path) -> None:
    """Articles, pages, feeds, questions and all that becomes of them, made of too much of anything."""
    wrong, tried = [], 0
    for number, reader in enumerate(readers(tmp_path)):
        for name, grow in islice(reader.inputs(), number % EVERY, None, EVERY):
            tried += 1
            if found_wrong := complaint(reader.read, grow):
                wrong.append(f"{reader.name}, {name}: {found_wrong}")
    assert wrong == []
    assert tried > 300


def test_a_question_of_a_hundred_thousand_letters_is_answered_soon(tmp_path: Path) -> None:
    """By whatever way it comes in: two seconds of processor time, thrice on a busy machine."""
    asked = [reader for reader in readers(tmp_path) if reader.name in ("asking", "searching", "as question")]
    assert len(asked) == 3
    for reader in asked:
        for words in ("bees ", "Bees", "between March and May two weeks ago ", ". "):
            with at_most(6, f"{reader.name}, {words!r}"):
                reader.read(words * (100_000 // len(words)))


def test_the_guard_breaks_off() -> None:
    """A call that would go on for minutes ends."""
    with pytest.raises(TookTooLong, match="busy: more than"), at_most(0.1, "busy"):
        re.search(r"(a+)+$", "a" * 60 + "b")
