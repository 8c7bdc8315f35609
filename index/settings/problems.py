"""What is wrong with a settings file, in words for who wrote it. It repeats no table: a token may be in it."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from index.settings.sections import Section

_SHOWN = 60
"""Characters of a bad value that a message repeats."""


def problems(model: type[BaseModel], error: ValidationError) -> Iterator[str]:
    """Yield every problem of a settings file as one line: where, what, and what may stand there."""
    found = error.errors(include_url=False)
    # What else a table of unknown kind should hold is not known either.
    unknown = [problem["loc"][:-1] for problem in found if problem["loc"][-1:] == ("kind",)]
    for problem in found:
        location = problem["loc"]
        if location[-1:] == ("kind",) or not any(location[: len(place)] == place for place in unknown):
            yield f"{_place(location)}: {_complaint(model, problem)}"


def _place(location: Sequence[str | int]) -> str:
    """The path of a key; a number in it counts from 0, so that of the table is added as people count."""
    path = ".".join(str(part) for part in location)
    if len(location) > 1 and isinstance(location[1], int):
        return f"{path} (in [[{location[0]}]] number {location[1] + 1})"
    return path


def _complaint(model: type[BaseModel], problem: ErrorDetails) -> str:
    location, got = problem["loc"], shown(problem["input"])
    annotation = annotation_at(model, location)
    known = f"known: {', '.join(get_args(annotation))}" if get_origin(annotation) is Literal else ""
    match problem["type"]:
        case "extra_forbidden":
            return f"unknown key; {_suggestion(model, location)}"
        case "missing":
            return f"missing; {known}" if known else "missing"
        case "literal_error":
            return f"{got} is not known; {known}"
        case "tuple_type" if isinstance(problem["input"], dict):
            return f"there may be several: write it in double brackets, [[{location[-1]}]]"
        case "tuple_type":
            return f"should be a list, in square brackets (got {got})"
        case "model_type":
            return f"should be a section with keys (got {got})"
        case "value_error":
            return problem["msg"].removeprefix("Value error, ")
        case _:
            return f"{problem['msg'].removeprefix('Input ')} (got {got})"


def shown(value: object) -> str:
    """A value for a message; never the inside of a table, which may hold what is secret."""
    if isinstance(value, dict | list):
        return "a section" if isinstance(value, dict) else "a list"
    text = repr(str(value) if isinstance(value, str) else value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _suggestion(model: type[BaseModel], location: Sequence[str | int]) -> str:
    """What may stand at a place of the file, or where its key belongs."""
    section, key = _section(model, location[:-1]) or model, str(location[-1])
    if issubclass(section, Section) and key in section.elsewhere:
        return section.elsewhere[key]
    if close := difflib.get_close_matches(key, section.model_fields, n=1):
        return f"did you mean {close[0]}?"
    paths = {
        f"{name}.{inner}": inner
        for name in model.model_fields
        for inner in getattr(_section(model, [name]), "model_fields", ())
    }
    close = difflib.get_close_matches(key, paths.values(), n=1)
    places = [path for path, inner in paths.items() if inner in close]
    return f"did you mean {' or '.join(places)}?" if places else f"known: {', '.join(sorted(section.model_fields))}"


def _section(model: type[BaseModel], location: Sequence[str | int]) -> type[BaseModel] | None:
    """The section at a place of the file, where there is one."""
    annotation = annotation_at(model, location) if location else model
    candidates = [a for a in (annotation, *get_args(annotation)) if isinstance(a, type)]
    return next((a for a in candidates if issubclass(a, BaseModel)), None)


def annotation_at(model: type[BaseModel], location: Sequence[str | int]) -> Any:
    """The type of what may stand at a place of the file; ``None`` where nothing may, or anything."""
    *above, key = [part for part in location if isinstance(part, str)]
    section = _section(model, above)
    field = section.model_fields.get(key) if section else None
    return field.annotation if field else None
