"""What a running bot tells Prometheus and whoever asks for its health: figures, and nothing about readers."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from telegram_server.faults import BAD_GATEWAY, Fault
from telegram_server.people import Person
from telegram_server.process import BotProcess, Sections
from telegram_server.server import TelegramServer
from telegram_server.world import wait_until

from bot.chat.updates.listening import host_and_port
from bot.errors import CannotListen

pytestmark = pytest.mark.process


def free_address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    """A fake Telegram of one test's own."""
    with TelegramServer() as server:
        yield server


def fetched(address: str, path: str) -> tuple[int, str]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{address}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def figures(address: str) -> dict[str, float]:
    """The samples of the page, as Prometheus reads them."""
    status, page = fetched(address, "/metrics")
    assert status == 200
    lines = [line.rpartition(" ") for line in page.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def test_what_happens_is_counted(server: TelegramServer, tmp_path: Path) -> None:
    """Questions by outcome, votes, updates, errors of Telegram's by kind, and how long replies take."""
    address = free_address()
    with BotProcess(server, tmp_path, sections={"metrics": {"listen": address}}, refresh_seconds=0.2) as bot:
        ada = Person(server, 7_700_123_456, 7_700_123_456)  # a number that no figure holds by chance
        ada.say("How warm?")
        (answer,) = server.wait_sent(ada.chat_id)
        ada.say("unknown")
        ada.say("fail, my secret question")
        server.wait_sent(ada.chat_id, 3)
        ada.press(answer, "👍")
        server.wait_for("answerCallbackQuery")
        server.fail("sendMessage", BAD_GATEWAY, Fault(403, "Forbidden: bot was blocked by the user"))
        server.fail("getUpdates", BAD_GATEWAY)
        ada.say("How warm?")
        ada.say("How warm?")
        server.wait_for("sendMessage", 6)
        wait_until(lambda: figures(address).get('verbatim_updates_total{kind="message"}') == 5, 5, "five messages")
        wait_until(lambda: figures(address).get('verbatim_stage_seconds_count{stage="reply"}') == 5, 5, "five replies")
        found = figures(address)
        page = fetched(address, "/metrics")[1]
        assert "Traceback" not in bot.log.replace("fail", "")
    expected = {
        'verbatim_questions_total{outcome="answered"}': 3,
        'verbatim_questions_total{outcome="declined"}': 1,
        'verbatim_questions_total{outcome="failed"}': 1,
        'verbatim_feedback_total{vote="up"}': 1,
        'verbatim_updates_total{kind="callback_query"}': 1,
        'verbatim_telegram_errors_total{kind="Forbidden"}': 1,
        "verbatim_up": 1,
        "verbatim_queue_length": 0,
        "verbatim_questions_in_work": 0,
    }
    assert {name: found.get(name) for name in expected} == expected
    assert found['verbatim_telegram_errors_total{kind="NetworkError"}'] >= 1
    assert found['verbatim_stage_seconds_count{stage="render"}'] == 4  # one failed
    assert found["verbatim_loop_lag_seconds_count"] > 0
    assert found["verbatim_snapshot_age_seconds"] > 0 and found["verbatim_heard_seconds"] < 60
    assert str(ada.id) not in page and "secret" not in page


def test_health_is_200_while_telegram_is_heard_and_503_when_it_is_not(server: TelegramServer, tmp_path: Path) -> None:
    """With what there is to know, as JSON."""
    address = free_address()
    sections: Sections = {"metrics": {"listen": address}, "patience": {"silence_seconds": 4.0}}
    with BotProcess(server, tmp_path, sections=sections, poll_seconds=1, refresh_seconds=0.2):
        wait_until(lambda: fetched(address, "/health")[0] == 200, 5, "healthy")
        wait_until(lambda: json.loads(fetched(address, "/health")[1])["snapshot"] == "first", 5, "it looked")
        known = json.loads(fetched(address, "/health")[1])
        assert known["ok"] is True and known["troubles"] == [] and known["waiting"] == 0 and known["silence"] < 3
        assert fetched(address, "/")[0] == 404
        server.fail("getUpdates", *[BAD_GATEWAY] * 50)
        wait_until(lambda: fetched(address, "/health")[0] == 503, 5, "unhealthy")


def test_nothing_listens_unless_it_is_wanted(server: TelegramServer, tmp_path: Path) -> None:
    """And an address that cannot be used ends the bot at the start, with a word about it."""
    with BotProcess(server, tmp_path) as bot:
        listening = Path(f"/proc/{bot.pid}/net/tcp").read_text()
        mine = {Path(f"/proc/{bot.pid}/fd/{fd.name}").readlink().name for fd in Path(f"/proc/{bot.pid}/fd").iterdir()}
        open_ports = [line.split() for line in listening.splitlines()[1:] if line.split()[3] == "0A"]
        assert [row for row in open_ports if f"socket:[{row[9]}]" in mine] == []
    wrong = BotProcess(server, tmp_path, sections={"metrics": {"listen": "9100"}})
    with wrong.start(wait=False).ending():
        assert wrong.wait(10) == 1
        assert '"9100" is no address to listen at' in wrong.log


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("127.0.0.1:9100", ("127.0.0.1", 9100)),
        (":9100", ("127.0.0.1", 9100)),
        ("[::1]:9100", ("::1", 9100)),
        ("0.0.0.0:80", ("0.0.0.0", 80)),
    ],
)
def test_an_address_is_host_and_port(given: str, meant: tuple[str, int]) -> None:
    """Without a host it is loopback: to be seen from elsewhere, it has to be said."""
    assert host_and_port(given) == meant


@pytest.mark.parametrize("given", ["", "localhost", "localhost:", "localhost:http", "localhost:0", "localhost:70000"])
def test_what_is_no_address_is_refused(given: str) -> None:
    """With an example of one."""
    with pytest.raises(CannotListen, match=r"write host:port"):
        host_and_port(given)
