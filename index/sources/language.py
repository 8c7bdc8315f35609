"""Which language a text is in: as declared, else as detected.

Knows ISO 639-1 codes only and one language a text. Texts that are too short or too mixed to tell count as
English; nothing is ever asked of a network.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

DEFAULT = "en"

_ENOUGH = 20
"""Code points. Shorter texts, often a name or a number, are guesses."""

_SAMPLE = 2_000
"""Code points that are looked at: whole articles give the same language and take longer."""

_SURE = 0.5
"""Probability. A sentence of five words stays above (0.6 and more in ten languages tried), a row of names
(0.25), digits or code (0.03) stay below."""


@lru_cache(maxsize=1)
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # Left in, the small relatives of large languages win short texts: Extremaduran before Spanish.
    identifier.set_languages([label for label in identifier.labels if len(label) == 2])
    return identifier


def declared(code: str | None) -> str | None:
    """Return the ISO 639-1 code that a declared one stands for ("en-GB": "en"), ``None`` where it is none."""
    language = (code or "").strip().replace("_", "-").split("-")[0].lower()
    return language if len(language) == 2 and language.isascii() and language.isalpha() else None


def likeliest(text: str) -> tuple[str, float]:
    """Return the language that the text looks most like, and how probable it is, 0 to 1."""
    code, probability = _identifier().classify(text[:_SAMPLE])
    return code, probability


def detected(text: str) -> str:
    """Return the ISO 639-1 code of the text's language, ``en`` where that is uncertain."""
    if len(text) < _ENOUGH:
        return DEFAULT
    code, probability = likeliest(text)
    return code if probability >= _SURE else DEFAULT
