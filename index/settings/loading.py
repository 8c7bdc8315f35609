"""The settings file: found, read, overridden, and checked as a whole.

It knows no section: who calls says which there are. Relative paths in the file are relative to the file's
folder; relative paths in overrides (``--set``) to the working folder. The environment names the file
(``VERBATIM_CONFIG``) and carries secrets, nothing else.
"""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from index.errors import SettingsError
from index.settings.base import Given, expanded
from index.settings.problems import annotation_at, problems, shown
from index.settings.sections import Settings

PLACES = (Path("verbatim.toml"), Path("config/verbatim.toml"))
"""Where the settings file is looked for when neither ``--config`` nor ``VERBATIM_CONFIG`` names one."""

_KEY_PARTS = 50
_ENDLESS_KEY = re.compile(rf"""[\w"'-]\s*(?:\.\s*[\w"'-]+\s*){{{_KEY_PARTS}}}""")
"""The parser takes the square of a key's parts, in time and in memory."""

S = TypeVar("S", bound=Settings)


def find_settings(path: Path | None, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the settings file to read, or ``None`` where there is none and none was named.

    Raises:
        SettingsError: a file was named and is not there.
    """
    named = path or (Path(environment["VERBATIM_CONFIG"]) if environment.get("VERBATIM_CONFIG") else None)
    if named is None:
        return next((place for place in PLACES if place.is_file()), None)
    try:
        named = expanded(named)
    except ValueError as error:
        raise SettingsError(str(error)) from error
    if named.is_dir():
        raise SettingsError(f"{named.absolute()} is a folder: name the settings file in it")
    if not named.exists():
        raise SettingsError(f"there is no settings file {named.absolute()}: name one with --config or VERBATIM_CONFIG")
    return named


def load_settings(model: type[S], path: Path | None, overrides: Sequence[str] = ()) -> S:
    """Read the settings file at ``path`` (none: the defaults), then ``section.key=value`` overrides.

    Raises:
        SettingsError: with every unknown key, wrong type and bad value, one a line.
    """
    content = _read(path) if path else {}
    for override in overrides:
        _set(model, content, override)
    base = path.resolve().parent if path else Path.cwd()
    try:
        return model.model_validate(content, context={"base": base})
    except ValidationError as error:
        lines = "\n".join(f"  {line}" for line in problems(model, error))
        # only the keys of overrides: a token set by mistake must not be repeated
        origins = [*([str(path)] if path else []), *(f"--set {one.partition('=')[0]}" for one in overrides)]
        raise SettingsError(f"the settings of {' and '.join(origins)} cannot be used:\n{lines}") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return _parsed(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: save it as UTF-8 ({error.reason})") from error
    except (ValueError, RecursionError) as error:  # besides its own error, what an endless number or nesting makes
        hint = "; texts stand in quotes" if "Invalid value" in str(error) else ""
        raise SettingsError(f"{path} is not valid TOML: {error}{hint}") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error


def _parsed(text: str) -> dict[str, Any]:
    """Parse TOML.

    Raises:
        ValueError: it is none, or holds what takes the parser more memory than there is.
        RecursionError: it is nested too deeply.
    """
    if found := _ENDLESS_KEY.search(text):
        raise ValueError(f"a key has more than {_KEY_PARTS} parts: {found[0][:20]}…")
    return tomllib.loads(text)


def _set(model: type[BaseModel], content: dict[str, Any], override: str) -> None:
    path, equals, text = override.partition("=")
    keys = [key.strip() for key in path.split(".")]
    if not equals or not all(key and key.isascii() for key in keys):
        raise SettingsError(f"--set {path}: write it as section.key=value")
    target = content
    for depth, key in enumerate(keys[:-1], 1):
        target = target.setdefault(key, {})
        if not isinstance(target, dict):
            place = ".".join(keys[:depth])
            whole = f"; set all of it: --set '{place}=[{{…}}]'" if isinstance(target, list) else ""
            raise SettingsError(f"--set {path}: {place} is {shown(target)}, not a section{whole}")
    target[keys[-1]] = _value(text.strip(), is_text=annotation_at(model, keys) in (str, Path))


def _value(text: str, *, is_text: bool) -> Any:
    """A TOML value where the text is one, else the text itself: texts need no quotes."""
    try:
        value = _parsed(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return Given(text)
    return Given(text) if is_text and not isinstance(value, str) else _given(value)


def _given(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _given(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_given(inner) for inner in value]
    return Given(value) if isinstance(value, str) else value
