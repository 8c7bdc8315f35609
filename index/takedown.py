"""What the operator took down: articles that are neither indexed nor quoted, until that is undone. It removes nothing.

Invariant: an entry stays in the file until it is undone, whoever writes at the same time; who reads sees the old list
or the new one.
"""

import fcntl
import json
import logging
import os
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from index import files
from index.errors import LibraryError
from index.sources.web.addresses import canonical_address

log = logging.getLogger(__name__)

_Stamp = tuple[int, int, int] | None
"""When a file was changed last, its size and its inode; ``None``: there is no file."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An article's id or address, as the operator gave it; when; and why, where he said so."""

    given: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TakenDown:
    """Everything that is taken down, the oldest first."""

    entries: tuple[Withdrawal, ...] = ()
    _keys: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_keys", frozenset(_key(entry.given) for entry in self.entries))

    @classmethod
    def read(cls, path: Path) -> "TakenDown":
        """Read the list; where there is no file, nothing is taken down.

        Raises:
            LibraryError: the file is damaged.
            OSError: it cannot be read.
        """
        try:
            return cls(tuple(_entry(one) for one in json.loads(path.read_text(encoding="utf-8"))))
        except FileNotFoundError:
            return cls()
        except (ValueError, KeyError, TypeError) as error:
            raise LibraryError(
                f"{path} does not tell what is taken down ({error!r}): mend it, or move it away and take down again"
                ' what has to be, with "verbatim-index take-down"'
            ) from error

    def holds(self, article_id: str, addresses: Collection[str] = ()) -> bool:
        """Tell whether an article is taken down, by its id or by one of its addresses."""
        return bool(self._keys) and not self._keys.isdisjoint((article_id, _key(article_id), *map(_key, addresses)))


def take_down(path: Path, given: str, now: datetime, reason: str = "") -> bool:
    """Take down an article by its id or address; ``False`` where it was already.

    Raises:
        LibraryError: the file is damaged.
        OSError: it cannot be written.
    """
    with _alone(path):
        known = TakenDown.read(path)
        if any(_key(entry.given) == _key(given) for entry in known.entries):
            return False
        _write(path, (*known.entries, Withdrawal(given, now, reason)))
    return True


def undo(path: Path, given: str) -> bool:
    """Let an article be quoted again, and come back with the next build; ``False`` where it was not taken down.

    Raises:
        LibraryError: the file is damaged.
        OSError: it cannot be written.
    """
    with _alone(path):
        known = TakenDown.read(path)
        left = tuple(entry for entry in known.entries if _key(entry.given) != _key(given))
        if left == known.entries:
            return False
        _write(path, left)
    return True


def join(path: Path, other: Path) -> None:
    """Add to the list in a file what another one takes down besides.

    Raises:
        LibraryError: one of them is damaged.
        OSError: it cannot be written.
    """
    known, more = TakenDown.read(path), TakenDown.read(other)
    keys = {_key(entry.given) for entry in known.entries}
    if added := [entry for entry in more.entries if _key(entry.given) not in keys]:
        _write(path, (*known.entries, *added))


class Withdrawals:
    """The list as the file has it at each moment, for a process that goes on; safe from many threads.

    A file that was damaged meanwhile changes nothing: the last good list stays, and the log says so once. Nothing
    comes back because a file broke.
    """

    def __init__(self, path: Path) -> None:
        """Read the list.

        Raises:
            LibraryError: the file is damaged, and there is no good list to stay with.
            OSError: it cannot be read.
        """
        self._path = path
        self._lock = threading.Lock()
        self._stamp = _stamp(path)
        self._known = TakenDown.read(path)

    def holds(self, article_id: str, addresses: Collection[str] = ()) -> bool:
        """Tell whether an article is taken down now."""
        return self._now().holds(article_id, addresses)

    def take_down(self, given: str, now: datetime, reason: str = "") -> bool:
        """Add to the file; see ``take_down``."""
        return take_down(self._path, given, now, reason)

    def undo(self, given: str) -> bool:
        """Take out of the file; see ``undo``."""
        return undo(self._path, given)

    def _now(self) -> TakenDown:
        with self._lock:
            try:
                stamp = _stamp(self._path)
                if stamp == self._stamp:
                    return self._known
                self._stamp = stamp  # before reading: a file that is replaced meanwhile is read again
                self._known = TakenDown.read(self._path)
            except (LibraryError, OSError) as error:
                log.error("%s; until then what was taken down before stays so", error)
            return self._known


def _key(given: str) -> str:
    """What is compared: an address in its canonical form, anything else as it is."""
    try:
        return canonical_address(given)
    except ValueError:  # an id, or an address that no page can have
        return given


def _entry(stored: dict[str, Any]) -> Withdrawal:
    given, reason = stored["given"], stored["reason"]
    if not isinstance(given, str) or not isinstance(reason, str):
        raise TypeError(f"an entry is {stored}")
    return Withdrawal(given, datetime.fromisoformat(stored["at"]), reason)


def _write(path: Path, entries: tuple[Withdrawal, ...]) -> None:
    stored = [{"given": one.given, "at": one.at.isoformat(), "reason": one.reason} for one in entries]
    files.replace_text(path, json.dumps(stored, ensure_ascii=False, indent=1))


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Read and write with nobody between: not the build's lock, for which one would have to wait too long."""
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
