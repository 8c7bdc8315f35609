"""A life of the real programs with secrets in their environment, every logger at its loudest and much going wrong.

Everything that they write lies below one folder afterwards.
"""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus import ROWS, write_rows
from secrecy.canaries import ENVIRONMENT, PROXY
from telegram_server.faults import BAD_GATEWAY, DELIVERED_UNREADABLE, DROPPED, INTERNAL, Fault
from telegram_server.people import Person, newcomer
from telegram_server.server import TOKEN, TelegramServer
from telegram_server.world import wait_until
from websites import WebSite

ROOT = Path(__file__).parents[2]
LOUD = Path(__file__).parent / "loud_library"
ADMIN = 77
TELLTALE = Fault(500, f"Internal Server Error: cannot serve /bot{TOKEN}/getMe")
"""A gateway that repeats what it was asked for."""

SETTINGS = """
[storage]
folder = "store"

[[sources]]
kind = "files"
folder = "articles"

[[sources]]
kind = "feed"
url = "{site}/feed.xml"

[fetch]
allow_hosts = ["127.0.0.1"]
delay_seconds = 0.0
retries = 0

[telegram]
base_url = "{telegram}"
refresh_seconds = 0.5
admins = [{admin}]

[metrics]
listen = "{metrics}"
"""


def free_address() -> str:
    """Return ``host:port`` on loopback, where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@dataclass(frozen=True)
class Stage:
    """A folder with settings and articles; ``umask`` is that of every program. What they say lies in ``said``."""

    folder: Path
    server: TelegramServer
    metrics: str
    umask: int
    secrets: Mapping[str, str]

    @classmethod
    def made(
        cls, folder: Path, server: TelegramServer, site: WebSite, umask: int, secrets: Mapping[str, str]
    ) -> "Stage":
        """Write the settings and the articles."""
        stage = cls(folder, server, free_address(), umask, secrets)
        settings = SETTINGS.format(site=site.url, telegram=server.base_url, admin=ADMIN, metrics=stage.metrics)
        (folder / "verbatim.toml").write_text(settings)
        (folder / "said").mkdir()
        write_rows(folder / "articles" / "articles.jsonl", ROWS)
        return stage

    def run(self, what: str, *command: str, **environment: str) -> int:
        """Run a command to its end, keep what it says under ``what``, and return its status."""
        with (self.folder / "said" / what).open("ab") as said:
            ended = subprocess.run(
                self._command(*command),
                stdout=said,
                stderr=said,
                cwd=self.folder,
                env=self._environment(environment),
                umask=self.umask,
                timeout=60,
                check=False,
            )
        return ended.returncode

    @contextmanager
    def bot(self, *options: str, **environment: str) -> "Iterator[subprocess.Popen[bytes]]":
        """Run the bot; end it at the latest with the block."""
        with (self.folder / "said" / "bot").open("ab") as said:
            process = subprocess.Popen(
                self._command("bot", "--verbose", "run", *options),
                stdout=said,
                stderr=said,
                cwd=self.folder,
                env=self._environment(environment),
                umask=self.umask,
            )
        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.prlimit(process.pid, resource.RLIMIT_CORE, (most, most))  # as on a machine where cores are wanted
        with process:
            try:
                yield process
            finally:
                process.kill()

    def said(self, what: str) -> str:
        """Return what was said."""
        return (self.folder / "said" / what).read_text()

    def keep(self, what: str, content: bytes) -> None:
        """Keep something else that was seen."""
        (self.folder / "said" / what).write_bytes(content)

    def look(self, process: "subprocess.Popen[bytes]") -> None:
        """Keep what others can see of a bot: its line in the process list, and its two pages."""
        for name in ("cmdline", "limits"):
            self.keep(name, Path(f"/proc/{process.pid}/{name}").read_bytes())
        for page in ("metrics", "health"):
            with urllib.request.urlopen(f"http://{self.metrics}/{page}", timeout=5) as answer:
                self.keep(page, answer.read())

    def keep_letters(self) -> None:
        """Keep all that the bot sent, without where it hands Telegram the webhook's word."""
        sent = [call for call in self.server.calls if call.method != "setWebhook"]
        self.keep("letters", json.dumps([[call.method, call.parameters] for call in sent]).encode())

    def _command(self, module: str, *arguments: str) -> list[str]:
        return [sys.executable, "-X", "dev", "-m", module, "--config", str(self.folder / "verbatim.toml"), *arguments]

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM_", "VERBATIM_"))}
        paths = os.pathsep.join(map(str, (LOUD, ROOT)))
        own = {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "NO_PROXY": "127.0.0.1", "HF_HUB_OFFLINE": "1"}
        return {**kept, **own, "PYTHONASYNCIODEBUG": "1", **ENVIRONMENT, **self.secrets, **more}


def polling(stage: Stage) -> None:
    """Build, look, answer while much fails, be reloaded with settings that hold what they must not, crash, back up."""
    server, admin = stage.server, Person(stage.server, ADMIN, ADMIN)
    assert stage.run("build", "index", "build", "--verbose", "--log-file", "build.log") == 3
    assert stage.run("status", "index", "status", "--verbose") == 0
    server.fail("getMe", TELLTALE)
    server.fail("deleteWebhook", DROPPED)
    server.fail("setMyCommands", TELLTALE, BAD_GATEWAY, DELIVERED_UNREADABLE)
    server.fail("getUpdates", TELLTALE, BAD_GATEWAY)
    with stage.bot() as process:
        wait_until(lambda: server.updates.polls > 0 or process.poll() is not None, 40, "the bot polls")
        server.fail("sendMessage", TELLTALE, INTERNAL, Fault(400, f"Bad Request: {TOKEN}"))
        for command in ("/status", "/unanswered"):
            admin.say(command)
        newcomer(server).say("How tall is the Eiffel Tower?")
        server.wait_failed("sendMessage", seconds=30)
        ada = newcomer(server)
        ada.say("How tall is the Eiffel Tower?")
        server.wait_sent(ada.chat_id, seconds=30)
        _reload_badly(stage, admin)
        stage.look(process)
        process.send_signal(signal.SIGABRT)
        assert process.wait(20) == -signal.SIGABRT
    assert stage.run("backup", "bot", "backup", "saved") == 0
    server.fail("getMe", TELLTALE)
    assert stage.run("check", "bot", "check") == 1
    assert stage.run("check", "bot", "check", HTTP_PROXY=PROXY, NO_PROXY="") == 1


def _reload_badly(stage: Stage, admin: Person) -> None:
    path = stage.folder / "verbatim.toml"
    good = path.read_text()
    milvus = stage.secrets.get("MILVUS_TOKEN", ENVIRONMENT["MILVUS_TOKEN"])
    path.write_text(f'{good}\n[vectors]\naddress = "http://{milvus}@127.0.0.1:9"\ntoken = "{TOKEN}"\n')
    told = len(stage.server.sent(ADMIN))
    admin.say("/reload")
    stage.server.wait_sent(ADMIN, told + 1)
    path.write_text(good)


def webhook(stage: Stage) -> None:
    """The same with a webhook, whose word and the token lie in files; strangers knock, too."""
    server, address = stage.server, free_address()
    server.pushing.replicas.append(address)
    assert stage.run("build", "index", "build", "--verbose", "--log-file", "build.log") == 3
    server.fail("setWebhook", TELLTALE)
    at = ("mode=webhook", "webhook_url=https://bot.example.org/updates", f"webhook_listen={address}")
    with stage.bot(*(word for one in at for word in ("--set", f"telegram.{one}"))) as process:
        wait_until(lambda: bool(server.pushing.url) or process.poll() is not None, 40, "the webhook is set")
        _knock(address)
        ada = newcomer(server)
        ada.say("How tall is the Eiffel Tower?")
        server.wait_sent(ada.chat_id, seconds=30)
        stage.look(process)
        process.terminate()
        assert process.wait(20) == 0
    assert stage.run("backup", "bot", "backup", "saved") == 0


def _knock(address: str) -> None:
    host, _, port = address.partition(":")
    for body in (b"GET /updates HTTP/1.1\r\n\r\n", b"\x16\x03\x01 no HTTP at all\r\n\r\n"):
        with socket.create_connection((host, int(port)), timeout=5) as stranger:
            stranger.sendall(body)
            stranger.recv(1000)
