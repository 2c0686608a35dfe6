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
    """Every column of the file, from three queries over all of its rows."""
    texts = raw.rows.select(**{name: raw.rows[name].cast("string") for name in raw.columns})
    seen = {name: _values(texts[name]) for name in raw.columns}
    words = {name: _values(texts[name], sorted(MISSING)) for name in raw.columns}
    formats = {name: _formats(found) for name, found in seen.items()}
    figures: dict[str, ir.Value] = {}
    for at, name in enumerate(raw.columns):
        for what, value in _figures(raw, name, formats[name], zone).items():
            figures[f"{at}.{what}"] = value
    row = raw.rows.agg(**figures).to_pyarrow().to_pylist()[0] if figures else {}
    return {
        name: _profile(name, _of(row, at), formats[name], words[name], seen[name])
        for at, name in enumerate(raw.columns)
    }


@dataclass(frozen=True)
class Written:
    """How values may be written: the project's zone, the notation of numbers, the format of dates."""

    zone: str
    notation: Notation = NOTATIONS[0]
    format: str = ISO


def read_as(raw: Raw, name: str, kind: Kind, written: Written) -> ir.Value:
    """A column as loading would read it, words for a missing value aside."""
    source = {"from": name, "format": written.format or None}
    return converted(
        _cleaned(raw.rows[name]),
        ColumnContract(name, kind),
        ColumnSource.model_validate(source),
        written.zone,
        written.notation,
    ).value


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


def _figures(raw: Raw, name: str, formats: Sequence[str], zone: str) -> dict[str, ir.Value]:
    column = _cleaned(raw.rows[name])
    found = {
        "filled": column.count(),
        "distinct": column.cast("string").nunique(),
        "truths": read_as(raw, name, "boolean", Written(zone)).count(),
    }
    if not column.type().is_temporal():
        for at, notation in enumerate(NOTATIONS if column.type().is_string() else NOTATIONS[:1]):
            found[f"number {at}"] = read_as(raw, name, "number", Written(zone, notation)).count()
    for at, one in enumerate(formats):
        found[f"time {at}"] = read_as(raw, name, "time", Written(zone, format=one)).count()
    return found


def _of(row: Mapping[str, int], at: int) -> Mapping[str, int]:
    """The figures of one column."""
    mine = f"{at}."
    return {key.removeprefix(mine): value for key, value in row.items() if key.startswith(mine)}


def _profile(
    name: str, figures: Mapping[str, int], formats: Sequence[str], words: Sequence[str], seen: Sequence[str]
) -> ColumnProfile:
    values = [value for value in seen if value not in words]
    return ColumnProfile(
        name,
        figures["filled"],
        figures["distinct"],
        figures["truths"],
        {notation: figures.get(f"number {place}", 0) for place, notation in enumerate(NOTATIONS)},
        {one: figures[f"time {place}"] for place, one in enumerate(formats)},
        tuple(words),
        tuple(values[:_FEW]),
    )
