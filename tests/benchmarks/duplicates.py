"""What finding near-copies costs and finds: ``python tests/benchmarks/duplicates.py``.

The first table is what the articles of ``VERBATIM_DATA`` and 20 000 made ones of 400 words cost: the seconds, the most
memory at a time, and for comparison the seconds that cutting the same into passages takes (by a sample); and how many
are joined or superseded there. ``--show`` prints which. The second is what is found of made copies, 500 of each kind.
"""

import argparse
import gzip
import json
import multiprocessing
import os
import random
import sys
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from index import Article
from index.duplicates import Stories, find_stories, trace
from index.passages import cut_passages

T = TypeVar("T")

DATA = Path(os.environ.get("VERBATIM_DATA", "../shared/data"))
SETS = ("news-2024", "squad2-dev", "squad2-dev paragraphs", "20 000 made")
SIMILARITY = 0.7
MADE = 20_000
COPIES = 500
CUT = 200


@dataclass(frozen=True, slots=True)
class Cost:
    """What one set costs: seconds, and megabytes of memory beside its articles."""

    articles: int
    seconds: float
    megabytes: float
    cutting: float
    joined: int
    superseded: int


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--show", action="store_true", help="print the titles of what is joined")
    show = arguments.parse_args().show
    print(f"{'articles of':24}{'number':>8}{'seconds':>9}{'MB':>7}{'cutting':>9}{'joined':>8}{'superseded':>12}")
    for name in SETS:
        if name == SETS[-1] or (DATA / name.split()[0]).is_dir():
            cost = apart(partial(measured, name))
            print(
                f"{name:24}{cost.articles:>8}{cost.seconds:>9.2f}{cost.megabytes:>7.0f}{cost.cutting:>9.1f}"
                f"{cost.joined:>8}{cost.superseded:>12}"
            )
            if show:
                print_joined(name)
        else:
            print(f"{name:24} skipped: {DATA} has none; name another folder with VERBATIM_DATA")
    print(f"\n{'copies that differ by':50}{'recall':>8}{'precision':>11}")
    for kind, copied in KINDS.items():
        recall, precision = apart(partial(found, copied))
        print(f"{kind:50}{recall:>8.3f}{precision:>11.3f}")
    return 0


def apart(work: Callable[[], T]) -> T:
    """Do work in a process of its own, so that its memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work)


def measured(name: str) -> Cost:
    articles = articles_of(name)
    started = time.perf_counter()
    stories = stories_of(articles)
    seconds = time.perf_counter() - started
    tracemalloc.start()
    stories_of(articles)
    megabytes = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    started = time.perf_counter()
    sample = articles[:: max(1, len(articles) // CUT)]
    for article in sample:
        cut_passages(article, 120, 1)
    cutting = (time.perf_counter() - started) / len(sample) * len(articles)
    return Cost(len(articles), seconds, megabytes, cutting, len(stories.groups), len(stories.superseded))


def articles_of(name: str) -> list[Article]:
    if name == SETS[-1]:
        return [article_of(f"made-{number}", text(random.Random(number))) for number in range(MADE)]
    with gzip.open(DATA / name.split()[0] / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    whole = [article_of(row["id"], row["text"], row["title"], row["url"], row.get("published")) for row in rows]
    return list(paragraphs(whole)) if name.endswith("paragraphs") else whole


def paragraphs(articles: Sequence[Article]) -> Iterator[Article]:
    for article in articles:
        for number, paragraph in enumerate(article.text.split("\n\n")):
            yield article_of(f"{article.id}#{number}", paragraph, article.title)


def article_of(
    id_: str, words: str, title: str = "A title", url: str | None = None, published: str | None = None
) -> Article:
    day = date.fromisoformat(published) if published else None
    revision = sha256(words.encode()).hexdigest()[:16]
    return Article(id_, title, words, url, day, None, None, "en", "benchmark", revision)


def text(chance: random.Random, words: int = 400) -> str:
    """Eight paragraphs of words that are as unevenly common as a language's."""
    drawn = [f"w{int(chance.paretovariate(0.7)) % 20_000}" for _ in range(words)]
    return "\n\n".join(" ".join(drawn[start : start + 50]) + "." for start in range(0, words, 50))


def words_changed(original: str, chance: random.Random) -> str:
    words = original.split(" ")
    for place in chance.sample(range(len(words)), 10):
        words[place] = "changed"
    return " ".join(words)


def paragraph_dropped(original: str, chance: random.Random) -> str:
    parts = original.split("\n\n")
    del parts[chance.randrange(len(parts))]
    return "\n\n".join(parts)


def headline_added(original: str, chance: random.Random) -> str:
    return f"Another Headline Of This Outlet\n\nPARIS, {chance.randint(1, 30)} May (Agency) — {original}"


def quotes_curled(original: str, chance: random.Random) -> str:
    return "\u201c" + original.replace(" ", "  ", 9).replace(".", "\u2026\u201d").upper()


def framed(original: str, chance: random.Random) -> str:
    return f"{text(chance, 150)}\n\n{original}\n\n{text(chance, 150)}"


def half_rewritten(original: str, chance: random.Random) -> str:
    return original[: len(original) // 2] + text(chance, 200)


KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "10 of 400 words changed": words_changed,
    "a paragraph of eight dropped": paragraph_dropped,
    "a headline and a dateline added": headline_added,
    "quotes curled, capitals, spaces": quotes_curled,
    "300 words of another text around it": framed,
    "half of it rewritten (to be found in none)": half_rewritten,
}


def found(copied: Callable[[str, random.Random], str]) -> tuple[float, float]:
    """Return how many of the pairs are found, and how many of those found are pairs (1 where none is)."""
    originals = [text(random.Random(f"original {number}")) for number in range(COPIES)]
    copies = [copied(words, random.Random(f"copy {number}")) for number, words in enumerate(originals)]
    articles = [
        article_of(f"{n}-{i}", words) for i, texts in enumerate((originals, copies)) for n, words in enumerate(texts)
    ]
    groups = joined(stories_of(articles))
    right = sum(len(group) == 2 and len({id_.split("-")[0] for id_ in group}) == 1 for group in groups)
    return right / COPIES, right / len(groups) if groups else 1.0


def stories_of(articles: Collection[Article]) -> Stories:
    return find_stories(trace(articles, SIMILARITY), lambda ids: (one for one in articles if one.id in ids), SIMILARITY)


def joined(stories: Stories) -> list[list[str]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for id_, story in sorted(stories.groups.items()):
        groups[story].append(id_)
    return list(groups.values())


def print_joined(name: str) -> None:
    articles = {article.id: article for article in articles_of(name)}
    stories = stories_of(articles.values())
    for group in joined(stories):
        print(
            *(f"    {'+' if i else '='} {id_[:100]} ({articles[id_].title[:60]})" for i, id_ in enumerate(group)),
            sep="\n",
        )
    for id_ in sorted(stories.superseded):
        print(f"    superseded: {id_[:100]} ({articles[id_].title[:60]})")


if __name__ == "__main__":
    sys.exit(main())
