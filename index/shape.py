"""What decides, beside articles and encoder, what an index holds, as one digest. It indexes nothing."""

from hashlib import sha256
from pathlib import Path

from index.settings import DuplicatesSection, IndexSection

SHAPING = ("sentences", "passages", "lexical", "trust", "duplicates")
"""Modules and packages whose change makes another index of the same articles."""


def settings_digest(section: IndexSection, duplicates: DuplicatesSection) -> str:
    """Return a digest of the settings and of the code that shape an index."""
    here = Path(__file__).parent
    shape = sha256(
        f"{section.passage_words} {section.shared_sentences} {section.covered} {duplicates.similarity}".encode()
    )
    for name in SHAPING:
        for path in (here / f"{name}.py", *sorted((here / name).rglob("*.py"))):
            shape.update(path.read_bytes() if path.is_file() else b"")
    return shape.hexdigest()[:16]
