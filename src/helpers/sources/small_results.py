"""An expression at the end of a cell shows its result, where that is small; else what it would read.

Small means: the engine reads at most so many rows for it. What is behind an expression is known from the
tables that it is made of, so nothing is counted to find out. The first rows of a table are shown however long
it is, since the engine stops after them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from threading import Timer
from typing import TYPE_CHECKING, Any

import duckdb
import ibis.expr.operations as ops
import ibis.expr.types as ir
from IPython.core.getipython import get_ipython

from helpers import style, tables, verbatims
from helpers.records import project, run_folder
from helpers.sources.connection import Engine, engine

if TYPE_CHECKING:
    from pandas import DataFrame

MOST_READ = 1_000_000
"""Rows that are read to show a result nobody asked to compute."""
_ROWS, _LETTERS = 20, 200
_SECONDS = 2.0
"""How long JupyterLab waits for a result: a join of small tables can be large."""
_PASSING = (ops.DatabaseTable, ops.Project, ops.Limit, ops.DropColumns)
"""What hands on the first rows without reading the others."""
_NUMBERS = count(1)


def show_small_results() -> None:
    """Let this kernel show what expressions give; out of a kernel this does nothing."""
    shell = get_ipython()
    if shell is None or shell.display_formatter is None:
        return
    bundles = shell.display_formatter.mimebundle_formatter
    for kind in (ir.Table, ir.Column, ir.Scalar):
        bundles.for_type(kind, shown)


def shown(expression: ir.Expr) -> dict[str, Any]:
    """What a cell shows of an expression, by MIME type."""
    rows = expression if isinstance(expression, ir.Table) else expression.name("value").as_table()
    running = engine(project().threads)
    read = rows_read(running, rows)
    if not (_passes(running, rows) or (read is not None and read <= MOST_READ)):
        return _not_computed(rows, read)
    most = tables.ROWS_OF_CSV if run_folder() else _ROWS
    try:
        with _in_time(running):
            found = rows.limit(most + 1).to_pandas()
    except duckdb.InterruptException:
        return _note(
            f"Not computed: it takes longer than {_SECONDS:g} s. .to_pandas() takes the time it needs."
        )
    return _result(found)


def rows_read(running: Engine, expression: ir.Expr) -> int | None:
    """How many rows lie behind an expression; None where that is not known."""
    names = [table.name for table in expression.op().find(ops.DatabaseTable)]
    found = [running.rows_behind.get(name) for name in names]
    return None if None in found else sum(filter(None, found))


def _passes(running: Engine, rows: ir.Table) -> bool:
    """Whether the first rows are there without reading the others."""
    nodes = list(rows.op().find((ops.Relation, ops.Reduction, ops.WindowFunction, ops.Subquery)))
    known = all(node.name in running.streamed for node in nodes if isinstance(node, ops.DatabaseTable))
    return known and all(isinstance(node, _PASSING) for node in nodes)


@contextmanager
def _in_time(running: Engine) -> Iterator[None]:
    """Interrupt the engine after a while; not in a run, whose page must not hang on the clock."""
    if run_folder() is not None:
        yield
        return
    timer = Timer(_SECONDS, running.duckdb.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _result(found: DataFrame) -> dict[str, Any]:
    in_run = run_folder() is not None
    if in_run and (column := verbatims.column_in(found)):
        return verbatims.withheld(column)
    if in_run and len(found) <= tables.ROWS_OF_CSV:
        return _with_csv(found)
    more = len(found) > _ROWS
    rows = found.head(_ROWS)
    rest = f"The first {_ROWS} rows. .count() tells how many there are." if more else ""
    body = tables.bare(rows, f"result-{next(_NUMBERS)}", cut=_LETTERS)
    size = f"{style.how_many(len(rows), 'row')}, {style.how_many(found.shape[1], 'column')}"
    plain = size if in_run else f"{rows.to_string()}\n{rest}".strip()
    return {
        "text/html": figure(f'<div class="look">{body}{tables.footnote(rest)}</div>'),
        "text/plain": plain,
    }


def _with_csv(found: DataFrame) -> dict[str, Any]:
    """On a page: the first rows, and all of them as a CSV."""
    size = f"{style.how_many(len(found), 'row')}, {style.how_many(found.shape[1], 'column')}"
    return {"text/html": tables.untitled(found, f"result-{next(_NUMBERS)}"), "text/plain": size}


def _not_computed(rows: ir.Table, read: int | None) -> dict[str, Any]:
    names = ", ".join(f"{name} ({kind_of(kind)})" for name, kind in rows.schema().items())
    why = f"it reads {style.how_many(read, 'row')}" if read else "how many rows it reads is not known"
    return _note(
        f"Not computed: {why}; up to {style.number(MOST_READ)} are read for a look. "
        f".to_pandas() computes it. Columns: {names}."
    )


def _note(said: str) -> dict[str, Any]:
    return {"text/html": figure(tables.footnote(said)), "text/plain": said}


def figure(body: str) -> str:
    """What stands by itself below a cell, in the house style."""
    return f'<figure class="qd">{_own_style()}{body}</figure>'


def _own_style() -> str:
    """The house style sheet: a free notebook need not have asked for it. A page has it."""
    return "" if run_folder() is not None else f"<style>{style.stylesheet()}</style>"


def kind_of(kind: Any) -> str:  # noqa: ANN401  (a data type of ibis)
    """What people call a type of the engine."""
    told = {
        "text": kind.is_string(),
        "whole number": kind.is_integer(),
        "number": kind.is_numeric(),
        "yes or no": kind.is_boolean(),
        "time": kind.is_timestamp(),
        "day": kind.is_date(),
    }
    return next((name for name, holds in told.items() if holds), str(kind))
