"""The card of a loaded table: its rows, the period covered, its columns, the first rows, its account.

A page shows less of it than JupyterLab: no rows and no values of columns, for rows are about persons.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import ibis.expr.types as ir

from helpers import style, tables
from helpers.records import SettingsError, TableAccount, params_folder, run_folder
from helpers.sources.column_values import ColumnValues, column_values
from helpers.sources.declarations import TableSource
from helpers.sources.loading import declared_now
from helpers.sources.meanings import of_column, of_table
from helpers.sources.small_results import MOST_READ, figure, kind_of
from helpers.sources.table import LoadedTable

_ROWS, _LETTERS = 5, 200
"""Rows that are shown, and letters of a long text in one."""


def card_of(table: LoadedTable) -> dict[str, Any]:
    """The card by MIME type; of a table that is not supplied, that it is not."""
    if table.account is None or not table.account.kept:
        said = table.absent or f"The table {table.name} is empty."
        return {"text/html": figure(tables.footnote(said)), "text/plain": said}
    source, rows = _declared(table.name), table.count()
    head = tables.caption(f"table-{table.name}", table.name, of_table(table.name, source))
    parts = [head, _facts(table, rows), _columns(table, source, rows)]
    if run_folder() is None:
        parts += [_first_rows(table), _account(table.account, told=True)]
    else:
        parts += [_account(table.account, told=False)]
    return {
        "text/html": figure(f'<div class="card">{"".join(parts)}</div>'),
        "text/plain": _plain(table, rows),
    }


def _declared(name: str) -> TableSource | None:
    with suppress(SettingsError):
        return declared_now(params_folder()).tables.get(name)
    return None


def period_covered(table: LoadedTable) -> str:
    """`1 Jul 2024 to 30 Sep 2026`; empty for a table without times."""
    if table.covered is None:
        return ""
    first, last = table.covered
    return f"{style.day(first)} to {style.day(last)}"


def _facts(table: LoadedTable, rows: int) -> str:
    period = period_covered(table)
    time = (
        f' <span class="soft">by {tables.escaped(table.contract.time)}</span>' if table.contract.time else ""
    )
    told = [
        f"<b>{style.number(rows)}</b> rows",
        f"<b>{period}</b>{time}" if period else "",
        f"<b>{len(table.expr.columns)}</b> columns",
    ]
    return f'<p class="facts">{"".join(f"<span>{one}</span>" for one in told if one)}</p>'


def _columns(table: LoadedTable, source: TableSource | None, rows: int) -> str:
    schema, folder = table.expr.schema(), params_folder()
    known = _values(table.expr, rows)
    cells = [
        [
            name,
            "customers' words" if name in table.verbatims else kind_of(kind),
            of_column(table.name, name, source, folder),
            *([_missing(known[name]), "" if name in table.verbatims else known[name].said] if known else []),
        ]
        for name, kind in schema.items()
    ]
    heads = ["Column", "Type", "Meaning", *(["Missing", "Values"] if known else [])]
    units = {"Missing": "share"}
    columns = [tables.Column(head, units.get(head, "text"), 1 if head in units else None) for head in heads]
    return tables.table(f"columns-{table.name}", "Columns", columns, cells).grid(described=False)


def _values(rows: ir.Table, known: int) -> dict[str, ColumnValues]:
    """What the columns hold; nothing on a page, and nothing of a table too long for a look."""
    return column_values(rows) if run_folder() is None and known <= MOST_READ else {}


def _missing(values: ColumnValues) -> float | str | None:
    return "under 0.1%" if 0 < values.missing < 0.001 else values.missing or None


def _first_rows(table: LoadedTable) -> str:
    rows = tables.bare(table.head(_ROWS), f"rows-{table.name}", cut=_LETTERS)
    return f'<details open><summary>First rows</summary><div class="rows">{rows}</div></details>'


def _account(account: TableAccount, *, told: bool) -> str:
    """What became of the rows that were read, and the reasons, in JupyterLab each with a masked value."""
    parts = [
        (account.kept, "used"),
        (account.repeats, "repeated"),
        (account.filtered, "left out by the filter"),
        (account.set_aside, "set aside"),
    ]
    said = style.listed([f"{style.number(n)} {what}" for n, what in parts if n])
    bare = account if told else account.model_copy(update={"examples": {}})
    reasons = [one.removeprefix(f"{account.name}: ") for one in bare.reasons()]
    reasons += [f"{style.how_many(n, 'row')}, {why}" for why, n in account.repeated.items()]
    if account.alike:
        reasons.append(f"{account.alike:,} used, the same in every column as another")
    lines = "".join(f"<li>{tables.escaped(one)}</li>" for one in reasons)
    why = f"<ul>{lines}</ul>" if lines else ""
    opened = " open" if lines else ""
    files = ", ".join(file.path for file in account.files) or ", ".join(account.database_tables)
    origin = f'<p class="note">Read from {tables.escaped(files)}.</p>' if told and files else ""
    summary = f"{style.how_many(account.read, 'row')} read: {said}"
    return f"<details{opened}><summary>{summary}</summary>{why}{origin}</details>"


def _plain(table: LoadedTable, rows: int) -> str:
    period = period_covered(table)
    columns = ", ".join(table.expr.columns)
    return (
        f"{table.name}: {style.how_many(rows, 'row')}{f', {period}' if period else ''}. Columns: {columns}."
    )
