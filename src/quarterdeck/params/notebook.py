"""A notebook as the planner sees it: cells, sections, the parameters cell, and what it imports and loads."""

from __future__ import annotations

import ast
import builtins
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quarterdeck import QuarterdeckError

CLOSING = "Method and data"
"""The heading of the last section, which tells how and from what, and shows no result."""

FREE = "explore"
"""The tag of the first cell of a free notebook: a look at something, held to the rules of safety alone."""

INJECTED = "injected-parameters"
"""The tag that papermill gives to the cell that it adds; cells are counted without it."""


@dataclass(frozen=True)
class Section:
    """The cells from one `##` heading to the next, by their indices; the end is excluded."""

    title: str
    start: int
    end: int

    @property
    def closing(self) -> bool:
        """Whether this is the section on method and data."""
        return self.title == CLOSING


def sections(cells: Sequence[Mapping[str, Any]]) -> list[Section]:
    """The sections in order; cells before the first one set up and load."""
    starts = [(index, title) for index, cell in enumerate(cells) if (title := _heading(cell))]
    ends = [index for index, _ in starts[1:]] + [len(cells)]
    return [Section(title, start, end) for (start, title), end in zip(starts, ends, strict=False)]


def heading_of(cells: Sequence[Mapping[str, Any]], index: int) -> str:
    """The heading of the section that a cell stands in; empty before the first one."""
    return next((found.title for found in sections(cells) if found.start <= index < found.end), "")


def number_of(cells: Sequence[Mapping[str, Any]], index: int) -> int:
    """The index of a cell in the notebook's file, which has no injected cells."""
    return index - sum(INJECTED in tags(cell) for cell in cells[:index])


@dataclass(frozen=True)
class Notebook:
    """The source of a notebook; read as JSON, for nbformat takes long to import."""

    path: Path
    cells: tuple[Mapping[str, Any], ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Notebook:
        """Read a notebook file.

        Raises:
            QuarterdeckError: it is absent, or no notebook.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            cells = tuple({**cell, "source": _text(cell["source"])} for cell in content["cells"])
        except FileNotFoundError:
            raise QuarterdeckError(
                f"{path}: there is no such notebook. Create it, or remove its file from params."
            ) from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise QuarterdeckError(
                f"{path}: this is no notebook that can be read ({error}). Save it again from JupyterLab."
            ) from None
        return cls(path, cells, content.get("metadata", {}))

    @property
    def is_free(self) -> bool:
        """Whether it is a look at something, and no report: its first cell is tagged `explore`."""
        return is_free(self.cells)

    @property
    def title(self) -> str:
        """Its `#` heading, where it opens with one; else empty."""
        return self._opening[0]

    @property
    def question(self) -> str:
        """The paragraph below that heading."""
        return self._opening[1]

    @property
    def _opening(self) -> tuple[str, str]:
        first = self.cells[0] if self.cells else {"cell_type": "", "source": ""}
        if first["cell_type"] != "markdown" or not first["source"].lstrip().startswith("# "):
            return "", ""
        title, _, rest = first["source"].lstrip().partition("\n")
        return title.removeprefix("# ").strip(), " ".join(rest.strip().partition("\n\n")[0].split())

    def tagged(self, tag: str) -> list[int]:
        """Indices of the cells with a tag."""
        return [index for index, cell in enumerate(self.cells) if tag in tags(cell)]

    def code(self) -> Iterator[ast.Module]:
        """The code cells as syntax trees; a cell that is no plain Python is left out."""
        for cell in self.cells:
            if cell["cell_type"] != "code":
                continue
            try:
                yield ast.parse(cell["source"])
            except SyntaxError:
                continue

    def digest(self) -> str:
        """Hash of what can change a result: kind, source and tags of each cell, no output and no count."""
        relevant = [[cell["cell_type"], cell["source"], sorted(tags(cell))] for cell in self.cells]
        return hashlib.sha256(json.dumps(relevant).encode()).hexdigest()


def is_free(cells: Sequence[Mapping[str, Any]]) -> bool:
    """Whether these are the cells of a free notebook."""
    return bool(cells) and FREE in tags(cells[0])


def bound_and_used(tree: ast.AST) -> tuple[set[str], set[str]]:
    """Names that code binds, and names other than Python's own that it uses."""
    bound: set[str] = set()
    used: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name):
            (bound if isinstance(node.ctx, ast.Store) else used).add(node.id)
    return bound, used - set(dir(builtins))


def tags(cell: Mapping[str, Any]) -> list[str]:
    """The tags of a cell."""
    found: list[str] = cell.get("metadata", {}).get("tags", [])
    return found


def _heading(cell: Mapping[str, Any]) -> str:
    if cell["cell_type"] != "markdown":
        return ""
    lines = _text(cell["source"]).lstrip().splitlines()
    return lines[0].removeprefix("## ").strip() if lines and lines[0].startswith("## ") else ""


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
