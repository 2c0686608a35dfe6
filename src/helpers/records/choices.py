"""What a parameter may be chosen from: what a report's file lists, what the settings name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.records.parameter_types import Type, Value
from helpers.records.project import project
from helpers.records.schema import Schema
from helpers.records.settings import did_you_mean
from helpers.records.yaml_reader import Scalars, load_yaml

CROSSED = ("include", "exclude")
"""Keys of a matrix that name no parameter."""

ALL = "all"
"""The region, feature and the like of an edition that looks at all of them together."""


def texts_of(yaml_text: str) -> dict[str, Any]:
    """The content of a report's file, every scalar as the text that stands there.

        >>> texts_of("matrix: {region: [NO, 007]}")
        {'matrix': {'region': ['NO', '007']}}

    Raises:
        YAMLError: it is no YAML.
    """
    found = load_yaml(yaml_text, Scalars.TEXTS)
    return found if isinstance(found, dict) else {}


def listed(texts: Mapping[str, Any]) -> dict[str, tuple[str, list[Any]]]:
    """The choices as they are written: parameter → where they stand, and their texts.

    The values of the matrix are the choices of its parameters, unless `choices` names them.

        >>> listed({"matrix": {"region": ["all"]}, "choices": {"region": ["all", "EMEA"]}})
        {'region': ('choices', ['all', 'EMEA'])}
    """
    return {
        name: (section, values)
        for section in ("matrix", "choices")
        for name, values in (texts.get(section) or {}).items()
        if name not in CROSSED or section == "choices"
    }


def choices_of(yaml_text: str, schema: Schema) -> dict[str, list[Value]]:
    """The choices of each parameter that the file of a report lists, by their declared types.

        >>> from pathlib import Path
        >>> from helpers.records.schema import schema_of
        >>> schema = schema_of('region: str = "all"  # one region, or all', Path("demo.ipynb"), "cell 2")
        >>> choices_of("matrix: {region: [all, EMEA]}", schema)
        {'region': ['all', 'EMEA']}

    Raises:
        YAMLError: the text is no YAML.
        ValueError: it lists what is no value of a parameter.
    """
    return {
        name: [schema.value(name, text) for text in values]
        for name, (_, values) in listed(texts_of(yaml_text)).items()
    }


_TOLD = 30
"""Choices that a message tells at most."""


@dataclass(frozen=True)
class NamedChoices:
    """The values of what has a name in the settings, and the file or folder where they stand."""

    place: Path
    values: list[Value]


def named_choices(params: Path, name: str) -> NamedChoices | None:
    """What the settings name: the regions of the project, its protocols; None of anything else.

    Raises:
        SettingsError: `project.yaml` is broken.
    """
    if name == "region" and (regions := project(params).regions):
        return NamedChoices(params / "project.yaml", [ALL, *regions])
    folder = params / "experiments"
    if name == "experiment" and (protocols := sorted(folder.glob("*.yaml"))):
        return NamedChoices(folder, [path.stem for path in protocols])
    return None


def named_by(parameter: str, kind: Type) -> str:
    """What the values of a parameter of text are: `region`, and of a list that is called `regions` too.

    >>> import ast
    >>> from helpers.records.parameter_types import declared
    >>> named_by("regions", declared(ast.parse("list[str]", mode="eval").body, ""))
    'region'
    """
    return parameter.removesuffix("s") if kind.is_list else parameter


def outside(value: Value, choices: Sequence[Value]) -> list[Value]:
    """The value where it is none of the choices, or those of its items that are none; None never is.

    >>> outside("EMEA", ["all", "EMEA"]), outside(["EMEA", "EMAE"], ["all", "EMEA"])
    ([], ['EMAE'])
    """
    items: Sequence[Value] = value if isinstance(value, list) else [value]
    return [item for item in items if item is not None and item not in choices]


def not_a_choice(name: str, value: Value, choices: Sequence[Value]) -> str:
    """What is told of a value that is none of the choices.

    >>> not_a_choice("region", "EMAE", ["all", "EMEA"])
    'region = EMAE is none of its choices. Did you mean EMEA?'
    """
    known = [str(choice) for choice in choices]
    more = f" and {len(known) - _TOLD} more" if len(known) > _TOLD else ""
    hint = did_you_mean(str(value), known) or f" Its choices: {', '.join(known[:_TOLD])}{more}."
    return f"{name} = {value} is none of its choices.{hint}"
