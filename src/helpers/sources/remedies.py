"""What a value that cannot stand looks like, and the line of sources.yaml that would mend it.

A page shows the shape of a value (`9,999.99`, `<e-mail>`), since a shifted row puts a comment anywhere; the
terminal and the quarantine show it masked: figures stay, words lose all but their first letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from helpers.contracts import ColumnContract

LONGEST = 40
_E_MAIL = re.compile(r"\S+@\S+\.\S+")
_WORD = re.compile(r"[^\W\d_]{4,}")
_THOUSANDS = re.compile(
    r"[^\d]*[+-]?\d{1,3}(?P<mark>[,.' \u00a0\u202f])\d{3}((?P=mark)\d{3})*(?P<point>[.,]\d+)?\D*"
)
_COMMA = re.compile(r"[+-]?\d+,\d+")
MISSING = frozenset(
    {"na", "n/a", "#n/a", "null", "none", "nan", "-", "--", "?", "unknown", "undefined", "nil"}
)
_DATES = (
    (r"\d{1,2}/\d{1,2}/\d{4}", ("%m/%d/%Y", "%d/%m/%Y")),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", ("%d.%m.%Y",)),
    (r"\d{1,2}-\d{1,2}-\d{4}", ("%d-%m-%Y", "%m-%d-%Y")),
    (r"\d{4}/\d{1,2}/\d{1,2}", ("%Y/%m/%d",)),
    (r"\d{8}", ("%Y%m%d",)),
    (r"[A-Za-z]{3} \d{1,2}, \d{4}", ("%b %d, %Y",)),
    (r"\d{1,2} [A-Za-z]{3} \d{4}", ("%d %b %Y",)),
    (r"\d{1,2}-[A-Za-z]{3}-\d{4}", ("%d-%b-%Y",)),
    (r"\d{1,2}-[A-Za-z]{3}-\d{2}", ("%d-%b-%y",)),
    (r"\d{1,2} [A-Za-z]{3} \d{2}", ("%d %b %y",)),
    (r"\d{1,2}/\d{1,2}/\d{2}", ("%m/%d/%y", "%d/%m/%y")),
    (r"\d{1,2}\.\d{1,2}\.\d{2}", ("%d.%m.%y",)),
    (r"\d{1,2}/[A-Za-z]{3}/\d{2}", ("%d/%b/%y",)),
    (r"\d{1,2}/[A-Za-z]{3}/\d{4}", ("%d/%b/%Y",)),
    (r"[A-Za-z]{4,9} \d{1,2}, \d{4}", ("%B %d, %Y",)),
    (r"\d{1,2} [A-Za-z]{4,9} \d{4}", ("%d %B %Y",)),
)
_COUNTED = re.compile(r"(?P<s>1\d{9})(\.\d+)?|(?P<ms>1\d{12})(\.\d+)?|(?P<us>1\d{15})")
"""Seconds, milli- and microseconds since 1970, of the years 2001 to 2033."""
_CLOCKS = (
    (r" \d{1,2}:\d{2}:\d{2}\.\d+", " %H:%M:%S.%f"),
    (r" \d{1,2}:\d{2}:\d{2}", " %H:%M:%S"),
    (r" \d{1,2}:\d{2}:\d{2} [AaPp][Mm]", " %I:%M:%S %p"),
    (r" \d{1,2}:\d{2} [AaPp][Mm]", " %I:%M %p"),
    (r" \d{1,2}:\d{2}", " %H:%M"),
    ("", ""),
)


@dataclass(frozen=True)
class Sample:
    """One value of a reason: its shape for pages, itself masked for the analyst, and what to write."""

    shape: str
    masked: str
    remedy: str


def sample(value: str, column: ColumnContract, source: str) -> Sample:
    """What to show, and to write, of one value that could not stand in a column.

    >>> from helpers.contracts import ColumnContract
    >>> sample("1,234.50", ColumnContract("revenue", "number"), "revenue")
    Sample(shape='9,999.99', masked='1,234.50', remedy='thousands: ","')
    """
    return Sample(shape(value), masked(value), remedy(value, column, source))


def shape(value: str) -> str:
    """The value with every figure as 9 and every letter as a or A; an e-mail address as a word for it.

    >>> shape("Jo 12.5"), shape("jo@example.org")
    ('Aa 99.9', '<e-mail>')
    """
    plain = _E_MAIL.sub("\x00", " ".join(value.split()))
    letters = "".join(_letter(one) for one in plain)
    return _cut(letters).replace("\x00", "<e-mail>")


def masked(value: str) -> str:
    """The value with words of four letters and more cut to their first one, and no e-mail address.

    >>> masked("Invoice 17 of Smith")
    'I… 17 of S…'
    """
    plain = _E_MAIL.sub("<e-mail>", " ".join(value.split()))
    return _cut(_WORD.sub(lambda word: f"{word[0][0]}…", plain))


def remedy(value: str, column: ColumnContract, source: str) -> str:
    """The line of sources.yaml that would make the value readable, as far as it can be told."""
    if value.strip().lower() in MISSING:
        return f'missing: ["{value.strip()}"]'
    if column.kind == "number":
        return _of_number(value, source)
    if column.kind in ("time", "day"):
        return _of_time(value, column, source)
    return f'{column.name}: {{from: {source}, map: {{"{masked(value)}": …}}}}'


def formats_of(value: str) -> tuple[str, ...]:
    """The date formats that the value may be written in, most usual first.

    >>> formats_of("07/01/2026"), formats_of("1782892800000")
    (('%m/%d/%Y', '%d/%m/%Y'), ('epoch_ms',))
    """
    if counted := _COUNTED.fullmatch(value.strip()):
        return tuple(f"epoch_{unit}" for unit in counted.groupdict() if counted[unit])
    for date, written in _DATES:
        for clock, time in _CLOCKS:
            if re.fullmatch(date + clock, value.strip()):
                return tuple(one + time for one in written)
    return ()


def _of_number(value: str, source: str) -> str:
    found = _THOUSANDS.fullmatch(value.strip())
    if _COMMA.fullmatch(value.strip()) and not (found and len(value.strip().split(",")[-1]) == 3):
        return 'decimal: ","'
    if found is None:
        return f'{source}: {{map: {{"{masked(value)}": null}}}}'
    mark, point = found["mark"], (found["point"] or "")[:1]
    mark = " " if mark in "\u00a0\u202f" else mark
    return f'thousands: "{mark}"' + (f', decimal: "{point}"' if point == "," else "")


def _of_time(value: str, column: ColumnContract, source: str) -> str:
    written = formats_of(value)
    if not written:
        return f'{column.name}: {{from: {source}, format: "%d-%m-%Y"}}'
    either = f" (or {written[1]})" if len(written) > 1 else ""
    return f'{column.name}: {{from: {source}, format: "{written[0]}"}}{either}'


def _letter(one: str) -> str:
    if one.isdigit():
        return "9"
    if one.isalpha():
        return "A" if one.isupper() else "a"
    return one


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
