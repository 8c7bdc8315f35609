"""What the chat counts and times, put around what does the work: nothing here changes what happens."""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from telegram import Update
from telegram.error import TelegramError

from bot.chat.asking.pool import PoolFull
from bot.meter import Event, Meter, Stage
from bot.records import Answer

_KINDS = ("message", "callback_query", "inline_query", "chosen_inline_result", "message_reaction", "my_chat_member")


@contextmanager
def counted_failures(meter: Meter) -> Iterator[None]:
    """Count a question that is not answered: the queue is full, it takes too long, something is wrong."""
    try:
        yield
    except PoolFull:
        meter.count(Event.QUESTION, "busy")
        raise
    except TimeoutError:
        meter.count(Event.QUESTION, "late")
        raise
    except Exception:
        meter.count(Event.QUESTION, "failed")
        raise


def count_answer(meter: Meter, answer: Answer) -> None:
    """Count a question that came through."""
    meter.count(Event.QUESTION, "answered" if answer.answered else "declined")


def measured(handle: Callable[[Update], Awaitable[None]], meter: Meter) -> Callable[[Update], Awaitable[None]]:
    """Count updates by their kind, and time messages from their coming to the end of what they lead to."""

    async def handle_measured(update: Update) -> None:
        started = time.perf_counter()
        kind = next((kind for kind in _KINDS if getattr(update, kind) is not None), "other")
        meter.count(Event.UPDATE, kind)
        await handle(update)
        if update.message is not None:
            meter.took(Stage.REPLY, time.perf_counter() - started)

    return handle_measured


def count_error(meter: Meter, error: TelegramError) -> None:
    """Count a call that Telegram refused, or that did not reach it, by what PTB calls it."""
    meter.count(Event.TELEGRAM_ERROR, type(error).__name__)
