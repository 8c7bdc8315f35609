"""The commands around the answers: ``check``, ``backup``, ``restore``."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.cli.call import DONE, FAILED, Call, line
from index import find_settings

if TYPE_CHECKING:
    from bot.checks import Check
    from index import Backup


def check(call: Call) -> int:
    """Look at everything that the bot needs, and print what was seen."""
    from bot import chat
    from bot.checks import run_checks

    good = True
    for one in run_checks(call.settings, call.where, lambda token: chat.identify(call.settings.telegram, token)):
        show_check(one, json_lines=call.arguments.json)
        good = good and one.good
    return DONE if good else FAILED


def show_check(check: "Check", *, json_lines: bool) -> None:
    """Print what was seen of one thing."""
    print(line(asdict(check)) if json_lines else check, flush=True)


def backup(call: Call) -> int:
    """Write a backup."""
    from bot.safekeeping import save

    folder = call.arguments.folder
    return _kept(call, save(call.settings, find_settings(call.arguments.config), folder), f"{folder} holds")


def restore(call: Call) -> int:
    """Put a backup back."""
    from bot.safekeeping import put_back

    found = put_back(call.settings, call.arguments.folder, replace=call.arguments.replace)
    return _kept(call, found, f"{call.settings.storage.folder} holds again")


def _kept(call: Call, found: "Backup", what: str) -> int:
    from bot.safekeeping import backup_json, backup_text

    print(line(backup_json(found)) if call.arguments.json else f"{what} {backup_text(found)}")
    return DONE
