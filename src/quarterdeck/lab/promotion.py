"""From a look to a report: each cell of a free notebook that shows something becomes a function of a helper.

A function holds the statements of its cell, and before them those of earlier cells that they need: what binds
a name that is used, or changes what stands under it. So the notebook's cell is one call, and the logic stands
where it can be tested.
"""

from __future__ import annotations

import ast
import keyword
import re
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quarterdeck import QuarterdeckError
from quarterdeck.params.house_rules import PANEL, SETUP
from quarterdeck.params.notebook import Notebook, bound_and_used, heading_of, tags

_SHOWING = frozenset({"display", "print", "show"})
_FIRST = "First look"
_OF_THE_HOUSE = frozenset({*SETUP, PANEL})
"""What every report calls in cells of its own."""


@dataclass(frozen=True)
class TakenCell:
    """A cell of the new notebook: Markdown, or one call."""

    kind: str
    source: str


@dataclass(frozen=True)
class Promotion:
    """What is taken from a free notebook: cells, the functions that they call, and what these import."""

    cells: tuple[TakenCell, ...] = ()
    functions: Mapping[str, str] = field(default_factory=dict)
    imports: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


def promoted(notebook: Notebook, helper: str, given: Mapping[str, str], taken: Iterable[str]) -> Promotion:
    """The cells of a free notebook as calls of functions in `helper`.

    Args:
        notebook: the free notebook.
        helper: the module that the functions will stand in.
        given: the parameters that the new notebook has anyway, by name, with their types.
        taken: names that the module has anyway.

    Raises:
        QuarterdeckError: the notebook is not free, or a cell of it is no plain Python.
    """
    if not notebook.is_free:
        raise QuarterdeckError(f"{notebook.path}: this is no free notebook. Tag its first cell explore.")
    own = _parameters(notebook)
    return _Taking(notebook, helper, {**_types(own), **given}, set(taken)).promotion(
        tuple(line for name, line in own.items() if name not in given)
    )


@dataclass(frozen=True)
class _Statement:
    """A statement of a cell: its text, the names that it binds or changes, and those that it uses."""

    node: ast.stmt
    text: str
    changed: frozenset[str]
    used: frozenset[str]


@dataclass(frozen=True)
class _Taking:
    notebook: Notebook
    helper: str
    parameters: Mapping[str, str]
    taken: set[str]

    def promotion(self, lines: tuple[str, ...]) -> Promotion:
        earlier: list[_Statement] = []
        imports: list[ast.Import | ast.ImportFrom] = []
        used: set[str] = set()
        cells: list[TakenCell] = []
        functions: dict[str, str] = {}
        for index, cell in enumerate(self.notebook.cells):
            if cell["cell_type"] == "markdown":
                cells += self._prose(index, cell["source"])
            if cell["cell_type"] != "code" or "parameters" in tags(cell):
                continue
            statements = self._statements(index)
            imports += [one.node for one in statements if isinstance(one.node, ast.Import | ast.ImportFrom)]
            own = [one for one in statements if _is_own(one.node)]
            if own and _shows(own[-1].node):
                name = self._name(heading_of(self.notebook.cells, index) or _FIRST)
                needed = [*_needed(earlier, own), *own]
                functions[name] = self._function(name, index, needed)
                used |= {each for one in needed for each in one.used}
                cells.append(TakenCell("code", f"{self.helper}.{name}({', '.join(self._arguments(needed))})"))
            earlier += [one for one in own if not (one is own[-1] and _shows(one.node))]
        return Promotion(tuple(_headed(cells)), functions, tuple(_imported(imports, used)), lines)

    def _prose(self, index: int, source: str) -> Iterator[TakenCell]:
        """A Markdown cell, without the title, which the report has of its own."""
        text = source.strip()
        if index == 0 and text.startswith("# "):
            text = text.partition("\n")[2].strip()
        if text:
            yield TakenCell("markdown", text)

    def _statements(self, index: int) -> list[_Statement]:
        source = self.notebook.cells[index]["source"]
        try:
            tree = ast.parse(source)
        except SyntaxError as error:
            raise QuarterdeckError(
                f"{self.notebook.path}: cell {index} is no plain Python (line {error.lineno}). "
                "Take magics out of it first."
            ) from None
        return [_statement(node, source) for node in tree.body]

    def _name(self, heading: str) -> str:
        """A name for a function that nothing else has, from the heading of its section."""
        stem = re.sub(r"[^a-z0-9]+", "_", heading.lower()).strip("_")[:40] or "look"
        stem = f"look_{stem}" if stem[0].isdigit() or keyword.iskeyword(stem) else stem
        names = [stem, *(f"{stem}_{number}" for number in range(2, 1000))]
        name = next(name for name in names if name not in self.taken)
        self.taken.add(name)
        return name

    def _arguments(self, statements: Sequence[_Statement]) -> list[str]:
        used = {name for one in statements for name in one.used}
        return [name for name in self.parameters if name in used]

    def _function(self, name: str, index: int, statements: Sequence[_Statement]) -> str:
        arguments = ", ".join(f"{one}: {self.parameters[one]}" for one in self._arguments(statements))
        *body, last = statements
        ends = isinstance(last.node, ast.Expr) and not _called(last.node) & _SHOWING
        lines = [one.text for one in body] + [f"return {last.text}" if ends else last.text]
        told = f'"""{heading_of(self.notebook.cells, index) or _FIRST}: cell {index} of the first look."""'
        text = textwrap.indent("\n".join([told, *lines]), "    ")
        return f"def {name}({arguments}) -> {'object' if ends else 'None'}:\n{text}"


def _parameters(notebook: Notebook) -> dict[str, str]:
    """The lines of its cell of parameters, by the name that each declares."""
    cells = [notebook.cells[index]["source"] for index in notebook.tagged("parameters")]
    lines = [line for source in cells for line in source.splitlines() if ":" in line]
    return {line.partition(":")[0].strip(): line.rstrip() for line in lines}


def _types(lines: Mapping[str, str]) -> dict[str, str]:
    """The type that each line declares; a period and a date are written as text."""
    found = {name: line.partition(":")[2].partition("=")[0].strip() for name, line in lines.items()}
    return {name: "str" if kind in ("Period", "date") else kind for name, kind in found.items()}


def _statement(node: ast.stmt, source: str) -> _Statement:
    bound, used = bound_and_used(node)
    text = ast.get_source_segment(source, node) or ast.unparse(node)
    if _spans_lines(node):
        text = ast.unparse(node)  # what stands inside such a text must not be moved to the right
    return _Statement(node, text, frozenset(bound | _touched(node)), frozenset(used))


def _spans_lines(node: ast.stmt) -> bool:
    return any(
        isinstance(one, ast.Constant | ast.JoinedStr) and one.end_lineno != one.lineno
        for one in ast.walk(node)
    )


def _touched(node: ast.stmt) -> set[str]:
    """Names whose objects a statement changes: `df["x"] = 1`, `axes.set_title("…")`, and what it defines."""
    found = {node.name} if isinstance(node, ast.FunctionDef | ast.ClassDef) else set()
    for one in ast.walk(node):
        at: ast.AST | None = None
        if isinstance(one, ast.Attribute | ast.Subscript) and isinstance(one.ctx, ast.Store):
            at = one
        elif isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
            at = one.value.func
        while isinstance(at, ast.Attribute | ast.Subscript | ast.Call):
            at = at.func if isinstance(at, ast.Call) else at.value
        if isinstance(at, ast.Name):
            found.add(at.id)
    return found


def _needed(earlier: Sequence[_Statement], statements: Sequence[_Statement]) -> list[_Statement]:
    """The earlier statements that these rest on, in their order."""
    wanted = {name for one in statements for name in one.used}
    kept: list[_Statement] = []
    for one in reversed(earlier):
        if one.changed & wanted:
            kept.append(one)
            wanted |= one.used
    return kept[::-1]


def _imported(imports: Iterable[ast.Import | ast.ImportFrom], used: Collection[str]) -> Iterator[str]:
    """The imports of what is used: a look imports more than its shown cells rest on."""
    for node in imports:
        names = [one for one in node.names if (one.asname or one.name.partition(".")[0]) in {"*", *used}]
        if names:
            given = (node.module, names, node.level) if isinstance(node, ast.ImportFrom) else (names,)
            yield ast.unparse(type(node)(*given))


def _is_own(node: ast.stmt) -> bool:
    """Whether a statement is the analyst's: no import, which is taken by itself, and no call of the house."""
    return not isinstance(node, ast.Import | ast.ImportFrom) and ast.unparse(node) not in _OF_THE_HOUSE


def _shows(node: ast.stmt) -> bool:
    """Whether a cell that ends so shows something: an expression, or a call that prints."""
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    return bool(_called(node) & _SHOWING)


def _called(node: ast.stmt) -> set[str]:
    """The last names of all that a statement calls."""
    calls = (one for one in ast.walk(node) if isinstance(one, ast.Call))
    return {ast.unparse(call.func).split(".")[-1] for call in calls}


def _headed(cells: Sequence[Any]) -> Iterator[TakenCell]:
    """The cells under a heading, which what came before the first section gets."""
    if cells and not cells[0].source.startswith("## "):
        yield TakenCell("markdown", f"## {_FIRST}")
    yield from cells
