"""What is wrong with a settings file, in words for who wrote it. It repeats no table: a token may be in it."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from index.credentials import without_credentials
from index.settings.base import Section

Place = Sequence[str | int]
"""The way to a key: names, and numbers from 0 within a list."""

_SHOWN = 60
"""Characters of a bad value that a message repeats."""


def problems(model: type[BaseModel], error: ValidationError) -> Iterator[str]:
    """Yield every problem of a settings file as one line: where, what, and what may stand there."""
    for problem in error.errors(include_url=False):
        yield f"{_place(_written(model, problem))}: {_complaint(model, problem)}"


def _written(model: type[BaseModel], problem: ErrorDetails) -> Place:
    """The path of a key as the file has it.

    Of a table whose key says what it is, pydantic names the table where that key is wrong (here: the key), and
    adds the kind to the path of everything in it: ``("sources", 0, "files", "patterns")``.
    """
    location = problem["loc"]
    if problem["type"].startswith("union_tag"):
        return (*location, _discriminator(problem))
    return tuple(part for position, part in enumerate(location) if not _is_kind(model, location, position))


def _discriminator(problem: ErrorDetails) -> str:
    """The key that says of what kind a table is; pydantic names it in quotes."""
    return str(problem["ctx"]["discriminator"]).strip("'")


def _is_kind(model: type[BaseModel], location: Place, position: int) -> bool:
    """Whether a part of a location is the kind of a table, as pydantic puts it after the table's number."""
    return position == 2 and location[2] in _kinds(model, location[:2])


def _place(location: Place) -> str:
    """The path of a key; a number in it counts from 0, so that of the table is added as people count."""
    path = ".".join(str(part) for part in location)
    if len(location) > 1 and isinstance(location[1], int):
        return f"{path} (in [[{location[0]}]] number {location[1] + 1})"
    return path


def _complaint(model: type[BaseModel], problem: ErrorDetails) -> str:
    location, got = problem["loc"], shown(problem["input"])
    match problem["type"]:
        case "extra_forbidden":
            return f"unknown key; {_suggestion(model, location)}"
        case "missing":
            return "missing"
        case "union_tag_not_found":
            return f"missing; known: {', '.join(_kinds(model, location))}"
        case "union_tag_invalid":
            return _unknown(problem["input"][_discriminator(problem)], _kinds(model, location))
        case "literal_error":
            return _unknown(problem["input"], get_args(annotation_at(model, location)))
        case "tuple_type" if isinstance(problem["input"], dict):
            return f"there may be several: write it in double brackets, [[{location[-1]}]]"
        case "tuple_type":
            return f"should be a list, in square brackets (got {got})"
        case "model_type" | "model_attributes_type":
            return f"should be a section with keys (got {got})"
        case "value_error":
            return problem["msg"].removeprefix("Value error, ")
        case _:
            return f"{problem['msg'].removeprefix('Input ')} (got {got})"


def _unknown(value: object, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(value, known, n=1) if isinstance(value, str) else ()
    meant = f"; did you mean {close[0]}?" if close else ""
    return f"{shown(value)} is not known; known: {', '.join(known)}{meant}"


def shown(value: object) -> str:
    """A value for a message; never the inside of a table, nor what an address has before "@": both may be secret."""
    if isinstance(value, dict | list):
        return "a section" if isinstance(value, dict) else "a list"
    text = repr(without_credentials(value) if isinstance(value, str) else value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _suggestion(model: type[BaseModel], location: Place) -> str:
    """What may stand at a place of the file, or where its key belongs."""
    section, key = next(iter(_sections(model, location[:-1])), model), str(location[-1])
    if issubclass(section, Section) and key in section.elsewhere:
        return section.elsewhere[key]
    if close := difflib.get_close_matches(key, section.model_fields, n=1):
        return f"did you mean {close[0]}?"
    if places := _places(model, key):
        return f"did you mean {' or '.join(places)}?"
    return f"known: {', '.join(sorted(section.model_fields))}"


def _places(model: type[BaseModel], key: str) -> list[str]:
    """The paths of the key most like this one, in whatever sections have it."""
    inner = {name: {k for s in _sections(model, [name]) for k in s.model_fields} for name in model.model_fields}
    close = difflib.get_close_matches(key, sorted(set().union(*inner.values())), n=1)
    return [f"{name}.{found}" for found in close for name, keys in inner.items() if found in keys]


def _kinds(model: type[BaseModel], location: Place) -> list[str]:
    """The kinds of table that may stand at a place of the file."""
    return [kind for section in _sections(model, location) if (kind := _kind(section))]


def _kind(section: type[BaseModel]) -> str | None:
    field = section.model_fields.get("kind")
    return get_args(field.annotation)[0] if field and get_origin(field.annotation) is Literal else None


def _sections(model: type[BaseModel], location: Place) -> list[type[BaseModel]]:
    """The sections that may stand at a place of the file: none, one, or one a kind."""
    sections = [model]
    for part in location:
        if isinstance(part, str):
            named = [section for section in sections if _kind(section) == part]
            fields = [section.model_fields[part] for section in sections if part in section.model_fields]
            sections = named or [inner for field in fields for inner in _models(field.annotation)]
    return sections


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The sections within a type: in a list, in a union, with what is annotated."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def annotation_at(model: type[BaseModel], location: Place) -> Any:
    """The type of what may stand at a place of the file; ``None`` where nothing may, or anything."""
    *above, key = [part for part in location if isinstance(part, str)]
    fields = [section.model_fields[key] for section in _sections(model, above) if key in section.model_fields]
    return fields[0].annotation if fields else None
