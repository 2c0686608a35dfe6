"""From the columns of a file to those of the contract: which one comes from where, with which type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import ibis
import ibis.expr.types as ir

from helpers import metrics
from helpers.contracts import CONTRACTS, ROW, ColumnContract, Contract, shares_not_negative
from helpers.records import FREE_TEXT, Project
from helpers.records.settings import did_you_mean
from helpers.sources.conversion import Converted, Notation, constant, converted
from helpers.sources.declarations import ColumnSource, TableSource
from helpers.sources.own_tables import named_columns, unnameable
from helpers.sources.reading.columnar import ROWS_A_FILE
from helpers.sources.reading.files import Raw
from helpers.sources.refusals import TableError

COVARIATE = "pre_"
"""How the columns of outcomes begin that were measured before the start."""
_FLAG = "unreadable_"
SEVERAL = FREE_TEXT | {"product_area"}
"""Columns of which one cell may hold several answers."""


@dataclass(frozen=True)
class Shaped:
    """The columns of the contract that a file has.

    `values` are expressions over the rows of the file; `unreadable` tells for those that may lose a value
    whether a row did. `costly` ones are worth converting once rather than in every query. `origins` are the
    columns of the file that they come from.
    """

    raw: Raw
    values: Mapping[str, ir.Value]
    unreadable: Mapping[str, ir.BooleanValue]
    costly: bool
    origins: Mapping[str, str]

    @property
    def rows(self) -> ir.Table:
        """The numbered rows with the typed columns, and a flag for each column of `flags`."""
        flags = {_FLAG + name: flag for name, flag in self.unreadable.items()}
        return self.raw.rows.select(self.raw.rows[ROW], **self.values, **flags)

    @property
    def flags(self) -> Mapping[str, str]:
        """The name of the flag of each column that may lose a value."""
        return {name: _FLAG + name for name in self.unreadable}


def contract_of(
    name: str, columns: Sequence[str], source: TableSource, folder: Path, settings: Project
) -> Contract:
    """The contract of a table in this project: with its regions, and with the metrics of outcomes.

    That of a table without one has its columns, and no rules.
    """
    numbered = next((one.row for one in source.columns.values() if one.row), None)
    if name not in CONTRACTS:
        return replace(named_columns(name, columns, source), numbered=numbered)
    contract = replace(CONTRACTS[name].with_regions(settings.regions), numbered=numbered)
    if source.keep is not None:
        contract = replace(contract, keep=source.keep)
    if name in {"market_metrics", "totals"}:
        return contract.with_rules(shares_not_negative(_shares(folder)))
    if name != "outcomes":
        return contract
    there = {*columns, *source.columns}
    found = [
        ColumnContract(metric.name, "boolean" if metric.kind == "share" else "number", origin=metric.column)
        for metric in metrics.catalogue(folder).values()
        if metric.column and (metric.name in source.columns or metric.column in there)
    ]
    covariates = [ColumnContract(one, "number") for one in sorted(there) if one.startswith(COVARIATE)]
    return contract.with_columns([*found, *covariates])


def _shares(folder: Path) -> tuple[str, ...]:
    """The metrics that are shares: neither of their sums may be negative, as that of money may."""
    return tuple(one.name for one in metrics.catalogue(folder).values() if one.kind == "share")


def problems(contract: Contract, columns: Sequence[str], source: TableSource) -> Iterator[str]:
    """What keeps a file with these columns from being this table; nothing where it will do.

    Of a path into a nested column (`$.answers.nps`) the column must be there.
    """
    yield from misdeclared(contract, source)
    yield from unnameable(contract, source)
    columns = (*columns, *(path for path, (column, _) in source.paths.items() if column in columns))
    yield from _missing(contract, (*columns, *source.asked), source)
    for survey, question in source.questions.items():
        for name in question.columns:
            if name not in columns:
                hint = did_you_mean(name, list(columns)) or f" The columns are {', '.join(columns)}."
                yield f"questions: {survey} is to come from {name!r}, which is missing.{hint}"


def misdeclared(contract: Contract, source: TableSource) -> Iterator[str]:
    """What `columns` says that cannot be, whatever the file has."""
    known = [column.name for column in contract.columns]
    for name in source.columns:
        if name not in known:
            hint = did_you_mean(name, known) or f" Known: {', '.join(known)}."
            more = " Metrics of outcomes stand in metrics.yaml." if contract.table == "outcomes" else ""
            yield f"columns: {contract.table} knows no column {name}.{hint}{more}"
    for column in contract.columns:
        origin = source.columns.get(column.name)
        if origin is not None and origin.value is not None:
            yield from _unfit(column, origin)
        if origin is not None and contract.years is not None:
            yield from _misread(column, origin)


def _misread(column: ColumnContract, origin: ColumnSource) -> Iterator[str]:
    """What is said of a column that only columns of another kind can be."""
    if origin.divided_by is not None and column.kind != "number":
        yield f"columns: divided_by goes with numbers, and {column.name} is no number. Take it out."
    if origin.split is not None and column.name not in SEVERAL:
        yield (
            f"columns: split goes with {', '.join(sorted(SEVERAL))}, where several answers can be counted, "
            f"and not with {column.name}. Take it out, or make a row an answer under sql."
        )


def origin_of(column: ColumnContract, source: TableSource) -> str | None:
    """Which column of the file one of the contract comes from; None where a value stands in every row."""
    return (source.columns.get(column.name) or named(column)).source


def _missing(contract: Contract, columns: Sequence[str], source: TableSource) -> Iterator[str]:
    there = f"The columns are {', '.join(columns)}." if columns else "There are no columns."
    for column in contract.columns:
        origin = source.columns.get(column.name)
        if origin is not None and origin.source is not None and origin.source not in columns:
            hint = did_you_mean(str(origin.source), list(columns))
            yield f"columns: {column.name} is to come from {origin.source!r}, which is missing.{hint} {there}"
        elif origin is None and column.required and column.called not in columns:
            hint = did_you_mean(column.called, list(columns))
            yield (
                f"the column {column.name} is missing.{hint} {there} "
                f"Say under columns which of them is {column.name}."
            )
    if contract.table == "outcomes" and len(contract.columns) == len(CONTRACTS["outcomes"].columns):
        yield f"no column is a metric. {there} Name the column of a metric in metrics.yaml (column: …)."


def shaped(raw: Raw, contract: Contract, source: TableSource, zone: str) -> Shaped:
    """The columns of the contract from those of the file; optional ones that are absent are left out.

    Raises:
        TableError: a column is missing or declared wrongly.
    """
    found = [*problems(contract, raw.columns, source), *_standing_twice(raw, contract, source)]
    if found:
        raise TableError(" ".join(found))
    made = {
        column.name: one
        for column in contract.columns
        if (one := _made(raw, column, source, zone)) is not None
    }
    return Shaped(
        raw,
        {name: one.value for name, one in made.items()},
        {name: one.unreadable for name, one in made.items() if one.unreadable is not None},
        any(one.costly for one in made.values()),
        {
            column.name: origin
            for column in contract.columns
            if (origin := origin_of(column, source)) in raw.columns
        },
    )


def _standing_twice(raw: Raw, contract: Contract, source: TableSource) -> Iterator[str]:
    """What is to come from a name that the header has more than once: no one can tell from which column."""
    if not raw.repeated:
        return
    named = (
        [] if contract.years is None else [one for one in contract.columns if one.name not in source.columns]
    )
    origins = {one.name: one.called for one in named}
    origins |= {name: one.source for name, one in source.columns.items() if one.source}
    origins |= {f"{survey}": one.source for survey, one in source.questions.items()}
    for name, origin in origins.items():
        if origin in raw.repeated:
            others = [one for one in raw.columns if re.fullmatch(rf"{re.escape(origin)}_\d+", one)]
            yield (
                f"columns: {name} is to come from {origin!r}, a name that the header has more than once. "
                f"Write which is meant, as in {name}: {others[0]}, or give every column its name by header."
            )


def _made(raw: Raw, column: ColumnContract, source: TableSource, zone: str) -> Converted | None:
    """A column of the contract; the id of an answer to a wide survey tells its question, too."""
    made = _converted(raw, column, source, zone)
    if made is None or not source.questions or column.name != "response_id":
        return made
    place = raw.rows[ROW] % max(len(raw.questions), 1)
    names = ibis.cases(*((place == at, f":{name}") for at, name in enumerate(raw.questions)))
    return replace(made, value=made.value.concat(names), costly=True)


def _converted(raw: Raw, column: ColumnContract, source: TableSource, zone: str) -> Converted | None:
    origin = source.columns.get(column.name)
    if origin is not None and origin.row:
        return Converted(row_name(raw.rows[ROW] // max(len(raw.questions), 1)), costly=False)
    if origin is not None and origin.value is not None:
        return constant(origin.value, column)
    if origin is None:
        if column.called not in raw.columns:
            return None
        origin = named(column)
    return converted(
        raw.rows[origin.source], column, origin, zone, Notation(source.decimal, source.thousands)
    )


def row_name(row: ir.IntegerValue) -> ir.StringValue:
    """What a row without a key is called: `17`, from 1 on; `2:17` in the second file of Parquet."""
    file, number = row // ROWS_A_FILE, row % ROWS_A_FILE + 1
    return ibis.ifelse(
        file > 0, (file + 1).cast("string").concat(":", number.cast("string")), number.cast("string")
    )


def named(column: ColumnContract) -> ColumnSource:
    """Where a column comes from when nothing is declared: from the one that is called so."""
    return ColumnSource.model_validate(column.called)


def _unfit(column: ColumnContract, origin: ColumnSource) -> Iterator[str]:
    assert origin.value is not None
    try:
        constant(origin.value, column)
    except ValueError as error:
        yield f"columns: {error}."
