"""From files of any format to one table in the engine, with its rows numbered in the order of the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import ibis.expr.types as ir
import pyarrow as pa  # type: ignore[import-untyped]

from helpers.contracts import ROW
from helpers.sources.connection import Engine, text
from helpers.sources.formats import (
    UNREADABLE,
    Format,
    format_of,
    header,
    is_native,
    is_utf8,
    reencoded,
    unique,
)
from helpers.sources.places import Place
from helpers.sources.refusals import TableError
from helpers.sources.workbooks import BLANK, WorkbookError, sheet_rows

ROWS_A_FILE = 1 << 40
"""What the number of a row grows by from one Parquet file to the next."""
_LONGEST_LINE = 64_000_000


@dataclass(frozen=True)
class Raw:
    """What files hold, before any contract.

    `rows` has `row_of_file` and the columns of the file: typed from Parquet and SQL, else text with blanks
    as nulls. `lazy` rows are read again by every query. `unreadable` are lines that no row could be made of.
    """

    rows: ir.Table
    lazy: bool = False
    unreadable: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the file's columns."""
        return tuple(name for name in self.rows.columns if name != ROW)


@dataclass(frozen=True)
class Reading:
    """How to read files: their encoding, and the sheet of a workbook."""

    encoding: str = "utf-8"
    sheet: str | None = None


def read(engine: Engine, places: Sequence[Place], reading: Reading) -> Raw:
    """The files as one table; columns are matched by name, in the order of the files.

    Raises:
        TableError: a file cannot be read; the message names it and says what to do.
    """
    key = (tuple((place.file, place.state) for place in places), reading)
    return engine.once(key, lambda: _read(engine, places, reading))


def head(engine: Engine, place: Place, reading: Reading) -> tuple[str, ...]:
    """The names of a file's columns, from its head alone.

    Raises:
        TableError: the head cannot be read.
    """
    kind = format_of(place.written)
    if kind == "xlsx":
        try:
            return tuple(unique(next(sheet_rows(place.file, reading.sheet))))
        except WorkbookError as error:
            raise TableError(f"{place.written} {error}.") from None
    if kind in ("csv", "tsv"):
        try:
            return tuple(header(place.file, reading.encoding, kind)[0])
        except UNREADABLE as error:
            raise _unreadable(place, reading.encoding, error) from None
    file = text(str(place.file))
    source = f"read_parquet({file})" if kind == "parquet" else f"read_json({file}, maximum_depth = 1)"
    try:
        return tuple(row[0] for row in engine.duckdb.execute(f"DESCRIBE FROM {source}").fetchall())
    except duckdb.Error as error:
        raise _broken(place, error, "Write the file again") from None


def _read(engine: Engine, places: Sequence[Place], reading: Reading) -> Raw:
    kinds = {format_of(place.written) for place in places}
    if len(kinds) > 1:
        raise TableError(f"{places[0].written}: files of one table have one format, not {sorted(kinds)}.")
    kind = kinds.pop()
    if kind == "parquet":
        return parquet(engine, places)
    parts: list[str] = []
    unreadable: list[str] = []
    for place in places:
        if kind == "xlsx":
            parts.append(_workbook(engine, place, reading.sheet))
        elif kind == "json":
            parts.append(_json(engine, place, reading.encoding))
        else:
            part, lines = _delimited(engine, place, kind, reading.encoding)
            parts.append(part)
            unreadable.extend(lines)
    union = " UNION ALL BY NAME ".join(f"SELECT * FROM {part}" for part in parts)
    raw = Raw(numbered(engine, union), unreadable=tuple(unreadable))
    for part in parts:
        engine.duckdb.execute(f"DROP TABLE {part}")
    return raw


def numbered(engine: Engine, query: str) -> ir.Table:
    """The rows of a SQL query as a table in memory, numbered in their order."""
    name = engine.fresh_name("raw")
    engine.duckdb.execute(
        f"CREATE TEMP TABLE {name} AS SELECT row_number() OVER () - 1 AS {ROW}, * FROM ({query}\n)"
    )
    return engine.ibis.table(name)


def parquet(engine: Engine, places: Sequence[Place]) -> Raw:
    """Parquet files as one table that stays in them.

    Raises:
        TableError: a file cannot be read.
    """
    files = ", ".join(text(str(place.file)) for place in places)
    name = engine.fresh_name("raw")
    try:
        engine.duckdb.execute(
            f"CREATE TEMP VIEW {name} AS SELECT file_index * {ROWS_A_FILE} + file_row_number AS {ROW}, * "
            f"FROM read_parquet([{files}], union_by_name = true)"
        )
    except duckdb.Error as error:
        raise _broken(places[0], error, "Write the Parquet file again") from None
    return Raw(engine.ibis.table(name), lazy=True)


def _delimited(engine: Engine, place: Place, kind: Format, encoding: str) -> tuple[str, list[str]]:
    """A table of texts, and the lines that no row could be made of.

    DuckDB reads what it can as it stands. Any other encoding, and a file that it stumbles over, is written
    as plain UTF-8 first; then the lines that do not fit the columns are set aside one by one.
    """
    if is_native(encoding):
        try:
            return _strictly(engine, place, place.file, kind, encoding), []
        except (duckdb.Error, *UNREADABLE):
            pass
    plain = _as_utf8(engine, place, encoding)
    if not is_native(encoding):
        try:
            return _strictly(engine, place, plain, kind, "utf-8"), []
        except duckdb.Error:
            pass
    return _by_line(engine, place, plain, kind)


def _as_utf8(engine: Engine, place: Place, encoding: str) -> Path:
    plain = engine.fresh_file(".txt")
    try:
        reencoded(place.file, encoding, plain)
    except UNREADABLE as error:
        raise _unreadable(place, encoding, error) from None
    return plain


def _strictly(engine: Engine, place: Place, file: Path, kind: Format, encoding: str) -> str:
    return _texts(engine, _scan(place, file, kind, encoding, ""))


def _by_line(engine: Engine, place: Place, plain: Path, kind: Format) -> tuple[str, list[str]]:
    """The same for our own plain copy of the file, in which tabs that stand for delimiters are mended."""
    name, rejected = _tolerantly(engine, place, plain, kind)
    size = plain.stat().st_size
    tabbed = [line for line in rejected if line.ends_in_tabs(is_last=line.end == size)]
    delimiter = header(plain, "utf-8", kind)[1]
    if tabbed and delimiter != "\t":
        with plain.open("r+b") as file:
            for line in tabbed:
                file.seek(line.end - line.tabs)
                file.write(delimiter.encode() * line.missing)
        engine.duckdb.execute(f"DROP TABLE {name}")
        name, rejected = _tolerantly(engine, place, plain, kind)
    return name, [line.text for line in rejected]


@dataclass(frozen=True)
class _Line:
    """A line that no row could be made of: where its first byte lies, and how many columns it lacks."""

    start: int
    text: str
    missing: int

    @property
    def end(self) -> int:
        """Where the first byte behind it lies."""
        return self.start + len(self.text.encode())

    @property
    def tabs(self) -> int:
        """How many tabs it ends in."""
        return len(self.text) - len(self.text.rstrip("\t"))

    def ends_in_tabs(self, *, is_last: bool) -> bool:
        """Whether its last cells are blank, with a tab for each delimiter; the last line may have fewer."""
        return 0 < self.tabs <= self.missing and (is_last or self.tabs == self.missing)


def _tolerantly(engine: Engine, place: Place, file: Path, kind: Format) -> tuple[str, list[_Line]]:
    errors, scans = engine.fresh_name("unreadable"), engine.fresh_name("scans")
    keep = f", store_rejects = true, rejects_table = '{errors}', rejects_scan = '{scans}', rejects_limit = 0"
    try:
        name = _texts(engine, _scan(place, file, kind, "utf-8", keep))
    except duckdb.Error as error:
        raise _broken(place, error, "Export it again as CSV with quoted text") from None
    found = engine.duckdb.execute(
        "SELECT line_byte_position - 1, any_value(csv_line), count_if(error_type = 'MISSING COLUMNS') "
        f"FROM {errors} GROUP BY line_byte_position ORDER BY line_byte_position"
    ).fetchall()
    return name, [_Line(*line) for line in found]


def _scan(place: Place, file: Path, kind: Format, encoding: str, more: str) -> str:
    names, delimiter = header(file, encoding, kind)
    if not names:
        raise TableError(f"{place.written} is empty, without even a line of column names. Export it again.")
    columns = ", ".join(f"{text(name)}: 'VARCHAR'" for name in names)
    native = "utf-8" if is_utf8(encoding) else "latin-1"
    return (
        f"read_csv({text(str(file))}, auto_detect = false, header = true, columns = {{{columns}}}, "
        f"delim = {text(delimiter)}, quote = '\"', escape = '\"', encoding = '{native}', "
        f"max_line_size = {_LONGEST_LINE}{more})"
    )


def _texts(engine: Engine, source: str) -> str:
    """The scan as a table of trimmed texts with blanks as nulls."""
    name = engine.fresh_name("texts")
    engine.duckdb.execute(
        f"CREATE TEMP TABLE {name} AS SELECT nullif(trim(COLUMNS(*), {text(BLANK)}), '') FROM {source}"
    )
    return name


def _json(engine: Engine, place: Place, encoding: str) -> str:
    file = place.file if is_utf8(encoding) else _as_utf8(engine, place, encoding)
    name = engine.fresh_name("texts")
    source = f"read_json({text(str(file))}, maximum_depth = 1, sample_size = -1)"
    try:
        engine.duckdb.execute(
            f"CREATE TEMP TABLE {name} AS SELECT "
            f"nullif(trim(json_extract_string(COLUMNS(*), '$'), {text(BLANK)}), '') FROM {source}"
        )
    except duckdb.Error as error:
        raise _broken(place, error, "Write one JSON object a line, in UTF-8") from None
    return name


def _workbook(engine: Engine, place: Place, sheet: str | None) -> str:
    try:
        first, *rows = sheet_rows(place.file, sheet)
    except WorkbookError as error:
        raise TableError(f"{place.written} {error}.") from None
    names = unique(first)
    columns = {
        name: pa.array([row[at] if at < len(row) else None for row in rows], pa.string())
        for at, name in enumerate(names)
    }
    name = engine.fresh_name("texts")
    engine.duckdb.register(f"{name}_arrow", pa.table(columns))
    engine.duckdb.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM {name}_arrow")
    engine.duckdb.unregister(f"{name}_arrow")
    return name


def _unreadable(place: Place, encoding: str, error: Exception) -> TableError:
    if isinstance(error, UnicodeDecodeError):
        seen = error.object[error.start : error.start + 1].hex()
        return TableError(
            f"{place.written} is not {encoding}: byte 0x{seen} is no text in it. Say what it is in "
            f"sources.yaml, as in encoding: cp1252 (Windows), encoding: latin-1, or encoding: utf-16."
        )
    if isinstance(error, UnicodeError):
        return TableError(
            f"{place.written} is not {encoding}: {error}. Say what it is in sources.yaml, "
            "as in encoding: utf-16-le, encoding: cp1252 or encoding: utf-8."
        )
    return _broken(place, error, "Write or copy the file again")


def _broken(place: Place, error: Exception, remedy: str) -> TableError:
    lines = [line for line in str(error).replace(str(place.file), place.written).splitlines() if line.strip()]
    said = lines[0] if lines else type(error).__name__
    said = said.split(" Error: ", 1)[-1].removesuffix(".")
    return TableError(f"{place.written} cannot be read: {said}. {remedy}.")
