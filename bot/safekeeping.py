"""What an operator saves and puts back: the storage folder with the chat's own database, and the settings beside it.

The index copies; this knows what else belongs to it. Settings are saved and never put back: which ones count on a
machine is decided there.
"""

from pathlib import Path

from bot.settings import BotSettings
from index import Backup, back_up, restore

CHAT = "bot.sqlite"
"""The chat's database, in the storage folder."""

SETTINGS = "verbatim.toml"
"""The settings file, in a backup."""


def save(settings: BotSettings, written_in: Path | None, folder: Path) -> Backup:
    """Back everything up into a new folder; ``written_in``: the settings file, if there is one.

    Raises:
        BackupError: see ``index.back_up``.
    """
    return back_up(settings, folder, (CHAT,), {SETTINGS: written_in} if written_in else {})


def put_back(settings: BotSettings, folder: Path, *, replace: bool) -> Backup:
    """Put a backup into the storage folder; ``replace``: in the place of what is there.

    Raises:
        VerbatimError: see ``index.restore``.
    """
    return restore(settings.storage.folder, folder, (CHAT,), (SETTINGS,), replace=replace)


def backup_text(backup: Backup) -> str:
    """Return what is in a backup, as people read it."""
    size = f"{len(backup.files)} files, {backup.bytes / 1e6:.1f} MB, of {backup.created:%Y-%m-%d %H:%M} UTC"
    if backup.snapshot:
        return f"{size}, with snapshot {backup.snapshot}"
    return f'{size}, without a snapshot ({backup.missing}): after a restore run "verbatim-index build"'


def backup_json(backup: Backup) -> dict[str, object]:
    """Return the same for programs."""
    return {
        "created": backup.created.isoformat(),
        "snapshot": backup.snapshot or None,
        "files": len(backup.files),
        "bytes": backup.bytes,
    }
