"""What decides, beside articles and encoder, what an index holds, as one digest. It indexes nothing.

Invariant: a snapshot with the same digest holds of the same article what would be made of it now.
"""

import unicodedata
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from index.settings import DuplicatesSection, IndexSection

SHAPING = ("sentences", "passages", "lexical", "trust", "duplicates", "encoder", "indexing", "snapshot", "vectors")
"""Modules and packages whose change makes another index of the same articles."""

LIBRARIES = ("PyStemmer", "rensa", "sentencex")
"""Packages of which the same is true."""


def settings_digest(section: IndexSection, duplicates: DuplicatesSection, engine: str) -> str:
    """Return a digest of the settings and of the code that shape an index; ``engine``: which holds what."""
    here = Path(__file__).parent
    given = (section.passage_words, section.shared_sentences, section.covered, duplicates.similarity, engine)
    shape = sha256(" ".join(map(str, given)).encode())
    shape.update(" ".join([unicodedata.unidata_version, *map(version, LIBRARIES)]).encode())
    for name in SHAPING:
        for path in (here / f"{name}.py", *sorted((here / name).rglob("*.py"))):
            shape.update(path.read_bytes() if path.is_file() else b"")
    return shape.hexdigest()[:16]
