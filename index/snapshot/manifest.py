"""The manifest of a snapshot: JSON in and out, and the comparison of files with it.

Invariant: a manifest that was read has this module's format, is the one that its snapshot is named after, and vouches
for every file of it.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from index import files
from index.errors import SnapshotDamaged, SnapshotIncompatible
from index.layout import SnapshotLayout
from index.records import FileDigest, Manifest

_TIME = "%Y%m%dT%H%M%S"

_NAME = re.compile(r"\d{8}T\d{6}-([0-9a-f]{8})")

FORMAT = 6
"""Raised by every change that an older reader would misread."""

_TEXTS = ("encoder", "settings", "library", "vectors", "collection")
_COUNTS = ("articles", "passages", "dimension")
_KEPT_BY = ("own", "engine")


def describe(paths: Iterable[Path]) -> dict[str, FileDigest]:
    """Return size and digest of each file by its name."""
    return {path.name: FileDigest(path.stat().st_size, files.sha256(path)) for path in paths}


def snapshot_name(manifest: Manifest, newest: str | None = None) -> str:
    """Return the name of a snapshot: when it was made, to the second in UTC, and a digest of what it is.

    The order of names is the order of making, also within a second and after a clock was set back: the name
    is of a second later than the ``newest`` name there is.
    """
    time = manifest.created
    if newest is not None:
        time = max(time, datetime.strptime(f"{newest[:15]}Z", f"{_TIME}%z") + timedelta(seconds=1))
    return f"{time:{_TIME}}-{_digest(_encode(manifest))}"


def is_name(text: str) -> bool:
    """Tell whether a snapshot may have this name."""
    return _NAME.fullmatch(text) is not None


def write_manifest(layout: SnapshotLayout, manifest: Manifest) -> None:
    """Write the manifest durably; everything it vouches for must lie there already."""
    files.replace_text(layout.manifest, _encode(manifest))


def read_manifest(layout: SnapshotLayout) -> Manifest:
    """Read the manifest of a snapshot.

    Raises:
        SnapshotDamaged: it is missing, unreadable, or not the one that the snapshot is named after.
        SnapshotIncompatible: it is of another format.
    """
    name = layout.folder.name
    try:
        if layout.folder.is_symlink():
            raise OSError("the snapshot's folder is a link")
        text = files.read_text(layout.manifest)
        content = json.loads(text)
        found = content.pop("format")
        if type(found) is not int:
            raise TypeError("its format is no number")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(name, f"its manifest cannot be read ({error})") from error
    if found != FORMAT:
        newer = "update it, or " if found > FORMAT else ""
        raise SnapshotIncompatible(
            f'snapshot {name} has format {found}, this program reads {FORMAT}: {newer}run "verbatim-index build"'
        )
    if (named := _NAME.fullmatch(name)) and named[1] != _digest(text):
        raise damaged(name, "its manifest is not the one that it is named after")
    try:
        return _manifest(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise damaged(name, f"its manifest is not one ({error})") from error


def _manifest(content: Mapping[str, object]) -> Manifest:
    """Return the manifest that JSON tells, its format aside; what is missing, strange or unknown is an error."""
    told: dict[str, Any] = dict(content)
    digests = {name: FileDigest(**one) for name, one in told.pop("files").items()}
    created = datetime.fromisoformat(told.pop("created"))
    manifest = Manifest(format=FORMAT, created=created, files=digests, **told)
    texts = [getattr(manifest, field) for field in _TEXTS] + [one.sha256 for one in digests.values()]
    counts = [getattr(manifest, field) for field in _COUNTS] + [one.size for one in digests.values()]
    if not all(isinstance(one, str) for one in texts) or manifest.words not in _KEPT_BY:
        raise TypeError("a text is none")
    if not all(type(one) is int and 0 <= one < 2**63 for one in counts):
        raise TypeError("a count is none")
    if not all(isinstance(one, float | int) and 0 <= one <= 1 for one in manifest.trust.values()):
        raise ValueError("trust is a share")
    if created.tzinfo is None:
        raise ValueError("the time is of no zone")
    return manifest


def check_files(layout: SnapshotLayout, manifest: Manifest, *, digests: bool) -> None:
    """Compare the files with the manifest: their sizes, and their ``digests`` if asked to.

    Raises:
        SnapshotDamaged: one is missing, cannot be read, is a link or no file at all, or differs.
    """
    for path in layout.payload_with(manifest.collection):
        try:
            problem = _difference(path, manifest.files.get(path.name), digests=digests)
        except FileNotFoundError:
            problem = "is missing"
        except OSError as error:
            problem = f"cannot be read ({error})"
        if problem:
            raise damaged(layout.folder.name, f"{path.name} {problem}")


def _difference(path: Path, expected: FileDigest | None, *, digests: bool) -> str | None:
    """Return how a file differs from what was written; ``None`` where it does not."""
    if expected is None:
        return "is missing in its manifest"
    with files.open_regular(path) as file:
        if (size := os.fstat(file.fileno()).st_size) != expected.size:
            return f"has {size} bytes, not {expected.size}"
        if digests and (found := files.digest(file)) != expected.sha256:
            return f"has SHA-256 {found[:12]}…, not {expected.sha256[:12]}…"
    return None


def damaged(name: str, reason: str) -> SnapshotDamaged:
    """Return the error that a snapshot is damaged, with the ways out."""
    return SnapshotDamaged(
        f'snapshot {name} is damaged: {reason}; run "verbatim-index rollback", or "verbatim-index build" for a new one'
    )


def _digest(text: str) -> str:
    """Return how the name of a snapshot ends whose manifest is this text."""
    return sha256(text.encode()).hexdigest()[:8]


def _encode(manifest: Manifest) -> str:
    content = asdict(manifest) | {"created": manifest.created.isoformat()}
    return json.dumps(content, indent=1, sort_keys=True) + "\n"
