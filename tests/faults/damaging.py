"""Ways to damage a file, each with a name; random ones come from a seed."""

import os
import random
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

TERABYTE = 2**40


def truncations(content: bytes, places: int) -> Iterator[tuple[str, bytes]]:
    """Yield a file cut at so many places, evenly spaced, nothing and all but a byte among them."""
    for number in range(places):
        length = (len(content) - 1) * number // max(1, places - 1)
        yield f"cut at {length} of {len(content)}", content[:length]


def changes(content: bytes, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield a file of the same length with one byte changed, or up to 64 in a row, by turns."""
    chance = random.Random(seed)
    for number in range(count):
        length = 1 if number % 2 == 0 else min(chance.randrange(2, 65), len(content))
        start = chance.randrange(len(content) - length + 1)
        new = chance.randbytes(length)
        while new == content[start : start + length]:
            new = chance.randbytes(length)
        yield f"seed {seed}, {number}: {length} bytes at {start}", content[:start] + new + content[start + length :]


def _unreadable(path: Path) -> None:
    path.chmod(0)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "inside").write_text("x")


def _link_to_its_copy(path: Path) -> None:
    """What it leads to is what was written: a link is refused all the same."""
    outside = path.parents[2] / f"outside-{path.name}"
    shutil.copyfile(path, outside)
    path.unlink()
    path.symlink_to(outside)


def _link_to(target: str) -> Callable[[Path], None]:
    def replace(path: Path) -> None:
        path.unlink()
        path.symlink_to(target)

    return replace


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _socket(path: Path) -> None:
    path.unlink()
    with socket.socket(socket.AF_UNIX) as bound:
        here = Path.cwd()
        os.chdir(path.parent)  # paths of sockets have at most 107 bytes
        try:
            bound.bind(path.name)
        finally:
            os.chdir(here)


def _huge(path: Path) -> None:
    """A file that says it has a terabyte, and takes no room."""
    os.truncate(path, TERABYTE)


REPLACEMENTS: dict[str, Callable[[Path], None]] = {
    "missing": Path.unlink,
    "unreadable": _unreadable,
    "a folder": _folder,
    "a link to its copy outside": _link_to_its_copy,
    "a link to nothing": _link_to("nowhere"),
    "a link to itself": _link_to("manifest.json"),
    "a link to endless zeros": _link_to("/dev/zero"),
    "a pipe": _pipe,
    "a socket": _socket,
    "a terabyte": _huge,
}
"""What may lie in the place of a file."""
