"""A finished chart: two cuts of one drawing, its text alternative, its numbers, its findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helpers import findings, tables
from helpers.charts._data import Mark
from helpers.records import Finding

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class Heading:
    """What names a chart: slug, finding in a short sentence, what with unit and scope; a note below."""

    name: str
    title: str
    subtitle: str
    note: str = ""

    def table(self, columns: Sequence[tables.Column], rows: Sequence[Sequence[tables.Cell]]) -> tables.Table:
        """The numbers behind the chart."""
        return tables.table(self.name, self.title, columns, rows)


@dataclass(frozen=True)
class Chart:
    """A chart as a page shows it; the last expression of a cell shows it and publishes its findings.

    `wide` and `narrow` are the SVG cuts, 760 and 343 units wide; the style sheet picks one. `alt` tells what
    the chart shows to those who do not see it. `table` holds the numbers drawn as people read them, `data`
    as raw values. With `QUARTERDECK_RUN` set, showing the chart also writes `tables/<name>.csv` there.

        >>> from helpers import charts
        >>> row = charts.Parts("Germany", (("Mix of customers", -0.061), ("Rate", -0.003)), -0.064)
        >>> words = {"name": "change", "title": "Germany fell by its mix", "subtitle": "Conversion"}
        >>> shown = charts.parts([row], **words, unit="share")
        >>> shown.title, list(shown.data.columns)
        ('Germany fell by its mix', ['group', 'part', 'value', 'total'])
        >>> print(shown.table.csv(), end="")
        Row,Mix of customers,Rate,Total
        Germany,-0.061,-0.003,-0.064
    """

    heading: Heading
    alt: str
    wide: str
    narrow: str
    table: tables.Table
    marks: tuple[Mark, ...] = field(repr=False, default=())
    findings: tuple[Finding, ...] = field(repr=False, default=())

    @property
    def title(self) -> str:
        """What the chart shows, in a short sentence."""
        return self.heading.title

    @property
    def data(self) -> DataFrame:
        """The raw values drawn, one row a mark, with plain column names: period, group, value, low, high, n.

        Shares are fractions, points stand on their scale from -100 to 100; what is not known is missing.
        """
        from pandas import DataFrame

        return DataFrame.from_records(list(self.marks))

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        findings.show(*self.findings, quiet=True)
        tables.save(self.table)
        return {"text/html": self.figure(), "text/plain": f"{self.heading.title}. {self.alt}"}

    def figure(self) -> str:
        """The chart as a captioned HTML figure, with its numbers one click away."""
        name = self.heading.name
        return (
            f'<figure class="qd">{tables.caption(name, self.heading.title, self.heading.subtitle)}'
            f'<p class="vh" id="{name}-alt">{tables.escaped(self.alt)}</p>'
            f"{self.wide}{self.narrow}{tables.footnote(self.heading.note)}"
            f'<div class="more"><details><summary>Table</summary>{self.table.grid()}</details>'
            f"{tables.csv_link(self.table)}</div></figure>"
        )
