"""What may stand in the settings file, as pydantic models. It reads no file and no environment.

Invariant: every section refuses keys that it does not know and values of another type; a folder is absolute
once it was read from a file.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, ValidationInfo


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


class StorageSettings(Section):
    """``[storage]``: where everything that Verbatim writes lives."""

    folder: Folder = Field(default=Path(".verbatim"), validate_default=True)
    keep: int = Field(default=5, ge=1)


class FilesSource(Section):
    """``[[sources]]`` with ``kind = "files"``: a folder that the index mirrors."""

    kind: Literal["files"]
    folder: Folder
    name: str = ""
    patterns: ListOf[str] = (
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


DEFAULT_ENCODER = "all-MiniLM-L6-v2"
"""Comes with the installation, and is English."""


class IndexSection(Section):
    """``[index]``: how articles are cut, encoded and searched."""

    encoder: str = Field(default=DEFAULT_ENCODER, min_length=1)
    encoder_languages: ListOf[Annotated[str, Field(pattern="^[a-z]{2}$")]] = ()
    passage_words: int = Field(default=120, ge=20, le=400)
    shared_sentences: int = Field(default=1, ge=0, le=5)
    batch_size: int = Field(default=8, ge=1, le=512)
    max_failed_share: float = Field(default=0.2, ge=0, le=1)

    @property
    def covered(self) -> tuple[str, ...]:
        """The languages (ISO 639-1) that the encoder was made for; none: all."""
        is_default = self.encoder.removeprefix("sentence-transformers/") == DEFAULT_ENCODER
        return self.encoder_languages or (("en",) if is_default else ())

    def covers(self, language: str) -> bool:
        """Tell whether the encoder was made for a language (ISO 639-1)."""
        return not self.covered or language in self.covered


class Settings(Section):
    """The whole file as the index reads it. Sections of the bot are checked by the bot."""

    # validated, so that the default folder, too, counts from the file's folder
    storage: StorageSettings = Field(default_factory=dict, validate_default=True)
    sources: ListOf[SourceSettings] = ()
    index: IndexSection = IndexSection()
    answers: Any = None
    telegram: Any = None
