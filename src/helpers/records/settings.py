"""Read YAML into a validated record; every problem is told with file and line, all at once."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from helpers.records.mistakes import Mistake
from helpers.records.yaml_reader import compose_yaml, load_yaml

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[str | int, ...]


class Settings(BaseModel):
    """Base of every record that is read from YAML: frozen, every key checked."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SettingsError(Mistake, ValueError):
    """A YAML file is broken or breaks its schema; one line a problem, each with file and line."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def read_yaml(path: Path, model: type[Model]) -> Model:
    """Read one YAML file into `model`.

    Raises:
        SettingsError: the file is absent, is no YAML, or does not fit the model.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError([f"{path}: there is no such file. Create it, or name another folder."]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}: cannot be read ({error})."]) from None
    return parse_yaml(text, model, path)


def parse_yaml(text: str, model: type[Model], path: Path) -> Model:
    """Validate YAML text that was read from `path`.

    Raises:
        SettingsError: the text is no YAML, or does not fit the model.
    """
    try:
        lines = lines_of(text)
        data = load_yaml(text)
    except yaml.YAMLError as error:
        raise SettingsError([_broken(error, path)]) from None
    try:
        return model.model_validate({} if data is None else data)
    except ValidationError as error:
        raise SettingsError([_problem(item, lines, model, path) for item in error.errors()]) from None


def lines_of(text: str) -> dict[Location, int]:
    """The line of every key and list item of a valid YAML text, by its path."""
    root = compose_yaml(text)
    return dict(_lines(root)) if root is not None else {}


def did_you_mean(name: str, known: list[str]) -> str:
    """` Did you mean region?`, or nothing where no known name is near; capitals count for nothing.

    >>> did_you_mean("emea", ["AMER", "EMEA"])
    ' Did you mean EMEA?'
    """
    folded = {one.casefold(): one for one in known}
    near = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)
    return f" Did you mean {folded[near[0]]}?" if near else ""


def _broken(error: yaml.YAMLError, path: Path) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"{path}:{mark.line + 1}" if mark else str(path)
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"{where}: this is no valid YAML ({what}). Mend the line, often its indentation or a quote."


def _lines(node: yaml.Node, at: Location = ()) -> list[tuple[Location, int]]:
    """The line of every key and list item, by its path."""
    found = [(at, node.start_mark.line + 1)]
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value} stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
            found.extend(_lines(value, (*at, key.value)))
            found.append(((*at, key.value), key.start_mark.line + 1))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            found.extend(_lines(value, (*at, index)))
    return found


def _problem(item: ErrorDetails, lines: dict[Location, int], model: type[BaseModel], path: Path) -> str:
    location: Location = tuple(part for part in item["loc"] if part != "[key]")
    known = location
    while known and known not in lines:
        known = known[:-1]
    name = ".".join(str(part) for part in location) or "the file"
    where = f"{path}:{lines.get(known, 1)}"
    if item["type"] == "extra_forbidden":
        options = _siblings(model, location)
        hint = did_you_mean(str(location[-1]), options)
        known_here = f" Known here: {', '.join(options)}." if options else ""
        return f"{where}: unknown key {name}.{hint or known_here}"
    if item["type"] == "missing":
        return f"{where}: {name} is missing."
    return f"{where}: {name}: {item['msg'].removeprefix('Value error, ')}."


def _siblings(model: type[BaseModel], location: Location) -> list[str]:
    """The field names that the model knows beside the last part of `location`."""
    current: type[BaseModel] | None = model
    for part in location[:-1]:
        if current is None:
            return []
        field = current.model_fields.get(str(part))
        current = _model_within(field.annotation) if field else current
    return [field.alias or name for name, field in current.model_fields.items()] if current else []


def _model_within(annotation: object) -> type[BaseModel] | None:
    """The record type inside `dict[str, Record]`, `Record | None` and the like."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_within(inner)
        if found is not None:
            return found
    return None
