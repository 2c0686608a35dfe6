"""The values that exist: what a report's file lists, what settings name, what the data hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import yaml

from helpers import metrics
from helpers.explore.named_columns import MayOpen, NamedColumn, columns_called, values_in
from helpers.periods import RELATIVE, Period, between, period_of
from helpers.records import SettingsError, params_folder, project
from helpers.records.choices import ALL, choices_of, named_by, named_choices, not_a_choice, outside
from helpers.records.parameter_types import Type, Value
from helpers.records.report_terms import notebook_path, report_terms
from helpers.records.schema import Schema, schema_of
from helpers.sources import LoadedTable
from helpers.sources.loading import declared_now, look


def choices(schema: Schema) -> dict[str, list[Value]]:
    """The values that each parameter can be chosen from, in the order of the report's file, then of the data.

    A parameter without any is free within its type.
    """
    listed, loads = _listed(schema), _loaded(schema.notebook)
    every = {
        name: [*listed.get(name, ()), *(known(name, loads) if _is_one_text(parameter.type) else ())]
        for name, parameter in schema.parameters.items()
    }
    return {name: list(dict.fromkeys(values)) for name, values in every.items() if values}


def problem_of(schema: Schema, name: str, value: Value) -> str:
    """What is wrong with a value of a parameter; empty where nothing is. Data are asked last.

    A text must be one that exists, each text of a list too: one that the settings name; where they name none,
    listed by the report's file, or in the column that is called as the parameter is. Other texts are free.
    """
    kind = schema.parameters[name].type
    try:
        kind.from_literal(value)
    except (ValueError, TypeError) as error:
        return f"{name} (declared {kind.declared}): {error}."
    listed, subject = _listed(schema).get(name, []), named_by(name, kind)
    named = _named(subject) if kind.is_text else []
    there, columns = [*(named or listed)], list[NamedColumn]()
    if value in there:
        return ""
    if kind.is_text and not named and outside(value, there):
        columns = columns_called(subject, _loaded(schema.notebook))
        there += _chosen(subject, columns)
    strange = [item for item in outside(value, there) if not any(column.has(item) for column in columns)]
    if not strange or not (there or columns):
        return ""
    if there:
        return not_a_choice(name, strange[0], list(dict.fromkeys(there)))
    return f"{name} = {strange[0]} stands in no row of {' or '.join(column.table for column in columns)}."


def known(name: str, loads: Sequence[str] = (), may_open: MayOpen = lambda _table: True) -> list[Value]:
    """The values of what has this name: those that settings name, else those in the data.

    `loads` are the tables of the notebook; `may_open` says which tables may be opened to look.
    """
    return _named(name) or _chosen(name, columns_called(name, loads, may_open))


def refusals(source: str, notebook: str, values: Mapping[str, Value]) -> dict[str, str]:
    """What is wrong with the values that a run gives to the parameters of a notebook, by their names.

    Args:
        source: the cell of parameters.
        notebook: the file of the notebook.
        values: the values of the run.
    """
    schema = schema_of(source, Path(notebook), "The parameters")
    told = {name: problem_of(schema, name, value) for name, value in values.items()}
    return {name: problem for name, problem in told.items() if problem}


def _listed(schema: Schema) -> dict[str, list[Value]]:
    """What the report's file lists; nothing where it is broken, which `quarterdeck check` tells."""
    with suppress(OSError, ValueError, TypeError, AttributeError, yaml.YAMLError):
        file = params_folder() / f"{schema.notebook.stem}.yaml"
        return choices_of(file.read_text(encoding="utf-8"), schema)
    return {}


def _named(name: str) -> list[Value]:
    """What settings name: the regions of the project, its protocols."""
    with suppress(SettingsError):
        found = named_choices(params_folder(), name)
        return found.values if found else []
    return []


def _chosen(name: str, columns: Sequence[NamedColumn]) -> list[Value]:
    """What can be chosen of these columns; nothing where one has too many values."""
    found: list[Value] = [*values_in(columns)]
    if name == "metric":
        return [metric for metric in found if metric in metrics.catalogue()]
    return [ALL, *found] if found else []


def _is_one_text(kind: Type) -> bool:
    return kind.is_text and not kind.is_list


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
    text = _text(notebook_path())
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
    spans = [_span(table) for table in _loaded(notebook_path())]
    days = [day for span in spans if span for day in span]
    if not days:
        return []
    start, grain = project().fiscal_year_start, report_terms().grain
    return list(between(period_of(min(days), grain, start), period_of(max(days), grain, start)))


def _loaded(notebook: Path | None) -> list[str]:
    """The tables that the notebook's file loads by name, or reads in SQL."""
    text = _text(notebook)
    found = re.findall(r"sources\.load\(\\?[\"'](\w+)", text)
    with suppress(SettingsError):
        declared = declared_now(params_folder()).tables
        found += [name for name in re.findall(r"(?i)\b(?:from|join)\s+(\w+)", text) if name in declared]
    return list(dict.fromkeys(found))


def _text(notebook: Path | None) -> str:
    """The notebook's file; empty where it cannot be read."""
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
