"""CSV and TSV files as tables of texts, with every physical line accounted for.

The engine reads a file as it stands; its rows and the lines counted from the bytes must agree, and no cell
may hold what looks like rows of its own. Where that does not hold, the file is read line by line (`salvage`).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from helpers.records import LineAccount
from helpers.sources.connection import Engine, quoted, text
from helpers.sources.places import Place
from helpers.sources.reading.formats import UNREADABLE, Format, is_native, is_utf8, reencoded
from helpers.sources.reading.options import Reading
from helpers.sources.reading.physical_lines import blank_lines, physical_lines
from helpers.sources.reading.salvage import parsed, salvage, shape_of
from helpers.sources.reading.text_layout import TextLayout, text_layout
from helpers.sources.reading.trouble import broken, undecodable, without_columns

BLANK = " \t\r\n\u00a0\ufeff"
"""What is taken off both ends of a text."""
_LONGEST_LINE = 64_000_000
_EXAMINED = 2_000
"""Rows that run over several lines whose cells are looked into."""


@dataclass(frozen=True)
class Delimited:
    """The rows of one file as a table of texts, the lines that no row could be made of, and all lines."""

    table: str
    unreadable: tuple[str, ...] = ()
    lines: LineAccount | None = None
    repeated: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Scan:
    """A file that the engine can read, with what is known of its rows."""

    file: Path
    encoding: str
    layout: TextLayout
    missing: tuple[str, ...]

    @property
    def source(self) -> str:
        """The rows as the engine reads them, cells as they stand."""
        columns = ", ".join(f"{text(name)}: 'VARCHAR'" for name in self.layout.names)
        native = "utf-8" if is_utf8(self.encoding) else "latin-1"
        quote = text(self.layout.quote)
        return (
            f"read_csv({text(str(self.file))}, auto_detect = false, header = false, columns = {{{columns}}}, "
            f"skip = {self.layout.skipped + self.layout.header}, delim = {text(self.layout.delimiter)}, "
            f"quote = {quote}, escape = {quote}, encoding = '{native}', max_line_size = {_LONGEST_LINE}, "
            "hive_partitioning = false)"
        )


def delimited(engine: Engine, place: Place, kind: Format, reading: Reading) -> Delimited:
    """The rows of one CSV or TSV file.

    Raises:
        TableError: the file is empty, is not in its encoding, or cannot be read.
    """
    try:
        file, encoding = place.file, reading.encoding
        if not is_native(encoding):
            file, encoding = _as_utf8(engine, place, encoding), "utf-8"
        found = text_layout(file, kind, replace(reading, encoding=encoding))
    except UNREADABLE as error:
        raise undecodable(place, reading.encoding, error) from None
    if not found.names:
        raise without_columns(place)
    scan = _Scan(file, encoding, found, reading.missing)
    with ThreadPoolExecutor(1) as beside:
        counted = beside.submit(physical_lines, file)
        read = _as_it_stands(engine, scan, counted)
    return read or _salvaged(engine, place, scan)


def _as_it_stands(engine: Engine, scan: _Scan, counted: Future[int]) -> Delimited | None:
    """What the engine reads; None where it stumbles, or where lines are not accounted for."""
    try:
        table, records = _texts(engine, scan)
        total = counted.result()
        lines = _accounted(engine, scan, table, records, total)
    except (duckdb.Error, *UNREADABLE):
        return None
    if lines is None:
        engine.duckdb.execute(f"DROP TABLE {table}")
        return None
    return Delimited(table, (), lines, scan.layout.repeated)


def _accounted(engine: Engine, scan: _Scan, table: str, records: int, total: int) -> LineAccount | None:
    """Header, skipped and blank lines, rows, lines within cells; None where they are not all lines."""
    kept = _count(engine, table)
    before = scan.layout.skipped + scan.layout.header
    left = total - before - records
    if left == 0:
        continued = 0
    else:
        continued = _continued(engine, scan)
        if continued and _swallowed(engine, scan, table):
            return None
        if not 0 <= left - continued <= blank_lines(scan.file):
            return None
    return LineAccount(
        total=total,
        header=scan.layout.header,
        skipped=scan.layout.skipped,
        blank=left - continued + records - kept,
        records=kept,
        continued=continued,
    )


def _continued(engine: Engine, scan: _Scan) -> int:
    """How many lines lie within cells: their line ends, before anything is trimmed."""
    breaks = " + ".join(
        f"coalesce(len(regexp_extract_all({quoted(name)}, '\\r\\n|\\r|\\n')), 0)"
        for name in scan.layout.names
    )
    found = engine.duckdb.execute(f"SELECT coalesce(sum({breaks}), 0) FROM {scan.source}").fetchall()
    return int(found[0][0])


def _swallowed(engine: Engine, scan: _Scan, table: str) -> bool:
    """Whether a cell holds a line that begins a row of its own."""
    width = len(scan.layout.names)
    whole = f"SELECT * FROM {table} WHERE NOT contains(concat_ws('', COLUMNS(*)), chr(10)) LIMIT {_EXAMINED}"
    shape = shape_of(engine.duckdb.execute(whole).fetchall(), width)
    cells = (
        f"SELECT cell FROM (UNPIVOT {table} ON COLUMNS(*) INTO NAME name VALUE cell) "
        f"WHERE contains(cell, chr(10)) AND contains(cell, {text(scan.layout.delimiter)})"
    )
    for (cell,) in engine.duckdb.execute(cells).fetchall():
        for line in cell.splitlines()[1:]:
            inner, _ = parsed(line, scan.layout, loosely=True)
            if inner is not None and shape.begins(inner):
                return True
    return False


def _salvaged(engine: Engine, place: Place, scan: _Scan) -> Delimited:
    plain, clean = scan.file, engine.fresh_file(".csv")
    try:
        if not is_utf8(scan.encoding) or plain.suffix in (".gz", ".zst"):
            plain = _as_utf8(engine, place, scan.encoding)
        found = salvage(plain, scan.layout, clean)
        rows = _Scan(
            clean, "utf-8", replace(scan.layout, delimiter=",", quote='"', skipped=0, header=0), scan.missing
        )
        table, _ = _texts(engine, rows)
    except UNREADABLE as error:
        raise undecodable(place, scan.encoding, error) from None
    except duckdb.Error as error:
        raise broken(place, error, "Export it again as CSV with quoted text") from None
    clean.unlink()
    kept = _count(engine, table)
    lines = LineAccount(
        total=physical_lines(plain),
        header=scan.layout.header,
        skipped=scan.layout.skipped,
        blank=found.blank,
        records=kept,
        continued=found.continued,
        unreadable=len(found.set_aside),
    )
    return Delimited(table, tuple(found.set_aside), lines, scan.layout.repeated)


def _as_utf8(engine: Engine, place: Place, encoding: str) -> Path:
    plain = engine.fresh_file(".txt")
    reencoded(place.file, encoding, plain)
    return plain


def _texts(engine: Engine, scan: _Scan) -> tuple[str, int]:
    """The rows that are not blank as a table of trimmed texts, blanks as nulls; and how many there were."""
    name = engine.fresh_name("texts")
    cell = f"nullif(trim(COLUMNS(*), {text(BLANK)}), '')"
    for word in scan.missing:
        cell = f"nullif({cell}, {text(word)})"
    engine.duckdb.execute(f"CREATE TEMP TABLE {name} AS SELECT {cell} FROM {scan.source}")
    records = _count(engine, name)
    engine.duckdb.execute(f"DELETE FROM {name} WHERE {_all_blank(scan.layout.names)}")
    return name, records


def _all_blank(names: Sequence[str]) -> str:
    return " AND ".join(f"{quoted(name)} IS NULL" for name in names)


def _count(engine: Engine, table: str) -> int:
    return int(engine.duckdb.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])
