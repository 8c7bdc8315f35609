"""Where a model computes, and in which numbers: a decision about the machine, without a look at it.

Passages are many, so they are multiplied in numbers of 16 bits where the machine has instructions for those: twice as
many a second. Sums, attention's residuals and norms stay at 32 bits. What a question costs is small; it stays at 32
bits, so its vector does not depend on what it is computed with.

Invariant: the vectors of all devices are those of 32 bits but for ``least_cosine``, far inside of what verifying a
snapshot allows, so they share an identity.
"""

from dataclasses import dataclass

PROCESSOR_TOKENS = 1024
"""Tokens that a core computes together: of 512, 1024 and 2048 the one from which on it is no faster by 3 %."""

CARD_AHEAD = 2
"""Lots of texts that are tokenized while a card computes one: of the first the numbers are handed over, which takes one
core, while the others cut the second."""

CARD_TOKENS = 65_536
"""Tokens that a graphics card computes together: enough for all of its units (of 32 768, 65 536 and 131 072 the soonest
on an H200), 1.2 GB of MiniLM's activations."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What of a machine matters. ``multiplies_halves``: its processor has instructions for bfloat16."""

    cores: int
    has_card: bool
    multiplies_halves: bool


@dataclass(frozen=True, slots=True)
class Device:
    """Where a model computes. ``name`` and ``numbers`` as torch calls them.

    ``batch_tokens``: computed together; ``workers``: batches that are computed at a time; ``least_cosine``: of a vector
    to what 32 bits make of the same text, where ``numbers`` have fewer; ``ahead``: lots of texts that are
    tokenized while one is computed, for which a processor has no core to spare.
    """

    name: str
    numbers: str
    batch_tokens: int
    workers: int
    least_cosine: float = 1.0
    ahead: int = 0

    @property
    def is_exact(self) -> bool:
        return self.numbers == "float32"


def choose_device(machine: Machine, *, threads: int | None, fast: bool) -> Device:
    """Return the graphics card where there is one, else as many cores as ``threads``; ``None``: all."""
    if machine.has_card:
        numbers, least = ("float16", 0.999) if fast else ("float32", 1.0)
        return Device("cuda", numbers, CARD_TOKENS, 1, least, CARD_AHEAD)
    workers = threads or machine.cores
    if fast and machine.multiplies_halves:
        return Device("cpu", "bfloat16", PROCESSOR_TOKENS, workers, 0.9999)
    return Device("cpu", "float32", PROCESSOR_TOKENS, workers)
