"""Passages: whole sentences, about the asked length, verbatim, with ids that last."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.passages import cut_passages
from index.records import Article, Passage
from index.sentences import split_sentences

TEN = "One two three four five six seven eight nine {}."


def article(text: str, id: str = "a") -> Article:
    return Article(id, "Title", text, None, None, None, None, "en", "test", "r")


def prose(first: int, last: int) -> str:
    """Return sentences of ten words, numbered."""
    return " ".join(TEN.format(f"N{number}") for number in range(first, last))


def words(text: str, passage: Passage) -> int:
    return len(text[passage.start : passage.end].split())


def test_passages_are_about_the_asked_length() -> None:
    """Even prose gives passages of the asked number of words."""
    text = prose(0, 100)
    counts = [words(text, passage) for passage in cut_passages(article(text), words=120)]
    assert all(90 <= count <= 150 for count in counts)


def test_neighbours_share_a_sentence() -> None:
    """The last sentence of a passage is the first of the next."""
    passages = cut_passages(article(prose(0, 60)), words=100)
    assert len(passages) > 3
    assert all(first.sentences[-1] == second.sentences[0] for first, second in pairwise(passages))


def test_nothing_is_shared_where_nothing_is_asked_for() -> None:
    """``shared=0`` gives passages that do not overlap."""
    passages = cut_passages(article(prose(0, 60)), words=100, shared=0)
    assert all(first.end <= second.start for first, second in pairwise(passages))


def test_a_heading_goes_with_the_text_under_it() -> None:
    """No passage ends with a heading."""
    text = "\n\n".join(f"Heading number {n}\n\n{prose(n, n + 4)}" for n in range(20))
    passages = cut_passages(article(text), words=60)
    assert any(sentence.heading for passage in passages for sentence in passage.sentences)
    assert not any(passage.sentences[-1].heading for passage in passages)


def test_a_passage_ends_with_its_paragraph_where_that_costs_little() -> None:
    """A paragraph's end near the asked length is preferred to a fuller passage."""
    text = f"{prose(0, 8)}\n\n{prose(8, 20)}"
    first = cut_passages(article(text), words=100)[0]
    assert text[: first.end] == prose(0, 8)


def test_a_tiny_rest_joins_the_passage_before() -> None:
    """A last sentence alone is no passage."""
    text = f"{prose(0, 12)}\n\n{prose(12, 13)}"
    assert [(0, len(text))] == [(p.start, p.end) for p in cut_passages(article(text), words=100)]


def test_a_long_sentence_is_a_passage_of_its_own() -> None:
    """A sentence is never cut, and takes no other with it."""
    long = " ".join(["word"] * 300)
    text = f"{prose(0, 5)} Then {long}. {prose(5, 20)}"
    texts = [text[p.start : p.end] for p in cut_passages(article(text), words=100)]
    assert f"Then {long}." in texts


def test_a_question_list_without_end_is_still_cut() -> None:
    """Headings that never come to a text do not make one endless passage."""
    text = "\n".join(f"Is this the question number {n} of the list?" for n in range(200))
    assert all(words(text, passage) <= 250 for passage in cut_passages(article(text), words=100))


def test_scripts_without_blanks_are_cut_too() -> None:
    """A Chinese article is not one passage because it has no blanks."""
    text = "这是一个关于天气的长句子，它说明天会下雨。" * 100
    assert len(cut_passages(article(text), words=120)) > 5


@pytest.mark.parametrize("text", ["", " \n\n "])
def test_nothing_gives_no_passage(text: str) -> None:
    """White space is not worth finding."""
    assert cut_passages(article(text)) == ()


def test_an_id_lasts_and_depends_on_article_place_and_words() -> None:
    """The same passage has the same id in every build; another article, place or word gives another."""
    passage = cut_passages(article("It rained on Monday."))[0]
    assert passage.id == 4494521554302279124
    others = [article("It rained on Monday.", "b"), article(" It rained on Monday."), article("It rained on Friday.")]
    assert passage.id not in {other.id for one in others for other in cut_passages(one)}


def test_an_article_that_repeats_itself_has_different_ids() -> None:
    """The same words in two places are two passages."""
    passages = cut_passages(article("Same words again. " * 400), words=20)
    assert len(passages) == len({passage.id for passage in passages}) > 10


def test_a_long_article_takes_no_longer_than_its_length_asks() -> None:
    """Time grows with the length of the article, also where nothing may end a passage."""
    text = "Is it? Go on.\n" * 5_000 + "Is it?\n" * 5_000
    began = time.process_time()
    cut_passages(article(text))
    assert time.process_time() - began < 3


pieces = st.sampled_from(
    [
        "One two three four. ",
        "Short. ",
        "A heading\n\n",
        "Why?\n",
        "- item\n",
        "\n\n",
        "long " * 30 + ". ",
        "😀 ",
        "שלום. ",
    ]
)
texts = st.lists(pieces, max_size=60).map("".join) | st.text(max_size=300)


@settings(max_examples=300, deadline=None)
@given(texts, st.integers(1, 60), st.integers(0, 3))
def test_passages_are_verbatim_slices_that_cover_every_sentence(text: str, size: int, shared: int) -> None:
    """Borders are sentence borders, in order; every sentence is in a passage; ids are positive 63-bit numbers."""
    passages = cut_passages(article(text), size, shared)
    sentences = split_sentences(text, "en")
    for passage in passages:
        first = sentences.index(passage.sentences[0])
        assert sentences[first : first + len(passage.sentences)] == passage.sentences
        assert (passage.start, passage.end) == (passage.sentences[0].start, passage.sentences[-1].end)
        assert 0 < passage.id < 2**63
    assert set(sentences) == {sentence for passage in passages for sentence in passage.sentences}
    assert all(first.start <= second.start and first.end < second.end for first, second in pairwise(passages))
    assert len({passage.id for passage in passages}) == len(passages)


@settings(max_examples=200, deadline=None)
@given(texts)
def test_a_passage_ends_with_a_heading_only_with_the_article(text: str) -> None:
    """A heading that announces something is followed by it."""
    passages = cut_passages(article(text), words=400)
    assert not any(passage.sentences[-1].heading for passage in passages[:-1])
