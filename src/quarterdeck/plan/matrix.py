"""Add a value to the matrix of a report's file: its own text and comments stay as they are."""

from __future__ import annotations

from pathlib import Path

import yaml

from helpers.records import SettingsError
from helpers.records.yaml_reader import load_yaml
from quarterdeck.archive.atomic import replace


def add_to_matrix(path: Path, parameter: str, value: str) -> bool:
    """Add a value of one parameter to the matrix of a report's file; False where it stands there already.

    Raises:
        SettingsError: the file has no such list that can be added to; add the value by hand.
    """
    text = path.read_text(encoding="utf-8")
    known = _values(text, parameter)
    if value in known:
        return False
    after = _with_value(text, parameter, value)
    if after is None or _values(after, parameter) != [*known, value]:
        raise SettingsError([f"{path}: add {value} to the matrix of {parameter} by hand; it has no list."])
    replace(path, after)
    return True


def _values(text: str, parameter: str) -> list[str]:
    settings = load_yaml(text)
    matrix = settings.get("matrix") if isinstance(settings, dict) else None
    values = matrix.get(parameter) if isinstance(matrix, dict) else None
    return list(map(str, values)) if isinstance(values, list) else []


def _with_value(text: str, parameter: str, value: str) -> str | None:
    """The text with the value at the end of the list; None where there is no list."""
    node = _child(_child(yaml.compose(text, Loader=yaml.SafeLoader), "matrix"), parameter)
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        return None
    last = node.value[-1].end_mark
    if node.flow_style:
        return f"{text[: last.index]}, {value}{text[last.index :]}"
    line = text.find("\n", last.index)
    end = len(text) if line < 0 else line
    return f"{text[:end]}\n{' ' * node.start_mark.column}- {value}{text[end:]}"


def _child(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)
