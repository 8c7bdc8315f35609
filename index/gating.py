"""From a new snapshot to a published one, or one that is held back: ask, judge, publish or keep aside; and compare two.

It decides nothing itself (``index.gate``). Invariant: what it publishes passed the gate, and what did not pass is
judged again only when something changed by which it was judged.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from index.comparison import Comparison, compare
from index.encoder import Encoder, Floats
from index.errors import NoSnapshot, SettingsError, SnapshotError, VectorsUnavailable
from index.gate import Facts, Verdict, judge
from index.golden import GoldenResult, ask
from index.search import FusedRetriever
from index.settings import GateSection, Settings
from index.settings.golden import GoldenQuestion, load_golden
from index.snapshot import Snapshot, Store
from index.snapshot.held import HeldSnapshot
from index.snapshot.writing import Origin

log = logging.getLogger(__name__)


def waiting(store: Store, origin: Origin) -> str | None:
    """Return the name of the held snapshot if it is sound and of that origin: it need not be built again."""
    held = store.held()
    if held is None:
        return None
    try:
        with store.open(held.name) as snapshot:
            manifest = snapshot.manifest
    except SnapshotError as error:
        log.warning("%s", error)
        return None
    return held.name if Origin(manifest.encoder, manifest.settings, manifest.library) == origin else None


def release(store: Store, name: str, encoder: Encoder, settings: Settings, verified: str = "") -> HeldSnapshot | None:
    """Publish the snapshot that was adopted last if it passes the gate, else return why it is held.

    One that is held and was judged by the same is not judged again. ``verified``: see ``check``.

    Raises:
        SettingsError: the golden questions cannot be read; nothing was published.
    """
    basis, held = _basis(store, settings.gate), store.held()
    if held and held.name == name and held.basis == basis:
        return held
    verdict = check(store, name, encoder, settings, verified)
    for warning in verdict.warnings:
        log.warning("%s", warning)
    if not verdict.passed:
        return store.hold(name, verdict.reasons, basis)
    store.publish(name)
    return None


def check(store: Store, name: str, encoder: Encoder, settings: Settings, verified: str = "") -> Verdict:
    """Judge a verified snapshot against what is in use, by the golden questions of the settings.

    ``encoder`` is the one that the snapshot was built with; it encodes nothing where there are no questions.
    ``verified``: the published snapshot, if the caller compared its files with its manifest since it took the build
    lock, which it still holds: they are not read for that again.

    Raises:
        SettingsError: the golden questions cannot be read.
        VectorsUnavailable: they cannot be asked now.
    """
    golden = _questions(settings.gate)
    with store.open(name, verify=False) as candidate:
        asking = _Asking.of(golden, encoder, settings.gate.golden_depth)
        now = Facts(candidate.manifest.articles, asking.results(candidate))
        return judge(_live(store, asking, verified), now, settings.gate)


def pair(store: Store, older: str | None = None, newer: str | None = None) -> tuple[str, str]:
    """Return the names of the two snapshots to compare, where not both are given.

    By default the published and the held one; where none is held, the one before the published, and that.

    Raises:
        NoSnapshot: there are no two.
    """
    current, held = store.current(), store.held()
    if older is None and held:
        return current, held.name
    if older is not None:
        return older, newer or current
    before = [name for name in store.passed() if name < current]
    if not before:
        raise NoSnapshot(f"there is nothing to compare {current} with: no snapshot is held, none older is kept")
    return before[-1], current


def difference(store: Store, older: str, newer: str, encoder: Encoder, settings: Settings) -> Comparison:
    """Compare two snapshots, also by the golden questions of the settings.

    ``encoder`` encodes nothing where there are none; a snapshot of another encoder is not asked.

    Raises:
        SettingsError: the golden questions cannot be read.
        SnapshotError: one of the snapshots is not there, or not sound.
    """
    for name in (older, newer):
        store.require(name)
    asking = _Asking.of(_questions(settings.gate), encoder, settings.gate.golden_depth)
    with store.open(older) as before, store.open(newer) as now:
        return compare(before, now, asking.results(before), asking.results(now))


def _live(store: Store, asking: "_Asking", verified: str) -> Facts | None:
    """The facts of what the bot uses: the published snapshot, or, where that is damaged, what it falls back to."""
    try:
        with _in_use(store, verified) as snapshot:
            return Facts(snapshot.manifest.articles, asking.results(snapshot))
    except NoSnapshot:
        return None
    except VectorsUnavailable:  # that is nothing against what is published: the candidate has to wait
        raise
    except SnapshotError as error:
        log.warning("%s", error)
        return None


def _in_use(store: Store, verified: str) -> Snapshot:
    # Nobody writes to a snapshot, and only who holds the build lock publishes or removes one; should the disk have
    # changed bytes within these seconds, whoever opens it next finds them: nothing of it goes into another here.
    if verified and verified == store.current():
        return store.open(verified, verify=False)
    return store.open_current()


def _questions(section: GateSection) -> tuple[GoldenQuestion, ...]:
    return load_golden(section.golden) if section.golden else ()


def _basis(store: Store, section: GateSection) -> str:
    """A digest of everything beside the snapshot itself that decides whether it passes."""
    digest = sha256(f"{section.max_fall} {section.golden_depth}".encode())
    digest.update(_content(section.golden) if section.golden else b"")
    try:
        digest.update(store.current().encode())
    except NoSnapshot:
        digest.update(b"nothing")
    return digest.hexdigest()[:16]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"gate.golden: {path} cannot be read: {error.strerror}") from error


class _Remembered:
    """An encoder whose texts are encoded already, all in one go: two snapshots are asked, and the model runs once."""

    def __init__(self, encoder: Encoder, texts: Iterable[str]) -> None:
        self._places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        self._rows = encoder.encode(tuple(self._places))
        self.identity = encoder.identity
        self.dimension = encoder.dimension

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return (n, d) float32, unit rows in the order of ``texts``."""
        return self._rows[[self._places[text] for text in texts]]


@dataclass(frozen=True, slots=True)
class _Asking:
    """The golden questions, encoded; ``encoder`` is ``None`` where there are none."""

    golden: tuple[GoldenQuestion, ...]
    encoder: _Remembered | None
    depth: int

    @classmethod
    def of(cls, golden: tuple[GoldenQuestion, ...], encoder: Encoder, depth: int) -> "_Asking":
        """Encode the questions; loads no model where there are none."""
        return cls(golden, _Remembered(encoder, (one.question for one in golden)) if golden else None, depth)

    def results(self, snapshot: Snapshot) -> tuple[GoldenResult, ...]:
        """Ask a snapshot; nothing where its vectors are another encoder's."""
        if self.encoder is None or snapshot.manifest.encoder != self.encoder.identity:
            return ()
        return ask(self.golden, FusedRetriever(snapshot, self.encoder), snapshot, self.depth)
