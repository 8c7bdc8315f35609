"""Articles that change for as long as somebody watches, and builds as cron runs them: real processes over a real index.

Editions come round again, so that what the index holds stays as much as it was: whatever grows then is a leak.
"""

import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from websites import WebSite, page, rss, story

from index.errors import BuildLocked, NoSnapshot
from index.lock import build_lock
from index.snapshot import Store

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "config" / "articles"
EDITIONS = 3
"""How many texts an article has in turn: the library keeps every one that it had."""
PAGES, FILES = 4, 2
WELL, BROKEN, SLOW, NONSENSE = "well", "broken", "slow", "nonsense"
TROUBLES = (WELL, BROKEN, WELL, SLOW, WELL, NONSENSE)
"""How the site is, from build to build."""
ACCEPTED = {0: "published, or nothing was new", 3: "a source could not be read", 4: "another build was going on"}
SETTINGS = """
[storage]
folder = "{storage}"
keep = 2

[fetch]
allow_hosts = ["{host}"]
delay_seconds = 0.0
retries = 0
timeout_seconds = 2.0

[gate]
max_fall = 1.0

[[sources]]
kind = "files"
folder = "{articles}"
name = "Files"

[[sources]]
kind = "feed"
url = "{url}/feed"
name = "News"
"""


@dataclass
class Newsroom:
    """A folder with settings, articles and the index of them; and the site of its feed. ``ended`` counts the builds."""

    folder: Path
    site: WebSite
    edition: int = 0
    ended: Counter[int] = field(default_factory=Counter)
    swapped: int = 0
    _running: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @classmethod
    def opened(cls, folder: Path, site: WebSite, storage: Path | None = None) -> "Newsroom":
        """Begin with the sample articles, or those of an index, whose vectors are then not encoded again."""
        room = cls(folder, site)
        room.storage.mkdir(parents=True)
        if storage is None:
            shutil.copytree(SAMPLES, room.articles)
        else:
            room.articles.mkdir()
            shutil.copyfile(storage / "vectors.sqlite", room.storage / "vectors.sqlite")
            exported = subprocess.run(
                [sys.executable, "-m", "index", "export", "--set", f"storage.folder={storage}"],
                env=environment(), capture_output=True, check=True,
            )  # fmt: skip
            (room.articles / "exported.jsonl").write_bytes(exported.stdout)
        text = SETTINGS.format(storage=room.storage, host=site.host, articles=room.articles, url=site.url)
        room.settings.write_text(text, encoding="utf-8")
        room.publish()
        return room

    @property
    def storage(self) -> Path:
        return self.folder / "storage"

    @property
    def articles(self) -> Path:
        return self.folder / "articles"

    @property
    def settings(self) -> Path:
        return self.folder / "verbatim.toml"

    @property
    def trouble(self) -> str:
        """How the site is now."""
        return TROUBLES[self.edition % len(TROUBLES)]

    def publish(self) -> None:
        """Write the next edition of some files and pages, and let the site be as it comes."""
        self.edition += 1
        for number in range(FILES):
            text = "\n\n".join(story(f"file {number} {self.edition % EDITIONS}"))
            (self.articles / f"changing-{number}.md").write_text(f"---\ntitle: File {number}\n---\n{text}\n")
        day = 1 + self.edition % EDITIONS
        for number in range(PAGES):
            told = story(f"page {number} {self.edition % EDITIONS}")
            late = 3.0 if self.trouble == SLOW and number == 0 else 0.0
            self.site.put(f"/{number}", page(f"Page {number}", told, day="2026-11-01"), seconds=late)
        entries = [(f"{self.site.url}/{n}", f"Page {n}", f"Sun, {day:02d} Nov 2026 08:00:00 GMT") for n in range(PAGES)]
        self.site.put("/feed", "<rss" if self.trouble == NONSENSE else rss(entries), "application/rss+xml")
        self.site.broken = 500 if self.trouble == BROKEN else 0

    def begin_build(self) -> None:
        """Start a build, whether or not one is going on, as cron does: readers come first."""
        process = subprocess.Popen(
            ["nice", "-n", "10", sys.executable, "-m", "index", "build", "--config", str(self.settings)],
            env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._running.append(process)

    def look(self) -> None:
        """Note how those builds ended that did."""
        for process in [one for one in self._running if one.poll() is not None]:
            self.ended[process.returncode] += 1
            self._running.remove(process)

    def build(self) -> None:
        """Build, and wait for the end."""
        self.begin_build()
        self.close()

    def close(self) -> None:
        """Wait for the builds that are going on."""
        for process in self._running:
            process.wait(300)
        self.look()

    def swap(self) -> None:
        """Go back to the snapshot before, or forward to the newest, as an operator does; not while a build goes on."""
        store = Store(self.storage)
        try:
            with build_lock(store.layout):
                newest = store.passed()[-1]
                store.rollback() if store.current() == newest else store.publish(newest)
                self.swapped += 1
        except (BuildLocked, NoSnapshot):
            return


def environment() -> dict[str, str]:
    """What processes get: nothing of who runs this, one thread for a model."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM_", "VERBATIM_"))}
    return {**kept, "PYTHONPATH": str(ROOT), "NO_PROXY": "*", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
