"""A finished chart: two cuts of one drawing, its text alternative, its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helpers import tables


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
    """A chart as a page shows it; the last expression of a cell shows it.

    `wide` and `narrow` are the SVG cuts, 760 and 343 units wide; the style sheet picks one. `alt` tells what
    the chart shows to those who do not see it. `table` holds the numbers drawn. With `QUARTERDECK_RUN` set,
    showing the chart also writes `tables/<name>.csv` there.
    """

    heading: Heading
    alt: str
    wide: str
    narrow: str
    table: tables.Table

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
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
