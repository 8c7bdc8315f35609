"""Write a sample of every format that has none yet, with the code of today: ``tests/long_life/formats/KIND/NUMBER``.

    PYTHONPATH=tests:. python tests/benchmarks/make_formats.py

For who raises the number of a format: the sample of the new one is written beside the others, which stay as they are.
Those of earlier formats were made in the same way by the code of their time. Databases are kept as SQL; a snapshot,
whose files are told by their digests, as an archive.
"""

import io
import json
import sqlite3
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from builders import BEES, PAPER, TIDES
from fakes import FakeEncoder

from bot.chat.storage.database import Database, StoredAnswer
from bot.chat.storage.declines import Declined
from bot.chat.storage.placements import Placed
from bot.records import QuoteReference, Span
from bot.settings import BotSettings
from index import build_index
from index.adding import add_lines
from index.backup import back_up
from index.backup.manifest import FORMAT as BACKUP_FORMAT
from index.backup.manifest import NAME
from index.layout import Layout
from index.snapshot import Store
from index.snapshot.manifest import FORMAT
from index.sources.web.store import PageStore
from index.takedown import take_down

FORMATS = Path(__file__).parents[1] / "long_life" / "formats"
TEXTS = {"bees": BEES, "tides": TIDES, "paper": PAPER}
BEFORE = "Honey bees dance. Nobody knows why."
"""What the first article said before."""
HANDED = {
    "id": "ink", "title": "Ink", "text": "Ink was made of soot and glue in Egypt.", "language": "en",
    "url": "https://example.org/ink",
}  # fmt: skip
WITHDRAWN = "https://example.org/tides"
THEN = 1_795_000_000.0
QUOTE = QuoteReference("bees", "revision-1", 0, 50, Span(0, 10), 0.75)
ANSWER = StoredAnswer("20261120T000000-0123abcd", answered=True, pages=((QUOTE,),))


def write_articles(folder: Path, bees: str = BEES) -> None:
    """Write the articles that every sample is of."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**TEXTS, "bees": bees}.items():
        head = f"id: {name}\ntitle: {name.title()}\nlanguage: en\nurl: https://example.org/{name}"
        (folder / f"{name}.md").write_text(f"---\n{head}\n---\n{text}\n", encoding="utf-8")


def settings_of(folder: Path) -> BotSettings:
    """Return the settings of a storage folder beside the articles."""
    sources = [{"kind": "files", "folder": str(folder / "articles"), "name": "samples"}]
    storage = {"folder": str(folder / "storage"), "keep": 1}
    # three short articles are no body of articles that one could miss a third of
    return BotSettings.model_validate({"storage": storage, "sources": sources, "gate": {"max_fall": 1.0}})


def fill(folder: Path) -> BotSettings:
    """Make a storage folder: an article with an earlier revision, one handed in, one taken down; and a chat."""
    settings = settings_of(folder)
    layout = Layout(settings.storage.folder)
    write_articles(folder / "articles", BEFORE)
    build_index(settings, encoder=FakeEncoder())
    write_articles(folder / "articles")
    with PageStore(layout.pages) as pages:
        add_lines(pages, io.BytesIO(json.dumps(HANDED).encode()), "given")
    take_down(layout.taken_down, WITHDRAWN, datetime.fromtimestamp(THEN, UTC), "asked to")
    build_index(settings, encoder=FakeEncoder())
    _talk(Database(layout.storage / "bot.sqlite"))
    return settings


def _talk(chat: Database) -> None:
    """One row of everything that the chat keeps."""
    chat.remember("token-1", ANSWER, THEN)
    for number, (user, up) in enumerate(((7, True), (8, False)), 1):
        chat.vote("token-1", user, up, ANSWER.snapshot, [QUOTE], THEN + number, f"press-{number}")
    chat.mark_handled(1000, THEN)
    chat.mark_told(9, ["stale"])
    chat.people.invite("code-1", THEN + 86400)
    chat.people.redeem("code-1", 10, THEN)
    chat.people.choose_language(7, "de")
    chat.declines.count(THEN, answered=False)
    chat.declines.keep(Declined("Who wrote it?", QUOTE), THEN)
    chat.placements.put(7, 70, Placed("token-1", 0), THEN)
    chat.claims.claim(1001, "replica-1", THEN)
    chat.close()


def samples(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield the sample of each format of today, and where it belongs."""
    settings = fill(folder)
    layout = Layout(settings.storage.folder)
    databases = {"library": layout.library, "pages": layout.pages, "cache": layout.cache}
    for kind, path in {**databases, "chat": layout.storage / "bot.sqlite"}.items():
        number, dump = dumped(path)
        yield FORMATS / kind / f"{number}.sql", dump.replace(str(folder), "/srv/verbatim").encode()
    yield FORMATS / "snapshot" / f"{FORMAT}.tar.xz", _packed(layout, Store(layout.storage).current())
    back_up(settings, folder / "saved", ("bot.sqlite",))
    yield FORMATS / "backup" / f"{BACKUP_FORMAT}.json", (folder / "saved" / NAME).read_bytes()


def dumped(path: Path) -> tuple[int, str]:
    """Return the format of an SQLite file, and the SQL that makes it."""
    with closing(sqlite3.connect(path)) as connection:
        (number,) = connection.execute("PRAGMA user_version").fetchone()
        return number, "\n".join([*connection.iterdump(), f"PRAGMA user_version = {number};", ""])


def _packed(layout: Layout, name: str) -> bytes:
    """The files of a snapshot, as nobody's, so that the archive is the same every time."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz", preset=9) as archive:
        for path in sorted(layout.snapshot(name).folder.iterdir()):
            entry = tarfile.TarInfo(f"{name}/{path.name}")
            entry.size = path.stat().st_size
            with path.open("rb") as file:
                archive.addfile(entry, file)
    return packed.getvalue()


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        for path, content in samples(Path(folder).resolve()):
            if path.exists():
                print(f"{path.relative_to(FORMATS)} is there")
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            print(f"{path.relative_to(FORMATS)} written: {len(content)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
