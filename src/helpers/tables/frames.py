"""An analyst's own data frame as a table of the house: labels, units and cells from what pandas holds."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from helpers import style, verbatims
from helpers.records.settings import did_you_mean
from helpers.tables.titled import Cell, Column, Table, csv_link, table

if TYPE_CHECKING:
    from pandas import DataFrame, Series

_UNITS = (*style.DECIMALS, "number", "text", "p")
_CURRENCY = re.compile(r"currency:[A-Z]{3}")
_DIGITS = 3
"""Significant digits of the largest amount in a column without a unit."""
_SMALL = 10
"""Where points, counts and days lose their decimals: below it 5.5 and 6.4 would read alike."""
_ROWS, ROWS_OF_CSV = 20, 1_000
"""Rows of a bare data frame that are shown, and up to which it brings its CSV along."""


def frame(  # noqa: PLR0913  (what a table shows)
    data: DataFrame,
    *,
    title: str,
    name: str | None = None,
    units: Mapping[str, str] | None = None,
    subtitle: str = "",
    note: str = "",
) -> Table:
    """A data frame as a table: shown in the house style, written to `tables/<name>.csv`, listed in the run.

    Args:
        data: one row a row; its index is a column where it has a name or is no plain count.
        title: what the table says, in a short sentence.
        name: of its CSV: lower case letters, digits, _ and -; made of the title where none is given.
        units: how columns read, by their names in `data`: `share`, `points`, `count`, `days`, `ratio`,
            `currency:USD`, `change:` and one of these for differences. Others are read from their values.
            Points, counts and days are whole, with one decimal where all of a column are below ten.
        subtitle: what is shown, in which unit and scope.
        note: below the table.

    Raises:
        VerbatimError: a column holds what customers wrote.
        ValueError: a unit is unknown, or stands for a column that is not there.

    Example:
        >>> import pandas as pd
        >>> from helpers import tables
        >>> waits = pd.DataFrame(
        ...     {"region": ["AMER", "EMEA"], "median_days": [3.5, 12.25], "late": [0.04, 0.11]}
        ... )
        >>> units = {"median_days": "days", "late": "share"}
        >>> shown = tables.frame(waits, title="EMEA waits longest", units=units)
        >>> shown.name, [column.label for column in shown.columns]
        ('emea_waits_longest', ['Region', 'Median days', 'Late'])
        >>> print(shown.csv())
        Region,Median days,Late
        AMER,3.5,0.04
        EMEA,12.25,0.11
        <BLANKLINE>
    """
    verbatims.refuse(data, f"tables.frame({title!r})")
    flat = _flat(data)
    given = dict(units or {})
    for column, unit in given.items():
        _expect(column, unit, [str(label) for label in flat.columns])
    columns = [_column(flat.iloc[:, at], str(label), given) for at, label in enumerate(flat.columns)]
    return table(name or slug(title), title, columns, _rows(flat), subtitle=subtitle, note=note)


def untitled(data: DataFrame, name: str) -> str:
    """A bare data frame as HTML in the house style, in a box that scrolls, with its CSV where that is small.

    Args:
        data: one row a row.
        name: of its CSV.

    Example:
        >>> import pandas as pd
        >>> from helpers import tables
        >>> tables.untitled(pd.DataFrame({"n": [1, 2]}), "output-1").startswith('<figure class="qd">')
        True
    """
    flat = _flat(data)
    columns = [_column(flat.iloc[:, at], str(label), {}, as_is=True) for at, label in enumerate(flat.columns)]
    whole = len(flat) <= ROWS_OF_CSV
    shown = table(name, "Table", columns, _rows(flat if whole else flat.head(_ROWS)))
    left = style.how_many(len(flat) - _ROWS, "more row")
    rest = "" if whole else f'<p class="note">Not shown: {left}.</p>'
    link = f'<p class="more">{csv_link(shown)}</p>' if whole and len(flat) else ""
    return f'<figure class="qd">{shown.grid(described=False, most=_ROWS)}{rest}{link}</figure>'


def bare(data: DataFrame, name: str, *, cut: int = 0) -> str:
    """Rows of a data frame as a grid of the house and nothing around it; texts end after `cut` letters.

    Example:
        >>> import pandas as pd
        >>> from helpers import tables
        >>> "Slow ex…" in tables.bare(pd.DataFrame({"comment": ["Slow exports"]}), "first", cut=8)
        True
    """
    flat = _flat(data)
    columns = [_column(flat.iloc[:, at], str(label), {}, as_is=True) for at, label in enumerate(flat.columns)]
    rows = [[_cut(cell, cut) for cell in row] for row in _rows(flat)]
    return table(name, "Table", columns, rows).grid(described=False)


def _cut(cell: Cell, letters: int) -> Cell:
    long = letters and isinstance(cell, str) and len(cell) > letters
    return f"{str(cell)[: letters - 1].rstrip()}…" if long else cell


def slug(title: str) -> str:
    """A name made of a title, for files and links: lower case letters, digits and _.

    Example:
        >>> from helpers import tables
        >>> tables.slug("Wait in EMEA: 12 days (median)"), tables.slug("Überfällig"), tables.slug("売上")
        ('wait_in_emea_12_days_median', 'uberfallig', 'table')
    """
    latin = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", latin.lower()).strip("_")[:60].strip("_") or "table"


def _expect(column: str, unit: str, names: list[str]) -> None:
    if column not in names:
        raise ValueError(f"units: there is no column {column}.{did_you_mean(column, names)}")
    bare = unit.removeprefix("change:")
    if bare not in _UNITS and not _CURRENCY.fullmatch(bare):
        raise ValueError(
            f"units: {column}: there is no unit {unit}.{did_you_mean(unit, list(_UNITS))} "
            f"Known are {', '.join(_UNITS)}, currency:USD and the like, and change: before one of them."
        )


def _flat(data: DataFrame) -> DataFrame:
    """The data frame with its index as columns, unless that only counts the rows."""
    from pandas import RangeIndex

    counts = isinstance(data.index, RangeIndex) and data.index.name is None
    if counts:
        flat = data
    else:
        flat = data.set_axis(data.index.set_names(_index_names(data)), axis="index").reset_index()
    labels: list[Any] = flat.columns.to_list()
    joined = [
        " ".join(str(part) for part in (label if isinstance(label, tuple) else (label,)) if str(part))
        for label in labels
    ]
    return flat.set_axis(joined, axis="columns")


def _index_names(data: DataFrame) -> list[str]:
    """A level without a name is called by a space: a heading that is empty."""
    return [" " * (at + 1) if name is None else str(name) for at, name in enumerate(data.index.names)]


def _column(values: Series[Any], label: str, units: Mapping[str, str], *, as_is: bool = False) -> Column:
    unit = units.get(label, "")
    unit, decimals = (unit, _small_ones(values, unit)) if unit else _read_unit(values)
    return Column(label.strip() if as_is else _readable(label), unit, decimals)


def _readable(label: str) -> str:
    words = label.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _small_ones(values: Series[Any], unit: str) -> int | None:
    """One decimal where fractions below ten would read alike as whole numbers; else the unit's own."""
    from pandas.api import types

    if style.DECIMALS.get(unit.removeprefix("change:")) != 0 or not types.is_numeric_dtype(values.dtype):
        return None
    known = _amounts(values)
    return 1 if any(value != round(value) for value in known) and max(known) < _SMALL else None


def _amounts(values: Series[Any]) -> list[float]:
    return [abs(float(value)) for value in values.dropna() if math.isfinite(value)]


def _read_unit(values: Series[Any]) -> tuple[str, int | None]:
    """Text, or a number with as many decimals as its largest amount needs."""
    from pandas.api import types

    if types.is_bool_dtype(values.dtype) or not types.is_numeric_dtype(values.dtype):
        return "text", None
    known = _amounts(values)
    if types.is_integer_dtype(values.dtype) or all(value == round(value) for value in known):
        return "number", 0
    whole = math.floor(math.log10(max(known))) + 1
    return "number", min(6, max(1, _DIGITS - whole))


def _rows(flat: DataFrame) -> list[list[Cell]]:
    columns = [list(flat.iloc[:, at]) for at in range(flat.shape[1])]
    return [[_cell(value) for value in row] for row in zip(*columns, strict=True)]


def _cell(value: Any) -> Cell:  # noqa: ANN401  (whatever pandas holds)
    """A cell as the house knows it; what is missing is None."""
    import pandas as pd

    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(limit, Real) for limit in value):
        return float(value[0]), float(value[1])
    if value is None or value is pd.NaT or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, str) or pd.api.types.is_bool(value):
        return bool(value) if not isinstance(value, str) else value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, datetime):
        return value.date() if value.time() == time.min else str(value)
    return value if isinstance(value, date) else str(value)
