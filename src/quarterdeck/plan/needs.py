"""What a report needs of the settings before it can run: tables, their columns, metrics, protocols."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from helpers.records.choices import ALL
from helpers.records.parameter_types import Value
from helpers.records.settings import did_you_mean
from quarterdeck.params.notebook import Notebook
from quarterdeck.params.report import Report
from quarterdeck.plan.fingerprints import named_in_sql

_COLUMNS = ("region", "segment", "feature", "market", "platform", "plan", "channel", "product_area")
"""Parameters that choose rows by the column of their name."""
_EITHER = ("sources.first_of", "markets.table_of")
"""Calls that take tables of which one is enough."""


@dataclass(frozen=True)
class Supplied:
    """What a folder of params supplies: the columns of each table (None: not known), metrics, protocols.

    `regions` are those that the project names; none where it leaves them open. `scaffold` is the command that
    writes a protocol.
    """

    tables: Mapping[str, frozenset[str] | None]
    metrics: Collection[str]
    protocols: Collection[str]
    regions: Collection[str] = ()
    scaffold: Callable[[str], str] = "quarterdeck new experiment {}".format


def required_tables(notebook: Notebook) -> list[str]:
    """The tables that a notebook cannot do without: it loads them, and not with `optional=True`.

    Those that a statement reads count, too. Of tables that are alternatives see `alternatives`.
    """
    calls = [node for tree in notebook.code() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    said = [
        (ast.unparse(node.func), node.args[0].value)
        for node in calls
        if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
        if not any(keyword.arg == "optional" for keyword in node.keywords)
    ]
    loaded = [text for function, text in said if function == "sources.load"]
    queried = [name for function, text in said if function == "sources.sql" for name in named_in_sql(text)]
    return list(dict.fromkeys([*loaded, *queried]))


def alternatives(notebook: Notebook) -> list[list[str]]:
    """The tables of which a notebook needs one at least, such as those that it gives `sources.first_of`."""
    nodes = [node for tree in notebook.code() for node in ast.walk(tree)]
    loaded = {
        node.targets[0].id: node.value.args[0].value
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "sources.load"
        if node.value.args and isinstance(node.value.args[0], ast.Constant)
    }
    return [
        [str(loaded[arg.id]) for arg in node.args if isinstance(arg, ast.Name) and arg.id in loaded]
        for node in nodes
        if isinstance(node, ast.Call) and ast.unparse(node.func) in _EITHER
    ]


def lacking(notebook: Notebook, report: Report, supplied: Supplied) -> Iterator[str]:
    """What the report needs and the folder does not supply, each with what to do."""
    tables = required_tables(notebook)
    for table in tables:
        if table not in supplied.tables:
            yield (
                f"{report.name} needs the table {table}, which sources.yaml does not declare. "
                f"Add it under tables, or remove {report.name}.yaml."
            )
    for either in alternatives(notebook):
        found = [table for table in either if table in supplied.tables]
        if not found:
            yield (
                f"{report.name} needs one of the tables {_listed(either)}, and sources.yaml declares "
                f"none. Add one under tables, or remove {report.name}.yaml."
            )
        tables += found[:1]
    yield from _metrics(report, supplied)
    yield from _protocols(report, supplied)
    yield from _regions(report, supplied)
    yield from _columns(report, [table for table in tables if table in supplied.tables], supplied)


def _listed(names: Sequence[str]) -> str:
    """`responses, tickets and mentions`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def unread_protocols(reports: Sequence[Report], protocols: Collection[str]) -> Iterator[tuple[str, str]]:
    """The experiments that have a protocol, and that no edition of any report reads out; what to do."""
    asked = {report.name: _asked(report, "experiment") for report in reports}
    readers = [name for name, values in asked.items() if values]
    where = (
        f"the matrix of {readers[0]}.yaml" if readers else "the matrix of a report (experiment_readout.yaml)"
    )
    read = {value for values in asked.values() for value in values}
    for name in protocols:
        if name not in read:
            yield (
                name,
                f"the experiment {name} has a protocol, but no edition reads it out. Add it to {where}.",
            )


def _metrics(report: Report, supplied: Supplied) -> Iterator[str]:
    for name in _asked(report, "metric"):
        if name not in supplied.metrics:
            hint = did_you_mean(name, list(supplied.metrics))
            yield f"{report.name} asks for the metric {name}, which metrics.yaml does not have.{hint}"


def _protocols(report: Report, supplied: Supplied) -> Iterator[str]:
    for name in _asked(report, "experiment"):
        if name not in supplied.protocols:
            hint = did_you_mean(name, list(supplied.protocols))
            yield (
                f"{report.name} asks for the experiment {name}, which has no protocol.{hint} "
                f"Write experiments/{name}.yaml: {supplied.scaffold(name)}."
            )


def _regions(report: Report, supplied: Supplied) -> Iterator[str]:
    asked = _asked(report, "region") if supplied.regions else []
    for name in asked:
        if name not in (ALL, *supplied.regions):
            known = list(supplied.regions)
            hint = did_you_mean(name, known) or f" It has {', '.join(known)}."
            yield f"{report.name} asks for the region {name}, which project.yaml does not have.{hint}"


def _columns(report: Report, tables: Collection[str], supplied: Supplied) -> Iterator[str]:
    columns = [supplied.tables[table] for table in tables]
    known = [found for found in columns if found is not None]
    if len(known) < len(columns) or not known:
        return
    for name in _COLUMNS:
        asked = [value for value in _asked(report, name) if value != ALL]
        if asked and not any(name in found for found in known):
            yield (
                f"{report.name} asks for {name} {asked[0]}, but {' and '.join(tables)} have no column "
                f"{name}. Map it under columns, or take {name} out of the matrix."
            )


def _asked(report: Report, parameter: str) -> list[str]:
    """Every value that some edition of the report has for a parameter, each once."""
    values: list[Value] = [found.get(parameter) for found in report.combinations()]
    values.append(report.fixed.get(parameter) if parameter not in report.axes else None)
    return list(dict.fromkeys(str(value) for value in values if value is not None))
