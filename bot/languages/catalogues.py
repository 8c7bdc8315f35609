"""The catalogues as files: which sentences the source says, and how a catalogue is brought up to date with them.

A translation stays as long as its sentence is said, to the letter, and goes with it: none is guessed.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from bot.languages.language import CODES, ENGLISH, catalogue_path, read_catalogue

TRANSLATED = tuple(code for code in CODES if code != ENGLISH.code)
_KEYWORDS = {"say": None, "say_count": (1, 2), "sentence": None}
"""The calls that name a sentence, and which of their arguments it is."""
_COMMENTS = ("Translators:",)
_WIDTH = 110


def template(source: Path) -> Catalog:
    """Return every sentence that the Python files below a folder say, without translations."""
    catalogue = Catalog(fuzzy=False)
    found = extract_from_dir(source, [("**.py", "python")], keywords=_KEYWORDS, comment_tags=_COMMENTS)
    for file, line, said, comments, _ in sorted(found, key=lambda one: one[:2]):
        catalogue.add(said, None, [(file, line)], auto_comments=comments)
    return catalogue


def update(code: str, sentences: Catalog) -> Sequence[str]:
    """Bring the catalogue of a language up to date, or begin one; return the sentences without a translation."""
    path = catalogue_path(code)
    catalogue = read_catalogue(code) if path.exists() else _begun(code)
    catalogue.update(sentences, no_fuzzy_matching=True, update_creation_date=False)
    with path.open("wb") as file:
        write_po(file, catalogue, _WIDTH, ignore_obsolete=True, include_lineno=False)
    return untranslated(catalogue)


def untranslated(catalogue: Catalog) -> Sequence[str]:
    """Return the sentences without a translation, or with one that nobody has looked at."""
    return [forms(one.id)[0] for one in catalogue if one.id and (one.fuzzy or not all(forms(one.string)))]


def forms(said: str | Sequence[str] | None) -> Sequence[str]:
    """Return the forms of a sentence: one, or as many as there are plural forms; "" for one that is missing."""
    return (said or "",) if isinstance(said, str | None) else tuple(said)


def _begun(code: str) -> Catalog:
    return Catalog(
        code,
        header_comment="# How to keep this file is said in bot/languages/__init__.py.",
        project="Verbatim",
        version="1",
        msgid_bugs_address="-",
        last_translator="-",
        language_team="-",
        revision_date=datetime.now(UTC),
        fuzzy=False,
    )
