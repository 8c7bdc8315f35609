"""How long do people wait when five a second ask? The real bot and its models over a set of ``VERBATIM_DATA``.

    PYTHONPATH=tests:. python tests/benchmarks/pace.py [--storage FOLDER] [--rate 5] [--seconds 60] [--even] [--json]

The bot is a real process that polls a fake Telegram; each question comes from somebody else, at random moments (of a
Poisson process, always the same) or, with ``--even``, in step. A wait is counted from the moment that the question
reaches Telegram to the moment that its reply does. How late the bot's event loop was meanwhile, by its own heartbeat,
is read from its page for Prometheus. ``--storage`` is a folder with the set's index, such as
``verbatim-bot evaluate`` leaves under ``evaluations``; without it one is built first, which takes minutes.
"""

import argparse
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from lag import beats, free_address
from telegram_server.people import newcomer
from telegram_server.server import TOKEN, TelegramServer
from telegram_server.world import wait_until

from bot.chat.showing import texts
from bot.evaluation.articles import index_articles
from bot.settings import BotSettings
from index import StorageSettings, silent

DATA = Path(os.environ.get("VERBATIM_DATA", "../shared/data"))
REFUSALS = (texts.BUSY, texts.TOO_SLOW, texts.TROUBLE)
LATE_SECONDS = 0.02
"""The event loop is never to be blocked for longer."""
START_SECONDS, ANSWER_SECONDS = 120.0, 60.0


@dataclass(frozen=True)
class Pace:
    """Waits in seconds. ``busy``: were told to come again. ``processor_seconds``: the bot's for a question.

    ``beats`` of the event loop, those that came more than 20 ms late, and the bound that none was later than.
    """

    questions: int
    a_second: float
    answered: int
    busy: int
    p50: float
    p95: float
    longest: float
    processor_seconds: float
    beats: int
    late_beats: int
    latest: float


def measured(storage: Path, given: Sequence[str], questions: Sequence[str], moments: Sequence[float]) -> Pace:
    """Ask the questions at their moments, in seconds from the start, and wait for every reply."""
    with ExitStack() as stack:
        server = stack.enter_context(TelegramServer())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        pages = free_address()
        bot = stack.enter_context(_bot(server, folder, storage, [*given, f"metrics.listen={pages}"]))
        before, beaten, started = processor_seconds(bot), beats(pages), time.monotonic()
        asked: dict[tuple[int, int], float] = {}
        for moment, question in zip(moments, questions, strict=True):
            time.sleep(max(0.0, started + moment - time.monotonic()))
            at = time.monotonic()
            message = newcomer(server).say(question)
            asked[message["chat"]["id"], message["message_id"]] = at
        wait_until(lambda: len(_replies(server)) >= len(asked), ANSWER_SECONDS, "every question has its reply")
        spent, replies, beaten = processor_seconds(bot) - before, _replies(server), beats(pages).since(beaten)
    waits = [replies[key][0] - at for key, at in asked.items()]
    p50, p95 = np.percentile(waits, [50, 95])
    busy = sum(said in REFUSALS for _, said in replies.values())
    return Pace(
        questions=len(asked),
        a_second=round(len(asked) / moments[-1], 2),
        answered=len(asked) - busy,
        busy=busy,
        p50=round(float(p50), 2),
        p95=round(float(p95), 2),
        longest=round(max(waits), 2),
        processor_seconds=round(spent / len(asked), 3),
        beats=beaten.all,
        late_beats=beaten.later[LATE_SECONDS],
        latest=beaten.latest,
    )


@contextmanager
def _bot(server: TelegramServer, folder: Path, storage: Path, given: Sequence[str]) -> Iterator[int]:
    """The command that operators run, over an index, with its own database; gives the process's number."""
    own = folder / "storage"
    own.mkdir()
    for entry in storage.iterdir():
        if not entry.name.startswith(("bot.sqlite", "poller-")):
            (own / entry.name).symlink_to(entry.resolve())
    (folder / "verbatim.toml").write_text(f'[storage]\nfolder = "{own}"\n', encoding="utf-8")
    settings = [f"telegram.base_url={server.base_url}", *given]
    command = [sys.executable, "-m", "bot", "run", "--config", str(folder / "verbatim.toml")]
    command += [word for setting in settings for word in ("--set", setting)]
    environment = {**os.environ, "TELEGRAM_BOT_TOKEN": TOKEN, "NO_PROXY": "*"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        wait_until(lambda: server.updates.polls > 0 or process.poll() is not None, START_SECONDS, "the bot polls")
        if process.poll() is not None:
            raise SystemExit((folder / "log").read_text())
        yield process.pid
    except AssertionError:
        print((folder / "log").read_text(), file=sys.stderr)
        raise
    finally:
        process.terminate()
        process.wait(30)


def _replies(server: TelegramServer) -> dict[tuple[int, int], tuple[float, str]]:
    """When the first reply to each message came, and what it says."""
    replies: dict[tuple[int, int], tuple[float, str]] = {}
    for call in server.of("sendMessage"):
        text = call.parameters["text"]
        # the line that tells how long it takes has no buttons, and is taken away when the reply comes
        if "reply_markup" in call.parameters or text in REFUSALS:
            key = (call.parameters["chat_id"], call.parameters["reply_parameters"]["message_id"])
            replies.setdefault(key, (call.at, text))
    return replies


def processor_seconds(pid: int) -> float:
    """What a process has used so far, of all processors together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def moments_of(rate: float, seconds: float, *, even: bool) -> Iterator[float]:
    """Yield when somebody asks."""
    drawn, moment = random.Random(1), 0.0
    while True:
        moment += 1 / rate if even else drawn.expovariate(rate)
        if moment > seconds:
            return
        yield moment


def questions_of(folder: Path, count: int) -> list[str]:
    """Read so many questions, from the start again where there are too few."""
    with gzip.open(folder / "questions.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts_ = [json.loads(line)["question"] for line in lines]
    random.Random(2).shuffle(texts_)
    return [texts_[number % len(texts_)] for number in range(count)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--articles", default="news-2024", help="the set: its articles and its questions")
    parser.add_argument("--storage", type=Path, help="a folder with the index of these articles")
    parser.add_argument("--rate", type=float, default=5.0, help="questions a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--even", action="store_true", help="in step, not at random moments")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the bot's")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if not (DATA / given.articles).is_dir():
        print(f"skipped: {DATA} has no {given.articles}; name another folder with VERBATIM_DATA")
        return 0
    moments = list(moments_of(given.rate, given.seconds, even=given.even))
    questions = questions_of(DATA / given.articles, len(moments))
    with tempfile.TemporaryDirectory() as folder:
        pace = measured(given.storage or indexed(given.articles, Path(folder)), given.set, questions, moments)
    print(json.dumps(asdict(pace)) if given.json else told(pace))
    return 0


def indexed(name: str, folder: Path) -> Path:
    """Build the index of a set's articles; return its storage folder."""
    settings = BotSettings(storage=StorageSettings(folder=folder))
    return index_articles(settings, DATA / name / "articles.jsonl.gz", silent)[0].storage.folder


def told(pace: Pace) -> str:
    """The figures as people read them."""
    return (
        f"{pace.questions} questions, {pace.a_second} a second: "
        f"{pace.answered} answered, {pace.busy} told to come again\n"
        f"seconds to the reply: {pace.p50} (median), {pace.p95} (p95), {pace.longest} (longest)\n"
        f"processor seconds a question: {pace.processor_seconds}\n"
        f"beats of the event loop: {pace.beats}, {pace.late_beats} more than 20 ms late, none more than {pace.latest} s"
    )


if __name__ == "__main__":
    sys.exit(main())
