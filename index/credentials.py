"""What is secret: from the environment, or from the file that the environment names. Never from anywhere else."""

import os
from collections.abc import Mapping
from pathlib import Path

from index.errors import SettingsError


def read_secret(what: str, variable: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return what ``variable`` holds, or the file that ``variable``_FILE names; ``None`` where neither is set.

    The file's name is not a secret.

    Raises:
        SettingsError: the named file cannot be read or is empty.
    """
    if secret := environment.get(variable, "").strip():
        return secret
    file_variable = f"{variable}_FILE"
    if not (name := environment.get(file_variable, "")):
        return None
    try:
        secret = Path(name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"the {what}'s file {name}, which {file_variable} names, cannot be read: {error}"
        ) from error
    if not secret:
        raise SettingsError(f"the {what}'s file {name}, which {file_variable} names, is empty")
    return secret
