"""Write docs/settings.md: every key of every file in params/, from the models that read them (`make fix`)."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from helpers.experiments.protocol import GuardRail, Protocol
from helpers.metrics import Definition
from helpers.records import Project
from helpers.records.known_events import EventsFile, KnownEvent
from helpers.records.noted_actions import Action
from helpers.records.project import Keep
from helpers.records.vocabulary import Theme
from helpers.sources.declarations import ColumnSource, Input, Question, Sources, TableSource
from quarterdeck.params.report import Gates, Notify, OutputSettings, ReportFile, Schedule, Timeout

PAGE = Path(__file__).with_name("settings.md")

FILES: dict[str, tuple[tuple[str, type[BaseModel]], ...]] = {
    "project.yaml": (("", Project), ("keep", Keep)),
    "<report>.yaml": (
        ("", ReportFile),
        ("schedule", Schedule),
        ("timeout", Timeout),
        ("gates", Gates),
        ("notify", Notify),
        ("output", OutputSettings),
    ),
    "sources.yaml": (
        ("", Sources),
        ("tables.<table>", TableSource),
        ("tables.<table>.columns.<column>", ColumnSource),
        ("tables.<table>.inputs.<name>", Input),
        ("tables.<table>.questions.<survey>", Question),
    ),
    "metrics.yaml": (("metrics.<metric>", Definition),),
    "experiments/<id>.yaml": (("", Protocol), ("guard_rails", GuardRail)),
    "events.yaml": (("", EventsFile), ("events", KnownEvent)),
    "actions.yaml": (("actions", Action),),
    "themes.yaml": (("themes.<theme>", Theme),),
}

_PLAIN = str.maketrans("", "", "<>")

HEAD = """# Settings

Every key of every file in `params/`, made from the models that read them by `docs/settings.py` (`make fix`
writes it anew). A key that is not named here is refused, with its line and the one that it resembles. What a
key does with data stands in [Data](data.md), with runs in [Operations](operator.md).
"""


def text() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(part for file, models in FILES.items() for part in _file(file, models))])


def _file(name: str, models: tuple[tuple[str, type[BaseModel]], ...]) -> Iterator[str]:
    yield f"## {name}\n".translate(_PLAIN)
    for place, model in models:
        if place:
            yield f"### {place} in {name}\n".translate(_PLAIN)
        yield f"{inspect.cleandoc(model.__doc__ or '')}\n"
        yield "| key | value | default |\n|---|---|---|"
        schema = model.model_json_schema(mode="validation")
        required = set(schema.get("required", ()))
        for key, field in schema["properties"].items():
            yield f"| `{key}` | {_kind(field, schema)} | {_default(key, field, required)} |"
        yield ""


def _kind(field: dict[str, Any], schema: dict[str, Any]) -> str:
    """What a value may be, in words."""
    if "$ref" in field:
        return "see below"
    if "enum" in field:
        return " / ".join(f"`{one}`" for one in field["enum"])
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "anyOf" in field:
        kinds = [_kind(one, schema) for one in field["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    kind = str(field.get("type", "any"))
    if kind == "array":
        items = field.get("items") or {}
        return f"list of {_kind(items, schema)}" if items else "list"
    named = {"object": "mapping", "string": "text", "boolean": "yes or no", "integer": "whole number"}
    return named.get(kind, kind) + _limits(field)


_BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}


def _limits(field: dict[str, Any]) -> str:
    found = [f"{said} {field[key]:g}" for key, said in _BOUNDS.items() if key in field]
    return f", {', '.join(found)}" if found else ""


def _default(key: str, field: dict[str, Any], required: set[str]) -> str:
    if key in required:
        return "**required**"
    value = field.get("default")
    return "" if value in (None, "", [], {}) else f"`{json.dumps(value, ensure_ascii=False)}`"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
