"""From articles to ranked passages. The public API; everything else in this package is its own affair.

Names are loaded when first used, so that ``import index`` is instant.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.errors import EncoderError as EncoderError
    from index.errors import NoSnapshot as NoSnapshot
    from index.errors import SettingsError as SettingsError
    from index.errors import SnapshotError as SnapshotError
    from index.errors import VerbatimError as VerbatimError
    from index.records import Article as Article
    from index.records import Hit as Hit
    from index.records import Passage as Passage
    from index.records import Sentence as Sentence

_HOMES = {
    "Article": "records",
    "Hit": "records",
    "Passage": "records",
    "Sentence": "records",
    "EncoderError": "errors",
    "NoSnapshot": "errors",
    "SettingsError": "errors",
    "SnapshotError": "errors",
    "VerbatimError": "errors",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
