"""What a backup holds: one JSON file in its folder, written last. It touches no other file.

Invariant: a manifest that was read names only files that may lie in a storage folder.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from index import files
from index.errors import BackupError
from index.records import FileDigest

FORMAT = 1
"""Raised by every change that an older program would misread."""

NAME = "backup.json"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup. ``files`` by their names under the storage folder; ``snapshot``: "" where none is among them.

    ``missing``: why there is none.
    """

    created: datetime
    snapshot: str
    missing: str
    files: dict[str, FileDigest]

    @property
    def bytes(self) -> int:
        """Return the size of all of it."""
        return sum(one.size for one in self.files.values())


def write_manifest(folder: Path, backup: Backup) -> None:
    """Write it durably; everything that it names must lie there already."""
    content = {"format": FORMAT, **asdict(backup), "created": backup.created.isoformat()}
    files.replace_text(folder / NAME, json.dumps(content, indent=1, sort_keys=True) + "\n")


def read_manifest(folder: Path) -> Backup:
    """Read what a folder holds.

    Raises:
        BackupError: it is no finished backup, or of a newer format.
    """
    try:
        content = json.loads(files.read_text(folder / NAME))
        found = int(content.pop("format"))
    except FileNotFoundError as error:
        raise BackupError(f"{folder} is no backup, or one that was not finished: it has no {NAME}") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BackupError(f"{folder / NAME} cannot be read ({error}): take another backup") from error
    if found > FORMAT:
        raise BackupError(f"the backup {folder} has format {found}, this program knows {FORMAT}: update the program")
    try:
        return _backup(content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"{folder / NAME} does not tell what is in it ({error}): take another backup") from error


def _backup(content: dict[str, Any]) -> Backup:
    found = {_plain(name): FileDigest(**one) for name, one in content.pop("files").items()}
    return Backup(created=datetime.fromisoformat(content.pop("created")), files=found, **content)


def _plain(name: str) -> str:
    """Refuse a name that leads out of a folder, or that nothing under a storage folder has."""
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or str(path) != name or any(part.startswith(".") for part in path.parts):
        raise ValueError(f"no file of a backup is called {name!r}")
    return name
