"""One poller of a token: a lock that the kernel frees when its holder dies.

It keeps two processes over one storage folder apart; one elsewhere is noticed by the 409 that Telegram answers then.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bot.errors import AlreadyPolling, ChatDatabaseError


@contextmanager
def poller_lock(folder: Path, token: str) -> Iterator[None]:
    """Be the only one to poll with the token. The file's name holds a digest of it, from which nobody gets it back.

    Raises:
        AlreadyPolling: another process does.
        ChatDatabaseError: the folder cannot be written to.
    """
    digest = hashlib.blake2b(token.encode(), digest_size=8, person=b"verbatim-poller").hexdigest()
    lock = FileLock(folder / f"poller-{digest}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise AlreadyPolling(
            f"another process polls with this token already ({lock.lock_file} is locked): stop it, or do not start this"
        ) from error
    except OSError as error:
        raise ChatDatabaseError(f"{lock.lock_file} cannot be locked: {error}") from error
    try:
        yield
    finally:
        lock.release()
