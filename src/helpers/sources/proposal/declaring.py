"""Add a table to sources.yaml: the file's own text and comments stay as they are."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import yaml

from helpers.records import SettingsError, parse_yaml
from helpers.sources.declarations import FILE, Sources
from helpers.sources.proposal.proposing import Proposal

_INDENT = "  "


def declare(proposal: Proposal, folder: Path) -> Path:
    """Write the proposal under `tables` of sources.yaml, all at once; the path of that file.

    Raises:
        SettingsError: the table is declared already, something of it is undecided or cannot be loaded, or the
            file is broken or cannot be written.
    """
    path = folder / FILE
    before = path.read_bytes().decode("utf-8") if path.exists() else "tables:\n"
    known = parse_yaml(before, Sources, path)
    if proposal.name in known.tables:
        raise SettingsError([f"{path}: {proposal.name} is declared already. Take it out first, or use --as."])
    if proposal.undecided:
        raise SettingsError(
            [
                f"{path}: nothing is written: only you can say {', '.join(proposal.undecided)}. "
                "See the comments, and use --say."
            ]
        )
    if proposal.table is None:
        raise SettingsError([f"{path}: nothing is written, since it could not be loaded: {proposal.refused}"])
    after = _added(before, proposal.snippet, path)
    told = parse_yaml(after, Sources, path)
    if {**told.tables, proposal.name: None} != {**known.tables, proposal.name: None}:
        raise SettingsError([f"{path}: the table cannot be added without changing others. Add it by hand."])
    _replace(path, after)
    return path


def _added(text: str, snippet: str, path: Path) -> str:
    """The text with the snippet at the end of what stands under `tables`."""
    ends = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += ends
    node = _tables(text)
    if node is None:
        return "".join(lines) + (f"tables:\n{snippet}").replace("\n", ends)
    key, value = node
    new = snippet
    if isinstance(value, yaml.MappingNode) and value.value and not value.flow_style:
        at = _last_line(value) + 1
        deep = value.value[0][0].start_mark.column
        new = "".join(" " * deep + line[len(_INDENT) :] for line in snippet.splitlines(keepends=True))
    elif isinstance(value, yaml.MappingNode) and value.value:
        raise SettingsError(
            [f"{path}: tables is written in braces. Write it one table a line, or add it by hand."]
        )
    else:
        at = key.start_mark.line + 1
        lines[at - 1] = _without_value(lines[at - 1], value)
    return "".join([*lines[:at], new.replace("\n", ends), *lines[at:]])


def _tables(text: str) -> tuple[yaml.Node, yaml.Node] | None:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next(((key, value) for key, value in pairs if key.value == "tables"), None)


def _last_line(node: yaml.Node) -> int:
    """The last line of what a node says: comments and blanks behind it are not its own."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _last_line(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _last_line(node.value[-1])
    mark = node.end_mark
    return int(mark.line - (mark.column == 0 and mark.line > node.start_mark.line))


def _without_value(line: str, value: yaml.Node) -> str:
    """The line `tables: {}` without its braces."""
    start, end = value.start_mark.column, value.end_mark.column
    return line if start == end else line[:start].rstrip() + line[end:]


def _replace(path: Path, text: str) -> None:
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        temporary = Path(name)
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        temporary.replace(path)
    except OSError as error:
        raise SettingsError(
            [f"{path}: cannot be written ({error.strerror}). Free it, or add it by hand."]
        ) from None
