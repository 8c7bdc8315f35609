"""How late a bot's event loop is, read from the page that the bot shows to Prometheus."""

import socket
import urllib.request
from dataclasses import dataclass

_NAME = 'verbatim_loop_lag_seconds_bucket{le="'


@dataclass(frozen=True, slots=True)
class Beats:
    """Beats of the loop by how late they came: ``later`` than so many seconds, for each bound, smallest first."""

    all: int
    later: dict[float, int]

    def since(self, before: "Beats") -> "Beats":
        """Return those that came after the ``before`` ones."""
        return Beats(self.all - before.all, {bound: count - before.later[bound] for bound, count in self.later.items()})

    @property
    def latest(self) -> float:
        """Return the bound that no beat was later than; infinity where one was later than the last bound."""
        return next((bound for bound, count in self.later.items() if not count), float("inf"))


def free_address() -> str:
    """Return an address of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def beats(address: str) -> Beats:
    """Read the beats of the bot whose pages are at an address."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://{address}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    cells = [line.removeprefix(_NAME).split('"} ') for line in lines if line.startswith(_NAME)]
    until = {float(bound): int(float(count)) for bound, count in cells}
    everything = until.pop(float("inf"))
    return Beats(everything, {bound: everything - count for bound, count in sorted(until.items())})
