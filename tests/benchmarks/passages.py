"""What passages are worth that share sentences, or bear titles: ``python tests/benchmarks/passages.py [SET …]``.

For each set of ``VERBATIM_DATA`` the articles are indexed anew with 0, 1 and 2 sentences that a passage shares with the
one before it, with and without the title in what is encoded (words are found in titles either way): how many passages
and tokens are encoded, and recall at 1, 5 and 20 by vectors and by both, over the answerable questions. An index is
kept in ``--work`` and not made again. ``--json`` keeps the figures.

The dear one is ``news-2024``, whose 38 000 passages are encoded six times: ten minutes each on two cores.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from encoding import passages_of, token_counts
from machine import this_machine

from bot.evaluation import read_cases
from bot.evaluation.cases import Case
from index import (
    Encoder,
    FilesSource,
    Retriever,
    Settings,
    Snapshot,
    StorageSettings,
    Store,
    build_index,
    locate_encoder,
    retrievers,
)
from index.settings import IndexSection

DATA = Path(os.environ.get("VERBATIM_DATA", "../shared/data"))
SETS = ("squad2-dev",)
SHARED = (0, 1, 2)
AT = (1, 5, 20)


@dataclass(frozen=True, slots=True)
class Untitled:
    """An encoder that is not shown the title of a passage: the line before its text. Questions have one line."""

    encoder: Encoder

    @property
    def identity(self) -> str:
        return f"untitled {self.encoder.identity}"

    @property
    def dimension(self) -> int:
        return self.encoder.dimension

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return (n, d) float32, unit rows."""
        return self.encoder.encode([untitled(text) for text in texts])


@dataclass(frozen=True, slots=True)
class Figures:
    """One way to cut and encode. Recall at 1, 5 and 20."""

    set: str
    shared_sentences: int
    titles: bool
    passages: int
    tokens: int
    by_vectors: tuple[float, ...]
    by_both: tuple[float, ...]


def untitled(text: str) -> str:
    """Return a passage without its title, and a question as it is."""
    return text.partition("\n")[2] or text


def main() -> int:
    """Print a line for each index."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=SETS, metavar="SET", help=f"folders of the data ({' '.join(SETS)})")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="ask each N-th question")
    parser.add_argument("--work", type=Path, default=Path(".work/passages"), help="where indexes are (.work/passages)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures, too")
    given = parser.parse_args()
    encoder = locate_encoder("all-MiniLM-L6-v2", fast=True)
    print(f"{'':14}{'shared':>7}{'titles':>7}{'passages':>9}{'tokens':>10}  {'vectors':21}  both")
    found = []
    for name in given.sets:
        for shared in SHARED:
            for used in (encoder, Untitled(encoder)):
                one = measure(given.work, name, shared, used, given.every)
                found.append(one)
                recall = "  ".join(" ".join(f"{r:.4f}" for r in row) for row in (one.by_vectors, one.by_both))
                titles = "yes" if one.titles else "no"
                print(f"{name:14}{shared:7}{titles:>7}{one.passages:9}{one.tokens:10}  {recall}", flush=True)
    if given.json:
        content = {"machine": asdict(this_machine()), "indexes": [asdict(one) for one in found]}
        given.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


def measure(work: Path, name: str, shared: int, encoder: Encoder, every: int) -> Figures:
    """Build one index, unless it is there, and ask the questions."""
    titles = not isinstance(encoder, Untitled)
    storage = work / f"{name}-{shared}-{'titled' if titles else 'untitled'}"
    settings = Settings(
        storage=StorageSettings(folder=storage, keep=1),
        index=IndexSection(shared_sentences=shared),
        sources=(FilesSource(kind="files", folder=_alone(DATA / name, storage), name=name, max_megabytes=2000.0),),
    )
    passages = build_index(settings, encoder=encoder).passages
    texts = passages_of(storage, passages)
    tokens = sum(token_counts(texts if titles else [untitled(text) for text in texts]))
    read = read_cases(DATA / name / "questions.jsonl.gz", DATA / name / "articles.jsonl.gz")
    cases = [case for case in read if case.answerable][::every]
    with Store(storage).open_current(encoder=encoder.identity) as snapshot:
        ways = dict(retrievers(snapshot, encoder))
        vectors, _, both = (recall(snapshot, way, cases) for way in ways.values())
    return Figures(name, shared, titles, passages, tokens, vectors, both)


def recall(snapshot: Snapshot, way: Retriever, cases: Sequence[Case]) -> tuple[float, ...]:
    """Return the shares of questions that a passage among the first 1, 5 and 20 answers."""
    article = cache(snapshot.article)
    first = []
    for case in cases:
        hits = way.search(case.question.text, max(AT))
        passages = ((hit.passage, article(hit.passage.article_id)) for hit in hits)
        held = [bool(a and case.held_by(a, p.start, p.end)) for p, a in passages]
        first.append(held.index(True) if True in held else max(AT))
    return tuple(float(np.mean(np.array(first) < k)) for k in AT)


def _alone(source: Path, storage: Path) -> Path:
    """Make a folder with nothing but a link to the articles."""
    folder = storage / "articles"
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "articles.jsonl.gz"
    if not link.is_symlink():
        link.symlink_to((source / "articles.jsonl.gz").resolve())
    return folder


if __name__ == "__main__":
    sys.exit(main())
