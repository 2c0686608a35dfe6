"""Typed cells, of workbooks and of SPSS files, as texts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from helpers.sources.reading.text_layout import BLANK

_ALL_DIGITS = 2**53
"""Whole numbers below this are kept to the last digit; others are told with their exponent, as rounded."""


def as_text(value: object) -> str | None:
    """A cell as text: days and times in ISO form, whole numbers without a decimal point; None for a blank.

    Of a number of more than fifteen digits a workbook has lost the last ones: `1.2345678901234567e+19`.

    >>> from datetime import datetime
    >>> as_text(datetime(2026, 7, 1)), as_text(7.0), as_text(" no "), as_text(" ")
    ('2026-07-01', '7', 'no', None)
    """
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < _ALL_DIGITS:
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return f"{value:.16e}"
    return None if value is None else str(value).strip(BLANK) or None
