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
from helpers.sources.reading.formats import (
    UNREADABLE,
    Format,
    is_native,
    is_truly_utf8,
    is_utf8,
    packed_by,
    reencoded,
)
from helpers.sources.reading.options import Reading
from helpers.sources.reading.physical_lines import empty_lines, physical_lines
from helpers.sources.reading.salvage import advice, parsed, salvage, shape_of, swallows_rows
from helpers.sources.reading.text_layout import BLANK, TextLayout, text_layout
from helpers.sources.reading.trouble import broken, undecodable, without_columns
from helpers.sources.refusals import TableError

_LONGEST_LINE = 64_000_000
_LINE_END = r"\r\n|\r|\n"
_SEVERAL_LINES = "regexp_matches({}, '[\\r\\n]')"


@dataclass(frozen=True)
class Delimited:
    """The rows of one file as a table of texts, the lines that no row could be made of, and all lines.

    `advice` is what would make rows of those lines; the rest is that of `Oddities`.
    """

    table: str
    unreadable: tuple[str, ...] = ()
    lines: LineAccount | None = None
    repeated: frozenset[str] = frozenset()
    advice: str = ""
    sheets: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


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
            f"skip = {self.layout.head}, delim = {text(self.layout.delimiter)}, "
            f"quote = {quote}, escape = {quote}, encoding = '{native}', max_line_size = {_LONGEST_LINE}, "
            f"compression = '{packed_by(self.file) or 'none'}', "
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
    except UNREADABLE as error:
        raise undecodable(place, reading.encoding, error) from None
    found = laid_out(place, kind, reading, file, encoding)
    scan = _Scan(file, encoding, found, reading.missing)
    with ThreadPoolExecutor(1) as beside:
        counted = beside.submit(physical_lines, file)
        read = _as_it_stands(engine, scan, counted)
    return read or _salvaged(engine, place, scan)


def laid_out(place: Place, kind: Format, reading: Reading, file: Path, encoding: str) -> TextLayout:
    """The layout of the text file of a place, from a file that has the same text in an encoding.

    Raises:
        TableError: the file is empty, is not in its encoding, or its header runs on into the rows.
    """
    try:
        if is_truly_utf8(place.file, reading.encoding):
            raise TableError(f"{place.written} is utf-8, and not {reading.encoding}. Take encoding out.")
        found = text_layout(file, kind, replace(reading, encoding=encoding))
        open_header = bool(found.names) and swallows_rows(file, found, encoding)
    except UNREADABLE as error:
        raise undecodable(place, reading.encoding, error) from None
    if not found.names:
        raise without_columns(place)
    if open_header:
        raise TableError(
            f"{place.written} has a quote in its header that is not closed there: rows would be taken for "
            "names. Close it, or write quote: none."
        )
    return found


def _as_it_stands(engine: Engine, scan: _Scan, counted: Future[int]) -> Delimited | None:
    """What the engine reads; None where it stumbles, or where lines are not accounted for."""
    try:
        found = _texts(engine, scan)
        lines = _accounted(engine, scan, found, counted.result())
    except (duckdb.Error, *UNREADABLE):
        return None
    if lines is None:
        engine.duckdb.execute(f"DROP TABLE {found.name}")
        return None
    return Delimited(found.name, (), lines, scan.layout.repeated)


def _accounted(engine: Engine, scan: _Scan, found: _LineTexts, total: int) -> LineAccount | None:
    """Header, skipped and blank lines, rows, lines within cells; None where they are not all lines."""
    before = scan.layout.skipped + scan.layout.header
    left, continued = total - before - found.records, 0
    if left:
        continued, empty = _within_cells(engine, scan)
        if left != continued + empty_lines(scan.file) - scan.layout.blank - empty:
            return None
        if continued and _swallowed(engine, scan):
            return None
    return LineAccount(
        total=total,
        header=scan.layout.header + found.headers,
        skipped=scan.layout.skipped,
        blank=left - continued + found.blank,
        records=found.rows,
        continued=continued,
    )


def _within_cells(engine: Engine, scan: _Scan) -> tuple[int, int]:
    """How many lines lie within cells, before anything is trimmed; and how many of them are empty."""

    def total(pattern: str) -> str:
        counts = (f"len(regexp_extract_all({quoted(name)}, '{pattern}'))" for name in scan.layout.names)
        return f"coalesce(sum({' + '.join(f'coalesce({count}, 0)' for count in counts)}), 0)"

    [(ends, runs)] = engine.duckdb.execute(
        f"SELECT {total(_LINE_END)}, {total(f'({_LINE_END})+')} FROM {scan.source}"
    ).fetchall()
    return int(ends), int(ends) - int(runs)


def _swallowed(engine: Engine, scan: _Scan) -> bool:
    """Whether a cell, before anything is trimmed, holds a line that begins a row of its own."""
    shape = shape_of(scan.file, scan.layout, scan.encoding)
    cells = (
        f"SELECT cell FROM (UNPIVOT (FROM {scan.source}) ON COLUMNS(*) INTO NAME name VALUE cell) "
        f"WHERE {_SEVERAL_LINES.format('cell')} AND contains(cell, {text(scan.layout.delimiter)})"
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
        if not is_utf8(scan.encoding) or packed_by(plain):
            plain = _as_utf8(engine, place, scan.encoding)
        found = salvage(plain, scan.layout, clean)
        texts = _texts(engine, _Scan(clean, "utf-8", replace(scan.layout, head=0), scan.missing))
    except UNREADABLE as error:
        raise undecodable(place, scan.encoding, error) from None
    except duckdb.Error as error:
        raise broken(place, error, "Export it again as CSV with quoted text") from None
    clean.unlink()
    lines = LineAccount(
        total=physical_lines(plain),
        header=scan.layout.header + texts.headers,
        skipped=scan.layout.skipped,
        blank=found.blank + texts.blank,
        records=texts.rows,
        continued=found.continued,
        unreadable=len(found.set_aside),
    )
    told = advice(found.set_aside, scan.layout)
    return Delimited(texts.name, tuple(found.set_aside), lines, scan.layout.repeated, told)


def _as_utf8(engine: Engine, place: Place, encoding: str) -> Path:
    plain = engine.fresh_file(".txt")
    reencoded(place.file, encoding, plain)
    return plain


@dataclass(frozen=True)
class _LineTexts:
    """A table of texts, and how many records of its file were rows, blank, and the header once more."""

    name: str
    records: int
    blank: int
    headers: int

    @property
    def rows(self) -> int:
        return self.records - self.blank - self.headers


def _texts(engine: Engine, scan: _Scan) -> _LineTexts:
    """The rows of a file as a table of trimmed texts, blanks as nulls.

    A row that is blank is none; nor is one whose every cell is its column's name, as files that were put
    one behind the other have them.
    """
    name = engine.fresh_name("texts")
    cell = cleaned("COLUMNS(*)", scan.missing)
    engine.duckdb.execute(f"CREATE TEMP TABLE {name} AS SELECT {cell} FROM {scan.source}")
    blank = " AND ".join(f"{quoted(one)} IS NULL" for one in scan.layout.names)
    header = _same_as_heading(scan)
    [counts] = engine.duckdb.execute(
        f"SELECT count(*), count(*) FILTER ({blank}), count(*) FILTER ({header}) FROM {name}"
    ).fetchall()
    if counts[1] or counts[2]:
        engine.duckdb.execute(f"DELETE FROM {name} WHERE {blank} OR {header}")
    return _LineTexts(name, *counts)


def _same_as_heading(scan: _Scan) -> str:
    """SQL that tells the rows which are the header once more; none is where fewer than two names tell it."""
    heading = dict(zip(scan.layout.names, scan.layout.heading, strict=False))
    told = {name: cell for name, cell in heading.items() if cell not in ("", *scan.missing)}
    same = (f"{quoted(name)} IS NOT DISTINCT FROM {text(cell)}" for name, cell in told.items())
    return " AND ".join(same) if len(told) > 1 else "false"


def cleaned(cell: str, missing: Sequence[str]) -> str:
    """SQL of a cell without blanks at its ends; blank cells and words for a missing value are null."""
    cell = f"nullif(trim({cell}, {text(BLANK)}), '')"
    for word in missing:
        cell = f"nullif({cell}, {text(word)})"
    return cell
