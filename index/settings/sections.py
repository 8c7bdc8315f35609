"""The sections of the index in the settings file, as pydantic models, beside ``[[sources]]``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from index.settings.base import Folder, ListOf, Section
from index.settings.sources import SourceSettings


class StorageSettings(Section):
    """``[storage]``: where everything that Verbatim writes lives."""

    folder: Folder = Field(default=Path(".verbatim"), validate_default=True)
    keep: int = Field(default=5, ge=1)


DEFAULT_ENCODER = "all-MiniLM-L6-v2"
"""Comes with the installation, and is English."""


class IndexSection(Section):
    """``[index]``: how articles are cut, encoded and searched."""

    encoder: str = Field(default=DEFAULT_ENCODER, min_length=1)
    encoder_languages: ListOf[Annotated[str, Field(pattern="^[a-z]{2}$")]] = ()
    passage_words: int = Field(default=120, ge=20, le=400)
    shared_sentences: int = Field(default=1, ge=0, le=5)
    max_failed_share: float = Field(default=0.2, ge=0, le=1)

    @property
    def covered(self) -> tuple[str, ...]:
        """The languages (ISO 639-1) that the encoder was made for; none: all."""
        is_default = self.encoder.removeprefix("sentence-transformers/") == DEFAULT_ENCODER
        return self.encoder_languages or (("en",) if is_default else ())

    def covers(self, language: str) -> bool:
        """Tell whether the encoder was made for a language (ISO 639-1)."""
        return not self.covered or language in self.covered


class FetchSection(Section):
    """``[fetch]``: how pages are fetched. ``timeout_seconds`` is that of one try, from the name to the last byte."""

    contact: str = Field(default="", max_length=200)
    allow_hosts: ListOf[str] = ()
    timeout_seconds: float = Field(default=20.0, gt=0, le=300)
    max_minutes: float = Field(default=60.0, gt=0)
    max_megabytes: float = Field(default=10.0, gt=0)
    requests_per_host: int = Field(default=2, ge=1, le=16)
    delay_seconds: float = Field(default=0.5, ge=0)
    retries: int = Field(default=2, ge=0, le=10)
    redirects: int = Field(default=5, ge=0, le=20)


class DuplicatesSection(Section):
    """``[duplicates]``: which articles are copies of one another, by the share of word sequences in common."""

    similarity: float = Field(default=0.7, gt=0, le=1)


class VectorsSection(Section):
    """``[vectors]``: where the passages' vectors and words lie. A token comes from the environment, never from here."""

    elsewhere: ClassVar[Mapping[str, str]] = {
        "token": "put the token into the environment variable MILVUS_TOKEN, and take it out of here"
    }
    engine: Literal["faiss", "milvus"] = "faiss"
    words: Literal["own", "engine"] = "own"
    address: str = Field(default="http://127.0.0.1:19530", pattern=r"^https?://[^/\s@]+/?$")
    database: str = Field(default="default", pattern="^[A-Za-z_][A-Za-z0-9_]*$")
    prefix: str = Field(default="verbatim", pattern="^[A-Za-z_][A-Za-z0-9_]*$", max_length=100)
    timeout_seconds: float = Field(default=4.0, gt=0, le=60)

    @field_validator("words")
    @classmethod
    def _has_an_engine(cls, words: str, info: ValidationInfo) -> str:
        if words == "engine" and info.data.get("engine") == "faiss":
            raise ValueError('"engine" needs engine = "milvus": the files of "faiss" hold vectors only')
        return words

    @property
    def shape(self) -> str:
        """What of it decides how a snapshot is made."""
        return f"{self.engine} with words" if self.words == "engine" else self.engine

    @property
    def patient(self) -> "VectorsSection":
        """The same for who can wait longer than a reader: a build, a command."""
        return self.model_copy(update={"timeout_seconds": max(60.0, self.timeout_seconds)})


class GateSection(Section):
    """``[gate]``: what a new snapshot has to pass before it is published."""

    max_fall: float = Field(default=0.3, ge=0, le=1)
    golden: Folder | None = None
    golden_depth: int = Field(default=5, ge=1, le=50)


class FreshnessSection(Section):
    """``[freshness]``: when the index counts as stale."""

    max_age_hours: float = Field(default=24.0, gt=0)
    silence_factor: float = Field(default=4.0, ge=1)


class Settings(Section):
    """The whole file as the index reads it. Sections of the bot are checked by the bot."""

    # validated, so that the default folder, too, counts from the file's folder
    storage: StorageSettings = Field(default_factory=dict, validate_default=True)
    sources: ListOf[SourceSettings] = ()
    fetch: FetchSection = FetchSection()
    duplicates: DuplicatesSection = DuplicatesSection()
    index: IndexSection = IndexSection()
    vectors: VectorsSection = VectorsSection()
    gate: GateSection = GateSection()
    freshness: FreshnessSection = FreshnessSection()
    answers: Any = None
    telegram: Any = None
    access: Any = None
    metrics: Any = None
