"""The commands that answer: ``run``, ``chat``, ``ask``."""

import logging
import sys
from collections.abc import Iterable, Iterator
from datetime import date

from bot.cli.call import DONE, Call, line
from bot.settings import BotSettings

NO_TOKEN = (
    "No TELEGRAM_BOT_TOKEN is set, so this is the terminal: for Telegram, send /newbot to @BotFather"
    " and put the token that it gives into TELEGRAM_BOT_TOKEN."
)


def run(call: Call) -> int:
    """Telegram where there is a token, else the same conversation here."""
    from bot.token import find_token

    token = find_token()
    if token is None:
        print(NO_TOKEN, file=sys.stderr)
        return chat(call)
    from bot import chat as telegram
    from bot.safekeeping import CHAT
    from bot.wiring import open_answerer

    logging.getLogger("bot").setLevel(logging.INFO)  # a service's log tells when it started and what it was told
    secrets = telegram.Secrets(token, _webhook_secret(call.settings))
    metrics = telegram.open_metrics(call.settings)
    service = open_answerer(call.settings, metrics)
    return telegram.run(service, call.settings, secrets, call.settings.storage.folder / CHAT, call.reread, metrics)


def _webhook_secret(settings: BotSettings) -> str:
    """Find the secret before anything is loaded: without it, webhook mode does not begin."""
    from bot.token import find_webhook_secret

    return find_webhook_secret() if settings.telegram.mode == "webhook" else ""


def chat(call: Call) -> int:
    """Hold the conversation in the terminal."""
    from bot.console import converse
    from bot.wiring import open_answerer

    minutes = call.settings.answers.followup_minutes
    converse(open_answerer(call.settings), interactive=sys.stdin.isatty(), followup_minutes=minutes)
    return DONE


def ask(call: Call) -> int:
    """Answer one question, or one a line."""
    from bot.console import explained, shown
    from bot.json_records import answer_json, explanation_json
    from bot.records import Question
    from bot.wiring import open_answerer

    service = open_answerer(call.settings)
    asked, day = call.arguments.question, call.arguments.asked or date.today()
    for text in _lines(sys.stdin) if asked == "-" else [asked]:
        question = Question(text, day)
        if call.arguments.explain:
            explanation = service.explain(question)
            said = line(explanation_json(explanation)) if call.arguments.json else explained(explanation, day)
        else:
            answer = service.answer(question)
            said = line(answer_json(answer)) if call.arguments.json else shown(answer, day)
        print(said, flush=True)
    return DONE


def _lines(stream: Iterable[str]) -> Iterator[str]:
    return (line.strip() for line in stream if line.strip())
