"""From files of any format to one table in the engine, with its rows numbered in the order of the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from itertools import islice
from operator import add
from pathlib import Path

import duckdb
import ibis.expr.types as ir
import pyarrow as pa  # type: ignore[import-untyped]

from helpers.contracts import ROW
from helpers.records import LineAccount
from helpers.records.settings import did_you_mean
from helpers.sources.connection import Engine, text
from helpers.sources.places import Place
from helpers.sources.reading.columnar import parquet_types, parquet_view, partition_columns
from helpers.sources.reading.delimited import Delimited, cleaned, delimited, laid_out
from helpers.sources.reading.documents import JSON_REMEDY, json_source
from helpers.sources.reading.formats import (
    UNREADABLE,
    Format,
    disguised,
    format_of,
    text_of,
)
from helpers.sources.reading.oddities import Oddities, copies, lacking
from helpers.sources.reading.options import Reading
from helpers.sources.reading.spss import spss_columns, spss_names
from helpers.sources.reading.text_layout import (
    records,
    repeated_names,
    unique,
    without_heading,
)
from helpers.sources.reading.trouble import broken, undecodable
from helpers.sources.reading.workbooks import SheetTable, WorkbookError, sheet_table
from helpers.sources.refusals import TableError

_Cells = Sequence[str | None]
"""A row, or a column, of texts."""


@dataclass(frozen=True)
class Raw:
    """What files hold, before any contract.

    `rows` has `row_of_file` and the columns of the file: typed from Parquet and SQL, else text with blanks
    as nulls. `lazy` rows are read again by every query. `unreadable` are lines that no row could be made of,
    `advice` what would make rows of them; `lines` accounts for all. `repeated` are names that a header has
    more than once. Of a wide survey each row of the file became as many as it answered `questions`;
    `unanswered` ones are no rows. `nesting`: cells may be objects and lists, as those of JSON. `files` are
    what lazy rows are read from. `days`: of months that SQL made, how many of its rows each day has.
    what lazy rows are read from; `odd` is what one should know of them.
    """

    rows: ir.Table
    lazy: bool = False
    unreadable: tuple[str, ...] = ()
    advice: str = ""
    lines: LineAccount | None = None
    repeated: frozenset[str] = field(default_factory=frozenset)
    filtered: int = 0
    questions: tuple[str, ...] = ()
    unanswered: int = 0
    nesting: bool = False
    files: tuple[Path, ...] = ()
    days: Mapping[date, int] = field(default_factory=dict, compare=False)
    odd: Oddities = field(default_factory=Oddities)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the file's columns."""
        return tuple(name for name in self.rows.columns if name != ROW)


def read(engine: Engine, places: Sequence[Place], reading: Reading, most: int | None = None) -> Raw:
    """The files as one table; columns are matched by name, in the order of the files.

    With `most` only so many rows of each file are read, for those who look whether settings fit: lines are
    not accounted for, and those that make no row are passed over.

    Raises:
        TableError: a file cannot be read; the message names it and says what to do.
    """
    key = (tuple((place.file, place.state) for place in places), reading, most)
    return engine.once(key, lambda: _read(engine, places, reading, most))


def head(engine: Engine, place: Place, reading: Reading) -> tuple[str, ...]:
    """The names of a file's columns, from its head alone.

    Raises:
        TableError: the head cannot be read.
    """
    names = _names(engine, place, reading)
    return (*names, *(name for name in place.partitions if name not in names))


def _names(engine: Engine, place: Place, reading: Reading) -> tuple[str, ...]:
    kind = _true_format(place)
    if kind == "workbook":
        return tuple(unique(_sheet(place, reading).names))
    if kind == "spss":
        return spss_names(place, reading)
    if kind in ("csv", "tsv"):
        return laid_out(place, kind, reading, place.file, reading.encoding).names
    if kind == "json":
        source, remedy = json_source(engine, place, reading), JSON_REMEDY
    else:
        source = f"read_parquet({text(str(place.file))}, hive_partitioning = false)"
        remedy = "Write the Parquet file again"
    try:
        return tuple(row[0] for row in engine.duckdb.execute(f"DESCRIBE FROM {source}").fetchall())
    except duckdb.Error as error:
        raise broken(place, error, remedy) from None


def _read(engine: Engine, places: Sequence[Place], reading: Reading, most: int | None) -> Raw:
    kinds = {_true_format(place) for place in places}
    if len(kinds) > 1:
        raise TableError(f"{places[0].written}: files of one table have one format, not {sorted(kinds)}.")
    kind = kinds.pop()
    if kind == "parquet":
        found = parquet(engine, places, reading.missing)
        return found if most is None else replace(found, rows=found.rows.limit(most))
    parts = [_part(engine, place, kind, reading, most) for place in places]
    columns = [_columns_of(engine, part.table) for part in parts]
    union = " UNION ALL BY NAME ".join(
        f"SELECT *{partition_columns(place, there)} FROM {part.table}"
        for part, place, there in zip(parts, places, columns, strict=True)
    )
    rows = numbered(engine, union)
    for part in parts:
        engine.duckdb.execute(f"DROP TABLE {part.table}")
    counted = [part.lines for part in parts if part.lines is not None]
    return Raw(
        rows,
        unreadable=tuple(line for part in parts for line in part.unreadable),
        advice=next((part.advice for part in parts if part.advice), ""),
        lines=reduce(add, counted) if counted else None,
        repeated=frozenset(name for part in parts for name in part.repeated),
        nesting=kind == "json",
        odd=Oddities(
            lacking({place.written: there for place, there in zip(places, columns, strict=True)}),
            copies(places, kind) if most is None else (),
            merged=tuple(one for part in parts for one in part.merged),
            sheets=parts[0].sheets,
            alike=tuple(one for part in parts for one in part.alike),
            errors=tuple(one for part in parts for one in part.errors),
        ),
    )


def _columns_of(engine: Engine, table: str) -> list[str]:
    return [row[0] for row in engine.duckdb.execute(f"DESCRIBE {table}").fetchall()]


def _true_format(place: Place) -> Format:
    """The format that the name tells.

    Raises:
        TableError: the name tells none, or the file is something else.
    """
    kind = format_of(place.written)
    other = disguised(place.file, kind) if kind != "parquet" else None
    if other is not None:
        raise TableError(f"{place.written} {other}.")
    return kind


def _part(engine: Engine, place: Place, kind: Format, reading: Reading, most: int | None) -> Delimited:
    """One file as a table of texts."""
    if kind == "workbook":
        return _workbook(engine, place, reading)
    if kind == "spss":
        return Delimited(_texts(engine, spss_columns(place, reading, most), reading))
    if kind == "json":
        return Delimited(_json(engine, place, reading, most))
    if most is None:
        return delimited(engine, place, kind, reading)
    return _first_records(engine, place, kind, reading, most)


def _first_records(engine: Engine, place: Place, kind: Format, reading: Reading, most: int) -> Delimited:
    """The first records of a text file that are rows."""
    layout = laid_out(place, kind, reading, place.file, reading.encoding)
    try:
        with text_of(place.file, reading.encoding) as content:
            found = list(islice(records(content, layout.delimiter, layout.quote), layout.head + most))
    except UNREADABLE as error:
        raise undecodable(place, reading.encoding, error) from None
    rows = [one.cells for one in found[layout.head :] if len(one.cells) == len(layout.names)]
    table = _texts(engine, _columns(layout.names, without_heading(rows, layout.heading)), reading)
    return Delimited(table, repeated=layout.repeated)


def filtered(engine: Engine, raw: Raw, wanted: Mapping[str, Sequence[str]]) -> Raw:
    """The rows whose columns have one of the wanted values; how many others there were is told.

    Raises:
        TableError: there is no such column.
    """
    if not wanted:
        return raw
    for column in wanted:
        if column not in raw.columns:
            hint = did_you_mean(column, list(raw.columns)) or f" The columns are {', '.join(raw.columns)}."
            raise TableError(f"filter: there is no column {column!r}.{hint}")
    key = ("filter", raw.rows.op(), tuple((name, tuple(values)) for name, values in wanted.items()))
    return engine.once(key, lambda: _filtered(raw, wanted))


def _filtered(raw: Raw, wanted: Mapping[str, Sequence[str]]) -> Raw:
    conditions = [raw.rows[name].cast("string").isin(list(values)) for name, values in wanted.items()]
    rows = raw.rows.filter(*conditions)
    left_out = int(raw.rows.count().to_pyarrow().as_py()) - int(rows.count().to_pyarrow().as_py())
    return replace(raw, rows=rows, filtered=left_out)


def numbered(engine: Engine, query: str) -> ir.Table:
    """The rows of a SQL query as a table in memory, numbered in their order."""
    name = engine.fresh_name("raw")
    engine.duckdb.execute(
        f"CREATE TEMP TABLE {name} AS SELECT row_number() OVER () - 1 AS {ROW}, * FROM ({query}\n)"
    )
    return engine.ibis.table(name)


def parquet(engine: Engine, places: Sequence[Place], missing: Sequence[str] = ()) -> Raw:
    """Parquet files as one table that stays in them.

    Raises:
        TableError: a file cannot be read.
    """
    kinds = [parquet_types(engine, place) for place in places]
    rows = engine.ibis.table(parquet_view(engine, places, kinds, missing))
    there = {place.written: list(columns) for place, columns in zip(places, kinds, strict=True)}
    odd = Oddities(lacking(there), copies(places, "parquet"))
    return Raw(rows, lazy=True, nesting=True, files=tuple(place.file for place in places), odd=odd)


def _json(engine: Engine, place: Place, reading: Reading, most: int | None) -> str:
    name = engine.fresh_name("texts")
    source = json_source(engine, place, reading, most or -1) + (f" LIMIT {most}" if most else "")
    cell = cleaned("json_extract_string(COLUMNS(*), '$')", reading.missing)
    try:
        engine.duckdb.execute(f"CREATE TEMP TABLE {name} AS SELECT {cell} FROM {source}")
    except duckdb.Error as error:
        raise broken(place, error, JSON_REMEDY) from None
    return name


def _workbook(engine: Engine, place: Place, reading: Reading) -> Delimited:
    found = _sheet(place, reading)
    table = _texts(engine, _columns(unique(found.names), found.rows), reading)
    return Delimited(
        table,
        repeated=repeated_names(found.names),
        sheets=found.others,
        merged=found.merged,
        alike=found.alike,
        errors=found.errors,
    )


def _sheet(place: Place, reading: Reading) -> SheetTable:
    try:
        return sheet_table(place.file, reading)
    except WorkbookError as error:
        end = "" if str(error).endswith("?") else "."
        raise TableError(f"{place.written} {error}{end}") from None


def _columns(names: Sequence[str], rows: Sequence[_Cells]) -> Mapping[str, _Cells]:
    """Rows of cells as columns; a row that is too short has blanks at its end."""
    return {name: [row[at] if at < len(row) else None for row in rows] for at, name in enumerate(names)}


def _texts(engine: Engine, columns: Mapping[str, _Cells], reading: Reading) -> str:
    """Columns of cells as a table."""
    name = engine.fresh_name("texts")
    arrays = {one: pa.array(cells, pa.string()) for one, cells in columns.items()}
    engine.duckdb.register(f"{name}_arrow", pa.table(arrays))
    cell = cleaned("COLUMNS(*)", reading.missing)
    engine.duckdb.execute(f"CREATE TEMP TABLE {name} AS SELECT {cell} FROM {name}_arrow")
    engine.duckdb.unregister(f"{name}_arrow")
    return name
