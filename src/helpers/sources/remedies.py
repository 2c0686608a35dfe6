"""What a value that cannot stand looks like, and the line of sources.yaml that would mend it.

A page shows the shape of a value (`9,999.99`, `<e-mail>`), since a shifted row puts a comment anywhere; the
terminal and the quarantine show it masked: figures stay, words lose all but their first letter.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from helpers.contracts import ColumnContract

LONGEST = 40
_E_MAIL = re.compile(r"\S+@\S+\.\S+")
_WORD = re.compile(r"[^\W\d_]{4,}")
_THOUSANDS = re.compile(
    r"[+-]?\d{1,3}(?P<mark>[,.'\u2019 \u00a0\u202f])\d{3}((?P=mark)\d{3})*(?P<point>[.,]\d+)?"
)
_PLAIN = re.compile(r"[\w$][\w .$/()?-]*")
"""Names that YAML takes as they stand."""
_DECIMALS = re.compile(r"[+-]?(0|\d{4,}),\d+|[+-]?\d+,(\d{1,2}|\d{4,})")
"""Numbers whose comma cannot stand between thousands."""
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
    (r"\d{4}-\d{2}", ("%Y-%m",)),
    (r"\d{1,2}/\d{4}", ("%m/%Y",)),
    (r"[A-Za-z]{3}-\d{2}", ("%b-%y",)),
    (r"[A-Za-z]{3} \d{4}", ("%b %Y",)),
    (r"[A-Za-z]{4,9} \d{4}", ("%B %Y",)),
)
_COUNTED = re.compile(r"(?P<s>1\d{9})(\.\d+)?|(?P<ms>1\d{12})(\.\d+)?|(?P<us>1\d{15})")
"""Seconds, milli- and microseconds since 1970, of the years 2001 to 2033."""
_SERIAL = re.compile(r"[34]\d{4}(\.\d+)?")
"""Days since 1899, of the years 1982 to 2036."""
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ][\d:.,]+)?")
"""A date in ISO 8601; one that cannot be read is none, such as 30 February."""
_ISO_ZONE = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.,]+\s?(?P<zone>[A-Za-z]{2,5})")
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


def sample(value: str, column: ColumnContract, source: str, *, readable: bool = False) -> Sample:
    """What to show, and to write, of one value that could not stand in a column.

    One that is `readable` breaks a rule of the column: no other way of reading mends that.

    >>> from helpers.contracts import ColumnContract
    >>> sample("1,234.50", ColumnContract("revenue", "number"), "revenue")
    Sample(shape='9,999.99', masked='1,234.50', remedy='thousands: ","')
    """
    new = "…" if column.kind == "text" else "null"
    told = _mapped(value, column, source, new) if readable else remedy(value, column, source)
    return Sample(shape(value), masked(value), told)


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
        return _of_number(value.strip(), column, source)
    if column.kind in ("time", "day"):
        return _of_time(value.strip(), column, source)
    return _mapped(value, column, source, "…")


def formats_of(value: str) -> tuple[str, ...]:
    """The date formats that the value may be written in, most usual first.

    >>> formats_of("07/01/2026"), formats_of("1782892800000")
    (('%m/%d/%Y', '%d/%m/%Y'), ('epoch_ms',))
    """
    plain = value.strip()
    if counted := _COUNTED.fullmatch(plain):
        return tuple(f"epoch_{unit}" for unit in counted.groupdict() if counted[unit])
    if _SERIAL.fullmatch(plain):
        return ("serial",)
    found = (
        tuple(one + time for one in written)
        for date, written in _DATES
        for clock, time in _CLOCKS
        if re.fullmatch(date + clock, plain)
    )
    return tuple(one for one in next(found, ()) if _is_told(plain, one))


def _is_told(value: str, form: str) -> bool:
    """Whether the value is a date under a format: there is no 13th month, and no Juli in English."""
    try:
        datetime.strptime(value, form)
    except ValueError:
        return False
    return True


def _of_number(value: str, column: ColumnContract, source: str) -> str:
    name = _in_sql(source)
    if _DECIMALS.fullmatch(value):
        return 'decimal: ","'
    if found := _THOUSANDS.fullmatch(value):
        return _marked(found)
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{2,3})+(\.\d+)?", value):
        return f"under sql: replace({name}, ',', '')"
    if value.startswith("\u2212"):
        return f"under sql: replace({name}, '\u2212', '-')"
    if re.fullmatch(r"[\d.,]+-", value):
        return f"under sql: regexp_replace({name}, '^(.*)-$', '-\\1')"
    if re.fullmatch(r"[+-]?[\d.,]+ ?%", value):
        return f"under sql: replace({name}, '%', ''), and divided_by: 100"
    if value.startswith("(") and value.endswith(")"):
        return f"under sql: translate({name}, '()', '-')"
    if (beside := re.sub(r"^[+-]|[\d.,'\u2019\s]+", "", value)) and _is_currency(beside):
        return f"under sql: trim(replace({name}, '{beside}', ''))"
    return _mapped(value, column, source)


def _is_currency(beside: str) -> bool:
    """Whether what stands beside a number is money: to take off the K of 12K would make another number."""
    return bool(re.fullmatch("[A-Z]{3}", beside)) or any(unicodedata.category(one) == "Sc" for one in beside)


def _marked(found: re.Match[str]) -> str:
    """Three digits behind a single comma may be either: both ways are told."""
    point, whole = (found["point"] or "")[:1], found[0]
    mark = {"\u2019": "'", "\u00a0": " ", "\u202f": " "}.get(found["mark"], found["mark"])
    either = ' (or decimal: ",")' if mark == "," and whole.count(",") == 1 and not point else ""
    return f'thousands: "{mark}"' + (f', decimal: "{point}"' if point == "," else "") + either


def _of_time(value: str, column: ColumnContract, source: str) -> str:
    if written := formats_of(value):
        either = f" (or {written[1]})" if len(written) > 1 else ""
        form = written[0] if "%" not in written[0] else f'"{written[0]}"'
        return f"{column.name}: {{from: {_in_yaml(source)}, format: {form}}}{either}"
    if found := _ISO_ZONE.fullmatch(value):
        return f"an offset (+01:00) in place of {found['zone']}, which is no zone or several"
    if _ISO.fullmatch(value):
        return _mapped(value, column, source)
    return f"{column.name}: {{from: {_in_yaml(source)}, format: …}}, or rewrite it under sql"


def _mapped(value: str, column: ColumnContract, source: str, new: str = "null") -> str:
    return f'{column.name}: {{from: {_in_yaml(source)}, map: {{"{masked(value)}": {new}}}}}'


def _in_yaml(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else f'"{name}"'


def _in_sql(name: str) -> str:
    return name if name.isidentifier() else f'"{name}"'


def _letter(one: str) -> str:
    if one.isdigit():
        return "9"
    if one.isalpha():
        return "A" if one.isupper() else "a"
    return one


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
