"""Sheets of workbooks (xlsx, xls, xlsb, ods) as rows of texts."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine as calamine

from helpers.records.settings import did_you_mean
from helpers.sources.reading.delimited import BLANK

Row = list[str | None]
_LARGEST = 2_000_000_000
"""Bytes that an archive may unpack to; what is larger is refused before it is unpacked."""
_UNCOMPUTED = re.compile(rb"<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|</c>)")


class WorkbookError(ValueError):
    """The file is no workbook, or has no such sheet, or nothing in it."""


def sheet_rows(file: Path, sheet: str | None, skip: int = 0) -> Iterator[Row]:
    """The rows of a sheet (the first one unless named) that are not blank; the first holds the names.

    What the file says of its own size is not believed: every cell is looked at.

    Raises:
        WorkbookError: the file is no workbook, has a password or formulas that were never computed, or the
            sheet is missing or blank.
    """
    _bounded(file)
    try:
        with calamine.CalamineWorkbook.from_path(str(file)) as book:
            found = _sheet(book, sheet)
            cells = found.to_python(skip_empty_area=False)
            name, at = found.name, book.sheet_names.index(found.name)
    except calamine.PasswordError:
        raise WorkbookError("has a password: save it without one") from None
    except (calamine.CalamineError, OSError) as error:
        raise WorkbookError(f"is no workbook that can be opened ({error})") from None
    rows = [row for values in cells[skip:] if any(row := [_text(value) for value in values])]
    if not rows:
        raise WorkbookError(f"has nothing on its sheet {name}: name another by sheet")
    _computed(file, at)
    yield from rows


def _sheet(book: calamine.CalamineWorkbook, sheet: str | None) -> calamine.CalamineSheet:
    if sheet is None:
        return book.get_sheet_by_index(0)
    if sheet not in book.sheet_names:
        hint = did_you_mean(sheet, book.sheet_names) or f" It has {', '.join(book.sheet_names)}."
        raise WorkbookError(f"has no sheet {sheet!r}.{hint}")
    return book.get_sheet_by_name(sheet)


def _bounded(file: Path) -> None:
    """An archive says what it unpacks to; one that unpacks to more than a limit is never unpacked."""
    if not zipfile.is_zipfile(file):
        return
    with zipfile.ZipFile(file) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > _LARGEST:
        raise WorkbookError(f"unpacks to {size / 1e9:.1f} GB: save the sheet as CSV")


def _computed(file: Path, at: int) -> None:
    """A formula without a value was written by a program that computes none: its cell would read as blank."""
    if not zipfile.is_zipfile(file):
        return
    with zipfile.ZipFile(file) as archive:
        parts = [name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
        parts.sort(key=lambda name: int("".join(filter(str.isdigit, name))))
        if at < len(parts) and _UNCOMPUTED.search(archive.read(parts[at])):
            raise WorkbookError(
                "has formulas that were never computed: open it in a spreadsheet program and save it"
            )


def _text(value: object) -> str | None:
    """A cell as text: days and times in ISO form, whole numbers without a decimal point."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip(BLANK) or None
