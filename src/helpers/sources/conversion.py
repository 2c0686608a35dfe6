"""From what a file holds to the contract's types: nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from helpers.contracts import ANSWERS_APART, ColumnContract
from helpers.sources.declarations import EPOCHS, SERIAL, ColumnSource, Scalar

ISO_DATE = "____-__-__%"
_ISO_CLOCK = r"^\d{4}-\d\d-\d\d[T ]\d{1,2}:\d\d(:\d\d(\.\d+)?)?$"
_HOUR = re.compile(r"%-?[HIcX]")
_OFFSET = r"(\d)\s?([+-]\d\d):?(\d\d)?$"
WITH_OFFSET = r"\d\s?([Zz]|[+-]\d\d(:?\d\d)?)$"
_ZONE = r"\d\s?([A-Za-z][A-Za-z_]*(/[A-Za-z_+\-0-9]+)*)$"
_BESIDE_UTC = r"\d\s?(?:UTC|GMT|utc|gmt)\s?[+-]\d{1,2}(:?\d\d)?$"
_AREA = r"\d\s[A-Z][A-Za-z_]+/[A-Za-z_+\-/0-9]+$"
_ABBREVIATIONS = {
    "UTC": "+00:00", "GMT": "+00:00", "UT": "+00:00", "EST": "-05:00", "EDT": "-04:00", "MST": "-07:00",
    "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00", "CET": "+01:00", "CEST": "+02:00", "WET": "+00:00",
    "WEST": "+01:00", "EET": "+02:00", "EEST": "+03:00", "MSK": "+03:00", "JST": "+09:00",
}  # fmt: skip
"""Names of zones that mean one offset the world over; IST, CST and BST mean several: not understood."""
_SHORT_NAME = rf"\b({'|'.join(_ABBREVIATIONS)})\b"
_AREA_NAME = r"[A-Z][a-z_]+/[A-Z]"
_FLOAT = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"
_WHOLE = r"^([+-]?\d+)\.0+$"
_COUNTED = r"^[+-]?\d+(\.\d*)?$"
_MICROSECONDS_OF_YEAR_9999 = 253_402_300_800_000_000
_SERIAL_OF_1970, _MILLISECONDS_A_DAY = 25_569, 86_400_000
_BLANKS, _APOSTROPHES = " \u00a0\u202f", "'\u2019"
"""What stands for a blank between thousands (a hard or a narrow one), and for an apostrophe."""
_TRUE, _FALSE = ("true", "t", "yes", "y", "1", "1.0"), ("false", "f", "no", "n", "0", "0.0")


@ibis.udf.scalar.builtin(name="try_strptime")  # type: ignore[untyped-decorator]
def _parsed(text: str, pattern: str) -> dt.Timestamp(scale=6):  # type: ignore[valid-type]
    """The time that a text tells under a format; null where it does not fit."""


@ibis.udf.scalar.builtin(name="try_strptime")  # type: ignore[untyped-decorator]
def _parsed_with_zone(text: str, pattern: str) -> dt.Timestamp(timezone="UTC", scale=6):  # type: ignore[valid-type]
    """The same for a format with %z or %Z."""


@ibis.udf.scalar.builtin(name="timezone")  # type: ignore[untyped-decorator]
def _instant(zone: str, clock: dt.Timestamp(scale=6)) -> dt.Timestamp(timezone="UTC", scale=6):  # type: ignore[valid-type]
    """The instant at which clocks of the zone showed this."""


@ibis.udf.scalar.builtin(name="timezone")  # type: ignore[untyped-decorator]
def _clock(zone: str, instant: dt.Timestamp(timezone="UTC", scale=6)) -> dt.Timestamp(scale=6):  # type: ignore[valid-type]
    """What clocks of the zone show at an instant."""


@ibis.udf.scalar.builtin(name="make_timestamp")  # type: ignore[untyped-decorator]
def _since_1970(microseconds: int) -> dt.Timestamp(scale=6):  # type: ignore[valid-type]
    """What clocks of UTC show so many microseconds after 1970-01-01T00:00Z."""


@dataclass(frozen=True)
class Notation:
    """How numbers are written in a file: the mark of decimals, and that of thousands if there is one."""

    decimal: str = "."
    thousands: str | None = None


@dataclass(frozen=True)
class Converted:
    """A typed column; whether a value that was there was lost on the way; whether the way is a long one.

    `unreadable` is None where no value can be lost. `costly` conversions are worth doing once, not in every
    query.
    """

    value: ir.Value
    unreadable: ir.BooleanValue | None = None
    costly: bool = True


def constant(value: Scalar, column: ColumnContract) -> Converted:
    """A column with one value in every row.

    Raises:
        ValueError: the value is not of the column's kind.
    """
    if column.kind in ("time", "day"):
        raise ValueError(f"{column.name} is a {column.kind}: take it from a column, not from a value")
    kind = {"text": "string", "number": "float64", "boolean": "boolean"}[column.kind]
    try:
        typed = {"text": str, "number": float, "boolean": bool}[column.kind](value)
    except ValueError:
        raise ValueError(f"{column.name} is a {column.kind}, and {value!r} is none") from None
    return Converted(ibis.literal(typed, kind), costly=False)


def converted(
    raw: ir.Value, column: ColumnContract, source: ColumnSource, zone: str, notation: Notation
) -> Converted:
    """A raw column as the kind that the contract asks for.

    Args:
        raw: the column of the file; text, or typed where the format has types.
        column: what the contract asks for.
        source: how the file writes it: map, date format, time zone.
        zone: the project's time zone, in which times are told.
        notation: how the file writes numbers.
    """
    mapped = _mapped(raw, source) if source.map else raw
    if column.kind in ("number", "whole") and mapped.type().is_string():
        mapped = _plain_number(mapped, notation)
    found = _CONVERSIONS[column.kind](mapped, source, zone)
    if column.kind == "text":
        found = _named(found, column) if raw.type().is_string() or raw.type().is_integer() else found
    if source.divided_by:
        found = replace(found, value=found.value / source.divided_by, costly=True)
    if source.split:
        found = Converted(apart(found.value.cast("string"), source.split))
    return Converted(found.value, found.unreadable, found.costly or bool(source.map))


def apart(text: ir.StringValue, mark: str) -> ir.StringValue:
    """The answers of a cell, one a line, without blanks around them and without blank ones."""
    lines = text.re_replace(rf"\s*{re.escape(mark)}\s*", ANSWERS_APART)
    return lines.re_replace("\n+", ANSWERS_APART).re_replace(r"^\s+|\s+$", "").nullif("")


def _mapped(raw: ir.Value, source: ColumnSource) -> ir.Value:
    text = raw.cast("string")
    branches = [
        (text == name, ibis.null("string") if new is None else ibis.literal(_text(new)))
        for name, new in source.map.items()
    ]
    return ibis.cases(*branches, else_=text)


def _text(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _as_text(raw: ir.Value, _source: ColumnSource, _zone: str) -> Converted:
    kind = raw.type()
    if kind.is_string() or kind.is_integer():
        return Converted(raw, costly=False)
    if kind.is_floating() or kind.is_decimal():
        return Converted(_whole(raw.cast("string")))
    return Converted(raw.cast("string"))


def _whole(text: ir.StringValue) -> ir.StringValue:
    """A whole number is written as one: `1000000` for `1000000.0`, so that keys of two files meet."""
    may_be = text.endswith("0") & text.contains(".")
    return ibis.ifelse(may_be, text.re_replace(_WHOLE, r"\1"), text)


def _named(found: Converted, column: ColumnContract) -> Converted:
    """An id as a whole number where it is one; numbers of other columns, such as arms 0 and 1, as texts.

    Ids that are whole numbers in the file stay such (`same_key` joins them to those of other files).
    """
    if column.name.endswith("_id"):
        return replace(found, value=_whole(found.value)) if found.value.type().is_string() else found
    return replace(found, value=found.value.cast("string"))


def _plain_number(text: ir.StringValue, notation: Notation) -> ir.StringValue:
    """The number with a point for decimals; where thousands do not come in threes it stays unreadable."""
    if notation.thousands is None and notation.decimal == ".":
        return text
    if notation.thousands is not None:
        mark, point = _marks(notation.thousands), re.escape(notation.decimal)
        grouped = text.re_search(rf"^[+-]?\d{{1,3}}({mark}\d{{3}})*({point}\d*)?$")
        text = ibis.ifelse(grouped, text.re_replace(mark, ""), text)
    if notation.decimal == ",":
        text = ibis.ifelse(text.contains("."), text.concat(" "), text.replace(",", "."))
    return text


def _marks(thousands: str) -> str:
    """The letters that stand for a mark of thousands, as a pattern."""
    alike = next((letters for letters in (_BLANKS, _APOSTROPHES) if thousands in letters), thousands)
    return f"[{re.escape(alike)}]"


def _as_number(raw: ir.Value, _source: ColumnSource, _zone: str) -> Converted:
    kind = raw.type()
    if kind.is_integer() or kind.is_decimal():
        return Converted(raw, costly=False)
    if kind.is_floating():
        missing = raw.isnan()
        value = ibis.ifelse(missing, ibis.null(kind), raw)
        return Converted(value, raw.isinf(), costly=False)
    if kind.is_boolean():
        return Converted(raw.cast("int8"), costly=False)
    text = raw.cast("string")
    number = ibis.ifelse(text.re_search(f"^{_FLOAT}$"), text.try_cast("float64"), ibis.null("float64"))
    finite = ibis.ifelse(number.abs() < float("inf"), number, ibis.null("float64"))
    return Converted(finite, raw.notnull() & finite.isnull())


def _as_boolean(raw: ir.Value, _source: ColumnSource, _zone: str) -> Converted:
    kind = raw.type()
    if kind.is_boolean():
        return Converted(raw, costly=False)
    if kind.is_numeric():
        value = ibis.cases((raw == 0, False), (raw == 1, True), else_=ibis.null("boolean"))
        return Converted(value, raw.notnull() & value.isnull(), costly=False)
    text = raw.cast("string").lower()
    value = ibis.cases((text.isin(_TRUE), True), (text.isin(_FALSE), False), else_=ibis.null("boolean"))
    return Converted(value, raw.notnull() & value.isnull())


def _as_time(raw: ir.Value, source: ColumnSource, zone: str) -> Converted:
    kind = raw.type()
    if kind.is_timestamp() and kind.timezone:
        return Converted(_clock(zone, raw), costly=False)
    if kind.is_timestamp():
        return Converted(_moved(raw, source, zone), costly=source.timezone not in (None, zone))
    if kind.is_date():
        return Converted(raw.cast("timestamp"), costly=False)
    if source.format in (*EPOCHS, SERIAL):
        value = _counted(raw, source, zone)
        there = raw.notnull() & ~raw.isnan() if kind.is_floating() else raw.notnull()
        return Converted(value, there & value.isnull())
    text = raw.cast("string")
    value = _in_format(text, source, zone) if source.format else _iso(text, source, zone)
    return Converted(value, raw.notnull() & value.isnull())


def _counted(raw: ir.Value, source: ColumnSource, zone: str) -> ir.Value:
    """The instant of a number of units since 1970; or of days since 1899 a clock's time, or a day."""
    if source.format == SERIAL:
        days = _figure(raw)
        clock = _passed(((days - _SERIAL_OF_1970) * _MILLISECONDS_A_DAY).round() * 1000)
        return ibis.ifelse(days == days.floor(), clock, _moved(clock, source, zone))
    return _clock(zone, _instant("UTC", _passed(_figure(raw) * EPOCHS[str(source.format)])))


def _figure(raw: ir.Value) -> ir.FloatingValue:
    if raw.type().is_numeric():
        return raw.cast("float64")
    text = raw.cast("string")
    return ibis.ifelse(text.re_search(_COUNTED), text.try_cast("float64"), ibis.null("float64"))


def _passed(count: ir.NumericValue) -> ir.Value:
    """What clocks of UTC show so many microseconds after 1970; null after the year 9999.

    Statistics of Parquet know of no NaN, so that the engine trusts in the bound: hence try_cast.
    """
    told = ibis.ifelse(count.abs() < _MICROSECONDS_OF_YEAR_9999, count, ibis.null("float64"))
    return _since_1970(told.try_cast("int64"))


def _in_format(text: ir.StringValue, source: ColumnSource, zone: str) -> ir.Value:
    """The time under a format; beside one that does not begin with the year, ISO is unmistakable, too."""
    assert source.format is not None
    if "%z" in source.format or "%Z" in source.format:
        found = _clock(zone, _with_named_zone(text, source.format))
    else:
        clock = _parsed(text, source.format)
        found = _moved(clock, source, zone) if _HOUR.search(source.format) else clock
    return found if source.format.startswith("%Y") else ibis.coalesce(found, _iso(text, source, zone))


def _with_named_zone(text: ir.StringValue, form: str) -> ir.Value:
    """The instant under a format with %z or %Z; null where a short name means no zone, or several."""
    if "%Z" not in form:
        return _parsed_with_zone(text, form)
    name = text.re_extract(_SHORT_NAME, 0)
    offset = name.cases(*_ABBREVIATIONS.items(), else_="")
    told = _parsed_with_zone(text.replace(name, offset), form.replace("%Z", "%z"))
    return ibis.ifelse(text.re_search(_AREA_NAME), _parsed_with_zone(text, form), told)


def _iso(text: ir.StringValue, source: ColumnSource, zone: str) -> ir.Value:
    """ISO 8601 alone, year first. With an offset or a zone it is an instant, else a clock's time, or a day.

    A zone that is not understood (IST has three meanings) is unreadable: never taken as no zone.
    """
    text = text.replace(",", ".")  # before the fraction of a second either may stand
    clock = text.try_cast("timestamp")
    return ibis.cases(
        (~text.like(ISO_DATE), ibis.null("timestamp")),
        (text.length() == len("2026-01-01"), clock),
        (text.re_search(_ISO_CLOCK), _moved(clock, source, zone)),
        (text.re_search(WITH_OFFSET), _instant_of(_plain_offset(text), zone)),
        (text.re_search(_AREA), _instant_of(text, zone)),
        (text.re_search(_BESIDE_UTC), _instant_of(_plain_offset(_of_utc(text)), zone)),
        (text.re_search(_ZONE), _instant_of(_with_offset(text), zone)),
        else_=ibis.null("timestamp"),
    )


def _instant_of(text: ir.StringValue, zone: str) -> ir.Value:
    return _clock(zone, text.try_cast(dt.Timestamp(timezone="UTC", scale=6)))


def _plain_offset(text: ir.StringValue) -> ir.StringValue:
    """`+02:00` for ` +0200` and `+02`, `Z` for `z`: the only forms that the engine takes for an offset."""
    return text.re_replace(r"\s?[zZ]$", "Z").re_replace(_OFFSET, r"\1\2:\3").re_replace(":$", ":00")


def _of_utc(text: ir.StringValue) -> ir.StringValue:
    """`+02` for ` GMT+2` and `UTC+02`: what stands beside UTC is an offset."""
    bare = text.re_replace(r"\s?(?:UTC|GMT|utc|gmt)\s?([+-])", r"\1")
    return bare.re_replace(r"([+-])(\d)((:\d\d)?)$", r"\10\2\3")


def _with_offset(text: ir.StringValue) -> ir.StringValue:
    """The time with the offset that its zone's short name means; null where it means none, or several."""
    name = text.re_extract(_ZONE, 1).upper()
    bare = text.re_replace(r"\s?[A-Za-z]+$", "")
    return bare.concat(name.cases(*_ABBREVIATIONS.items(), else_=ibis.null("string")))


def _moved(clock: ir.Value, source: ColumnSource, zone: str) -> ir.Value:
    """The time on the project's clocks; a plain day has no zone and is never moved."""
    if source.timezone in (None, zone):
        return clock
    return _clock(zone, _instant(source.timezone, clock))


def _as_day(raw: ir.Value, source: ColumnSource, zone: str) -> Converted:
    if raw.type().is_date():
        return Converted(raw, costly=False)
    found = _as_time(raw, source, zone)
    return Converted(found.value.cast("date"), found.unreadable, found.costly)


def _as_whole(raw: ir.Value, source: ColumnSource, zone: str) -> Converted:
    found = _as_number(raw, source, zone)
    return replace(found, value=found.value.cast("int64")) if found.value.type().is_floating() else found


def _as_it_is(raw: ir.Value, _source: ColumnSource, _zone: str) -> Converted:
    return Converted(raw, costly=False)


_CONVERSIONS: dict[str, Callable[[ir.Value, ColumnSource, str], Converted]] = {
    "text": _as_text,
    "number": _as_number,
    "whole": _as_whole,
    "boolean": _as_boolean,
    "time": _as_time,
    "day": _as_day,
    "other": _as_it_is,
}
