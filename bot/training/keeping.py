"""Observations as a file: JSON, the numbers of arrays in base64, each article once. Nothing that a program runs.

Invariant: ``read(write(observations)) == observations``, arrays to the last bit.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np

from bot.training.observing import Observation
from index import Article

Articles = dict[str, Article]


class Kept:
    """Observations in a folder, a file for each corpus."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, name: str, observe: Callable[[], Iterable[Observation]]) -> list[Observation]:
        """Return what is kept under a name; observe and keep it where nothing is."""
        path = self._folder / f"{name}.json"
        if not path.is_file():
            self._folder.mkdir(parents=True, exist_ok=True)
            write(path, observe())
        return read(path)


def write(path: Path, observations: Iterable[Observation]) -> None:
    """Write observations; the file is there when it is whole."""
    articles: Articles = {}
    told = [_told(one, articles) for one in observations]
    content = {"articles": [_said(one, {}) for one in articles.values()], "observations": told}
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    unfinished.replace(path)


def read(path: Path) -> list[Observation]:
    """Read observations that were written."""
    content = json.loads(path.read_text(encoding="utf-8"))
    stored = [_record(Article, one, {}) for one in content["articles"]]
    articles = {article.id: article for article in stored}
    return [_heard(Observation, one, articles) for one in content["observations"]]


def _told(value: object, articles: Articles) -> object:
    if isinstance(value, Article):
        articles[value.id] = value
        return value.id
    if is_dataclass(value):
        return _said(value, articles)
    if isinstance(value, np.ndarray):
        return [value.dtype.str, value.shape, b64encode(value.tobytes()).decode("ascii")]
    if isinstance(value, dict):
        return {key: _told(one, articles) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_told(one, articles) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _said(record: Any, articles: Articles) -> dict[str, object]:
    return {field.name: _told(getattr(record, field.name), articles) for field in fields(record)}


def _heard(kind: Any, value: Any, articles: Articles) -> Any:
    """Return what ``_told`` told of a value of this kind."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        (kind,) = (one for one in inner if one is not NoneType)
        return None if value is None else _heard(kind, value, articles)
    if kind is Article:
        return articles[value]
    if is_dataclass(kind):
        return _record(kind, value, articles)
    if origin is np.ndarray:
        dtype, shape, numbers = value
        return np.frombuffer(b64decode(numbers), dtype).reshape(shape).copy()
    if origin is dict:
        return {key: _heard(inner[1], one, articles) for key, one in value.items()}
    if origin in (tuple, frozenset):
        kinds = [inner[0]] * len(value) if len(inner) == 1 or inner[1] is Ellipsis else inner
        return origin(_heard(one, part, articles) for one, part in zip(kinds, value, strict=True))
    return date.fromisoformat(value) if kind is date else value


def _record(kind: Any, value: dict[str, Any], articles: Articles) -> Any:
    hints = get_type_hints(kind)
    return kind(**{name: _heard(hints[name], one, articles) for name, one in value.items()})
