"""Keeps a notebook true to its parameters: no cell shows numbers of others than those that stand above it.

The cell of parameters is read before it runs, by the reader of `quarterdeck plan`; a wrong value is told
there, and until it is mended no cell runs that builds on the parameters. A cell that takes up what other
values made (the load failed, or was not run again) is told so instead of showing it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from IPython.core.error import InputRejected
from IPython.core.getipython import get_ipython

from helpers import findings
from helpers.explore.known_values import problem_of
from helpers.explore.provenance import Provenance, Statement, statements
from helpers.findings import NoData
from helpers.periods import Period
from helpers.records import run_folder
from helpers.records.mistakes import Mistake
from helpers.records.parameter_types import Value, declared
from helpers.records.report_terms import notebook_path
from helpers.records.schema import Schema, SchemaError, schema_of

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

_FROM_THERE = "Run the cells from the parameters on."


class ParameterError(Mistake, InputRejected):
    """A cell was not run: a parameter is wrong, or what the cell takes up was made by other parameters.

    >>> ParameterError("region = EMAE is none of its choices. Did you mean EMEA?")
    ParameterError('region = EMAE is none of its choices. Did you mean EMEA?')
    """


class Follower(Protocol):
    """What shows the values in force, and why there are none; closed when another takes its place."""

    def follow(self, values: Mapping[str, Value], refused: str) -> None:
        """Show other values."""

    def close(self) -> None:
        """Show nothing any more."""


@dataclass
class _Pending:
    """A cell while it runs: its statements, the values before it, and the objects that its names had."""

    cell: list[Statement]
    values: dict[str, Value]
    objects: dict[str, int]


@dataclass(frozen=True)
class _Unmade:
    """Why a name could not be made, and by which values."""

    reason: str
    values: dict[str, Value]


@dataclass(frozen=True)
class Drafted:
    """The draft made last: of which values, and what a panel shows of it."""

    values: Mapping[str, Value]
    shown: Mapping[str, Any]


@dataclass
class Watch(ast.NodeTransformer):
    """Watches one shell, as a transformer of its cells; `refused` says why parameters are not in force.

    `sources` are the texts of the cells as they ran last, by their ids; `drafted` is the draft made last,
    which outlives the panel that made it.
    """

    shell: InteractiveShell
    schema: Schema | None = None
    refused: str = ""
    follower: Follower | None = None
    sources: dict[str, str] = field(default_factory=dict)
    drafted: Drafted | None = None
    _cell_id: str | None = None
    _info: ExecutionInfo | None = None
    _pending: _Pending | None = None
    _seen: tuple[dict[str, Value], str] = ({}, "")
    _judged: dict[str, Value] = field(default_factory=dict)
    _unmade: dict[str, _Unmade] = field(default_factory=dict)
    _known: Provenance = field(default_factory=Provenance)

    @property
    def values(self) -> dict[str, Value]:
        """The values that the parameters have now."""
        names = self.schema.parameters if self.schema else ()
        return {name: _plain(self.shell.user_ns[name]) for name in names if name in self.shell.user_ns}

    @property
    def typed(self) -> dict[str, Value]:
        """The values that stand in the cell of parameters."""
        return self.schema.defaults if self.schema else {}

    def put(self, values: dict[str, Value]) -> None:
        """Give parameters other values, as a cell would."""
        self.shell.user_ns.update(values)
        self.refused = ""
        self._look()

    def before(self, info: ExecutionInfo) -> None:
        """A cell is about to be read."""
        if info.cell_id:
            findings.begin(info.cell_id)
            self.sources[info.cell_id] = str(info.raw_cell)
        self._info, self._pending = info, None

    def visit(self, node: ast.AST) -> ast.AST:
        """The cell as it may run.

        Raises:
            ParameterError: it may not.
        """
        info, self._info = self._info, None
        if info is None or not isinstance(node, ast.Module):  # nothing that a person runs
            return node
        self._look()
        if not self._is_parameters(node, info.cell_id):
            return self._admitted(node)
        self._cell_id = info.cell_id or self._cell_id
        self._accept(str(info.raw_cell))
        return node

    def after(self, result: ExecutionResult) -> None:
        """A cell has run: note what it made."""
        error = result.error_before_exec or result.error_in_exec
        cell_id = result.info.cell_id if result.info else None
        if error is not None and not self.refused and cell_id is not None and cell_id == self._cell_id:
            self.refused = f"{type(error).__name__}: {error}."
        pending, self._pending = self._pending, None
        if pending is not None:
            self._note(pending, error)
        self._look()

    def _is_parameters(self, tree: ast.Module, cell_id: str | None) -> bool:
        """Whether this is the cell of parameters: the one that was it before, or annotated literals."""
        if cell_id is not None and cell_id == self._cell_id:
            return True
        names = _annotated(tree)
        return bool(names) and names >= self._known.parameters

    def _accept(self, source: str) -> None:
        try:
            schema = schema_of(source, notebook_path() or Path("notebook.ipynb"), "The parameters")
            problems = [problem_of(schema, name, value) for name, value in schema.defaults.items()]
        except SchemaError as error:
            problems = [str(error)]
        else:
            self.schema = schema
            self._known.parameters = frozenset(schema.parameters)
        self.refused = " ".join(filter(None, problems))
        if self.refused:
            self._look()
            raise ParameterError(self.refused)
        self._judged = schema.defaults

    def _admitted(self, tree: ast.Module) -> ast.Module:
        cell = statements(tree)
        inputs, now = self._known.inputs(cell), self.values
        if self.refused and self._known.by_parameters(inputs):
            raise ParameterError(f"The parameters are not accepted: {self.refused} Mend their cell first.")
        self._judge(inputs & now.keys(), now)
        unmade = {name for name in inputs & self._unmade.keys() if self._unmade[name].values == now}
        if (old := self._known.stale(inputs - unmade, now)) is not None:
            raise ParameterError(
                f"{old.name} was made with {old.parameter} = {old.was}, and now {old.parameter} = {old.now}. "
                f"{_FROM_THERE} To compare two, write the value out where it is used."
            )
        if unmade:
            return _raising_no_data(self._unmade[min(unmade)].reason)
        bound = frozenset[str]().union(*(statement.bound for statement in cell))
        self._pending = _Pending(cell, now, {name: id(self.shell.user_ns.get(name)) for name in bound})
        return tree

    def _judge(self, names: set[str], now: dict[str, Value]) -> None:
        """Judge values that came another way than through the cell of parameters."""
        for name in sorted(names):
            if self.schema is None or self._judged.get(name, self) == now[name]:
                continue
            if problem := problem_of(self.schema, name, now[name]):
                raise ParameterError(problem)
            self._judged[name] = now[name]

    def _note(self, pending: _Pending, error: BaseException | None) -> None:
        here = self.shell.user_ns
        made = {name for name, was in pending.objects.items() if error is None or id(here.get(name)) != was}
        set_here = {name: value for name, value in self.values.items() if name in made}
        self._known.record(pending.cell, pending.values | set_here, made.__contains__)
        left = pending.objects.keys() - made if isinstance(error, NoData) else ()
        self._unmade = {name: why for name, why in self._unmade.items() if name not in made}
        self._unmade |= {name: _Unmade(str(error), pending.values) for name in left}

    def _look(self) -> None:
        """Tell who follows the parameters when they have changed."""
        seen = (self.values, self.refused)
        if seen != self._seen:
            self._seen = seen
            findings.forget()
            if self.follower is not None:
                self.follower.follow(*seen)


def watch() -> None:
    """Watch the parameters of this notebook; a run of `quarterdeck` has judged its values before it starts.

    In JupyterLab and VS Code, a wrong value is then told in the cell of parameters before anything is loaded,
    and no cell shows what other values made.

        >>> watch()
    """
    watcher()


def watcher() -> Watch | None:
    """What watches this notebook, from now on; None in a run and out of a kernel.

    >>> watcher() is None
    True
    """
    shell = get_ipython()
    if shell is None or run_folder() is not None:
        return None
    for one in shell.ast_transformers:
        if isinstance(one, Watch):
            return one
    found = Watch(shell)
    shell.ast_transformers.append(found)
    shell.events.register("pre_run_cell", found.before)
    shell.events.register("post_run_cell", found.after)
    return found


def _annotated(tree: ast.Module) -> frozenset[str]:
    """The names of a cell that holds nothing but annotated literals; none for any other cell."""
    names: set[str] = set()
    for node in tree.body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=ast.expr() as value):
                try:
                    declared(annotation, "")
                    ast.literal_eval(value)
                except (ValueError, TypeError):
                    return frozenset()
                names.add(name)
            case _:
                return frozenset()
    return frozenset(names)


def _plain(value: Any) -> Value:  # noqa: ANN401  (whatever a notebook gave the name)
    """A value as its parameter declares it: periods and dates are text."""
    if isinstance(value, Period):
        return value.text
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | list | None) else repr(value)


def _raising_no_data(reason: str) -> ast.Module:
    """A cell that tells the same as the one above which found no data."""
    return ast.parse(f"raise __import__('helpers.findings').findings.NoData({reason!r})")
