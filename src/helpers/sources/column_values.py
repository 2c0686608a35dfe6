"""What the columns of a table hold: how many values are missing, and which ones there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from helpers import style, tables
from helpers.records import project
from helpers.sources.connection import engine

_FEW = 8
"""Different texts up to which all of them are named."""


@dataclass(frozen=True)
class ColumnValues:
    """Of one column the share of rows without a value, and its values in a few words."""

    missing: float
    said: str


def column_values(rows: ir.Table) -> dict[str, ColumnValues]:
    """What each column holds: one query for figures, one for the texts of which there are few.

    A number and a time are told from the smallest to the largest, a truth by its share, a text by its values
    where there are at most eight, else by how many there are.
    """
    running = engine(project().threads)
    return running.once(("column values", rows.op()), lambda: _read(rows))


def _read(rows: ir.Table) -> dict[str, ColumnValues]:
    figures: dict[str, ir.Value] = {"rows": rows.count()}
    for at, name in enumerate(rows.columns):
        figures |= {f"{what}_{at}": value for what, value in _figures(rows[name]).items()}
    row = rows.agg(**figures).to_pyarrow().to_pylist()[0]
    few = [
        name
        for at, name in enumerate(rows.columns)
        if rows[name].type().is_string() and 0 < (row[f"different_{at}"] or 0) <= _FEW
    ]
    named = _named(rows, few)
    return {
        name: ColumnValues(
            1 - row[f"known_{at}"] / row["rows"] if row["rows"] else 0.0,
            named.get(name) or _said(rows[name], row, at),
        )
        for at, name in enumerate(rows.columns)
    }


def _figures(column: ir.Value) -> dict[str, ir.Value]:
    kind = column.type()
    found = {"known": column.count()}
    if kind.is_string():
        return found | {"different": column.nunique()}
    if kind.is_boolean():
        return found | {"share": column.cast("int8").mean()}
    if kind.is_numeric() or kind.is_timestamp() or kind.is_date():
        return found | {"low": column.min(), "high": column.max()}
    return found


def _named(rows: ir.Table, names: list[str]) -> dict[str, str]:
    if not names:
        return {}
    lists = (
        rows.agg(**{name: rows[name].collect(distinct=True) for name in names}).to_pyarrow().to_pylist()[0]
    )
    found = {name: sorted(filter(None, values or [])) for name, values in lists.items()}
    return {
        name: ", ".join(tables.plain(value) for value in values)
        for name, values in found.items()
        if len(values) <= _FEW and sum(map(len, values)) <= 80
    }


def _said(column: ir.Value, row: dict[str, Any], at: int) -> str:
    kind = column.type()
    if not row[f"known_{at}"]:
        return ""
    if kind.is_string():
        return f"{style.number(row[f'different_{at}'])} different"
    if kind.is_boolean():
        return f"{style.value(row[f'share_{at}'], 'share', 0)} yes"
    if f"low_{at}" not in row:
        return ""
    low, high = row[f"low_{at}"], row[f"high_{at}"]
    if kind.is_timestamp() or kind.is_date():
        return f"{style.day(low)} to {style.day(high)}"
    return f"{_number(low)} to {_number(high)}"


def _number(value: Any) -> str:  # noqa: ANN401  (int, float or Decimal)
    whole = float(value).is_integer()
    return style.number(float(value), 0 if whole else 2)
