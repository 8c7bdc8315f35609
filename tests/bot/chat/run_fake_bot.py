"""Run the chat as a real process on a fake answer service: ``run_fake_bot.py FOLDER SETTINGS``, the settings as JSON.

The token comes from the environment; the folder holds the database and the name of the newest snapshot.
"""

import logging
import os
import sys
from pathlib import Path

from fakes import FakeAnswers

import bot.chat
from bot.settings import TelegramSection


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    folder = Path(sys.argv[1])
    settings = TelegramSection.model_validate_json(sys.argv[2])
    service = FakeAnswers(published=folder / "published")
    return bot.chat.run(service, settings, os.environ["TELEGRAM_BOT_TOKEN"], folder / "chat.sqlite")


if __name__ == "__main__":
    sys.exit(main())
