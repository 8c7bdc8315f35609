"""Run the chat as a real process on a fake answer service: ``run_fake_bot.py FOLDER``.

The folder holds ``settings.json`` (sections as in the settings file, and ``patience``: what the watchdog bears), the
database and the name of the newest snapshot. Secrets come from the environment.
"""

import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

from fakes import FakeAnswers
from pydantic import ValidationError

from bot.chat import Secrets, open_metrics
from bot.chat.process import run
from bot.chat.running.watchdog import Patience
from bot.settings import BotSettings
from index import SettingsError


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    folder = Path(sys.argv[1])
    written = json.loads((folder / "settings.json").read_text())
    borne = Patience(**written["patience"]) if "patience" in written else None

    def read() -> BotSettings:
        return parsed(json.loads((folder / "settings.json").read_text()))

    settings = read()
    secrets = Secrets(os.environ["TELEGRAM_BOT_TOKEN"], os.environ.get("TELEGRAM_WEBHOOK_SECRET", ""))
    service = FakeAnswers(published=folder / "published")
    return run(service, settings, secrets, folder / "chat.sqlite", read, open_metrics(settings), borne)


def parsed(written: dict[str, Any]) -> BotSettings:
    """The sections, without what only this script knows."""
    try:
        return BotSettings.model_validate({name: keys for name, keys in written.items() if name != "patience"})
    except ValidationError as error:
        raise SettingsError(f"the settings cannot be used: {error.error_count()} problems") from error


if __name__ == "__main__":
    sys.exit(main())
