"""Sheets of workbooks (xlsx, xls, xlsb, ods) as rows of texts."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import python_calamine as calamine

from helpers.records.settings import did_you_mean
from helpers.sources.reading.typed_cells import as_text

Row = list[str | None]
"""The cells of a row as texts."""
_LARGEST = 2_000_000_000
"""Bytes that an archive may unpack to; what is larger is refused before it is unpacked."""
_MOST_CELLS = 100_000_000
"""Cells between the first and the last one of a sheet; the reader makes room for all of them."""
_FORMULA = rb"<f\b[^>]*(?:/>|>[^<]*</f>)\s*"
_UNCOMPUTED = re.compile(rb'<c\b(?![^>]*\bt="str")[^>]*>\s*' + _FORMULA + rb"(?:<v\s*/>|<v>\s*</v>|</c>)")
_ZERO = re.compile(_FORMULA + rb"<v>0</v>")
_TO_BE_COMPUTED = re.compile(rb'<calcPr\b[^>]*\bfullCalcOnLoad="(?:1|true)"')
_FAR = re.compile(rb'<c r="([A-Z]{2,3})\d')
_ROW = re.compile(rb'<row\b[^>]*\br="(\d+)"')


class WorkbookError(ValueError):
    """The file is no workbook, or has no such sheet, or nothing in it."""


def sheet_rows(file: Path, sheet: str | None, skip: int = 0) -> Iterator[Row]:
    """The rows of a sheet (the first one unless named) that are not blank.

    What the file says of its own size is not believed: every cell is looked at.

    Raises:
        WorkbookError: the file is no workbook, has a password or formulas that were never computed, or the
            sheet is missing or blank.
    """
    _bounded(file)
    try:
        with calamine.CalamineWorkbook.from_path(str(file)) as book:
            name = _named(book, sheet)
            _readable(file, name)
            cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except calamine.PasswordError:
        raise WorkbookError("has a password: save it without one") from None
    except (calamine.CalamineError, OSError) as error:
        raise WorkbookError(f"is no workbook that can be opened ({error})") from None
    rows = [row for values in cells[skip:] if any(row := [as_text(value) for value in values])]
    if not rows:
        raise WorkbookError(f"has nothing on its sheet {name}: name another by sheet")
    yield from rows


def _named(book: calamine.CalamineWorkbook, sheet: str | None) -> str:
    if sheet is None:
        return book.sheet_names[0]
    if sheet not in book.sheet_names:
        hint = did_you_mean(sheet, book.sheet_names) or f" It has {', '.join(book.sheet_names)}"
        raise WorkbookError(f"has no sheet {sheet!r}.{hint.removesuffix('.')}")
    return sheet


def _bounded(file: Path) -> None:
    """An archive says what it unpacks to; one that unpacks to more than a limit is never unpacked."""
    if not zipfile.is_zipfile(file):
        return
    with zipfile.ZipFile(file) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > _LARGEST:
        raise WorkbookError(f"unpacks to {size / 1e9:.1f} GB: save the sheet as CSV")


def _readable(file: Path, sheet: str) -> None:
    """Refuse a sheet of xlsx whose formulas have no value, or whose cells lie too far apart.

    A formula that was never computed was written by a program that computes none: its cell would read as
    blank, or as zero.
    """
    if not zipfile.is_zipfile(file):
        return
    with zipfile.ZipFile(file) as archive:
        part = _part_of(archive, sheet)
        if part is None:
            return
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
