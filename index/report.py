"""What a build did, as a record and as the one line that is printed."""

from dataclasses import dataclass

from index.records import Failure


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. ``new``, ``changed``, ``removed``: articles, beside the snapshot published before.

    ``published``: false where nothing had changed, and where the gate held the snapshot back, which ``held`` tells.
    ``superseded``: articles that their outlet has a newer version of; ``copies``: those that tell the same
    as another. ``seconds`` are the whole build's, ``encode_seconds`` those that the encoder took for the ``encoded``
    passages. ``failures`` are documents and sources that could not be read, ``skipped`` pages without an article.
    """

    snapshot: str
    published: bool
    held: str | None
    articles: int
    new: int
    changed: int
    removed: int
    superseded: int
    copies: int
    passages: int
    encoded: int
    encode_seconds: float
    requests: int
    seconds: float
    failures: tuple[Failure, ...]
    skipped: tuple[Failure, ...]

    def __str__(self) -> str:
        articles, passages = f"{grouped(self.articles)} articles", f"{grouped(self.passages)} passages"
        if self.held:
            return self.held
        if not self.published:
            return f"{articles}, {passages}: nothing changed since {self.snapshot}, {self.seconds:.1f} s"
        changes = f"{grouped(self.new)} new, {grouped(self.changed)} changed, {grouped(self.removed)} removed"
        return f"{articles} ({changes}), {passages} ({grouped(self.encoded)} encoded), {self.seconds:.1f} s"


def grouped(number: int) -> str:
    """Write a number as people read it: from five digits on, in groups of three."""
    return f"{number:,}".replace(",", " ") if number >= 10_000 else str(number)
