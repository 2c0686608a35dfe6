"""Sheets of workbooks (xlsx, xls, xlsb, ods) as rows of texts."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import python_calamine as calamine

from helpers.records.settings import did_you_mean
from helpers.sources.reading.options import Reading
from helpers.sources.reading.text_layout import TextRecord, before_header, without_heading
from helpers.sources.reading.typed_cells import as_text

Row = list[str | None]
"""The cells of a row as texts."""
_HEAD = 20
"""Rows of another sheet in which its header is looked for."""
_LOOKED_AT = 2_000
"""Rows from which it is told where the table begins."""
_LARGEST = 2_000_000_000
"""Bytes that an archive may unpack to; what is larger is refused before it is unpacked."""
_MOST_CELLS = 100_000_000
"""Cells between the first and the last one of a sheet; the reader makes room for all of them."""
_FORMULA = rb"<f\b[^>]*(?:/>|>[^<]*</f>)\s*"
_UNCOMPUTED = re.compile(rb'<c\b(?![^>]*\bt="str")[^>]*>\s*' + _FORMULA + rb"(?:<v\s*/>|<v>\s*</v>|</c>)")
_ZERO = re.compile(_FORMULA + rb"<v>0</v>")
_TO_BE_COMPUTED = re.compile(rb'<calcPr\b[^>]*\bfullCalcOnLoad="(?:1|true)"')
_FAR = re.compile(rb'<c r="([A-Z]{2,3})\d')
_ERROR = re.compile(rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]+\d+)"[^>]*>(?:<f\b[^<]*(?:</f>)?)?<v>([^<]*)</v>')
_ROW = re.compile(rb'<row\b[^>]*\br="(\d+)"')


class WorkbookError(ValueError):
    """The file is no workbook, or has no such sheet, or nothing in it."""


@dataclass(frozen=True)
class SheetTable:
    """The table on a sheet: the names of its columns as they stand, and its rows that are not blank.

    `others` are the sheets that may be meant instead, where none is named, and `alike` those of them with the
    same names; `merged` the cells within the rows that were merged downwards, of which the first alone has
    the value.
    """

    names: Row
    rows: list[Row]
    others: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


def sheet_table(file: Path, reading: Reading) -> SheetTable:
    """The table on a sheet: the named one, else the first that people see.

    What the file says of its own size is not believed: every cell is looked at. Titles and comments before
    the header are passed over as in text files, unless `skip` says how many rows there are.

    Raises:
        WorkbookError: the file is no workbook, has a password or formulas that were never computed, or the
            sheet is missing or blank.
    """
    _bounded(file)
    try:
        with calamine.CalamineWorkbook.from_path(str(file)) as book:
            name = _named(book, reading.sheet)
            errors = _errors_of(file, name)
            sheet = book.get_sheet_by_name(name)
            rows = _rows_of(sheet)
            merged = sheet.merged_cell_ranges or []
            others = () if reading.sheet else tuple(one for one in _seen(book) if one != name)
            heads = {one: _rows_of(book.get_sheet_by_name(one), _HEAD) for one in others}
    except calamine.PasswordError:
        raise WorkbookError("has a password: save it without one") from None
    except (calamine.CalamineError, OSError) as error:
        raise WorkbookError(f"is no workbook that can be opened ({error})") from None
    first = _first(rows, reading)
    filled = [row for row in rows[first:] if any(row)]
    if not filled:
        raise WorkbookError(f"has nothing on its sheet {name}: name another by sheet")
    downwards = tuple(_range(one) for one in sorted(merged) if first < one[0][0] < one[1][0])
    alike = tuple(one for one, head in heads.items() if _bare(filled[0]) in map(_bare, head))
    if isinstance(reading.header, tuple):
        return SheetTable(list(reading.header), filled, others, downwards, errors=errors)
    body = without_heading(filled[reading.header :], filled[0])
    return SheetTable(filled[0], body, others, downwards, alike, errors)


def _rows_of(sheet: calamine.CalamineSheet, most: int | None = None) -> list[Row]:
    """The rows of a sheet as texts; cells that show an error are blank."""
    cells = sheet.to_python(skip_empty_area=False, nrows=most)
    return [[as_text(value) for value in values] for values in cells]


def _bare(row: Row) -> list[str]:
    """The cells of a row that are not blank."""
    return [cell for cell in row if cell]


def _first(rows: Sequence[Row], reading: Reading) -> int:
    """The number of the row with which the table begins."""
    if reading.skip is not None:
        return reading.skip
    if isinstance(reading.header, tuple):
        return 0
    return before_header([TextRecord([cell or "" for cell in row], 1) for row in rows[:_LOOKED_AT]])


def _seen(book: calamine.CalamineWorkbook) -> list[str]:
    """The sheets with cells that people see."""
    return [
        one.name
        for one in book.sheets_metadata
        if one.typ == calamine.SheetTypeEnum.WorkSheet and one.visible == calamine.SheetVisibleEnum.Visible
    ]


def _named(book: calamine.CalamineWorkbook, sheet: str | None) -> str:
    if sheet is None:
        return next(iter(_seen(book)), book.sheet_names[0])
    if sheet not in book.sheet_names:
        hint = did_you_mean(sheet, book.sheet_names) or f" It has {', '.join(book.sheet_names)}"
        raise WorkbookError(f"has no sheet {sheet!r}.{hint}")
    return sheet


def _range(cells: tuple[tuple[int, int], tuple[int, int]]) -> str:
    """Merged cells as spreadsheets write them: `B2:B4`."""
    return ":".join(f"{_letters(column)}{row + 1}" for row, column in cells)


def _letters(column: int) -> str:
    """The letters of a column: AA for 26."""
    found = ""
    while column >= 0:
        found = chr(ord("A") + column % 26) + found
        column = column // 26 - 1
    return found


def _bounded(file: Path) -> None:
    """An archive says what it unpacks to; one that unpacks to more than a limit is never unpacked."""
    if not zipfile.is_zipfile(file):
        return
    with zipfile.ZipFile(file) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > _LARGEST:
        raise WorkbookError(f"unpacks to {size / 1e9:.1f} GB: save the sheet as CSV")


def _errors_of(file: Path, sheet: str) -> tuple[str, ...]:
    """The cells of a sheet of xlsx that show an error: `#DIV/0! in C7`.

    Raises:
        WorkbookError: formulas have no value (a formula that was never computed was written by a program that
            computes none: its cell would read as blank, or as zero), or cells lie too far apart.
    """
    if not zipfile.is_zipfile(file):
        return ()
    with zipfile.ZipFile(file) as archive:
        part = _part_of(archive, sheet)
        if part is None:
            return ()
        content, book = archive.read(part), archive.read("xl/workbook.xml")
    if _UNCOMPUTED.search(content) or (_TO_BE_COMPUTED.search(book) and _ZERO.search(content)):
        raise WorkbookError(
            "has formulas that were never computed: open it in a spreadsheet program and save it"
        )
    columns = max((_number(letters) for letters in set(_FAR.findall(content))), default=26)
    rows = max(map(int, _ROW.findall(content)), default=0)
    if rows * columns > _MOST_CELLS:
        raise WorkbookError(
            f"has a cell {columns:,} columns to the right, and one {rows:,} rows down: delete what lies "
            "apart from the table, or save the sheet as CSV"
        )
    found = _ERROR.findall(content) if b't="e"' in content else []
    return tuple(f"{shown.decode()} in {cell.decode()}" for cell, shown in found)


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Which part of an xlsx archive a sheet is; None where the archive is no xlsx."""
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= set(archive.namelist()):
        return None
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for one in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if one.tag.endswith("}sheet") and one.get("name") == sheet:
            key = next((value for name, value in one.items() if name.endswith("}id")), None)
            part = targets.get(key, "")
            part = part.removeprefix("/") if part.startswith("/") else f"xl/{part}"
            return part if part in archive.namelist() else None
    return None


def _number(letters: bytes) -> int:
    """The number of a column: 27 for AA."""
    found = 0
    for one in letters:
        found = found * 26 + one - ord("A") + 1
    return found
