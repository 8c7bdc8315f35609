"""A burst of questions on a bot whose Telegram fails: is each answered exactly once, or told why not?

    PYTHONPATH=tests:. python tests/benchmarks/burst.py [--users 200] [--questions 1000] [--share 0.2] [--webhook]

The bot is a real process over a fake answer service; the fake Telegram fails at a share of its calls: 429, 500, slow
after the message was delivered, connections torn before and after. Meanwhile the snapshot is swapped twice, and the
bot is stopped and started once. It prints one JSON object; exit status 1 where somebody was left without a word, or got
the same twice.
"""

import argparse
import json
import random
import socket
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from telegram_server.faults import DELIVERED_DROPPED, DROPPED, INTERNAL, Fault, flood
from telegram_server.people import Person, newcomer
from telegram_server.process import BotProcess
from telegram_server.rules import Json
from telegram_server.server import TelegramServer
from telegram_server.world import BOT, wait_until

from bot.chat.showing import texts
from bot.chat.showing.replying import MARK

SECRET = "burst-secret"
SLOW_SECONDS = 5.6
"""A little longer than the bot waits for an answer."""
FAILING = ("sendMessage", "editMessageText", "deleteMessage", "setMessageReaction", "getUpdates", "sendChatAction")
FAULTS = (flood(1), INTERNAL, Fault(stall=SLOW_SECONDS, delivered=True), DROPPED, DELIVERED_DROPPED)


@dataclass(frozen=True)
class Outcome:
    """What became of each question: ``answered``, else ``noticed``, else ``marked``, else ``wordless``.

    ``noticed``: told by a message that the answer may not have arrived; ``marked``: by a reaction. ``twice``: questions
    with more than one answer, or more than one notice; ``both``: those with an answer and a notice, or a mark.
    """

    questions: int
    answered: int
    noticed: int
    marked: int
    wordless: int
    twice: int
    both: int
    seconds: float
    faults: int
    memory_before: float
    memory_after: float


class Failing(TelegramServer):
    """Fails at a share of the calls."""

    def __init__(self, share: float, seed: int) -> None:
        super().__init__()
        self.share, self.faults, self._random = share, 0, random.Random(seed)

    def next_fault(self, method: str) -> Fault | None:
        """Take the next misbehaviour; after a scripted one, by chance."""
        scripted = super().next_fault(method)
        if scripted or method not in FAILING:
            return scripted
        if self._random.random() >= self.share:
            return None
        self.faults += 1
        if method == "getUpdates":
            return self._random.choice((INTERNAL, DROPPED, flood(1)))
        return self._random.choice(FAULTS)


def burst(folder: Path, users: int, questions: int, share: float, *, webhook: bool, seed: int = 1) -> Outcome:
    """Ask, and count what came back."""
    with Failing(share, seed) as server:
        bot = started(server, folder, webhook=webhook)
        with bot.ending():
            return measured(server, bot, folder, users, questions)


def started(server: Failing, folder: Path, *, webhook: bool) -> BotProcess:
    """Start a bot that nobody is turned away from: limits and queue hold the whole burst."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    settings: dict[str, float | str | list[int]] = {
        "questions_per_minute": 1000, "questions_per_minute_in_chat": 1000, "queue": 10_000,
        "answer_timeout_seconds": 60, "refresh_seconds": 0.3, "poll_seconds": 5,
    }  # fmt: skip
    if webhook:
        settings |= {"mode": "webhook", "webhook_url": "https://bot.example.org/", "webhook_listen": address}
        server.pushing.replicas.append(address)
    bot = BotProcess(server, folder, environment={"TELEGRAM_WEBHOOK_SECRET": SECRET})
    bot.write_settings(**settings)
    bot.start(wait=False)
    wait_until(lambda: bool(server.pushing.url) if webhook else server.updates.polls > 0, 30, "the bot is there")
    return bot


def measured(server: Failing, bot: BotProcess, folder: Path, users: int, questions: int) -> Outcome:
    """Ask everything; swap the snapshot after a third and two thirds of the answers, restart after a half."""
    people = [newcomer(server) for _ in range(users)]
    warm_up(server, people[0])
    before, started_at = memory(bot.pid), time.monotonic()
    asked = [people[number % users].say(f"slow 0.005 question {number}") for number in range(questions)]
    numbers = [message["update_id"] for message in asked]
    wait_taken(server, numbers, questions // 3)
    (folder / "published").write_text("second")
    wait_taken(server, numbers, questions // 2)
    bot.terminate()
    bot.wait(15)
    bot.start(wait=False)
    wait_taken(server, numbers, 2 * questions // 3)
    (folder / "published").write_text("third")
    wait_taken(server, numbers, questions)
    seconds = time.monotonic() - started_at
    time.sleep(SLOW_SECONDS)
    return outcome(server, asked, seconds, before, memory(bot.pid))


def warm_up(server: Failing, person: Person) -> None:
    """Have everything loaded before memory is measured."""
    share, server.share = server.share, 0.0
    person.say("How warm?")
    server.wait_sent(person.chat_id)
    server.share = share


def wait_taken(server: Failing, numbers: list[int], count: int) -> None:
    """Wait until the bot is done with so many questions."""
    own = set(numbers)
    wait_until(lambda: len(own.intersection(server.updates.confirmed)) >= count, 600, f"{count} questions taken")


def outcome(server: Failing, asked: list[Json], seconds: float, before: float, after: float) -> Outcome:
    """Tell of each question what stands under it."""
    answers, notices = replies(server)
    keys = [(message["chat"]["id"], message["message_id"]) for message in asked]
    answered = {key for key in keys if answers[key]}
    noticed = {key for key in keys if notices[key]}
    marked = {key for key in keys if server.chats.reactions.get(key) == [MARK]}
    return Outcome(
        questions=len(keys),
        answered=len(answered),
        noticed=len(noticed - answered),
        marked=len(marked - noticed - answered),
        wordless=len(set(keys) - answered - noticed - marked),
        twice=sum(answers[key] > 1 or notices[key] > 1 for key in keys),
        both=len(answered & (noticed | marked)),
        seconds=round(seconds, 1),
        faults=server.faults,
        memory_before=before,
        memory_after=after,
    )


def replies(server: Failing) -> tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]]:
    """Count the messages under each question: answers, or words instead of one; and notices."""
    answers: Counter[tuple[int, int]] = Counter()
    notices: Counter[tuple[int, int]] = Counter()
    for (chat, _), message in tuple(server.chats.messages.items()):
        if message["from"] == BOT:
            counted = notices if message["text"] == texts.LINE_BROKE else answers
            counted[chat, message["reply_to_message"]["message_id"]] += 1
    return answers, notices


def memory(pid: int) -> float:
    """Resident megabytes of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return round(int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024, 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--share", type=float, default=0.2)
    parser.add_argument("--webhook", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = burst(Path(folder), given.users, given.questions, given.share, webhook=given.webhook)
    print(json.dumps(asdict(found)))
    return 1 if found.wordless or found.twice else 0


if __name__ == "__main__":
    sys.exit(main())
