"""One build at a time: a lock that the kernel frees when its holder dies. It builds nothing.

Invariant: between entering and leaving, no other process holds the lock of the same storage folder.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from filelock import FileLock, Timeout

from index import files
from index.errors import BuildLocked
from index.layout import Layout
from index.pending import finish_restore
from index.report import age_text, moment_text


@contextmanager
def build_lock(layout: Layout) -> Iterator[None]:
    """Hold the storage folder's lock; a restore that was decided and not finished is finished first.

    Raises:
        BuildLocked: another process holds it; says which, and for how long.
    """
    layout.storage.mkdir(parents=True, exist_ok=True)
    lock = FileLock(layout.lock, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise BuildLocked(
            f"{layout.storage} is being changed by {_holder(layout)}: try again when it is done"
        ) from error
    try:
        started = datetime.now(UTC).isoformat()
        finish_restore(layout.storage)
        files.replace_text(layout.holder, json.dumps({"pid": os.getpid(), "started": started}))
        yield
    finally:
        layout.holder.unlink(missing_ok=True)
        lock.release()


def _holder(layout: Layout) -> str:
    try:
        holder = json.loads(layout.holder.read_text(encoding="utf-8"))
        since = datetime.fromisoformat(holder["started"])
        return f"process {holder['pid']} since {moment_text(since)}, for {age_text(datetime.now(UTC) - since)}"
    except (OSError, ValueError, KeyError, TypeError):  # between taking the lock and saying who took it
        return "another process"
