"""Feed everything that takes input from outside: ``python tests/benchmarks/fuzzing.py [--seconds 20] [--targets …]``.

The targets are those of ``tests/hostile/targets.py``, each in a process of its own, as long as ``--seconds`` say, half
of that with real documents with mistakes, by their numbers from ``--seed`` on, and half guided by the coverage of our
code where atheris is installed (``pip install -r tests/benchmarks/fuzzing-requirements.txt``). Prints a line a target:
executions, how many inputs were taken, the slowest, and whatever came out that should not, with the file that does it
again. ``--bombs`` and ``--expressions`` try all bombs, and ten times as many inputs of up to 64 000 code points.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
SIZES = (1_000, 4_000, 16_000, 64_000)
_TOO_LONG = 2.0
_INPUTS = 400
_LARGEST = 4_096
_SHOWN = 100


@dataclass
class Tried:
    """What came of one target. ``findings``: what went wrong, each with the name of a file that holds the input."""

    target: str
    executions: int = 0
    taken: int = 0
    slowest: float = 0.0
    findings: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Tried") -> None:
        """Take in what came of the same target tried in another way."""
        self.executions += other.executions
        self.taken += other.taken
        self.slowest = max(self.slowest, other.slowest)
        self.findings.update(other.findings)

    def line(self) -> str:
        """Say it."""
        share = self.taken / self.executions if self.executions else 0
        row = f"{self.target:20} {self.executions:>9} {share:>6.0%} {1000 * self.slowest:>7.0f} ms"
        return "\n".join([row, *(f"    {wrong}: {file}" for wrong, file in self.findings.items())])


class Trying:
    """Runs a target on inputs, and keeps what goes wrong in a folder."""

    def __init__(self, name: str, folder: Path) -> None:
        from hostile.growth import at_most
        from hostile.targets import named

        self._target, self._folder, self._at_most = named(name), folder, at_most
        self.tried = Tried(name)

    def once(self, data: bytes) -> None:
        """Try one input; nothing comes out."""
        began = time.process_time()
        try:
            with self._at_most(_TOO_LONG, self._target.name):
                self.tried.taken += self._target.try_(data)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is told
            self._keep(error, data)
        self.tried.executions += 1
        self.tried.slowest = max(self.tried.slowest, time.process_time() - began)

    def _keep(self, error: Exception, data: bytes) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT) and ".venv" not in frame.filename]
        wrong = f"{type(error).__name__} at {Path(own[-1].filename).relative_to(ROOT)}:{own[-1].lineno}"
        if wrong not in self.tried.findings:
            file = self._folder / f"{self._target.name.replace(' ', '-')}-{sha256(data).hexdigest()[:12]}"
            file.write_bytes(data)
            self.tried.findings[wrong] = f"{file} ({str(error)[:_SHOWN]!r})"


def blindly(name: str, seconds: float, seed: int, folder: Path) -> Tried:
    """Try real documents with mistakes."""
    from hostile.mutations import mutated
    from hostile.targets import named

    trying, target = Trying(name, folder), named(name)
    seeds = target.seeds()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        trying.once(mutated(seeds, seed + trying.tried.executions, target.tokens))
    return trying.tried


def guided(name: str, seconds: float, seed: int, folder: Path) -> Tried:
    """Try what reaches new lines of our code, beginning with real documents; ends the process."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["index", "bot"]):
        from hostile.targets import named

    from hostile.mutations import mutated

    trying, target = Trying(name, folder), named(name)
    seeds = target.seeds()
    corpus = folder / f"corpus-{name.replace(' ', '-')}"
    corpus.mkdir(exist_ok=True)
    for number, data in enumerate(seeds):
        (corpus / str(number)).write_bytes(data[:_LARGEST])

    def mutate(data: bytes, longest: int, number: int) -> bytes:
        own = number % 3 == 0
        return (mutated([data, *seeds], number, target.tokens) if own else atheris.Mutate(data, longest))[:longest]

    def until_the_end(data: bytes) -> None:
        trying.once(data)
        if time.monotonic() > until:
            report(trying.tried)
            os._exit(0)  # atheris itself has no end that comes back

    options = [f"-seed={seed + 1}", f"-max_len={_LARGEST}", "-verbosity=0", "-rss_limit_mb=4096", "-timeout=60"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], until_the_end, custom_mutator=mutate)
    until = time.monotonic() + seconds
    atheris.Fuzz()
    return trying.tried


def report(tried: Tried) -> None:
    """Tell the parent process."""
    sys.stdout.write(json.dumps(asdict(tried)) + "\n")
    sys.stdout.flush()


WAYS: dict[str, Callable[[str, float, int, Path], Tried]] = {"blindly": blindly, "guided": guided}


def in_process(way: str, name: str, seconds: float, seed: int, folder: Path) -> Tried:
    """Try a target in a process of its own."""
    command = [sys.executable, __file__, "--way", way, "--targets", name, "--seconds", str(seconds)]
    done = subprocess.run([*command, "--seed", str(seed), "--keep", str(folder)], capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        return Tried(name, findings={f"the process ended with {done.returncode}": done.stderr[-400:]})
    return Tried(**json.loads(lines[-1]))


def fuzzed(names: Sequence[str], seconds: float, seed: int, folder: Path) -> Iterator[Tried]:
    """Try targets in every way there is."""
    ways = ["blindly", *(["guided"] if find_spec("atheris") else [])]
    for name in names:
        tried = Tried(name)
        for way in ways:
            tried.add(in_process(way, name, seconds / len(ways), seed, folder))
        yield tried


def bombs() -> Iterator[str]:
    """Explode all; yield a line a bomb."""
    for line in subprocess.run(
        [sys.executable, str(ROOT / "tests/hostile/bombs.py")], capture_output=True, text=True, check=True
    ).stdout.splitlines():
        found: dict[str, Any] = json.loads(line)
        yield f"{found['name']:45} {found['outcome']:10} {found['seconds']:>6.2f} s {found['megabytes']:>5} MB"


def slow_expressions() -> Iterator[str]:
    """Try every expression with many inputs, and every reader with all texts; yield what takes more than its time."""
    from hostile.expressions import found
    from hostile.growth import complaint
    from hostile.parsers import readers
    from hostile.test_expressions import complaints

    yield from complaints(found()[0], _INPUTS, SIZES)
    with tempfile.TemporaryDirectory() as folder:
        for reader in readers(Path(folder)):
            for name, grow in reader.inputs():
                if wrong := complaint(reader.read, grow, SIZES):
                    yield f"{reader.name}, {name}: {wrong}"


def main() -> None:
    """Try what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20, help="for each target")
    parser.add_argument("--targets", nargs="*", default=[], help="all, if none is named")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a folder for what goes wrong")
    parser.add_argument("--bombs", action="store_true")
    parser.add_argument("--expressions", action="store_true")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    folder = given.keep or Path(tempfile.mkdtemp(prefix="fuzzing"))
    folder.mkdir(parents=True, exist_ok=True)
    if given.way:
        report(WAYS[given.way](given.targets[0], given.seconds, given.seed, folder))
    elif given.bombs or given.expressions:
        for line in (*(bombs() if given.bombs else ()), *(slow_expressions() if given.expressions else ())):
            print(line, flush=True)
    else:
        from hostile.targets import TARGETS

        print(f"{'target':20} {'tried':>9} {'taken':>6} {'slowest':>10}", flush=True)
        for tried in fuzzed(given.targets or [target.name for target in TARGETS], given.seconds, given.seed, folder):
            print(tried.line(), flush=True)


if __name__ == "__main__":
    main()
