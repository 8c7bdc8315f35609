"""Snapshots as a build compares them: what is published, of which articles, and whether it can be built on."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from index.errors import NoSnapshot, SnapshotError
from index.layout import SnapshotLayout
from index.snapshot import Snapshot, Store
from index.snapshot.writing import Origin

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Generation:
    """A snapshot as it is compared with the one before: digests of its articles by their ids."""

    name: str = ""
    origin: Origin | None = None
    passages: int = 0
    digests: Mapping[str, str] = field(default_factory=dict)


def live(store: Store) -> str:
    """Return the name of the published snapshot, "" where there is none."""
    try:
        return store.current()
    except NoSnapshot:
        return ""


def base_of(store: Store, before: Generation, origin: Origin) -> SnapshotLayout | None:
    """Return the published snapshot, if it is of the same encoder and settings: what did not change comes from it."""
    known = before.origin
    if known is None or (known.encoder, known.settings) != (origin.encoder, origin.settings):
        return None
    return store.layout.snapshot(before.name)


def published(store: Store) -> Generation:
    """Return the published snapshot, if it is sound: one that is not is replaced, whatever has changed."""
    try:
        with store.open(store.current()) as snapshot:
            return generation_of(snapshot)
    except NoSnapshot:
        return Generation()
    except SnapshotError as error:
        log.warning("%s", error)
        return Generation()


def generation_of(snapshot: Snapshot) -> Generation:
    """Return what an open snapshot is made of."""
    manifest = snapshot.manifest
    origin = Origin(manifest.encoder, manifest.settings, manifest.library)
    return Generation(snapshot.name, origin, manifest.passages, snapshot.digests())
