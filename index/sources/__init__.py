"""Where articles come from: a kind in the settings, a class here, and the records the library stores.

Importing this package is instant; formats and what they need are loaded when a document is read.
"""

from collections import Counter
from collections.abc import Iterable

from index.errors import SettingsError
from index.records import Source
from index.settings import SourceSettings
from index.sources.files import FilesSource

KINDS = {"files": FilesSource}
"""``kind`` in ``[[sources]]`` to the class that reads it."""


def open_sources(settings: Iterable[SourceSettings]) -> tuple[Source, ...]:
    """Return the sources that the settings describe, in their order; nothing is read yet.

    Raises:
        SettingsError: two sources have the same label, or one cannot be there.
    """
    sources = tuple(KINDS[section.kind](section) for section in settings)
    counts = Counter(source.label for source in sources)
    if twice := [label for label, count in counts.items() if count > 1]:
        raise SettingsError(f'two sources are called {", ".join(twice)}: give each a "name" of its own')
    return sources
