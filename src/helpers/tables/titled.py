"""A titled table for people, with the same rows as CSV.

Cells are raw values; the unit of their column says how they read. Everything from data is escaped.

    >>> from helpers import tables
    >>> columns = (tables.Column("Area"), tables.Column("Tickets", "count"), tables.Column("Closed", "share"))
    >>> shown = tables.table("areas", "Billing is slow", columns, [("Billing", 1234, 0.61)])
    >>> print(shown.csv(), end="")
    Area,Tickets,Closed
    Billing,1234,0.61
"""

from __future__ import annotations

import csv
import html
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from helpers import findings, style, verbatims
from helpers.records import FREE_TEXT, Check, Finding, run_folder

if TYPE_CHECKING:
    from pandas import DataFrame

Cell = float | int | str | bool | date | tuple[float, float] | None
SHOWN = 60
"""Rows of a long table that a page shows; the CSV has them all."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True)
class Column:
    """How one column reads.

    `unit` is `text`, a unit of helpers.style (`share`, `points`, `count`, `days`, `ratio`, `currency:USD`),
    `change:` and such a unit for signed differences, or `p` for p values. A cell that is a pair of numbers
    reads as an interval, and is two columns of the CSV. `heat` shades the cells by their value. `decimals`
    are the house's for the unit where none are given.

        >>> Column("Conversion", "share", 1)
        Column(label='Conversion', unit='share', decimals=1, heat=False)
    """

    label: str
    unit: str = "text"
    decimals: int | None = None
    heat: bool = False


@dataclass(frozen=True)
class Table:
    """A titled table; the last expression of a cell shows it and publishes its findings and checks.

    Every row has one cell a column; `footer`, if any, is the row of totals. `data` has the raw values. With
    `QUARTERDECK_RUN` set, showing the table also writes `tables/<name>.csv` there.

        >>> columns = (Column("Market"), Column("Conversion", "share"), Column("95% interval", "share"))
        >>> shown = Table("markets", "Two markets", columns, (("France", 0.305, (0.285, 0.326)),))
        >>> shown.data
           market  conversion    low   high
        0  France       0.305  0.285  0.326

    Raises:
        ValueError: `name` is no slug, or a row has not one cell a column.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    subtitle: str = ""
    note: str = ""
    footer: tuple[Cell, ...] = ()
    findings: tuple[Finding, ...] = field(repr=False, default=())
    checks: tuple[Check, ...] = field(repr=False, default=())

    def __post_init__(self) -> None:
        if not _SLUG.fullmatch(self.name):
            raise ValueError(f"name == {self.name!r}, must be lower case letters, digits, _ and -.")
        for row in (*self.rows, *([self.footer] if self.footer else [])):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"{self.name}: a row has {len(row)} cells for {len(self.columns)} columns: {row!r}."
                )

    @property
    def data(self) -> DataFrame:
        """The rows as raw values, without the footer; columns are named by their labels (`share_adopted`).

        An interval is two columns: `low` and `high`, or `<label>_low` and `<label>_high` where there are
        several.
        """
        from pandas import DataFrame

        names, cells = (
            _raw_names(self.columns, _pairs(self)),
            [_raw_cells(row, _pairs(self)) for row in self.rows],
        )
        return DataFrame(cells, columns=names)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        findings.show(*self.findings, quiet=True)
        findings.report(*self.checks)
        told = next((label for column in self.columns if (label := column.label.lower()) in FREE_TEXT), "")
        if told and run_folder():
            return verbatims.withheld(told)
        save(self)
        return {
            "text/html": self.figure(),
            "text/plain": f"{self.title}: {style.how_many(len(self.rows), 'row')}",
        }

    def figure(self) -> str:
        """The table as a captioned HTML figure with its CSV."""
        return (
            f'<figure class="qd">{caption(self.name, self.title, self.subtitle)}{self.grid()}'
            f'{footnote(self.note)}<p class="more">{csv_link(self)}</p></figure>'
        )

    def grid(self, *, described: bool = True, most: int = SHOWN) -> str:
        """The bare HTML table in a box that scrolls, named by the caption of `name` where it is described.

        At most so many rows are shown; the CSV has them all.
        """
        shades = _shades(self.columns, self.rows)
        kind = ' class="heat"' if shades else ""
        head = "".join(_heading(column) for column in self.columns)
        body = "".join(_row(row, self.columns, shades) for row in self.rows[:most])
        foot = f"<tfoot>{_row(self.footer, self.columns, {})}</tfoot>" if self.footer else ""
        more = style.how_many(len(self.rows) - most, "more row")
        rest = f'<p class="note">{more} in the CSV.</p>' if len(self.rows) > most else ""
        # A landmark has a name of its own; tables without a title have none.
        label = (
            f'role="region" aria-labelledby="{self.name}"' if described else 'role="group" aria-label="Table"'
        )
        return (
            f'<div class="scroll" tabindex="0" {label}>'
            f"<table{kind}><thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table></div>{rest}"
        )

    def csv(self) -> str:
        """Every row as CSV: raw values, text guarded by `csv_safe`."""
        pairs = _pairs(self)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(_csv_head(self.columns, pairs))
        for row in (*self.rows, *([self.footer] if self.footer else [])):
            writer.writerow(_csv_cells(row, pairs))
        return text.getvalue()


def table(  # noqa: PLR0913  (what a table shows)
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    *,
    subtitle: str = "",
    note: str = "",
    footer: Sequence[Cell] = (),
    findings: Sequence[Finding] = (),
    checks: Sequence[Check] = (),
) -> Table:
    """A table of raw values, formatted by the unit of each column.

    `title` says what the rows show, `subtitle` what stands in them and of when; `footer` is a row of totals.
    `findings` and `checks` are published when the table is shown.

        >>> columns = (Column("Area"), Column("Tickets", "count"))
        >>> rows = [("Billing", 40), ("Exports", 12)]
        >>> table("areas", "Billing asks most", columns, rows, footer=("All", 52)).rows
        (('Billing', 40), ('Exports', 12))

    Raises:
        ValueError: `name` is no slug, or a row has not one cell a column.
    """
    cells = tuple(map(tuple, rows))
    shown = tuple(findings), tuple(checks)
    return Table(name, title, tuple(columns), cells, subtitle, note, tuple(footer), *shown)


def triangle(  # noqa: PLR0913  (what a triangle shows)
    name: str,
    title: str,
    row_labels: Sequence[str],
    column_labels: Sequence[str],
    values: Sequence[Sequence[float | None]],
    *,
    subtitle: str = "",
    unit: str = "share",
    decimals: int | None = 0,
    counts: Sequence[int | None] | None = None,
    counts_label: str = "Size",
    note: str = "",
    corner: str = "Cohort",
    findings: Sequence[Finding] = (),
) -> Table:
    """Cohorts by age as a table of shaded cells; None is blank (too young, or withheld).

    `values` has one row a cohort and one value a column, in `unit` (shares as fractions); `counts` is the
    size of each cohort, in a column of its own.

        >>> shown = triangle(
        ...     "retention", "Six in ten stay", ["2026 Q1", "2026 Q2"], ["0", "1"], [[1.0, 0.6], [1.0, None]],
        ...     counts=[200, 180], counts_label="Users",
        ... )
        >>> shown.rows
        (('2026 Q1', 200, 1.0, 0.6), ('2026 Q2', 180, 1.0, None))

    Raises:
        ValueError: labels, counts and values do not fit each other.
    """
    sizes = [()] * len(row_labels) if counts is None else [(count,) for count in counts]
    columns = (
        Column(corner),
        *([] if counts is None else [Column(counts_label, "count")]),
        *(Column(label, unit, decimals, heat=True) for label in column_labels),
    )
    rows = [(label, *size, *cells) for label, size, cells in zip(row_labels, sizes, values, strict=True)]
    return table(name, title, columns, rows, subtitle=subtitle, note=note, findings=findings)


def plain(text: str) -> str:
    """Text from data on one line, without characters that no document may hold."""
    return _CONTROL.sub("", _BREAKS.sub(" ", text))


def escaped(text: str) -> str:
    """Text from data as HTML: shown as it stands, never markup."""
    return html.escape(plain(text))


def csv_safe(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula.

    Cells that begin with `=`, `+`, `-`, `@`, a tab or a line break get an apostrophe (OWASP, CSV injection);
    so do those that hide such a beginning behind spaces.
    """
    return f"'{text}" if text.lstrip(" \u00a0\ufeff").startswith(_FORMULA) else text


def caption(name: str, title: str, subtitle: str) -> str:
    """The caption above a figure: the finding, then what, unit and scope."""
    below = f'<p class="sub">{escaped(subtitle)}</p>' if subtitle else ""
    return f'<figcaption><h3 id="{name}">{escaped(title)}</h3>{below}</figcaption>'


def footnote(note: str) -> str:
    """The note under a figure, or nothing."""
    return f'<p class="note">{escaped(note)}</p>' if note else ""


def csv_link(shown: Table) -> str:
    """A link that saves the table as CSV without a request."""
    data = quote("\ufeff" + shown.csv(), safe=" !$()*,-./:;=?@_~'")
    return (
        f'<a download="{shown.name}.csv" href="data:text/csv;charset=utf-8,{html.escape(data)}" '
        f'aria-label="CSV: {escaped(shown.title)}">CSV</a>'
    )


def save(shown: Table) -> None:
    """Write `tables/<name>.csv` into the run folder; in JupyterLab, where there is none, nothing."""
    run = run_folder()
    if run is not None:
        folder = run / "tables"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{shown.name}.csv").write_text(shown.csv(), encoding="utf-8", newline="")


def _heading(column: Column) -> str:
    if not column.label:
        return "<td></td>"  # an empty heading is none
    text = ' class="tx"' if column.unit == "text" else ""
    return f'<th scope="col"{text}>{escaped(column.label)}</th>'


def _row(row: Sequence[Cell], columns: Sequence[Column], shades: Mapping[float, int]) -> str:
    head = escaped(_shown(row[0], columns[0]))
    cells = [f'<th scope="row">{head}</th>' if head else "<td></td>"]  # an empty heading is none
    for cell, column in zip(row[1:], columns[1:], strict=True):
        kind = _class(cell, column, shades)
        cells.append(f"<td{kind}>{escaped(_shown(cell, column))}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _class(cell: Cell, column: Column, shades: Mapping[float, int]) -> str:
    if column.unit == "text":
        return ' class="tx"'
    if column.heat and isinstance(cell, (int, float)) and cell in shades:
        return f' class="h{shades[cell]}"'
    return ""


def _shown(cell: Cell, column: Column) -> str:
    """How a cell reads; a missing one is empty."""
    if cell is None or cell == "":
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, date):
        return style.day(cell)
    if isinstance(cell, str):
        return cell
    kind, _, unit = column.unit.rpartition("change:")
    signed = column.unit.startswith("change:") and not kind
    if isinstance(cell, tuple):
        limits = style.change_interval if signed else style.interval
        return limits(*cell, unit, column.decimals)
    if signed:
        return style.change(cell, unit, column.decimals)
    if column.unit == "p":
        return style.p_value(cell).removeprefix("p").replace(style.THIN, "").removeprefix("=")
    return str(cell) if column.unit == "text" else style.value(cell, column.unit, column.decimals)


def _shades(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> dict[float, int]:
    """The shade, 0 to 9, of every value of the heat columns: its decile among their distinct values."""
    values = sorted(
        {
            float(cell)
            for row in rows
            for cell, column in zip(row, columns, strict=True)
            if column.heat and isinstance(cell, (int, float)) and math.isfinite(cell)
        }
    )
    last = len(values) - 1
    return {value: 9 * rank // last if last else 4 for rank, value in enumerate(values)}


def _pairs(shown: Table) -> list[bool]:
    """Of each column whether its cells are intervals."""
    return [any(isinstance(row[at], tuple) for row in shown.rows) for at in range(len(shown.columns))]


def _raw_names(columns: Sequence[Column], pairs: Sequence[bool]) -> list[str]:
    names: list[str] = []
    alone = sum(pairs) == 1
    for column, pair in zip(columns, pairs, strict=True):
        plain_name = re.sub(r"\W+", "_", column.label.lower()).strip("_")
        wanted = ("low", "high") if alone else (f"{plain_name}_low", f"{plain_name}_high")
        names += wanted if pair else (plain_name,)
    return [name if name not in names[:at] else f"{name}_{at}" for at, name in enumerate(names)]


def _raw_cells(row: Sequence[Cell], pairs: Sequence[bool]) -> list[Cell]:
    cells: list[Cell] = []
    for cell, pair in zip(row, pairs, strict=True):
        cells += (cell if isinstance(cell, tuple) else (None, None)) if pair else (cell,)
    return cells


def _csv_head(columns: Sequence[Column], pairs: Sequence[bool]) -> Iterable[str]:
    for column, pair in zip(columns, pairs, strict=True):
        label = csv_safe(plain(column.label))
        yield from (f"{label}, low", f"{label}, high") if pair else (label,)


def _csv_cells(row: Sequence[Cell], pairs: Sequence[bool]) -> Iterable[str]:
    for cell, pair in zip(row, pairs, strict=True):
        if pair:
            yield from map(_csv_cell, cell if isinstance(cell, tuple) else (None, None))
        else:
            yield _csv_cell(cell)


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return csv_safe(plain(cell))
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, date):
        return cell.isoformat()
    return _number(cell) if isinstance(cell, float) else str(cell)


def _number(value: float) -> str:
    """Ten digits, so that sums of money keep their cents; seven of what is below a thousand, like shares."""
    return f"{value:.10g}" if abs(value) >= 1000 else f"{value:.7g}"
