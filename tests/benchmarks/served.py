"""The same articles from a file and, by ``make run``, from the web: ``python tests/benchmarks/served.py [--every N]``.

The articles of ``news-2024`` (``VERBATIM_DATA``) are served on loopback as pages of a news site, listed by a feed. A
settings file with that feed as its only source is written, and ``make run`` is given it and, on its standard input, the
question of the set that fits the articles best. Then the articles that it collected are compared, word for word, with
those read from their file; the first that differ are shown, and exit status 1 says that some do. The whole takes the
real encoder some ten minutes on two idle cores; ``--fake`` collects without ``make run`` and with the fake encoder, for
who only works on how pages are read.
"""

import argparse
import difflib
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from fakes import FakeEncoder
from websites import WebSite, page, rss, websites

from index import find_settings, load_settings
from index.build import build_index
from index.library import Library
from index.records import Article
from index.settings import Settings

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("VERBATIM_DATA", ROOT.parent / "shared" / "data")) / "news-2024"
SHOWN, TRIED = 12, 300
SETTINGS = """
[storage]
folder = "storage"

[[sources]]
kind = "{kind}"
{where} = "{place}"
name = "The News"
{more}
"""
OF_THE_FEED = """pages_a_run = 100000
least_words = 1

[fetch]
allow_hosts = ["{host}"]
delay_seconds = 0.0
requests_per_host = 8
"""


def rows(path: Path, every: int) -> list[dict[str, str]]:
    """The articles as the file has them."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file][::every]


def question_on(articles: Sequence[dict[str, str]]) -> str:
    """Of the first answerable questions, the one that shares the most words with an article that has its answer."""
    with gzip.open(DATA / "questions.jsonl.gz", "rt", encoding="utf-8") as file:
        asked = [row for row in map(json.loads, file) if row["answerable"]][:TRIED]
    texts = [(row["text"], set(row["text"].lower().split())) for row in articles]

    def fit(row: dict[str, Any]) -> float:
        said = set(row["question"].lower().rstrip("?").split())
        shares = (len(said & own) / len(said) for text, own in texts if row["answers"][0]["text"] in text)
        return max(shares, default=0.0)

    return str(max(asked, key=fit)["question"])


def serve(site: WebSite, articles: list[dict[str, str]]) -> None:
    """Put every article on the site as a page, and all of them into its feed."""
    entries = []
    for number, row in enumerate(articles):
        paragraphs = [line for line in row["text"].split("\n") if line.strip()]
        path, day = f"/2024/article-{number}", row.get("published", "2024-01-01")[:10]
        site.put(path, page(row["title"], paragraphs, day=day, site="The News"))
        moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
        entries.append((f"{site.url}{path}", row["title"], format_datetime(moment, usegmt=True)))
    site.put("/feed", rss(entries), "application/rss+xml")


def settings_file(folder: Path, kind: str, where: str, place: object, more: str = "") -> Path:
    """Write the settings of one source, and return where."""
    folder.mkdir()
    path = folder / "verbatim.toml"
    path.write_text(SETTINGS.format(kind=kind, where=where, place=place, more=more), encoding="utf-8")
    return path


def build(settings: Path) -> None:
    """Collect with the fake encoder; print what failed."""
    report = build_index(load_settings(Settings, find_settings(settings), ()), encoder=FakeEncoder())
    for failure in (*report.failures, *report.skipped):
        print(f"  {failure.location}: {failure.reason}")


def make_run(settings: Path, question: str) -> None:
    """Index and answer as people do, in the terminal: there is no token."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM_", "VERBATIM_"))}
    environment = {**kept, "VERBATIM_CONFIG": str(settings), "NO_PROXY": "*", "HF_HUB_OFFLINE": "1"}
    print("$ make run", flush=True)
    subprocess.run(["make", "run"], cwd=ROOT, env=environment, input=f"{question}\n", text=True, check=True)


def collected(settings: Path) -> list[Article]:
    """The articles in the library that a build has left."""
    with Library(settings.parent / "storage" / "library.sqlite") as library:
        return list(library.articles())


def words(article: Article) -> list[str]:
    """What an article says, its title left out where it begins the text."""
    return article.text.removeprefix(article.title).split()


def same(before: Article, after: Article) -> bool:
    """Whether both have the same title, day and words."""
    return (before.title, before.published, words(before)) == (after.title, after.published, words(after))


def main() -> int:
    """Collect both ways, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take each N-th article (1)")
    parser.add_argument("--fake", action="store_true", help="the fake encoder, and nothing is asked")
    given = parser.parse_args()
    articles = rows(DATA / "articles.jsonl.gz", given.every)
    with tempfile.TemporaryDirectory() as folder, websites(1) as (site,):
        serve(site, articles)
        root = Path(folder)
        (root / "articles").mkdir()
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in articles)
        (root / "articles" / "news.jsonl").write_text(lines, encoding="utf-8")
        by_file = settings_file(root / "file", "files", "folder", root / "articles")
        by_feed = settings_file(root / "web", "feed", "url", f"{site.url}/feed", OF_THE_FEED.format(host=site.host))
        started = time.perf_counter()
        build(by_feed) if given.fake else make_run(by_feed, question_on(articles))
        print(f"from the feed in {time.perf_counter() - started:.0f} s, {sum(site.counts.values())} requests")
        build(by_file)
        return compared(articles, collected(by_file), collected(by_feed))


def compared(articles: Sequence[dict[str, str]], read: Sequence[Article], fetched: Sequence[Article]) -> int:
    """Print how many articles came out the same, and the first that did not; return the exit status."""
    by_id = {article.id: article for article in read}
    pairs = [(by_id[articles[int((one.url or "").rpartition("-")[2])]["id"]], one) for one in fetched]
    others = [(before, now) for before, now in pairs if not same(before, now)]
    print(f"articles: {len(read)} from the file, {len(fetched)} from the feed")
    print(f"the same title, day and words: {len(pairs) - len(others)}")
    for before, now in others[:SHOWN]:
        print(f"  {before.title} ({before.published}) / {now.title} ({now.published}): {_difference(before, now)}")
    return 0 if len(read) == len(fetched) and not others else 1


def _difference(before: Article, after: Article) -> str:
    lines = difflib.unified_diff(words(before), words(after), lineterm="", n=0)
    return " ".join(line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---"))[:300]


if __name__ == "__main__":
    sys.exit(main())
