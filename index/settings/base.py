"""What every section of the settings file is made of. It reads no file and no environment.

Invariant: a section refuses keys that it does not know and values of another type; a folder is absolute once it was
read from a file.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Strict, ValidationInfo


class Given(str):
    """A text from the command line: as a folder it counts from the working folder."""

    __slots__ = ()


def _anchored(value: object, info: ValidationInfo) -> object:
    base = Path.cwd() if isinstance(value, Given) else (info.context or {}).get("base")
    if not isinstance(value, str | Path):
        raise ValueError("should be a folder, in quotes")  # noqa: TRY004 -- pydantic collects only these
    if value == "" or "\0" in str(value):
        raise ValueError(f'{value!r} is no folder; the folder of this file is "."')
    return Path(base or "") / expanded(Path(value))


def expanded(path: Path) -> Path:
    """Return the path with the home folder for "~".

    Raises:
        ValueError: it is not known.
    """
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise ValueError(f'the home folder that "{path}" begins with is not known: write the whole path') from error


Folder = Annotated[Path, BeforeValidator(_anchored)]
T = TypeVar("T")
ListOf = Annotated[tuple[T, ...], Strict(strict=False)]
"""A list in the file, a tuple once read."""


class Section(BaseModel):
    """A section of the settings file: unknown keys are errors, values are fixed once read.

    ``elsewhere``: keys that people look for here, and what they have to do instead.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
    elsewhere: ClassVar[Mapping[str, str]] = {}
