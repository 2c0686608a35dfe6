"""Writes a choice of parameters into the file of a report as an edition; every comment there stays."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from helpers.records.choices import CROSSED, texts_of
from helpers.records.parameter_types import Value, to_text
from helpers.records.schema import Schema

Parameters = Mapping[str, Value]


def keep(path: Path, schema: Schema, values: Parameters) -> str:
    """Add an edition with these values to the matrix of a report, and say what was written.

    An edition is named by the parameters of the matrix. Where the matrix has one, the value joins its list;
    where it has several, the combination joins `include`. What differs in other parameters cannot be an
    edition beside those of the file; what is said then is the command that runs it once.
    """
    text = path.read_text(encoding="utf-8")
    texts = texts_of(text)
    axes, given = _axes(texts, schema), _given(texts, schema)
    own = {name: values[name] for name in axes}
    other = {name: value for name, value in values.items() if name not in axes and value != given[name]}
    command = _command(path, own | other)
    if other or not axes:
        named = " and ".join(axes) or "no parameter"
        return f"Not kept: the matrix of {path.stem} names {named}. This runs once with {command}"
    if _is_edition(texts, schema, axes, own):
        return f"This is an edition already. It runs with {command}"
    written, line = _added(text, texts, own)
    _replace(path, written)
    said = ", ".join(f"{name} = {to_text(value)}" for name, value in own.items())
    return f"Added to {path.parent.name}/{path.name}, line {line}: {said}. It runs with {command}"


def _given(texts: Mapping[str, Any], schema: Schema) -> dict[str, Value]:
    """The values of what the matrix does not name: the file's, or the notebook's where it says none."""
    return schema.defaults | {
        name: schema.value(name, said) for name, said in _of(texts, "parameters").items()
    }


def _of(texts: Mapping[str, Any], key: str) -> dict[str, Any]:
    return texts.get(key) or {}


def _axes(texts: Mapping[str, Any], schema: Schema) -> dict[str, list[Value]]:
    return {
        name: [schema.value(name, said) for said in listed]
        for name, listed in _of(texts, "matrix").items()
        if name not in CROSSED
    }


def _is_edition(
    texts: Mapping[str, Any], schema: Schema, axes: Mapping[str, list[Value]], own: Parameters
) -> bool:
    """Whether the matrix has this combination, by its lists or by `include`."""

    def says(item: Mapping[str, Any]) -> bool:
        return all(own.get(name) == schema.value(name, said) for name, said in item.items())

    matrix = _of(texts, "matrix")
    included = any(own.keys() <= item.keys() and says(item) for item in matrix.get("include", ()))
    excluded = any(says(item) for item in matrix.get("exclude", ()))
    return included or (not excluded and all(own[name] in listed for name, listed in axes.items()))


def _added(text: str, texts: dict[str, Any], own: Parameters) -> tuple[str, int]:
    """The text of the file with the edition, and the line where it stands."""
    matrix = _of(texts, "matrix")
    said = {name: to_text(value) for name, value in own.items()}
    if len(own) > 1 or "exclude" in matrix:
        return _appended(text, ("matrix", "include"), said)
    [(name, value)] = said.items()
    written, line = _appended(text, ("matrix", name), value)
    if value not in _of(texts, "choices").get(name, [value]):
        written, _ = _appended(written, ("choices", name), value)
    return written, line


def _appended(text: str, at: tuple[str, str], item: str | dict[str, str]) -> tuple[str, int]:
    """The text with one more item in the list at this path, and its line; one that is not there is made.

    Raises:
        ValueError: the list is written in a way that this would break.
    """
    section = _node(yaml.compose(text, Loader=yaml.SafeLoader), at[0])
    assert section is not None
    node = _node(section, at[1])
    flow = _flow(item)
    place, addition = _after(text, node, flow) if node else _after(text, section, f"{at[1]}: [{flow}]")
    written = text[:place] + addition + text[place:]
    expected = json.loads(json.dumps(texts_of(text)))  # a copy in which no alias ties two lists together
    expected[at[0]].setdefault(at[1], []).append(item)
    if texts_of(written) != expected:
        raise ValueError(f"add {flow} under {at[0]}.{at[1]} yourself; it is written unusually there.")
    return written, written.count("\n", 0, place + len(addition)) + 1


def _after(text: str, node: yaml.CollectionNode, item: str) -> tuple[int, str]:
    """Where an item is added to a list or mapping, and the text that adds it in the style of its place."""
    last = node.value[-1] if node.value else None
    end = (last[1] if isinstance(last, tuple) else last).end_mark.index if last else node.end_mark.index - 1
    if node.flow_style:
        return end, f", {item}" if last else item
    end = len(text[:end].rstrip())
    newline = text.find("\n", end)
    mark = "- " if isinstance(node, yaml.SequenceNode) else ""
    addition = f"\n{' ' * node.start_mark.column}{mark}{item}"
    return (newline if newline >= 0 else len(text)), addition


def _node(within: yaml.Node | None, key: str) -> yaml.CollectionNode | None:
    if not isinstance(within, yaml.MappingNode):
        return None
    return next((value for name, value in within.value if name.value == key), None)


def _flow(item: str | dict[str, str]) -> str:
    """An item as it stands within a list: `EMEA`, `'NO'`, `{region: EMEA, days: '7'}`."""
    said = yaml.safe_dump([item], default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**6)
    return str(said).strip()[1:-1]


def _command(path: Path, values: Parameters) -> str:
    words = ["quarterdeck", "run", path.stem]
    for name, value in values.items():
        words += ["-p", f"{name}={to_text(value)}"]
    return shlex.join(words)


def _replace(path: Path, text: str) -> None:
    """Swap the file by rename: who reads it meanwhile finds the old or the new one, never half of it."""
    here = path.resolve()
    part = here.with_name(f".{here.name}.part")
    part.write_text(text, encoding="utf-8")
    shutil.copymode(here, part)
    part.replace(here)
