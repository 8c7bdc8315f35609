"""Run the chat as a real process on a fake answer service: ``run_fake_bot.py FOLDER key=value …``.

The token comes from the environment; the folder holds the database and the name of the newest snapshot.
"""

import logging
import os
import sys
from pathlib import Path

from fakes import FakeAnswers

import bot.chat
from bot.settings import BotSettings
from index.settings import load


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    folder = Path(sys.argv[1])
    settings = load(BotSettings, None, [f"telegram.{pair}" for pair in sys.argv[2:]])
    service = FakeAnswers(published=folder / "published")
    return bot.chat.run(service, settings.telegram, os.environ["TELEGRAM_BOT_TOKEN"], folder / "chat.sqlite")


if __name__ == "__main__":
    sys.exit(main())
