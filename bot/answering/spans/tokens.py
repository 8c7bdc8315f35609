"""Question, title and passage to tokens that remember their places in the passage."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Encoding, Tokenizer

from bot.answering.spans.reading import Integers, PassageText
from bot.errors import ReaderError

MOST_TOKENS = 384
"""Of question, title and passage together: the end of a longer passage is not read."""

MOST_QUESTION_CHARACTERS = 400

MOST_TITLE_CHARACTERS = 200
"""A longer one would leave no place for its passage."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A question and a passage as the network sees them.

    ``ids`` and ``types`` (length,); the passage's own tokens are ``first`` to ``first + len(places)``, and
    ``places`` (n, 2) are their starts and ends in the passage's text, code points.
    """

    ids: Integers
    types: Integers
    first: int
    places: Integers

    def __len__(self) -> int:
        return len(self.ids)


AGES = (
    (-2, "later"),
    (1, "today"),
    (7, "this week"),
    (31, "this month"),
    (365, "months ago"),
    (730, "a year ago"),
    (3650, "years ago"),
)
"""How the model is told an article's age: the words for at most so many days."""

OLDEST = "many years ago"


class SpanTokenizer:
    """Cuts pairs of question and passage with the vocabulary in an encoder's folder."""

    def __init__(self, folder: Path) -> None:
        """Raises ``ReaderError``: the folder holds no vocabulary."""
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # tokenizers raises nothing narrower
            raise ReaderError(
                f"{folder / 'tokenizer.json'} cannot be read ({error}): install the encoder anew"
            ) from error
        self._tokenizer.no_padding()
        # the passage, which is the longer one; only a question of some hundred symbols is cut too
        self._tokenizer.enable_truncation(MOST_TOKENS, strategy="longest_first")

    def encode(self, pairs: Iterable[tuple[str, PassageText]]) -> list[Tokens]:
        """Return the tokens of each pair of question and passage."""
        pairs = list(pairs)
        prefixes = [_prefix(passage) for _, passage in pairs]
        texts = [
            (question[:MOST_QUESTION_CHARACTERS], prefix + passage.text)
            for (question, passage), prefix in zip(pairs, prefixes, strict=True)
        ]
        encodings = self._tokenizer.encode_batch([(_encodable(q), _encodable(p)) for q, p in texts])
        return [_tokens(one, len(prefix)) for one, prefix in zip(encodings, prefixes, strict=True)]


def _prefix(passage: PassageText) -> str:
    """Return what is read before the passage: how old its article is, where that is told, and the title."""
    parts = (_age_words(passage.age), passage.title[:MOST_TITLE_CHARACTERS])
    return "".join(f"{part}. " for part in parts if part)


def _age_words(days: int | None) -> str:
    if days is None:
        return ""
    return next((words for most, words in AGES if days <= most), OLDEST)


def _tokens(encoding: Encoding, prefix: int) -> Tokens:
    offsets, types = np.array(encoding.offsets, np.int64), np.array(encoding.type_ids, np.int64)
    own = (
        np.array([number == 1 for number in encoding.sequence_ids])
        & (offsets[:, 0] >= prefix)
        & (offsets[:, 1] > offsets[:, 0])
    )
    first = int(np.argmax(own)) if own.any() else len(types)
    return Tokens(np.array(encoding.ids, np.int64), types, first, offsets[own] - prefix)


def _encodable(text: str) -> str:
    """Tokenizers refuse lone surrogates; a question mark keeps the places."""
    return text.encode("utf-8", "replace").decode()
