"""Run the chat as a real process on a real index: ``run_corpus_bot.py FOLDER``, as ``run_fake_bot.py`` is run.

The index lies in the folder's ``store``; the encoder and the reading model are the fakes that it was built with.
"""

import json
import logging
import os
import sys
from pathlib import Path

from corpus import open_generation

from bot.answering.generation import Generations
from bot.answering.policy import Answerer
from bot.answering.upkeep import StorageUpkeep
from bot.chat import Secrets, run
from bot.settings import BotSettings
from index import Store


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    folder = Path(sys.argv[1])

    def read() -> BotSettings:
        return BotSettings.model_validate(
            {"storage": {"folder": folder / "store"}, **json.loads((folder / "settings.json").read_text())}
        )

    settings = read()
    generations = Generations(lambda: open_generation(settings), Store(settings.storage.folder).current)
    service = Answerer(generations, settings.answers, 0.0, StorageUpkeep(settings))
    return run(service, settings, Secrets(os.environ["TELEGRAM_BOT_TOKEN"], ""), folder / "chat.sqlite", read, None)


if __name__ == "__main__":
    sys.exit(main())
