"""Updates that Telegram sends: taken only from Telegram, dealt with once, over restarts and replicas."""

import asyncio
import http.client
import json
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

import pytest
from telegram import Bot, Update
from telegram_server.faults import BAD_GATEWAY, UNAUTHORIZED, Fault, flood
from telegram_server.people import newcomer
from telegram_server.process import BotProcess
from telegram_server.server import TOKEN, TelegramServer
from telegram_server.world import wait_until

from bot.chat.showing import texts
from bot.chat.updates.claims import Claim
from bot.chat.updates.hearing import Hearing
from bot.chat.updates.polling import REFUSALS
from bot.chat.updates.webhook import Hook, Webhook
from bot.errors import TokenError

pytestmark = pytest.mark.process

SECRET = "a-Secret_of-32-characters-or-more"
URL = "https://bot.example.org/updates"
KINDS = {"message", "callback_query"}


def free_address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    """A fake Telegram of one test's own."""
    with TelegramServer() as server:
        yield server


class Replica(BotProcess):
    """A bot with a webhook, behind the fake's proxy."""

    def __init__(
        self, server: TelegramServer, folder: Path, secret: str = SECRET, url: str = URL, **more: float
    ) -> None:
        self.address = free_address()
        super().__init__(server, folder, environment={"TELEGRAM_WEBHOOK_SECRET": secret})
        self._own: dict[str, float | str | list[int]] = {
            "mode": "webhook",
            "webhook_url": url,
            "webhook_listen": self.address,
            **more,
        }
        server.pushing.replicas.append(self.address)

    def start(self, *, wait: bool = True) -> Self:
        """Start with its own settings: replicas share the folder, and so the file."""
        self.write_settings(**self._own)
        return super().start(wait=wait)

    def __enter__(self) -> Self:
        before = len(self._server.of("setWebhook"))

        def is_set() -> bool:
            assert self._process.poll() is None, self.log
            return self._server.pushing.url != "" and len(self._server.of("setWebhook")) > before

        self.start(wait=False)
        try:
            wait_until(is_set, 20, "the webhook is set")
        except AssertionError:
            self.kill()
            raise
        return self

    def post(self, body: bytes, headers: Mapping[str, str], method: str = "POST") -> int:
        """Send a request as anybody could; return the status, 0 where the connection was closed."""
        connection = http.client.HTTPConnection(self.address, timeout=5)
        try:
            connection.request(method, "/updates", body, headers)
            return connection.getresponse().status
        except (ConnectionError, http.client.HTTPException):
            return 0
        finally:
            connection.close()


def signed(secret: str = SECRET) -> dict[str, str]:
    return {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret}


def test_questions_are_answered_and_each_update_taken_once(server: TelegramServer, tmp_path: Path) -> None:
    """Telegram is told where to send, what, how many at once, and the secret; then it is not polled."""
    with Replica(server, tmp_path) as bot:
        people = [newcomer(server) for _ in range(20)]
        for person in people:
            person.say("How warm?")
        for person in people:
            server.wait_sent(person.chat_id)
        asked = server.of("setWebhook")[0].parameters
        wait_until(lambda: not server.updates.pending, 5, "all taken")
        assert "Traceback" not in bot.log and SECRET not in bot.log
    assert asked["url"] == URL and asked["secret_token"] == SECRET and asked["max_connections"] == "100"
    assert set(asked["allowed_updates"]) >= KINDS
    assert [len(server.sent(person.chat_id)) for person in people] == [1] * 20
    assert server.of("getUpdates") == [] and server.of("deleteWebhook") == []
    assert {status for _, status in server.pushing.attempts} == {200}


def test_forged_requests_are_refused(server: TelegramServer, tmp_path: Path) -> None:
    """Without the secret nothing is read; what is no update, or too large, is not taken either, and the bot goes on."""
    with Replica(server, tmp_path) as bot:
        ada = newcomer(server)
        update = json.dumps({"update_id": 9, "message": {"text": "forged"}}).encode()
        assert bot.post(update, {"Content-Type": "application/json"}) == 403
        assert bot.post(update, signed("wrong")) == bot.post(update, signed(f"{SECRET}é")) == 403
        assert bot.post(update, {**signed(), "Content-Type": "text/plain"}) == 415
        assert bot.post(b"", signed(), "GET") == 405
        assert [bot.post(body, signed()) for body in (b"no json", b"[]", b"{}", b"\xff")] == [400] * 4
        assert bot.post(b" " * 1_000_001, signed()) in (0, 400, 413)
        ada.say("How warm?")
        server.wait_sent(ada.chat_id)
        assert "Traceback" not in bot.log
    assert len(server.of("sendMessage")) == 1


def test_a_poisonous_update_is_skipped(server: TelegramServer, tmp_path: Path) -> None:
    """One that the library cannot parse is taken, or Telegram would send it for a day."""
    with Replica(server, tmp_path) as bot:
        number = server.updates.put({"message": {"message_id": "no number", "chat": 5}})
        ada = newcomer(server)
        ada.say("How warm?")
        server.wait_sent(ada.chat_id)
        server.wait_confirmed(number)
        assert f"update {number} cannot be parsed" in bot.log and "Traceback" not in bot.log


@pytest.mark.parametrize(
    ("secret", "url", "said"),
    [
        ("", URL, "webhook mode needs a secret"),
        (SECRET, "", "webhook_url is nothing"),
        (SECRET, "http://bot.example.org", "https:// address"),
    ],
)
def test_it_does_not_begin_without_a_secret_or_an_https_address(
    server: TelegramServer, tmp_path: Path, secret: str, url: str, said: str
) -> None:
    """It says what is missing, and Telegram is not asked for anything."""
    bot = Replica(server, tmp_path, secret, url)
    with bot.start(wait=False).ending():
        assert bot.wait(10) == 1
        assert said in bot.log and "Traceback" not in bot.log
    assert server.calls == []


def test_it_listens_before_it_tells_telegram_where(server: TelegramServer, tmp_path: Path) -> None:
    """A port that is taken ends the process, and nothing is sent anywhere."""
    bot = Replica(server, tmp_path)
    host, _, port = bot.address.partition(":")
    with socket.create_server((host, int(port))), bot.start(wait=False).ending():
        assert bot.wait(10) == 1
        assert f"nothing can listen at {bot.address}" in bot.log
    assert server.of("setWebhook") == []


def test_a_bad_minute_of_telegrams_delays_the_webhook(server: TelegramServer, tmp_path: Path) -> None:
    """5xx and 429 at the start: it comes up."""
    server.fail("setWebhook", BAD_GATEWAY, flood(1))
    with Replica(server, tmp_path):
        ada = newcomer(server)
        ada.say("How warm?")
        server.wait_sent(ada.chat_id)


def test_sigterm_finishes_what_is_in_work_and_leaves_the_rest(server: TelegramServer, tmp_path: Path) -> None:
    """What is not dealt with is not answered with 200; the next process deals with it, once, and at once."""
    with Replica(server, tmp_path, workers=2, answer_timeout_seconds=60) as bot:
        ada, bob = newcomer(server), newcomer(server)
        ada.say("slow 1.0 question")
        bob.say("slow 12 question")
        time.sleep(0.4)
        bot.terminate()
        assert bot.wait(10) == 0
        assert len(server.sent(ada.chat_id)) == 1 and server.sent(bob.chat_id) == []
        with bot:
            server.wait_sent(bob.chat_id, seconds=25)
            wait_until(lambda: not server.updates.pending, 5, "all taken")
    assert [len(server.sent(person.chat_id)) for person in (ada, bob)] == [1, 1]


def test_a_killed_process_loses_nothing(server: TelegramServer, tmp_path: Path) -> None:
    """SIGKILL in the midst of work: what it claimed is its next life's."""
    with Replica(server, tmp_path, workers=1) as bot:
        people = [newcomer(server) for _ in range(4)]
        people[0].say("/help")
        server.wait_sent(people[0].chat_id)
        for person in people[1:]:
            person.say("slow 0.5 question")
        time.sleep(0.2)
        bot.kill()
        with bot:
            for person in people:
                server.wait_sent(person.chat_id)
            wait_until(lambda: not server.updates.pending, 5, "all taken")
    assert [len(server.sent(person.chat_id)) for person in people] == [1, 1, 1, 1]


def test_replicas_share_the_updates_and_answer_none_twice(server: TelegramServer, tmp_path: Path) -> None:
    """Also one that comes to both of them, at once or later; buttons work at either."""
    with Replica(server, tmp_path) as one, Replica(server, tmp_path) as other:
        people = [newcomer(server) for _ in range(10)]
        for person in people:
            person.say("slow 0.2 question")
        for person in people:
            server.wait_sent(person.chat_id)
        eve = newcomer(server)
        content = {k: v for k, v in eve.say("slow 0.5 question").items() if k != "update_id"}
        number = max(server.updates.pending)
        update = json.dumps({"update_id": number, "message": content}).encode()
        server.wait_sent(eve.chat_id)
        wait_until(lambda: not server.updates.pending, 5, "all taken")
        assert one.post(update, signed()) == other.post(update, signed()) == 200
        twin = json.dumps({"update_id": number + 1, "message": content}).encode()
        first = http.client.HTTPConnection(one.address, timeout=5)
        first.request("POST", "/", twin, signed())
        time.sleep(0.25)
        assert other.post(twin, signed()) == 503
        assert first.getresponse().status == 200
        first.close()
        assert other.post(twin, signed()) == 200
    assert [len(server.sent(person.chat_id)) for person in people] == [1] * 10
    assert len(server.sent(eve.chat_id)) == 2


def test_a_webhook_that_somebody_took_away_is_set_anew(server: TelegramServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a look now and then the bot would be up and deaf; it is a conflict, of which the admins hear."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    hearing = Hearing(quiet_seconds=60)

    async def handle(update: Update) -> None:
        """Nothing to do."""

    async def scenario() -> None:
        async with Bot(TOKEN, base_url=server.base_url) as bot:
            hook = Hook(URL, free_address(), SECRET)
            webhook = Webhook(bot, handle, SharedLedger(), hook, hearing, check_seconds=0.05)
            running = asyncio.create_task(webhook.run())
            await asyncio.to_thread(server.wait_for, "getWebhookInfo", 2)
            assert hearing.troubles() == () and len(server.of("setWebhook")) == 1
            server.pushing.delete()
            await asyncio.to_thread(wait_until, lambda: server.pushing.url == URL, 8, "set anew")
            assert hearing.troubles()
            server.fail("getWebhookInfo", *[UNAUTHORIZED] * REFUSALS)
            with pytest.raises(TokenError):
                await running
            await webhook.finish(1)

    asyncio.run(scenario())


class SharedLedger:
    """Remembers nothing."""

    async def handled(self) -> frozenset[int]:
        return frozenset()

    async def mark_handled(self, update_id: int) -> None:
        """Nothing to do."""

    async def claim(self, update_id: int, holder: str) -> Claim:
        return Claim.MINE

    async def release(self, holder: str) -> None:
        """Nothing to do."""


def test_going_back_to_polling_takes_the_webhook_away(server: TelegramServer, tmp_path: Path) -> None:
    """What Telegram still has is fetched; what was dealt with is known by its number."""
    with Replica(server, tmp_path):
        ada = newcomer(server)
        ada.say("How warm?")
        server.wait_sent(ada.chat_id)
    assert server.pushing.url == URL
    ada.say("How cold?")
    with BotProcess(server, tmp_path):
        server.wait_sent(ada.chat_id, 2)
    assert server.pushing.url == "" and len(server.sent(ada.chat_id)) == 2


def test_an_answer_under_way_when_a_replica_is_killed_is_not_sent_when_the_update_comes_again(
    server: TelegramServer, tmp_path: Path
) -> None:
    """It may have arrived: the asker is told so, once."""
    replica = Replica(server, tmp_path)
    with replica:
        ada = newcomer(server)
        server.fail("sendMessage", Fault(stall=4.0, drop=True))
        asked = ada.say("How warm?")
        server.wait_failed("sendMessage")
        replica.kill()
    with replica:
        (notice,) = server.wait_sent(ada.chat_id)
        server.wait_confirmed(asked["update_id"])
    assert notice["text"] == texts.LINE_BROKE and len(server.sent(ada.chat_id)) == 1
