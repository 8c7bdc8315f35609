"""Every name under the storage folder, in one place. It touches no file."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SnapshotLayout:
    """The files of one snapshot."""

    folder: Path

    @property
    def articles(self) -> Path:
        """Articles, passages and words: SQLite."""
        return self.folder / "articles.sqlite"

    @property
    def vectors(self) -> Path:
        """The passages' vectors, where no engine elsewhere holds them: FAISS."""
        return self.folder / "vectors.faiss"

    @property
    def manifest(self) -> Path:
        """What the snapshot is: JSON, written last."""
        return self.folder / "manifest.json"

    @property
    def payload(self) -> tuple[Path, ...]:
        """The files that the manifest vouches for, where the vectors are among them."""
        return (self.articles, self.vectors)

    def payload_with(self, collection: str) -> tuple[Path, ...]:
        """The files that the manifest vouches for; the vectors are none of them where they lie in a collection."""
        return (self.articles,) if collection else self.payload


@dataclass(frozen=True, slots=True)
class Layout:
    """The storage folder of the index."""

    storage: Path

    @property
    def library(self) -> Path:
        """Every article collected so far."""
        return self.storage / "library.sqlite"

    @property
    def pages(self) -> Path:
        """Every page fetched so far, and what is known of those to fetch: SQLite."""
        return self.storage / "pages.sqlite"

    @property
    def taken_down(self) -> Path:
        """What the operator took down: JSON."""
        return self.storage / "taken-down.json"

    @property
    def runs(self) -> Path:
        """How the last builds went: JSON."""
        return self.storage / "runs.json"

    @property
    def held(self) -> Path:
        """The snapshot that did not pass the gate, and why: JSON."""
        return self.storage / "held.json"

    @property
    def cache(self) -> Path:
        """Vectors encoded before."""
        return self.storage / "vectors.sqlite"

    @property
    def weights(self) -> Path:
        """Digests of the encoder's files."""
        return self.storage / "weights.json"

    @property
    def lock(self) -> Path:
        """Held by whoever changes anything here."""
        return self.storage / "build.lock"

    @property
    def holder(self) -> Path:
        """Who holds the lock."""
        return self.storage / "build.holder"

    @property
    def owner(self) -> Path:
        """One line: by what the collections of this folder, in an engine elsewhere, are told from those of others."""
        return self.storage / "owner"

    @property
    def restoring(self) -> Path:
        """What a restore has copied and not decided yet; left behind by one that died."""
        return self.storage / ".restoring"

    @property
    def restored(self) -> Path:
        """What a restore has decided: its files belong into their places."""
        return self.storage / ".restored"

    @property
    def written_by_holder(self) -> tuple[Path, ...]:
        """The small files that only the holder of the lock writes."""
        return (self.holder, self.current, self.held, self.runs, self.owner)

    @property
    def snapshots(self) -> Path:
        return self.storage / "snapshots"

    @property
    def current(self) -> Path:
        """One line: the name of the published snapshot."""
        return self.storage / "current"

    @property
    def building(self) -> Path:
        """The snapshot that the holder of the lock is writing; left behind by a build that died."""
        return self.snapshots / ".building"

    def snapshot(self, name: str) -> SnapshotLayout:
        return SnapshotLayout(self.snapshots / name)
