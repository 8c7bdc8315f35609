"""What a robots.txt allows. It fetches nothing.

Source: https://www.rfc-editor.org/rfc/rfc9309
"""

from protego import Protego

PRODUCT = "Verbatim"
"""Our name, as sites write it in their rules."""

MOST_BYTES = 500 * 1024
"""What has to be read of the file (RFC 9309, 2.5); the rest counts as not there."""

_LONGEST_DELAY = 30.0
"""Seconds. Who asks for more is asked as rarely as this: the run would not end."""


class Rules:
    """The rules of one site for us."""

    def __init__(self, text: str) -> None:
        self._parsed = Protego.parse(text)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Rules":
        """Read a file as it came."""
        return cls(data.decode("utf-8-sig", "replace").replace("\0", ""))

    def allow(self, url: str) -> bool:
        """Tell whether an address may be fetched."""
        return self._parsed.can_fetch(url, PRODUCT)

    @property
    def delay(self) -> float:
        """Seconds between requests that the site asks for, at most 30; 0 where it does not."""
        delay = self._parsed.crawl_delay(PRODUCT) or 0.0
        return min(delay, _LONGEST_DELAY) if delay > 0 else 0.0
