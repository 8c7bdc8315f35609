"""What a measurement was made on, and how much memory a process holds: for the records that benchmarks write."""

import os
import platform
import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8", "sha_ni")
_PACKAGES = ("torch", "faiss-cpu", "sentence-transformers", "numpy")
_SIDE = 1024


@dataclass(frozen=True, slots=True)
class Machine:
    """``flags``: those of the processor that matter here. ``memory``: gigabytes. ``versions``: of what computes.

    ``reference``: milliseconds of processor time for the product of two matrices of 1024 x 1024 float32 numbers, the
    best of twenty: figures of two machines, or of two hours of one, are compared as multiples of it.
    """

    processor: str
    cores: int
    flags: tuple[str, ...]
    memory: float
    system: str
    versions: dict[str, str]
    reference: float

    def __str__(self) -> str:
        versions = ", ".join(f"{name} {number}" for name, number in self.versions.items())
        return (
            f"{self.processor}, {self.cores} cores ({', '.join(self.flags)}), {self.memory:.0f} GB, {self.system},"
            f" {versions}; reference: {self.reference:.1f} ms for a product of 1024 x 1024 float32 matrices"
        )


def this_machine() -> Machine:
    """Describe the machine that this runs on."""
    facts = _facts(Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    present = facts.get("flags", facts.get("Features", "")).split()
    return Machine(
        processor=facts.get("model name", platform.machine()),
        cores=len(os.sched_getaffinity(0)),
        flags=tuple(flag for flag in _FLAGS if flag in present),
        memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9,
        system=f"{platform.system()} {platform.release()}",
        versions={
            "Python": platform.python_version(),
            "SQLite": sqlite3.sqlite_version,
            **_versions(),
        },
        reference=reference_milliseconds(),
    )


def reference_milliseconds() -> float:
    """Measure the reference now: processor time of all threads, so that a busy machine disturbs it little."""
    one, other = np.random.default_rng(1).standard_normal((2, _SIDE, _SIDE), np.float32)
    return 1000 * min(_product_seconds(one, other) for _ in range(20))


def _product_seconds(one: Floats, other: Floats) -> float:
    started = time.process_time()
    _ = one @ other
    return time.process_time() - started


def _versions() -> dict[str, str]:
    """Of those packages that are installed: not every machine has all of them."""
    found = {}
    for name in _PACKAGES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def _facts(text: str) -> dict[str, str]:
    lines = (line.partition(":") for line in text.split("\n\n", 1)[0].splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


@dataclass(frozen=True, slots=True)
class Resident:
    """Megabytes of a process in memory: its own, and those mapped from files, which the system can take back."""

    own: float
    mapped: float

    @property
    def all(self) -> float:
        """Return both: what ``ps`` calls RSS."""
        return self.own + self.mapped


def resident(process: int | str = "self") -> Resident:
    """Return what a process holds now."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8").splitlines()[1:]
    sizes = {name: int(rest.split()[0]) / 1024 for name, _, rest in (line.partition(":") for line in lines)}
    return Resident(sizes["Anonymous"], sizes["Rss"] - sizes["Anonymous"])
