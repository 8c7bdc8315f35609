"""Updates with mistakes in them go through a running bot: it neither dies, nor goes deaf, nor shows a traceback."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hostile.samples import UPDATES
from telegram_server.people import newcomer
from telegram_server.process import BotProcess
from telegram_server.rules import Json
from telegram_server.server import TelegramServer

from bot.chat.updates.parsing import parsable

pytestmark = pytest.mark.process

SEED, STRANGE = 7, 250
VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**40,
    2**70,
    1.5,
    "",
    "x",
    "🐝\ud800",
    "a" * 5_000,
    [],
    [[]],
    {},
    {"id": 1},
    ["x"] * 50,
)


def strange(chance: random.Random) -> Json:
    """An update of Telegram's in which one to three values are others, gone, or said twice."""
    update: Json = copy.deepcopy(chance.choice(UPDATES))
    update.pop("update_id")
    for _ in range(chance.choice((1, 1, 2, 3))):
        holders: list[Any] = [update]
        for holder in holders:
            inner = holder.values() if isinstance(holder, dict) else holder
            holders += [value for value in inner if isinstance(value, dict | list) and value]
        holder = chance.choice(holders)
        place = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        if chance.random() < 0.2 and holder is not update:
            del holder[place]
        elif holder is not update:
            holder[place] = copy.deepcopy(chance.choice(VALUES))
    return update


def test_the_bot_goes_on_answering(tmp_path: Path) -> None:
    """Whatever came before, a fresh question gets its answer, and the log has no traceback and no text of anybody's."""
    chance = random.Random(SEED)
    with TelegramServer() as server, BotProcess(server, tmp_path, questions_per_minute=1000) as bot:
        last = [server.updates.put(strange(chance)) for _ in range(STRANGE)][-1]
        server.wait_confirmed(last, 60)
        ada = newcomer(server)
        ada.say("How warm?")
        server.wait_sent(ada.chat_id)
        assert "Traceback" not in bot.log, f"seed {SEED}"
        assert bot.log.count("cannot be parsed") > 10
        assert "How warm" not in bot.log


def test_what_the_bot_takes_has_a_chat_and_a_sender() -> None:
    """The library reads null, or an empty chat, as one that is not there, which Telegram never sends."""
    empty: tuple[Any, ...] = (None, {})
    for chat in empty:
        message = {**UPDATES[0]["message"], "chat": chat}
        assert parsable({"update_id": 9, "message": message}) == {"update_id": 9}
    assert parsable(json.loads(json.dumps(UPDATES[0]))) == UPDATES[0]
