"""Whether a site lets us fetch an address: its robots.txt, read once a run and held for it.

Source: https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1 (what counts when the file is not there, or not to be had)
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from index.errors import AddressRefused, FetchError, Unreachable, Unsuitable
from index.sources.fetching.addresses import Address, parse
from index.sources.fetching.answers import Answer
from index.sources.fetching.asking import Asker
from index.sources.fetching.limits import Limit
from index.sources.fetching.politeness import Turns
from index.sources.fetching.redirects import Redirect, TooManyRedirects, follow, redirect
from index.sources.fetching.robots import MOST_BYTES, Rules
from index.sources.fetching.unpacking import beginning

_REDIRECTS = 5
_FOUND = range(200, 300)


@dataclass(slots=True)
class _Site:
    """``reading`` is held by who reads the file, so that it is read once."""

    reading: threading.Lock = field(default_factory=threading.Lock)
    rules: Rules | None = None


class Permission:
    """The rules of every site of this run. Threads share it."""

    def __init__(self, asker: Asker, turns: Turns, fields: Mapping[str, str]) -> None:
        self._asker, self._turns, self._fields = asker, turns, fields
        self._sites: dict[str, _Site] = {}
        self._lock = threading.Lock()

    def check(self, address: Address, limit: Limit) -> None:
        """Let pass an address that may be fetched.

        Raises:
            AddressRefused: the site's robots.txt forbids it.
            Unreachable: it cannot be known, and so counts as forbidden for now; or the site is left alone.
            OutOfTime: the limit came first.
        """
        self._turns.check(address.site)
        if not self._rules(address, limit).allow(address.url):
            raise AddressRefused(f"{address.url} is not fetched: {address.origin}/robots.txt forbids it")

    def _rules(self, address: Address, limit: Limit) -> Rules:
        with self._lock:
            site = self._sites.setdefault(address.origin, _Site())
        with site.reading:
            if site.rules is None:
                site.rules = self._read(parse(f"{address.origin}/robots.txt"), limit)
                self._turns.slow_down(address.site, site.rules.delay)
            return site.rules

    def _read(self, address: Address, limit: Limit) -> Rules:
        def ask(at: Address) -> bytes | Redirect:
            return self._asker.ask(at, self._fields, _file, limit)

        try:
            return Rules.from_bytes(follow(address, _REDIRECTS, ask).found)
        except TooManyRedirects:  # counts as no file: RFC 9309, 2.3.1.2
            return Rules("")
        except (AddressRefused, Unreachable, Unsuitable) as error:
            raise _unknown(error, address) from error


def _unknown(error: FetchError, address: Address) -> FetchError:
    kind = AddressRefused if isinstance(error, AddressRefused) else Unreachable
    return kind(f"{address.origin} is not asked, for its robots.txt cannot be read: {error}")


def _file(answer: Answer) -> bytes | Redirect:
    """The file, or none where the site says that there is none (any 4xx: RFC 9309, 2.3.1.3)."""
    if (elsewhere := redirect(answer)) is not None:
        return elsewhere
    if answer.status not in _FOUND:
        return b""
    return beginning(answer.chunks, answer.packings, MOST_BYTES)
