"""By which values of the parameters each name of a notebook was made.

A cell that binds `answers` from `region` makes it by the region of that moment; what is bound from `answers`
is made by it too. A name is stale when a parameter that it was made by has another value now. Only names
count: what a cell changes within an object (`found["EMEA"] = …`) is the analyst's own book-keeping.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from helpers.records.parameter_types import Value

Values = Mapping[str, Value]


@dataclass(frozen=True)
class Statement:
    """One statement of a cell: the names that it binds, those that it uses, and whether it is a function.

    A function uses its names when it is called, not where it stands.
    """

    bound: frozenset[str]
    used: frozenset[str]
    deferred: bool = False


@dataclass(frozen=True)
class Stale:
    """A name that was made while a parameter had another value."""

    name: str
    parameter: str
    was: Value
    now: Value


@dataclass
class Provenance:
    """What is known of the names of one kernel.

    >>> import ast
    >>> known = Provenance(frozenset({"region"}))
    >>> cell = statements(ast.parse("scope = Scope(region)"))
    >>> known.record(cell, {"region": "all"}, rebound=lambda name: True)
    >>> known.stale(known.inputs(statements(ast.parse("show(scope)"))), {"region": "EMEA"})
    Stale(name='scope', parameter='region', was='all', now='EMEA')
    """

    parameters: frozenset[str] = frozenset()
    made: dict[str, dict[str, Value]] = field(default_factory=dict)
    functions: dict[str, frozenset[str]] = field(default_factory=dict)

    def inputs(self, cell: Sequence[Statement]) -> set[str]:
        """The names that a cell takes from outside, those of the functions that it calls too."""
        own: set[str] = set()
        found: set[str] = set()
        functions = dict(self.functions)
        for statement in cell:
            if statement.deferred:
                functions |= dict.fromkeys(statement.bound, statement.used)
            else:
                found |= _through(statement.used, functions) - own
            own |= statement.bound
        return found

    def stale(self, names: Iterable[str], now: Values) -> Stale | None:
        """The first of the names, in alphabetical order, that was made by other values than those of now."""
        for name in sorted(names):
            for parameter, was in self.made.get(name, {}).items():
                if parameter in now and now[parameter] != was:
                    return Stale(name, parameter, was, now[parameter])
        return None

    def by_parameters(self, names: Iterable[str]) -> set[str]:
        """Those of the names that are parameters, or were made by one."""
        return {name for name in names if name in self.parameters or self.made.get(name)}

    def record(self, cell: Sequence[Statement], now: Values, rebound: Callable[[str], bool]) -> None:
        """Note what a cell has made; `rebound` tells of a name whether it has its new value."""
        fresh: dict[str, dict[str, Value]] = {}
        for statement in cell:
            if statement.deferred:
                self.functions |= dict.fromkeys(statement.bound, statement.used)
                continue
            origin: dict[str, Value] = {}
            for name in _through(statement.used, self.functions):
                origin |= {name: now[name]} if name in now else fresh.get(name, self.made.get(name, {}))
            fresh |= dict.fromkeys(statement.bound - self.parameters, origin)
        self.made |= {name: origin for name, origin in fresh.items() if rebound(name)}
        self.functions = {name: used for name, used in self.functions.items() if name not in fresh}


def _through(names: Iterable[str], functions: Mapping[str, frozenset[str]]) -> set[str]:
    """The names, and those that the functions among them use."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += functions.get(name, ())
    return found


def statements(tree: ast.Module) -> list[Statement]:
    """The statements of a cell in their order; code within a magic counts."""
    return [_statement(node) for node in tree.body]


def _statement(node: ast.stmt) -> Statement:
    names = list(_names(node))
    used = frozenset(name.id for name in names if isinstance(name.ctx, ast.Load))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return Statement(frozenset({node.name}), used, deferred=True)
    bound = {name.id for name in names if not isinstance(name.ctx, ast.Load)}
    if isinstance(node, ast.Import | ast.ImportFrom):
        bound = {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return Statement(frozenset(bound), used)


def _names(node: ast.AST) -> Iterator[ast.Name]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part
        elif isinstance(part, ast.Call):
            for text in part.args[1:] if _is_magic(part.func) else ():
                yield from _within_magic(text)


def _is_magic(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr in ("run_cell_magic", "run_line_magic")


def _within_magic(text: ast.expr) -> Iterator[ast.Name]:
    if isinstance(text, ast.Constant) and isinstance(text.value, str):
        try:
            yield from _names(ast.parse(text.value))
        except SyntaxError:
            return
