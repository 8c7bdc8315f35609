"""The settings file: one TOML file, every problem in it reported at once.

A package describes its sections as pydantic models and reads them with :func:`load_settings`. Relative paths in the
file are relative to the file's folder; relative paths in overrides (``--set``) to the working folder.
The environment names the file (``VERBATIM_CONFIG``) and carries secrets, nothing else.
"""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo

from index.errors import SettingsError

PLACES = (Path("verbatim.toml"), Path("config/verbatim.toml"))
"""Where the settings file is looked for when neither ``--config`` nor ``VERBATIM_CONFIG`` names one."""


def _anchored(value: object, info: ValidationInfo) -> object:
    base = (info.context or {}).get("base")
    if not isinstance(value, str | Path) or base is None:
        return value
    return Path(base) / Path(value).expanduser()


Folder = Annotated[Path, BeforeValidator(_anchored)]


class Section(BaseModel):
    """A section of the settings file: unknown keys are errors, values are fixed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StorageSettings(Section):
    """``[storage]``: where everything that Verbatim writes lives."""

    folder: Folder = Path(".verbatim")
    keep: int = Field(default=5, ge=1)


class FilesSource(Section):
    """``[[sources]]`` with ``kind = "files"``: a folder that the index mirrors."""

    kind: Literal["files"]
    folder: Folder
    name: str = ""
    patterns: tuple[str, ...] = (
        "**/*.txt",
        "**/*.md",
        "**/*.html",
        "**/*.htm",
        "**/*.pdf",
        "**/*.docx",
        "**/*.jsonl",
        "**/*.jsonl.gz",
    )
    max_megabytes: float = Field(default=50.0, gt=0)

    @property
    def label(self) -> str:
        """What readers see: the given name, else the folder's."""
        return self.name or self.folder.resolve().name


SourceSettings = FilesSource


class IndexSection(Section):
    """``[index]``: how articles are cut, encoded and searched."""

    encoder: str = "all-MiniLM-L6-v2"
    passage_words: int = Field(default=120, ge=20, le=400)
    shared_sentences: int = Field(default=1, ge=0, le=5)
    batch_size: int = Field(default=8, ge=1, le=512)
    max_failed_share: float = Field(default=0.2, ge=0, le=1)


class Settings(Section):
    """The whole file as the index reads it. Sections of the bot are checked by the bot."""

    storage: StorageSettings = StorageSettings()
    sources: tuple[SourceSettings, ...] = ()
    index: IndexSection = IndexSection()
    answers: Any = None
    telegram: Any = None


S = TypeVar("S", bound=Settings)


def find_settings(path: Path | None, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the settings file to read, or ``None`` where there is none and none was named.

    Raises:
        SettingsError: a file was named and is not there.
    """
    named = path or (Path(environment["VERBATIM_CONFIG"]) if environment.get("VERBATIM_CONFIG") else None)
    if named is None:
        return next((place for place in PLACES if place.is_file()), None)
    if not named.is_file():
        raise SettingsError(f"there is no settings file {named}: name one with --config or VERBATIM_CONFIG")
    return named


def load_settings(model: type[S], path: Path | None, overrides: Sequence[str] = ()) -> S:
    """Read the settings file at ``path`` (none: the defaults), then ``section.key=value`` overrides.

    Raises:
        SettingsError: with every unknown key, wrong type and bad value, one a line.
    """
    content = _read(path) if path else {}
    base = path.resolve().parent if path else Path.cwd()
    anchored = _anchor(content, base)
    for override in overrides:
        _set(anchored, override)
    try:
        return model.model_validate(anchored, context={"base": Path.cwd()})
    except ValidationError as error:
        lines = "\n".join(f"  {line}" for line in _problems(model, error))
        raise SettingsError(f"the settings in {path or 'the defaults'} cannot be used:\n{lines}") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error


def _anchor(value: Any, base: Path) -> Any:
    """Make the file's relative folders absolute before overrides, which count from elsewhere, are laid on."""
    if isinstance(value, dict):
        return {
            key: str(base / Path(inner).expanduser())
            if key == "folder" and isinstance(inner, str)
            else _anchor(inner, base)
            for key, inner in value.items()
        }
    return [_anchor(inner, base) for inner in value] if isinstance(value, list) else value


def _set(content: dict[str, Any], override: str) -> None:
    path, equals, text = override.partition("=")
    keys = path.strip().split(".")
    if not equals or not all(keys):
        raise SettingsError(f"--set {override}: write it as section.key=value")
    target = content
    for key in keys[:-1]:
        target = target.setdefault(key, {})
        if not isinstance(target, dict):
            raise SettingsError(f"--set {override}: {key} is not a section")
    target[keys[-1]] = _value(text)


def _value(text: str) -> Any:
    """A TOML value where the text is one, else the text itself: a path needs no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _problems(model: type[BaseModel], error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        place = ".".join(str(part) for part in problem["loc"])
        if problem["type"] != "extra_forbidden":
            yield f"{place}: {problem['msg']} (got {problem['input']!r})"
            continue
        known = _keys_at(model, problem["loc"][:-1])
        close = difflib.get_close_matches(str(problem["loc"][-1]), known, n=1)
        yield f"{place}: unknown key; " + (f"did you mean {close[0]}?" if close else f"known: {', '.join(known)}")


def _keys_at(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """The keys that may stand at a place of the file, for the suggestion."""
    for part in location:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        sections = [a for a in (annotation, *get_args(annotation)) if isinstance(a, type)]
        model = next(a for a in sections if issubclass(a, BaseModel))
    return sorted(model.model_fields)
