"""Mined examples, over a real index that the fake encoder fills."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from corpus import HONEY, LIGHT, ROWS, built_corpus
from fakes import FakeEncoder

from bot.records import Span
from bot.training.corpora import Asked, Corpus, part_of
from bot.training.examples import (
    DEPTH,
    NEGATIVES,
    Example,
    RememberingEncoder,
    TrainingPassage,
    articles_of,
    examples_path,
    mined,
    read_examples,
    search,
    write,
)
from index import Article, FusedRetriever, Store


def at(id_: str, text: str, answer: str) -> Callable[[Article], Sequence[Span]]:
    """The place of an answer in one article."""
    place = Span(text.index(answer), text.index(answer) + len(answer))
    return lambda article: (place,) if article.id == id_ else ()


QUESTIONS = (
    Asked("How long does a worker bee live?", "Bees", at("honey", HONEY, "six weeks")),
    Asked("Who measured the speed of light?", "Light", at("light", LIGHT, "Ole Rømer")),
    Asked("Who is the king?", "Kings", lambda article: ()),
)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    """What is mined for the questions."""
    settings = built_corpus(tmp_path_factory.mktemp("mined"))
    with Store(settings.storage.folder).open_current() as snapshot:
        return list(mined(Corpus("small", ROWS, QUESTIONS), snapshot, FakeEncoder()))


def test_questions_whose_answer_is_found_become_examples(examples: list[Example]) -> None:
    """In order, each with the part that its group is dealt to; the others are left out."""
    assert [(e.source, e.question, e.part) for e in examples] == [
        ("small", asked.text, part_of(asked.group)) for asked in QUESTIONS[:2]
    ]


def test_positives_hold_the_answer_where_they_say(examples: list[Example]) -> None:
    """Their spans are places in the passage, not in the article."""
    for example, answer in zip(examples, ("six weeks", "Ole Rømer"), strict=True):
        assert example.positives
        for passage in example.positives:
            assert [passage.text[span.start : span.end] for span in passage.spans] == [answer]
            assert passage.title


def test_negatives_hold_no_answer(examples: list[Example]) -> None:
    """Not even one that no question knows: the copy says who measured the speed of light, too."""
    for example, answer in zip(examples, ("six weeks", "Ole Rømer"), strict=True):
        assert 0 < len(example.negatives) <= NEGATIVES
        assert not any(passage.spans or answer in passage.text for passage in example.negatives)


def test_where_other_texts_may_answer_too_the_best_hits_are_passed_over(tmp_path: Path) -> None:
    """A question like "What size is it?" is answered by many reviews."""
    settings = built_corpus(tmp_path)
    with Store(settings.storage.folder).open_current() as snapshot:
        retriever = FusedRetriever(snapshot, FakeEncoder())
        (plain, generic) = (
            next(mined(Corpus(name, ROWS, QUESTIONS[1:2]), snapshot, FakeEncoder())) for name in ("small", "qamr-wiki")
        )
        found = search(retriever, articles_of(snapshot), QUESTIONS[1], DEPTH)
    texts = [c.article.text[c.hit.passage.start : c.hit.passage.end] for c in found]
    ranks = [texts.index(passage.text) for passage in plain.negatives]
    assert ranks == sorted(ranks)
    assert generic.negatives[: len(plain.negatives) - 2] == plain.negatives[2:]
    assert plain.negatives[0] not in generic.negatives


def test_examples_are_read_as_they_were_written(tmp_path: Path, examples: list[Example]) -> None:
    """Whatever is in them."""
    odd = Example("small", "Où?\u2028🐝", 3, (TrainingPassage("", "“é”", (Span(1, 2), Span(0, 3))),), ())
    write(examples_path(tmp_path, "small"), [*examples, odd])
    assert read_examples(tmp_path, "small") == [*examples, odd]


def test_a_mining_that_was_killed_leaves_no_file(tmp_path: Path, examples: list[Example]) -> None:
    """Half a file of examples would be taken for a whole one."""
    killed = (example if number == 0 else 1 / 0 for number, example in enumerate(examples))
    with pytest.raises(ZeroDivisionError):
        write(examples_path(tmp_path, "small"), killed)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError, match=r'small\.jsonl is not there: run "python -m bot\.training mine"'):
        read_examples(tmp_path, "small")


def test_no_text_is_encoded_twice() -> None:
    """And what is remembered is what the encoder said."""
    encoder = FakeEncoder()
    remembering = RememberingEncoder(encoder)
    first = remembering.encode(["a bee", "a cat", "a bee"])
    again = remembering.encode(["a cat", "a dog"])
    assert encoder.encoded == 3
    assert np.array_equal(first, FakeEncoder().encode(["a bee", "a cat", "a bee"]))
    assert np.array_equal(again, FakeEncoder().encode(["a cat", "a dog"]))
    assert remembering.encode([]).shape == (0, encoder.dimension)
    assert (remembering.identity, remembering.dimension) == (encoder.identity, encoder.dimension)
