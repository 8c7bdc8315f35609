"""The webhook side of the fake Telegram: it sends updates to whoever set a webhook.

As Telegram does: at most ``max_connections`` at a time, those of one chat and kind one after the other, anything but
2xx again after a growing pause (here from a tenth of a second to one), only the kinds asked for. The proxy that speaks
TLS is played too: ``replicas`` are the addresses behind the https address, each in its turn.
"""

import http.client
import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from telegram_server.rules import Json, Refusal, bad
from telegram_server.world import Updates

PORTS = (None, 443, 80, 88, 8443)
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.0
ANSWER_SECONDS = 60.0


@dataclass
class _Letter:
    update: Json
    pause: float = _FIRST_PAUSE
    due: float = 0.0


@dataclass
class Pushing:
    """``attempts``: of every update that was sent, its number and the status that came back (0: none)."""

    updates: Updates
    replicas: list[str] = field(default_factory=list)
    attempts: list[tuple[int, int]] = field(default_factory=list)
    url: str = ""
    settings: Json = field(default_factory=dict)
    _set_at: float = -10.0
    _turn: int = 0
    _letters: dict[int, _Letter] = field(default_factory=dict)
    _busy: dict[tuple[str, int], int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def set(self, parameters: Json) -> bool:
        """Answer setWebhook."""
        url = urlsplit(parameters.get("url", ""))
        if url.scheme != "https" or not url.hostname:
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if url.port not in PORTS:
            raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        if not 1 <= int(parameters.get("max_connections", 40)) <= 100:
            raise bad("bad webhook: max_connections is out of range")
        if "secret_token" in parameters and not _SECRET.fullmatch(parameters["secret_token"]):
            raise bad("secret token contains unallowed characters")
        if time.monotonic() - self._set_at < 1 and self.url != parameters["url"]:
            raise Refusal(429, "Too Many Requests: retry after 1", {"retry_after": 1})
        self._set_at = time.monotonic()
        self.url, self.settings = parameters["url"], parameters
        if self._thread is None:
            self._thread = threading.Thread(target=self._push, daemon=True)
            self._thread.start()
        return True

    def delete(self) -> bool:
        """Answer deleteWebhook, or play somebody who takes it away."""
        self.url, self.settings = "", {}
        return True

    def info(self) -> Json:
        """Answer getWebhookInfo."""
        return {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.pending),
            "max_connections": int(self.settings.get("max_connections", 40)),
        }

    def check_none(self) -> None:
        """Refuse to be polled while there is a webhook."""
        if self.url:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
                "webhook first",
            )

    def close(self) -> None:
        """Send nothing more."""
        self._over.set()
        if self._thread:
            self._thread.join()

    def _push(self) -> None:
        with ThreadPoolExecutor(100) as pool:
            while not self._over.wait(0.01):
                for number, letter in self._next():
                    pool.submit(self._deliver, number, letter)

    def _next(self) -> list[tuple[int, _Letter]]:
        if not self.url or not self.replicas:
            return []
        room = int(self.settings.get("max_connections", 40)) - len(self._busy)
        chosen: list[tuple[int, _Letter]] = []
        with self._lock:
            held = set(self._busy)
            for update in self.updates.deliverable(self.settings.get("allowed_updates")):
                number, place = update["update_id"], _place(update)
                letter = self._letters.setdefault(number, _Letter(update))
                if place not in held and len(chosen) < room and letter.due <= time.monotonic():
                    self._busy[place] = number
                    chosen.append((number, letter))
                held.add(place)
        return chosen

    def _deliver(self, number: int, letter: _Letter) -> None:
        status = self._post(letter.update)
        with self._lock:
            self.attempts.append((number, status))
            if 200 <= status < 300:
                self.updates.take(number)
                del self._letters[number]
            else:
                letter.due, letter.pause = time.monotonic() + letter.pause, min(_LONGEST_PAUSE, 2 * letter.pause)
            del self._busy[_place(letter.update)]

    def _post(self, update: Json) -> int:
        self._turn += 1
        address = self.replicas[self._turn % len(self.replicas)]
        headers = {"Content-Type": "application/json"}
        if secret := self.settings.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        connection = http.client.HTTPConnection(address, timeout=ANSWER_SECONDS)
        try:
            connection.request("POST", urlsplit(self.url).path or "/", json.dumps(update), headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()


def _place(update: Json) -> tuple[str, int]:
    """What Telegram keeps in order: the messages of a chat, the presses of a person."""
    kind = next(name for name in update if name != "update_id")
    content = update[kind]
    sender = content.get("chat") or content.get("from")
    return kind, sender["id"] if isinstance(sender, dict) else update["update_id"]
