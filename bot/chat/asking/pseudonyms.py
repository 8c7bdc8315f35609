"""People's names in logs: the same for the same person, and telling nothing to who lacks the installation's key."""

from hashlib import blake2b


class Pseudonyms:
    """``key``: random, of this installation, up to 64 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, number: int) -> str:
        """Return the name of a person by Telegram's number: ``person-3f9a2c1b``."""
        return f"person-{blake2b(str(number).encode(), key=self._key, digest_size=4).hexdigest()}"
