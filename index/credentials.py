"""What is secret: from the environment, or from the file that the environment names. Never from anywhere else."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from index.errors import SettingsError

_BEFORE_THE_HOST = re.compile(r"^(.*?//)?.*@", re.DOTALL)
"""What may be a name and a password, and before it the scheme: ``https://name:password@``."""


def read_secret(what: str, variable: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return what ``variable`` holds, or the file that ``variable``_FILE names; ``None`` where neither is set.

    The file's name is not a secret, unless there can be no such file: then somebody put the secret itself there.

    Raises:
        SettingsError: the named file cannot be read or is empty.
    """
    if secret := environment.get(variable, "").strip():
        return secret
    file_variable = f"{variable}_FILE"
    if not (name := environment.get(file_variable, "")):
        return None
    named = f"{name}, which {file_variable} names," if _is_path(name) else f"that {file_variable} names"
    try:
        secret = Path(name).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it holds no text in UTF-8"
        raise SettingsError(f"the {what}'s file {named} cannot be read: {reason}") from None
    if not secret:
        raise SettingsError(f"the {what}'s file {named} is empty")
    return secret


def _is_path(name: str) -> bool:
    """Tell whether somebody meant a file: there is one, or the path begins with a folder that there is, as "/run"."""
    path = Path(name)
    try:
        return path.is_file() or (path.is_absolute() and Path(*path.parts[:2]).is_dir())
    except (OSError, ValueError):
        return False


def without_credentials(text: str) -> str:
    """Return what was to be an address, "…" for all that stands before an "@" in it: for messages about it."""
    return _BEFORE_THE_HOST.sub(r"\1…@", text)
