"""Any number of distinct passages of real text: ``python tests/benchmarks/recombined.py --passages N --to FOLDER``.

The sentences of a question set's articles (``--set``, of ``VERBATIM_DATA``), dealt anew: runs of one to four sentences
of articles that stand beside each other in the set, and so tell of one matter, are shuffled and joined into articles of
about thirty sentences. In one round each sentence is used once; the next round cuts and deals them otherwise. So what a
word is worth, how long sentences and passages are, and which of them are alike, is as in the set. What is not: the
vocabulary does not grow with the number of passages, so a rare word stands in more of them than it would.

The articles come one after another and none is kept: a million passages need no more memory than the set. They are the
same in every run. Written as JSON lines of a thousand articles a file, as ``[[sources]] kind = "files"`` reads them.
"""

import argparse
import gzip
import itertools
import json
import os
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from builders import an_article

from index import Article
from index.passages import cut_passages
from index.sentences import split_sentences

T = TypeVar("T")

DATA = Path(os.environ.get("VERBATIM_DATA", "../shared/data"))
NEIGHBOURS, LONGEST_RUN, SENTENCES = 4, 4, 30
OUTLETS = 8
"""Sites of a round. Each round has its own: what one site says again and again counts as furniture."""
ROUND_DAYS = 30
"""By how many days the articles of each round are older than those of the one before."""
A_FILE = 1000
_CALIBRATED = 40


@dataclass(frozen=True, slots=True)
class Told:
    """An article of the set, cut into sentences; a heading stands before its sentence, with the break between."""

    title: str
    published: date | None
    language: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive sentences of an article."""

    source: Told
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the sentences as one paragraph, but for headings."""
        return "".join(("\n\n" if "\n" in one else " ") + one for one in self.sentences).strip()


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the lines of a file of a set."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def tell(row: dict[str, str]) -> Told:
    """Cut an article of the set."""
    text, language = row["text"], row.get("language") or "en"
    found: list[str] = []
    heading = ""
    for one in split_sentences(text, language):
        words = heading + text[one.start : one.end]
        heading = f"{words}\n\n" if one.heading else ""
        if not one.heading:
            found.append(words)
    day = row.get("published")
    return Told(row.get("title") or "", date.fromisoformat(day[:10]) if day else None, language, tuple(found))


class Recombiner:
    """Deals the sentences of one set, round after round."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        told = map(tell, rows(folder / "articles.jsonl.gz"))
        self._told = [one for one in told if one.sentences]
        self._seed = seed

    def articles(self, passages: int) -> Iterator[Article]:
        """Yield articles until they make about so many passages of the length that the settings have by default."""
        sample = list(itertools.islice(self.endless(), _CALIBRATED))
        a_blank = sum(len(cut_passages(one)) for one in sample) / sum(one.text.count(" ") for one in sample)
        made = 0.0
        for article in self.endless():
            if made >= passages:
                return
            yield article
            made += a_blank * article.text.count(" ")

    def endless(self) -> Iterator[Article]:
        """Yield articles without end."""
        for round_ in itertools.count():
            yield from self._round(round_)

    def _round(self, round_: int) -> Iterator[Article]:
        chance = random.Random(f"{self._seed} {round_}")
        shift = round_ % NEIGHBOURS
        windows = [self._told[:shift], *batched(self._told[shift:], NEIGHBOURS)]
        chance.shuffle(windows)
        numbers = itertools.count()
        for window in windows:
            runs = [run for told in window for run in _runs(told, chance)]
            chance.shuffle(runs)
            for dealt in _dealt(runs):
                yield _article(dealt, round_, next(numbers))


def _runs(told: Told, chance: random.Random) -> Iterator[Run]:
    start = 0
    while start < len(told.sentences):
        end = start + chance.randint(1, LONGEST_RUN)
        yield Run(told, told.sentences[start:end])
        start = end


def _dealt(runs: Iterable[Run]) -> Iterator[list[Run]]:
    """Yield runs that make an article; what is left over is one, too."""
    dealt: list[Run] = []
    for run in runs:
        dealt.append(run)
        if sum(len(one.sentences) for one in dealt) >= SENTENCES:
            yield dealt
            dealt = []
    if dealt:
        yield dealt


def _article(runs: Sequence[Run], round_: int, number: int) -> Article:
    source, outlet = runs[0].source, OUTLETS * round_ + number % OUTLETS
    url = f"https://outlet-{outlet}.example/{round_}/{number}"
    published = source.published and source.published - timedelta(ROUND_DAYS * round_)
    text = "\n\n".join(run.text for run in runs)
    made = an_article(url, text, title=source.title, published=published, language=source.language, url=url)
    return replace(made, site=f"Outlet {outlet}")


def write(folder: Path, articles: Iterable[Article]) -> int:
    """Write articles as files of JSON lines; return how many."""
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for number, part in enumerate(batched(articles, A_FILE)):
        with (folder / f"{number:05}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(line(article) for article in part)
        written += len(part)
    return written


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items, so many at a time."""
    left = iter(items)
    return iter(lambda: list(itertools.islice(left, size)), [])


def line(article: Article) -> str:
    """Return an article as a line of JSON."""
    names = ("id", "title", "url", "site", "language", "text")
    record = {name: getattr(article, name) for name in names}
    record["published"] = article.published and article.published.isoformat()
    return json.dumps(record, ensure_ascii=False) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, required=True)
    parser.add_argument("--to", type=Path, required=True, help="a folder")
    parser.add_argument("--set", default="news-2024")
    given = parser.parse_args()
    written = write(given.to, Recombiner(DATA / given.set).articles(given.passages))
    print(f"{written} articles in {given.to}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
