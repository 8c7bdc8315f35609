"""The engines, and how each is called: Verbatim as an operator calls it, the peers by the scripts beside this file."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from adapter import Job
from figures import megabytes
from processes import Ran, run

HERE = Path(__file__).resolve().parent

SETTINGS = """\
[storage]
folder = "storage"

[[sources]]
kind = "files"
folder = "{articles}"

[answers]
threshold = 0.0
"""
"""Nothing but where everything is, and that a best quote is given however unsure it is: the peers never decline."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine, the Python that runs its script, and the part of its folder that answering needs."""

    name: str
    python: Path
    answering: str

    @property
    def script(self) -> Path:
        return HERE / f"with_{self.name}.py"

    def build(self, job: Job, *options: str) -> Ran:
        """Index the job's articles into its folder, made anew; ``options`` are the interpreter's."""
        shutil.rmtree(job.folder, ignore_errors=True)
        job.folder.mkdir(parents=True)
        return run([str(self.python), *options, *self._build(job)])

    def _build(self, job: Job) -> list[str]:
        """Verbatim builds as an operator does; the peers have a script for it."""
        if self.name != "verbatim":
            return [str(self.script), "index", str(_written(job))]
        settings = job.folder / "verbatim.toml"
        settings.write_text(SETTINGS.format(articles=job.articles.parent), encoding="utf-8")
        return ["-m", "index", "build", "--json", "--config", str(settings)]

    def ask(self, job: Job) -> Ran:
        return run([str(self.python), str(self.script), "ask", str(_written(job))])

    def disk(self, job: Job) -> tuple[float, float]:
        """Return the megabytes that it wrote, and those that have to be there to answer."""
        whole = job.folder / ("storage" if self.name == "verbatim" else self.answering)
        return megabytes(whole), megabytes(job.folder / self.answering)


def _written(job: Job) -> Path:
    path = job.folder / "job.json"
    job.write(path)
    return path


def engines_of(peers: Path) -> list[Engine]:
    """Return all engines, Verbatim first; ``peers`` is the Python of the others' environment."""
    return [
        Engine("verbatim", Path(sys.executable), "storage/snapshots"),
        Engine("txtai", peers, "index"),
        Engine("haystack", peers, "store"),
    ]
