"""What is to be indexed: what the library holds and nobody took down."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from hashlib import sha256

from index.library import Library
from index.records import Article
from index.takedown import TakenDown


@dataclass(frozen=True, slots=True)
class Remaining:
    """What the library holds and nobody took down."""

    library: Library
    taken_down: TakenDown

    def digest(self) -> str:
        """Return a digest of all of it: of what was collected, and of what of that is taken down."""
        given = sorted(entry.given for entry in self.taken_down.entries)
        collected = self.library.digest()
        return sha256("\n".join([collected, *given]).encode()).hexdigest() if given else collected

    def digests(self) -> Mapping[str, str]:
        """Return the digest of each article by its id."""
        held = self.taken_down.holds
        return {id_: digest for id_, url, digest in self.library.digests() if not held(id_, [url] if url else [])}

    def read(self, ids: Set[str]) -> Iterator[Article]:
        """Yield the articles of these ids."""
        return self.library.articles(ids)
