"""What the values of each column can be read as: tried on all of them with the means that loading has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from helpers.contracts import ColumnContract, Kind
from helpers.sources.conversion import Notation, converted
from helpers.sources.declarations import ColumnSource
from helpers.sources.reading.files import Raw
from helpers.sources.remedies import MISSING, formats_of

NOTATIONS = (
    Notation(),
    Notation(".", ","),
    Notation(",", None),
    Notation(",", "."),
    Notation(",", " "),
    Notation(".", "'"),
    Notation(".", " "),
)
ISO = ""
"""The date format that needs no saying."""
_LOOKED_AT = 500
_FEW = 12


@dataclass(frozen=True)
class ColumnProfile:
    """The values of one column, without words for a missing value: how many there are, and are readable.

    `numbers` by notation, `times` by date format (`ISO` without one). `words` are the spellings that stand
    for a missing value; `values` are up to twelve different values.
    """

    name: str
    filled: int
    distinct: int
    truths: int
    numbers: Mapping[Notation, int]
    times: Mapping[str, int]
    words: tuple[str, ...]
    values: tuple[str, ...]

    def fits(self, kind: Kind) -> bool:
        """Whether most of its values can be read as such."""
        readable = {
            "text": self.filled,
            "number": max(self.numbers.values(), default=0),
            "boolean": self.truths,
            "time": max(self.times.values(), default=0),
            "day": max(self.times.values(), default=0),
        }[kind]
        return self.filled > 0 and readable >= self.filled / 2

    @property
    def is_figures(self) -> bool:
        """Whether all of its values are numbers or truths: what nobody wrote in words."""
        return self.filled > 0 and max(self.truths, *self.numbers.values()) == self.filled


def profiles(raw: Raw, zone: str) -> dict[str, ColumnProfile]:
    """Every column of the file, from three queries a column over all of its rows.

    One query for all columns would be one that the engine plans for seconds: so many ways to read each value.
    """
    texts = raw.rows.select(**{name: raw.rows[name].cast("string") for name in raw.columns})
    return {name: _profile(raw, texts[name], zone) for name in raw.columns}


@dataclass(frozen=True)
class Written:
    """How values may be written: the project's zone, the notation of numbers, the format of dates."""

    zone: str
    notation: Notation = NOTATIONS[0]
    format: str = ISO


def cleaned(raw: Raw, *names: str) -> ir.Table:
    """Columns of a file without words for a missing value."""
    return raw.rows.select(**{name: _cleaned(raw.rows[name]) for name in names})


def read_as(column: ir.Value, kind: Kind, written: Written) -> ir.Value:
    """A column, words for a missing value aside, as loading would read it."""
    source = ColumnSource.model_validate({"from": column.get_name(), "format": written.format or None})
    asked = ColumnContract(column.get_name(), kind)
    return converted(column, asked, source, written.zone, written.notation).value


def _values(column: ir.StringValue, among: Sequence[str] = ()) -> list[str]:
    """Different values (of those named), smallest first: the same in any order of rows."""
    found = column.name("value").as_table().distinct()
    wanted = found.value.lower().isin(list(among)) if among else found.value.notnull()
    found = found.filter(wanted).order_by("value").limit(_LOOKED_AT)
    return [str(value) for value in found.to_pyarrow()["value"].to_pylist()]


def _formats(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([ISO, *(one for value in values for one in formats_of(value))]))


def _cleaned(raw: ir.Value) -> ir.Value:
    if not raw.type().is_string():
        return raw
    return ibis.ifelse(raw.lower().isin(sorted(MISSING)), ibis.null("string"), raw)


def _profile(raw: Raw, text: ir.StringValue, zone: str) -> ColumnProfile:
    name = text.get_name()
    seen, words = _values(text), _values(text, sorted(MISSING))
    formats = _formats(seen)
    rows = cleaned(raw, name)
    row = rows.agg(**_figures(rows[name], formats, zone)).to_pyarrow().to_pylist()[0]
    return ColumnProfile(
        name,
        row["filled"],
        row["distinct"],
        row["truths"],
        {notation: row.get(f"number {place}", 0) for place, notation in enumerate(NOTATIONS)},
        {one: row[f"time {place}"] for place, one in enumerate(formats)},
        tuple(words),
        tuple([value for value in seen if value not in words][:_FEW]),
    )


def _figures(column: ir.Value, formats: Sequence[str], zone: str) -> dict[str, ir.Value]:
    found = {
        "filled": column.count(),
        "distinct": column.cast("string").nunique(),
        "truths": read_as(column, "boolean", Written(zone)).count(),
    }
    if not column.type().is_temporal():
        for at, notation in enumerate(NOTATIONS if column.type().is_string() else NOTATIONS[:1]):
            found[f"number {at}"] = read_as(column, "number", Written(zone, notation)).count()
    for at, one in enumerate(formats):
        found[f"time {at}"] = read_as(column, "time", Written(zone, format=one)).count()
    return found
