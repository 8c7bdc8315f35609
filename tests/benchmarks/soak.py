"""Does a bot that is used for long, and whose articles, Telegram and sources fail, hold more than after two minutes?

    PYTHONPATH=tests:. python tests/benchmarks/soak.py [--minutes 20] [--storage FOLDER] [--to FOLDER] [--json]

The bot that ships runs as a process over the sample articles, or over those of an index's ``--storage``, on a fake
Telegram that fails on a schedule: calls refused, slow or torn, now and then all of them. People ask, follow up, press
buttons, react and type inline; articles and the pages of a feed change, and builds run as cron runs them while the
feed's site breaks, hangs or talks nonsense; each publishes a snapshot, and some are published by hand. What the bot
holds is sampled from ``/proc`` every few seconds. At the end a table lays each figure's median after the first two
minutes beside its last one, and the bound it had to keep; the samples (JSON) and a plot (SVG) go into ``--to``. Exit
status 1 where something grew, somebody was left without a word, or a build or the bot did not end as it should. Waits
tell something only where the machine has time: other work on it is weighed, but should be little.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from burst import Failing
from growth import P95, Finding, Wait, findings, waited
from newsroom import ACCEPTED, ROOT, Newsroom, environment
from plotting import Line, growth_svg
from public import QUIET, Public, share_at
from sampling import Sample, sample
from telegram_server.server import TOKEN
from telegram_server.world import wait_until
from websites import websites

WARM_SECONDS = 120.0
START_SECONDS, END_SECONDS, DRAIN_SECONDS = 120.0, 12.0, 30.0
TICK_SECONDS = 0.02
_DRAWN = 60
"""Samples in the plot; all of them are in the record."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, and what how often: seconds from one to the next. ``span``: those of each stretch that is compared."""

    seconds: float
    warm: float = WARM_SECONDS
    span: float = 60.0
    build: float = 20.0
    swap: float = 25.0
    act: float = 1.0
    sample: float = 2.0
    people: int = 20
    seed: int = 1

    @classmethod
    def of(cls, minutes: float) -> "Plan":
        """Return the plan of a long soak: the stretches compared are a tenth of it, or a minute."""
        return cls(60 * minutes, span=max(60.0, 6 * minutes))


@dataclass(frozen=True, slots=True)
class Soaked:
    """What became of it. ``builds``: how many ended with which exit status; ``swaps``: how often
    another snapshot was published, ``by_hand`` among them; ``status``: the bot's exit status."""

    plan: Plan
    samples: tuple[Sample, ...]
    waits: tuple[Wait, ...]
    findings: tuple[Finding, ...]
    did: dict[str, int]
    faults: int
    builds: dict[int, int]
    swaps: int
    by_hand: int
    wordless: int
    status: int
    tracebacks: int

    @property
    def complaints(self) -> list[str]:
        """What went wrong, in words; none where all is well."""
        grown = [str(one) for one in self.findings if one.grew]
        odd = [f"{count} builds ended with {status}" for status, count in self.builds.items() if status not in ACCEPTED]
        ends = [f"the bot ended with {self.status}"] if self.status else []
        words = [f"{self.wordless} questions without a word"] if self.wordless else []
        traces = [f"{self.tracebacks} tracebacks in the bot's log"] if self.tracebacks else []
        waits = [] if any(one.name == P95 for one in self.findings) else ["no replies to compare"]
        return [*grown, *waits, *odd, *ends, *words, *traces]


def soak(folder: Path, plan: Plan, storage: Path | None = None) -> Soaked:
    """Let the bot live in a folder, by a plan.

    Raises:
        AssertionError: the bot ended by itself, or never began.
    """
    with websites(1) as (site,), Failing(QUIET, plan.seed) as server:
        room = Newsroom.opened(folder, site, storage)
        for _ in range(2):  # so that there is something to go back to
            room.publish()
            room.build()
        public = Public.of(server, questions(), plan.people, plan.seed)
        with _bot(server, room) as process:
            begun = time.monotonic()
            samples, swaps = _live(plan, process, room, public, begun)
            server.share = QUIET
            room.close()
            _drain(server, public)
            status = _stopped(process)
        log = (folder / "log").read_text(encoding="utf-8", errors="replace")
        waits = public.waits(begun)
    return Soaked(
        plan=plan,
        samples=tuple(samples),
        waits=tuple(waits),
        findings=tuple(findings(samples, waits, plan.warm, plan.span)),
        did=dict(public.did),
        faults=server.faults,
        builds=dict(room.ended),
        swaps=swaps,
        by_hand=room.swapped,
        wordless=len(public.wordless()),
        status=status,
        tracebacks=log.count("Traceback"),
    )


def questions() -> list[str]:
    """Return what is asked."""
    return (ROOT / "questions.txt").read_text(encoding="utf-8").splitlines()


def _live(
    plan: Plan, process: "subprocess.Popen[bytes]", room: Newsroom, public: Public, begun: float
) -> tuple[list[Sample], int]:
    """Let everything happen when it is due; return the samples, and how often another snapshot was published."""
    samples: list[Sample] = []
    published, temporary = [_published(room)], room.folder / "tmp"
    due = dict.fromkeys(("act", "sample"), 0.0) | {"build": plan.build / 2, "swap": plan.swap}
    while (now := time.monotonic() - begun) < plan.seconds:
        assert process.poll() is None, (room.folder / "log").read_text()
        public.server.share = share_at(now)
        for what in [what for what, moment in due.items() if moment <= now]:
            due[what] += getattr(plan, what)
            if what == "act":
                public.act(now)
            elif what == "sample":
                samples.append(sample(now, process.pid, room.storage, temporary))
            elif what == "build":
                room.publish()
                room.begin_build()
            else:
                room.swap()
        room.look()
        if (newest := _published(room)) != published[-1]:
            published.append(newest)
        time.sleep(TICK_SECONDS)
    return samples, len(published) - 1


def _published(room: Newsroom) -> str:
    return (room.storage / "current").read_text()


def _drain(server: Failing, public: Public) -> None:
    """Wait for what is still to come; what never comes is counted later."""
    try:
        wait_until(lambda: not server.updates.pending and not public.wordless(), DRAIN_SECONDS, "every reply")
    except AssertionError as late:
        print(f"{late}: {server.updates.pending}", file=sys.stderr)


@contextmanager
def _bot(server: Failing, room: Newsroom) -> "Iterator[subprocess.Popen[bytes]]":
    """The command that operators run, with a temporary folder of its own, until the block ends."""
    (room.folder / "tmp").mkdir()
    given = {
        "telegram.base_url": server.base_url, "telegram.refresh_seconds": 1, "telegram.poll_seconds": 5,
        "telegram.questions_per_minute": 1000, "telegram.questions_per_minute_in_chat": 1000,
    }  # fmt: skip
    command = [sys.executable, "-m", "bot", "run", "--config", str(room.settings)]
    command += [word for name, value in given.items() for word in ("--set", f"{name}={value}")]
    more = {"TELEGRAM_BOT_TOKEN": TOKEN, "TMPDIR": str(room.folder / "tmp")}
    with (room.folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**environment(), **more})

    def polls() -> bool:
        assert process.poll() is None, (room.folder / "log").read_text()
        return server.updates.polls > 0

    try:
        wait_until(polls, START_SECONDS, "the bot polls")
        yield process
    finally:
        process.kill()
        process.wait()
        room.close()


def _stopped(process: "subprocess.Popen[bytes]") -> int:
    """Stop the bot as a supervisor does; return its exit status."""
    process.terminate()
    return process.wait(END_SECONDS)


def told(soaked: Soaked) -> str:
    """The figures as people read them."""
    plan, did = soaked.plan, ", ".join(f"{count} {kind}" for kind, count in sorted(soaked.did.items()))
    builds = ", ".join(f"{count} ended with {status}" for status, count in sorted(soaked.builds.items()))
    lines = [
        f"{plan.seconds / 60:g} minutes: {did}; Telegram failed {soaked.faults} times; builds: {builds};"
        f" {soaked.swaps} swaps of the snapshot, {soaked.by_hand} by hand",
        f"{'median of ' + format(plan.span, 'g') + ' s':40} {'after ' + format(plan.warm, 'g') + ' s':>12}"
        f" {'at the end':>12} {'at most':>12}",
    ]
    for one in soaked.findings:
        name, values = f"{one.name}{f' ({one.unit})' if one.unit else ''}", (one.first, one.last, one.bound)
        lines.append(f"{name:40} " + " ".join(f"{value:12,.1f}" for value in values) + ("  GREW" if one.grew else ""))
    return "\n".join([*lines, *(f"✗ {one}" for one in soaked.complaints)])


def plotted(soaked: Soaked) -> str:
    """Draw how each figure went: both axes are logarithmic, so that a line that is level has not grown."""
    rows = [one for one in soaked.samples if one.at >= 1]
    rows = rows[:: max(1, len(rows) // _DRAWN)]
    figures: dict[str, Callable[[Sample], float]] = {
        "own memory (MB)": lambda one: one.own, "mapped (MB)": lambda one: one.mapped,
        "threads": lambda one: one.threads, "handles": lambda one: one.handles,
        "bytes of chat's file a row": lambda one: one.row, "index (KB)": lambda one: one.index / 1024,
    }  # fmt: skip
    lines = [Line(name, [(one.at, of(one)) for one in rows if of(one) > 0]) for name, of in figures.items()]
    return growth_svg(f"A bot for {soaked.plan.seconds / 60:g} minutes", "seconds", "held", [*lines, _slowest(soaked)])


def _slowest(soaked: Soaked) -> Line:
    """The p95 of the waits, window by window, in milliseconds."""
    width = soaked.plan.span
    begins = [width * number for number in range(int(soaked.plan.seconds // width))]
    windows = [(begin + width, sorted(waited(soaked.waits, begin, begin + width))) for begin in begins]
    return Line("p95 (ms)", [(end, 1000 * some[int(0.95 * (len(some) - 1))]) for end, some in windows if some])


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--storage", type=Path, help="the storage folder of an index; the sample articles by default")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--to", type=Path, help="a folder for the samples (JSON) and the plot (SVG)")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    if given.minutes * 60 < WARM_SECONDS + 120:
        parser.error("at least 4 minutes: two to warm up, and two stretches of one to compare")
    plan = replace(Plan.of(given.minutes), people=given.people)
    with tempfile.TemporaryDirectory() as folder:
        soaked = soak(Path(folder), plan, given.storage)
    if given.to:
        given.to.mkdir(parents=True, exist_ok=True)
        (given.to / "soak.json").write_text(json.dumps(asdict(soaked)), encoding="utf-8")
        (given.to / "soak.svg").write_text(plotted(soaked), encoding="utf-8")
    facts = {**asdict(soaked), "samples": len(soaked.samples), "waits": len(soaked.waits)}
    print(json.dumps(facts | {"complaints": soaked.complaints}) if given.json else told(soaked))
    return 1 if soaked.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
