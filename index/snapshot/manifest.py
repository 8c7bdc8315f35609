"""The manifest of a snapshot: JSON in and out, and the comparison of files with it.

Invariant: a manifest that was read has this module's format and vouches for every file of its snapshot.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from index import files
from index.errors import SnapshotDamaged, SnapshotIncompatible
from index.layout import SnapshotLayout
from index.records import FileDigest, Manifest

_TIME = "%Y%m%dT%H%M%S"

FORMAT = 5
"""Raised by every change that an older reader would misread."""


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
    return f"{time:{_TIME}}-{sha256(_encode(manifest).encode()).hexdigest()[:8]}"


def write_manifest(layout: SnapshotLayout, manifest: Manifest) -> None:
    """Write the manifest durably; everything it vouches for must lie there already."""
    files.replace_text(layout.manifest, _encode(manifest))


def read_manifest(layout: SnapshotLayout) -> Manifest:
    """Read the manifest of a snapshot.

    Raises:
        SnapshotDamaged: it is missing or unreadable.
        SnapshotIncompatible: it is of another format.
    """
    try:
        content = json.loads(layout.manifest.read_text(encoding="utf-8"))
        found = content.pop("format")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(layout.folder.name, f"its manifest cannot be read ({error})") from error
    if found != FORMAT:
        raise SnapshotIncompatible(
            f'snapshot {layout.folder.name} has format {found}, this program reads {FORMAT}: run "verbatim-index build"'
        )
    try:
        digests = {name: FileDigest(**one) for name, one in content.pop("files").items()}
        created = datetime.fromisoformat(content.pop("created"))
        return Manifest(format=FORMAT, created=created, files=digests, **content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise damaged(layout.folder.name, f"its manifest is not one ({error})") from error


def check_files(layout: SnapshotLayout, manifest: Manifest, *, digests: bool) -> None:
    """Compare the files with the manifest: their sizes, and their ``digests`` if asked to.

    Raises:
        SnapshotDamaged: one is missing or differs.
    """
    for path in layout.payload_with(manifest.collection):
        expected = manifest.files.get(path.name)
        if expected is None or not path.is_file():
            raise damaged(layout.folder.name, f"{path.name} is missing")
        if (size := path.stat().st_size) != expected.size:
            raise damaged(layout.folder.name, f"{path.name} has {size} bytes, not {expected.size}")
        if digests and (found := files.sha256(path)) != expected.sha256:
            raise damaged(layout.folder.name, f"{path.name} has SHA-256 {found[:12]}…, not {expected.sha256[:12]}…")


def damaged(name: str, reason: str) -> SnapshotDamaged:
    """Return the error that a snapshot is damaged, with the ways out."""
    return SnapshotDamaged(
        f'snapshot {name} is damaged: {reason}; run "verbatim-index rollback", or "verbatim-index build" for a new one'
    )


def _encode(manifest: Manifest) -> str:
    content = asdict(manifest) | {"created": manifest.created.isoformat()}
    return json.dumps(content, indent=1, sort_keys=True) + "\n"
