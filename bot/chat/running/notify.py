"""Tell systemd how the service is, where it asks for that: a datagram to the socket that NOTIFY_SOCKET names.

https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html. Never fails: who does not listen is not told.
"""

import logging
import os
import socket
import time
from collections.abc import Mapping

_log = logging.getLogger(__name__)


class Supervisor:
    """Who started the process, as its environment tells; nobody, where it tells nothing."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        mine = environment.get("WATCHDOG_PID", "") in ("", str(os.getpid()))
        limit = environment.get("WATCHDOG_USEC", "")
        self.watchdog_seconds = int(limit) / 1e6 if mine and limit.isdecimal() else None

    def ready(self) -> None:
        """The service answers; also after ``reloading``."""
        self._send("READY=1")

    def alive(self) -> None:
        """The service has not hung; expected more often than every ``watchdog_seconds``."""
        if self.watchdog_seconds:
            self._send("WATCHDOG=1")

    def reloading(self) -> None:
        """The settings are being read again."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The service is about to end."""
        self._send("STOPPING=1")

    def _send(self, state: str) -> None:
        if not self._address:
            return
        # a name that begins with "@" is in the abstract name space, which is written with a zero byte
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.settimeout(0)
                line.sendto(state.encode(), address)
        except OSError as error:
            _log.warning("the supervisor was not told %s: %s", state.partition("=")[0], error)
