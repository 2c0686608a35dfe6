"""From what a file holds to the contract's types: nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from helpers.contracts import ColumnContract
from helpers.sources.declarations import ColumnSource, Scalar

ISO_DATE = "____-__-__%"
_HOUR = re.compile(r"%-?[HIcX]")
WITH_OFFSET = r"\d\s?([Zz]|[+-]\d\d(:?\d\d)?)$"


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


def converted(raw: ir.Value, column: ColumnContract, source: ColumnSource, zone: str) -> Converted:
    """A raw column as the kind that the contract asks for.

    Args:
        raw: the column of the file; text, or typed where the format has types.
        column: what the contract asks for.
        source: how the file writes it: map, date format, time zone.
        zone: the project's time zone, in which times are told.
    """
    mapped = _mapped(raw, source) if source.map else raw
    found = _CONVERSIONS[column.kind](mapped, source, zone)
    return Converted(found.value, found.unreadable, found.costly or bool(source.map))


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
    return Converted(raw.cast("string"))


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
    number = raw.try_cast("float64")
    finite = ibis.ifelse(number.isnan() | number.isinf(), ibis.null("float64"), number)
    return Converted(finite, raw.notnull() & finite.isnull())


def _as_boolean(raw: ir.Value, _source: ColumnSource, _zone: str) -> Converted:
    kind = raw.type()
    if kind.is_boolean():
        return Converted(raw, costly=False)
    if kind.is_numeric():
        value = ibis.cases((raw == 0, False), (raw == 1, True), else_=ibis.null("boolean"))
        return Converted(value, raw.notnull() & value.isnull(), costly=False)
    value = raw.try_cast("boolean")
    return Converted(value, raw.notnull() & value.isnull())


def _as_time(raw: ir.Value, source: ColumnSource, zone: str) -> Converted:
    kind = raw.type()
    if kind.is_timestamp() and kind.timezone:
        return Converted(_clock(zone, raw), costly=False)
    if kind.is_timestamp():
        return Converted(_moved(raw, source, zone), costly=source.timezone not in (None, zone))
    if kind.is_date():
        return Converted(raw.cast("timestamp"), costly=False)
    text = raw.cast("string")
    value = _in_format(text, source, zone) if source.format else _iso(text, source, zone)
    return Converted(value, raw.notnull() & value.isnull())


def _in_format(text: ir.StringValue, source: ColumnSource, zone: str) -> ir.Value:
    assert source.format is not None
    if "%z" in source.format or "%Z" in source.format:
        return _clock(zone, _parsed_with_zone(text, source.format))
    clock = _parsed(text, source.format)
    return _moved(clock, source, zone) if _HOUR.search(source.format) else clock


def _iso(text: ir.StringValue, source: ColumnSource, zone: str) -> ir.Value:
    """ISO 8601 alone, year first. With an offset it is an instant, without one a clock's time, else a day."""
    clock = text.try_cast("timestamp")
    instant = _clock(zone, text.try_cast(dt.Timestamp(timezone="UTC", scale=6)))
    return ibis.cases(
        (~text.like(ISO_DATE), ibis.null("timestamp")),
        (text.length() == len("2026-01-01"), clock),
        (text.re_search(WITH_OFFSET), instant),
        else_=_moved(clock, source, zone),
    )


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


_CONVERSIONS: dict[str, Callable[[ir.Value, ColumnSource, str], Converted]] = {
    "text": _as_text,
    "number": _as_number,
    "boolean": _as_boolean,
    "time": _as_time,
    "day": _as_day,
}
