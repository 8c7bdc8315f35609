"""The same articles from a file and from the web: ``python tests/benchmarks/served.py [--every N]``.

The articles of ``news-2024`` (``VERBATIM_DATA``) are served on loopback as pages of a news site, listed by a feed, and
collected twice: from their file, and through the feed. Prints how many come out the same, word for word, and how long
collecting takes; shows the first that differ. With the fake encoder: encoding is not what is measured.
"""

import argparse
import difflib
import gzip
import json
import os
import tempfile
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from fakes import FakeEncoder
from websites import WebSite, page, rss, websites

from index.build import build_index
from index.library import Library
from index.records import Article
from index.settings import Settings

DATA = Path(os.environ.get("VERBATIM_DATA", "../shared/data")) / "news-2024" / "articles.jsonl.gz"
SHOWN = 12


def rows(path: Path, every: int) -> list[dict[str, str]]:
    """The articles as the file has them."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file][::every]


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


def collected(storage: Path, source: dict[str, object], **more: object) -> tuple[list[Article], float]:
    """Build an index of one source; return its articles and the seconds."""
    given = {"storage": {"folder": storage}, "sources": [source], "index": {"max_failed_share": 1.0}, **more}
    started = time.perf_counter()
    report = build_index(Settings.model_validate(given), encoder=FakeEncoder())
    for failure in (*report.failures, *report.skipped):
        print(f"  {failure.location}: {failure.reason}")
    with Library(storage / "library.sqlite") as library:
        return list(library.articles()), time.perf_counter() - started


def words(article: Article) -> list[str]:
    """What an article says, its title left out where it begins the text."""
    return article.text.removeprefix(article.title).split()


def main() -> None:
    """Collect both ways, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    given = parser.parse_args()
    articles = rows(DATA, given.every)
    with tempfile.TemporaryDirectory() as folder, websites(1) as (site,):
        serve(site, articles)
        root = Path(folder)
        (root / "articles").mkdir()
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in articles)
        (root / "articles" / "news.jsonl").write_text(lines, encoding="utf-8")
        read, file_seconds = collected(root / "a", {"kind": "files", "folder": root / "articles", "name": "news"})
        feed = {"kind": "feed", "url": f"{site.url}/feed", "name": "news", "pages_a_run": 100_000, "least_words": 1}
        fetch = {"allow_hosts": [site.host], "delay_seconds": 0.0, "requests_per_host": 8}
        fetched, web_seconds = collected(root / "b", feed, fetch=fetch)
    by_id = {article.id: article for article in read}
    pairs = [(by_id[articles[int((one.url or "").rpartition("-")[2])]["id"]], one) for one in fetched]
    same = [now for before, now in pairs if before.title == now.title and words(before) == words(now)]
    print(f"articles: {len(read)} from the file in {file_seconds:.1f} s")
    print(f"          {len(fetched)} from the feed in {web_seconds:.1f} s")
    print(f"the same title and the same words: {len(same)} ({len(same) / max(1, len(read)):.4f})")
    for before, now in [pair for pair in pairs if pair[1] not in same][:SHOWN]:
        print(f"  {before.title} / {now.title}: {_difference(words(before), words(now))}")


def _difference(before: list[str], after: list[str]) -> str:
    lines = difflib.unified_diff(before, after, lineterm="", n=0)
    return " ".join(line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---"))[:300]


if __name__ == "__main__":
    main()
