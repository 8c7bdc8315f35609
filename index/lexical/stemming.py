"""Words of a text, and their stems. It knows no index.

Invariant: what people take for the same word, in capitals or not, with accents or not, composed or not, has the
same stem, and a stem holds no white space, quote, control character or surrogate.
"""

import re
import threading
import unicodedata
from functools import cache, lru_cache

import Stemmer

# Vowel signs of the scripts of India and South-East Asia, and accents that no composed letter has, are letters
# of a word to everybody but "\w". Points of Arabic and Hebrew are left out by most writers, so by all.
_SIGNS = "\u0300-\u036f\u0900-\u0963\u0971-\u0df3\u0e31-\u0e4e\u0eb1-\u0ecd\u102b-\u103e\u1056-\u109d\u17b4-\u17d3"
_WORD = re.compile(rf"\w[\w{_SIGNS}]*")
_UNSEEN = re.compile(
    "[\u00ad\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f\u2060\ufeff]"
)
_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_ACCENTED = re.compile(r"([a-zͰ-Ͽ])[\u0300-\u036f]+")
_APOSTROPHE = re.compile("[’ʼ]")
_POSSESSIVE = re.compile(r"'s\b")

_STEMMING = threading.Lock()
"""A stemmer has internal state: "must not be called concurrently" (docstring of ``Stemmer.Stemmer``)."""

_SNOWBALL = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}


def words(text: str) -> list[str]:
    """Return the words of a text in order, folded: case, possessives and the dots of acronyms are gone."""
    # normalised twice: folding takes some letters apart
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    plain = _POSSESSIVE.sub("", _APOSTROPHE.sub("'", _UNSEEN.sub("", folded)))
    return _WORD.findall(_ACRONYM.sub(lambda found: found[0].replace(".", ""), plain))


def stems(text: str, language: str) -> list[str]:
    """Return the stems of a text's words in order; the words where no stemmer knows the language."""
    return [stem(word, language) for word in words(text)]


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """Return the stem of one word, without accents."""
    stemmer = _stemmer(language)
    if stemmer is None:
        return unaccented(word)
    # Accents go last: the stemmers' rules are written for accented words.
    with _STEMMING:
        return unaccented(stemmer.stemWord(word))


def unaccented(word: str) -> str:
    """Drop the accents of Latin and Greek letters; in Cyrillic й and ї are letters of their own."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", _ACCENTED.sub(r"\1", decomposed))


@cache
def _stemmer(language: str) -> "Stemmer.Stemmer | None":
    return Stemmer.Stemmer(_SNOWBALL[language]) if language in _SNOWBALL else None
