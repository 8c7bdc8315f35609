"""Draw a real conversation for the README: ``python tests/benchmarks/make_picture.py [--today DAY]``.

Asks the published index, by default that of the sample articles (build it first: ``verbatim-index build``), lays
the answers out as for Telegram, with the buttons that they get, and draws them into ``conversation.svg``. The
settings are those of the file, with one quote an answer.
The same index and the same day give the same picture, to the byte.
"""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from drawing import Button, Message, conversation_svg

from bot.answering.service import AnswerService
from bot.chat.buttons.keyboards import Press, keyboard
from bot.chat.desk import stored_answer
from bot.chat.showing.rendering import Rendered, first_view, render
from bot.records import Answer, Question
from bot.settings import BotSettings
from bot.wiring import open_answerer
from index import find_settings, load_settings

PICTURE = Path("conversation.svg")
NAME = "Verbatim"
QUESTIONS = (
    "How long is the Channel Tunnel?",
    "¿Cuántas flores hacen falta para un kilo de azafrán?",
    "Who was the captain of the Ever Given?",
)
SHORT = ("answers.quotes=1",)
"""One quote an answer, so that the picture stays small; the other quotes are a button away."""


def conversation(service: AnswerService, questions: Sequence[str], today: date) -> list[Message]:
    """Ask every question, and return the messages of both sides in their order."""
    messages = []
    for text in questions:
        answer = service.answer(Question(text, today))
        page = render(first_view(answer), today)
        messages += [
            Message(text, asked=True),
            Message(page.text, page.entities, _rows(answer, page)),
        ]
    return messages


def _rows(answer: Answer, page: Rendered) -> tuple[tuple[Button, ...], ...]:
    pages = len(stored_answer(answer).pages)
    buttons = keyboard(Press("picture"), pages, page.shown)
    return tuple(tuple(Button(b.text, bool(b.url)) for b in row) for row in buttons.inline_keyboard)


def about(questions: Sequence[str]) -> str:
    """Say in words what the picture shows."""
    return "A conversation on Telegram. Asked: " + " ".join(questions)


def main() -> int:
    """Ask, draw and write the picture."""
    given = _parser().parse_args()
    settings = load_settings(BotSettings, find_settings(given.config), [*SHORT, *given.set])
    messages = conversation(open_answerer(settings), QUESTIONS, given.today)
    PICTURE.write_text(conversation_svg(messages, NAME, about(QUESTIONS)), encoding="utf-8")
    print(f"{PICTURE}: {len(messages)} messages")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Draw a real conversation into conversation.svg.")
    parser.add_argument("--config", type=Path, metavar="FILE", help="the settings file")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE", help="override a setting")
    parser.add_argument(
        "--today", type=date.fromisoformat, default=date.today(), metavar="DAY", help="the day of asking (today)"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
