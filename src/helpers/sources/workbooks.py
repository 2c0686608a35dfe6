"""Sheets of XLSX workbooks as rows of texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import openpyxl

from helpers.records.settings import did_you_mean

BLANK = " \t\r\n\u00a0\ufeff"
"""What is taken off both ends of a text."""

Row = list[str | None]


class WorkbookError(ValueError):
    """The file is no workbook, or has no such sheet, or nothing in it."""


def sheet_rows(file: Path, sheet: str | None) -> Iterator[Row]:
    """The rows of a sheet (the first one unless named) that are not blank; the first holds the names.

    Raises:
        WorkbookError: the file is no workbook, or the sheet is missing or blank.
    """
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except Exception as error:  # noqa: BLE001  (openpyxl raises whatever its zip and XML readers do)
        raise WorkbookError(f"is no workbook that can be opened ({error})") from None
    try:
        if sheet is not None and sheet not in book.sheetnames:
            hint = did_you_mean(sheet, book.sheetnames) or f" It has {', '.join(book.sheetnames)}."
            raise WorkbookError(f"has no sheet {sheet!r}.{hint}")
        chosen = book[sheet] if sheet is not None else book.worksheets[0]
        empty = True
        for values in chosen.iter_rows(values_only=True):
            row = [_text(value) for value in values]
            if any(row):
                empty = False
                yield row
        if empty:
            raise WorkbookError(f"has nothing on its sheet {chosen.title}: name another by sheet")
    finally:
        book.close()


def _text(value: object) -> str | None:
    """A cell as text: days and times in ISO form, whole numbers without a decimal point."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip(BLANK) or None
