"""The values that exist: what a report's file lists, what settings name, what the data hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime

import ibis.expr.types as ir
import yaml

from helpers import metrics
from helpers.contracts import CONTRACTS
from helpers.periods import RELATIVE, Period, between, period_of
from helpers.records import SettingsError, params_folder, project
from helpers.records.choices import choices_of, not_a_choice
from helpers.records.parameter_types import Value
from helpers.records.report_terms import notebook_path, report_file, report_terms
from helpers.records.schema import Schema
from helpers.scope import ALL
from helpers.sources import LoadedTable
from helpers.sources.connection import engine
from helpers.sources.loading import look

_HOMES = {"metric": ("market_metrics",), "feature": ("events",)}
"""Where a name is looked for that several tables use, each in its own sense."""

_MOST = 200
"""A column with more values than this is no list to choose from."""


def choices(schema: Schema) -> dict[str, list[Value]]:
    """The values that each parameter can be chosen from, in the order of the report's file, then of the data.

    A parameter without any is free within its type.
    """
    listed = _listed(schema)
    every = {
        name: [*listed.get(name, ()), *(known(name) if _is_text(schema, name) else ())]
        for name in schema.parameters
    }
    return {name: list(dict.fromkeys(values)) for name, values in every.items() if values}


def problem_of(schema: Schema, name: str, value: Value) -> str:
    """What is wrong with a value of a parameter; empty where nothing is. Data are asked last."""
    kind = schema.parameters[name].type
    try:
        kind.from_literal(value)
    except (ValueError, TypeError) as error:
        return f"{name} (declared {kind.declared}): {error}."
    text = _is_text(schema, name)
    there: list[Value] = [*_listed(schema).get(name, ()), *(_named(name) if text else ())]
    if value in there or value is None:
        return ""
    there += _in_data(name) if text else []
    return "" if value in there or not there else not_a_choice(name, value, list(dict.fromkeys(there)))


def known(name: str, may_open: Callable[[str], bool] = lambda _table: True) -> list[Value]:
    """The values of what has this name: those that settings name, else those in the data.

    `may_open` says which tables may be opened to look.
    """
    return _named(name) or _in_data(name, may_open)


def _listed(schema: Schema) -> dict[str, list[Value]]:
    """What the report's file lists; nothing where it is broken, which `quarterdeck check` tells."""
    file = report_file()
    with suppress(OSError, ValueError, TypeError, AttributeError, yaml.YAMLError):
        return choices_of(file.read_text(encoding="utf-8"), schema) if file else {}
    return {}


def _named(name: str) -> list[Value]:
    """What settings name: the regions of the project, its protocols."""
    with suppress(SettingsError):
        if name == "region" and (regions := project().regions):
            return [ALL, *regions]
        if name == "experiment":
            return [path.stem for path in sorted((params_folder() / "experiments").glob("*.yaml"))]
    return []


def _in_data(name: str, may_open: Callable[[str], bool] = lambda _table: True) -> list[Value]:
    """What the data hold in the column of that name; nothing where settings name it, or none can be read."""
    if _named(name):
        return []
    tables = [
        table
        for table in _HOMES.get(name, tuple(CONTRACTS))
        if any(column.name == name for column in CONTRACTS[table].columns) and may_open(table)
    ]
    found: list[Value] = next(filter(None, (_column(table, name) for table in tables)), [])
    if name == "metric":
        return [metric for metric in found if metric in metrics.catalogue()]
    return [ALL, *found] if found else []


def _column(table: str, column: str) -> list[Value]:
    with suppress(Exception):  # the cell that loads the table tells what is wrong with it
        rows = look(table, optional=True)
        if rows.has(column):
            return engine(project().threads).once(
                ("values", column, rows.expr.op()), lambda: values_of(rows.expr, column)
            )
    return []


def values_of(rows: ir.Table, column: str) -> list[Value]:
    """The different values of a column, in order; none where there are too many to choose from."""
    found = rows.select(column).distinct().limit(_MOST + 1).to_pyarrow()[column].to_pylist()
    return sorted(filter(None, found)) if len(found) <= _MOST else []


def _is_text(schema: Schema, name: str) -> bool:
    return schema.parameters[name].type.declared in ("str", "str | None")


def settled(schema: Schema, values: Mapping[str, Value]) -> dict[str, Value]:
    """The values with relative periods as this notebook means them: by its data, not by the date of today."""
    table, grain = _main_table(), report_terms().grain
    return {
        name: table.resolve(str(value), grain).text if table and _is_relative(schema, name, value) else value
        for name, value in values.items()
    }


def _is_relative(schema: Schema, name: str, value: Value) -> bool:
    return schema.parameters[name].type.is_period and value in RELATIVE


def _main_table() -> LoadedTable | None:
    """The table of the notebook's `Scope.of`, else the first that it loads; None where there is none."""
    text = _text()
    named = re.search(r"Scope\.of\(\s*(\w+)", text)
    loads = re.findall(r"(\w+) = sources\.load\(\\?[\"'](\w+)", text)
    order = sorted(loads, key=lambda load: named is None or load[0] != named[1])
    for _, name in order[:1]:
        with suppress(Exception):  # the cell that loads the table tells what is wrong with it
            return look(name, optional=True)
    return None


def covered() -> list[Period]:
    """The quarters that the tables of this notebook cover, oldest first; none where that cannot be told.

    Months or weeks, where that is the grain of its report.
    """
    spans = [_span(table) for table in _loaded()]
    days = [day for span in spans if span for day in span]
    if not days:
        return []
    start, grain = project().fiscal_year_start, report_terms().grain
    return list(between(period_of(min(days), grain, start), period_of(max(days), grain, start)))


def _loaded() -> list[str]:
    """The tables that the notebook's file loads by name."""
    return list(dict.fromkeys(re.findall(r"sources\.load\(\\?[\"'](\w+)", _text())))


def _text() -> str:
    """The notebook's file; empty where it cannot be read."""
    notebook = notebook_path()
    with suppress(OSError):
        return notebook.read_text(encoding="utf-8") if notebook else ""
    return ""


def _span(name: str) -> tuple[date, date] | None:
    """The first and the last day of a table."""
    with suppress(Exception):  # the cell that loads the table tells what is wrong with it
        table = look(name, optional=True)
        first = table.expr[table.time].min().to_pyarrow().as_py()
        if table.latest and first:
            return (first.date() if isinstance(first, datetime) else first), table.latest
    return None
