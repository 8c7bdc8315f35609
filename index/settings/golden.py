"""The file of golden questions: what it holds, and every problem in it reported at once."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ValidationError, model_validator

from index.errors import SettingsError
from index.settings.base import ListOf, Section
from index.settings.loading import _read
from index.settings.problems import problems


def _worded(text: str) -> str:
    if not any(character.isalnum() for character in text):
        raise ValueError("should hold a word")
    return text


Worded = Annotated[str, AfterValidator(_worded)]


class GoldenQuestion(Section):
    """``[[questions]]``: a question, and what the articles are to be found with for it.

    ``article`` is the id or the address of the article expected, ``words`` stand in the passage expected; where both
    are given, both count.
    """

    question: Worded
    article: Worded | None = None
    words: Worded | None = None

    @model_validator(mode="after")
    def _expects_something(self) -> "GoldenQuestion":
        if self.article is None and self.words is None:
            raise ValueError("says nothing of what is to be found: add article (an id or an address), words, or both")
        return self


class GoldenFile(Section):
    """The whole file."""

    questions: ListOf[GoldenQuestion]


def load_golden(path: Path) -> tuple[GoldenQuestion, ...]:
    """Read the file of golden questions at ``path``.

    Raises:
        SettingsError: it cannot be read, or with every problem in it, one a line.
    """
    content = _read(path)
    try:
        return GoldenFile.model_validate(content).questions
    except ValidationError as error:
        lines = "\n".join(f"  {line}" for line in problems(GoldenFile, error))
        raise SettingsError(f"the golden questions of {path} cannot be used:\n{lines}") from error
