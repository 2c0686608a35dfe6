"""Tables without a contract: every column of the file, with the type that it has or that its values have.

A text file has no types: a column of it is a number, a truth or a time where every value of it is one, and
text otherwise; so are identifiers, and numbers with a leading zero or plus or of more digits than a number
keeps. Nothing is set aside but lines that no row can be made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import ibis
import ibis.expr.types as ir

from helpers.contracts import REASON, ROW, ColumnContract, Contract, Kind
from helpers.records import FREE_TEXT
from helpers.records.settings import did_you_mean
from helpers.sources.conversion import Notation, converted
from helpers.sources.declarations import EPOCHS, SERIAL, ColumnSource, TableSource
from helpers.sources.reading.files import Raw
from helpers.sources.refusals import TableError

_TAKEN = (ROW, REASON)
_NO_NUMBER = r"^(\+|-?0\d|-?\d{16,}$)"
"""Codes that are written in figures: read as numbers they would lose a zero, a plus, or their last digits."""
_WHOLE = r"^-?\d{1,15}$"
_TOLD: tuple[Kind, ...] = ("whole", "number", "boolean", "day", "time")
_DAY = len("2026-01-01")
_SENTENCE = r"\S+\s+\S+\s+\S+\s+\S"
"""Four words: from there on a text that few rows share is somebody's own (helpers.verbatims)."""
_OWN = 0.5
"""The part of such texts that must differ for their column to be taken for what customers wrote."""


def named_columns(name: str, columns: Sequence[str], source: TableSource) -> Contract:
    """The contract of a table that has none: its columns in the order of the file, all of them text so far.

    A column that is declared bears its new name; the others stay as the file has them.
    """
    origins = {one.source: new for new, one in source.columns.items() if one.source is not None}
    taken = {new.casefold() for new in source.columns}
    kept = [origins.get(old, old) for old in columns if old in origins or old.casefold() not in taken]
    names = dict.fromkeys([*kept, *source.columns])
    return Contract(name, tuple(ColumnContract(one, "text") for one in names), source.time, years=None)


def unnameable(contract: Contract, source: TableSource) -> Iterator[str]:
    """Names of columns that are used here for something else; a column of time that is not there."""
    if contract.years is not None:
        return
    names = [column.name for column in contract.columns]
    for name in names:
        if name in _TAKEN:
            yield f"a column is called {name}, which is used here. Give it another name under columns."
    if source.time is not None and names and source.time not in names:
        yield f"time: there is no column {source.time}.{did_you_mean(source.time, names)}"


def as_read(contract: Contract, raw: Raw, source: TableSource, zone: str) -> Contract:
    """The contract with the kinds of its columns, and the column of time: the one declared, or the only one.

    Raises:
        TableError: the column declared as time holds something else.
    """
    texts = _looked_at(contract, raw, source)
    found = _kinds(texts, raw, source, zone)
    columns = tuple(
        replace(one, kind=found.get(one.name) or _kind(one.name, raw, source)) for one in contract.columns
    )
    times = [one.name for one in columns if one.kind in ("time", "day")]
    there = any(one.name == contract.time for one in columns)
    if contract.time is not None and there and contract.time not in times:
        raise TableError(
            f"time: {contract.time} is not read as a time. Say how it is written under columns, as in "
            f'{contract.time}: {{from: {_origin(contract.time, source)}, format: "%d-%m-%Y"}}.'
        )
    only = times[0] if len(times) == 1 else None
    return replace(contract, columns=columns, time=contract.time or only)


def free_text(rows: ir.Table, source: TableSource) -> frozenset[str]:
    """The columns of a table without a contract that hold what customers wrote.

    Those that are declared `verbatim`, that are called as in a contract, and those whose texts are sentences
    of which most stand once.
    """
    said = {name: one.verbatim for name, one in source.columns.items() if one.verbatim is not None}
    named = {name for name in rows.columns if said.get(name) or name in FREE_TEXT}
    open_ones = [
        name for name in rows.columns if name not in {*said, *named} and rows[name].type().is_string()
    ]
    figures: dict[str, ir.Value] = {}
    for at, name in enumerate(open_ones):
        sentence = rows[name].re_search(_SENTENCE)
        figures[f"long_{at}"] = sentence.sum()
        figures[f"own_{at}"] = rows[name].approx_nunique(where=sentence)
    row = _row(rows, figures)
    return frozenset(named) | {
        name for at, name in enumerate(open_ones) if (row[f"long_{at}"] or 0) * _OWN < row[f"own_{at}"]
    }


def _origin(name: str, source: TableSource) -> str | None:
    return source.columns[name].source if name in source.columns else name


def _looked_at(contract: Contract, raw: Raw, source: TableSource) -> list[str]:
    """The columns whose kind their values tell: those of text files that no declaration tells of."""
    if raw.lazy or source.sql is not None:
        return []
    names = [column.name for column in contract.columns]
    return [name for name in names if _origin(name, source) in raw.columns and not _is_told(name, source)]


def _is_told(name: str, source: TableSource) -> bool:
    declared = source.columns.get(name)
    if declared is not None and (declared.format or declared.divided_by or declared.split):
        return True
    return name == "id" or name.endswith("_id")


def _kind(name: str, raw: Raw, source: TableSource) -> Kind:
    """The kind that a declaration, or the type of the file, tells."""
    declared = source.columns.get(name)
    if declared is not None and declared.format is not None:
        clock = declared.format in (*EPOCHS, SERIAL) or any(
            f"%{letter}" in declared.format for letter in "HIcX"
        )
        return "time" if clock else "day"
    if declared is not None and declared.divided_by is not None:
        return "number"
    if declared is not None and declared.source is None:
        value = declared.value
        return "boolean" if isinstance(value, bool) else "text" if isinstance(value, str | None) else "number"
    origin = _origin(name, source)
    return "text" if origin is None or origin not in raw.columns else _kind_of(raw.rows[origin])


def _kind_of(column: ir.Value) -> Kind:
    kind = column.type()
    told: dict[Kind, bool] = {
        "text": kind.is_string(),
        "number": kind.is_numeric(),
        "boolean": kind.is_boolean(),
        "time": kind.is_timestamp(),
        "day": kind.is_date(),
    }
    return next((name for name, holds in told.items() if holds), "other")


def _kinds(names: Sequence[str], raw: Raw, source: TableSource, zone: str) -> dict[str, Kind]:
    """The kind that every value of each column has; none for text, and for a column without a value."""
    figures = {
        f"{kind}_{at}": held
        for at, name in enumerate(names)
        for kind, held in _tests(name, raw, source, zone).items()
    }
    row = _row(raw.rows, figures)
    found = {
        name: next((kind for kind in _TOLD if row[f"{kind}_{at}"]), None) for at, name in enumerate(names)
    }
    return {name: kind for name, kind in found.items() if kind is not None}


def _tests(name: str, raw: Raw, source: TableSource, zone: str) -> dict[Kind, ir.BooleanValue]:
    """Of each kind that values can tell whether all values of a column are of it."""
    declared = source.columns.get(name) or ColumnSource.model_validate(name)
    text = raw.rows[declared.source].cast("string")
    notation = Notation(source.decimal, source.thousands)

    def readable(kind: Kind) -> ir.BooleanValue:
        lost = converted(text, ColumnContract("value", kind), declared, zone, notation).unreadable
        return ibis.literal(True) if lost is None else ~lost.fill_null(False)

    plain = ~text.re_search(_NO_NUMBER)
    tests: dict[Kind, ir.BooleanValue] = {
        "whole": plain & text.re_search(_WHOLE),
        "number": plain & readable("number"),
        "boolean": text.lower().isin(["true", "false"]),
        "day": (text.length() == _DAY) & readable("time"),
        "time": readable("time"),
    }
    return {kind: held.all(where=text.notnull()) for kind, held in tests.items()}


def _row(rows: ir.Table, figures: dict[str, ir.Value]) -> dict[str, Any]:
    """One row of figures; nothing is asked where there are none."""
    found: dict[str, Any] = rows.agg(**figures).to_pyarrow().to_pylist()[0] if figures else {}
    return found
