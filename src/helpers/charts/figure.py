"""An analyst's own figure as a chart of the house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from helpers import findings, pictures, tables, verbatims
from helpers.charts._chart import Heading
from helpers.records import Finding

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class FigureChart:
    """A figure of matplotlib or seaborn as a page shows it; the last expression of a cell shows it.

    Like `Chart` it has a title, a text alternative, its numbers and its findings. With `QUARTERDECK_RUN` set,
    showing it also writes `tables/<name>.csv` there.

    Attributes:
        heading: what names it.
        alt: what it shows, for those who do not see it.
        picture: the figure drawn for a page.
        table: the numbers behind it, None where none were given.
        findings: published when it is shown.
    """

    heading: Heading
    alt: str
    picture: pictures.Picture = field(repr=False)
    table: tables.Table | None = None
    findings: tuple[Finding, ...] = field(repr=False, default=())

    @property
    def title(self) -> str:
        """What the chart shows, in a short sentence."""
        return self.heading.title

    @property
    def data(self) -> DataFrame:
        """The data given with the figure; empty where none were given."""
        from pandas import DataFrame

        return self.table.data if self.table else DataFrame()

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        findings.show(*self.findings, quiet=True)
        if self.table:
            tables.save(self.table)
        return {"text/html": self.figure(), "text/plain": f"{self.title}. {self.alt}"}

    def figure(self) -> str:
        """The chart as a captioned HTML figure, with its numbers one click away."""
        heading = self.heading
        return (
            f'<figure class="qd">{tables.caption(heading.name, heading.title, heading.subtitle)}'
            f"{self.picture.html(self.alt)}{tables.footnote(heading.note)}{self._more()}</figure>"
        )

    def _more(self) -> str:
        if self.table is None:
            return ""
        return (
            f'<div class="more"><details><summary>Table</summary>{self.table.grid()}</details>'
            f"{tables.csv_link(self.table)}</div>"
        )


def figure(  # noqa: PLR0913  (what a chart shows)
    drawn: Any,  # noqa: ANN401  (axes, a figure, a grid of seaborn)
    *,
    title: str,
    alt: str,
    name: str | None = None,
    subtitle: str = "",
    note: str = "",
    data: DataFrame | None = None,
    findings: Sequence[Finding] = (),
) -> FigureChart:
    """Your own figure as a chart: in the house's frame, by day and by night, with its numbers as CSV.

    The figure is taken from pyplot, so that it is shown once, and drawn now: what is changed in it afterwards
    is not shown. It is SVG up to 40 kB, else PNG at twice its size. Axes that stand alone get a cut of their
    own for phones.

    `drawn` are axes, a figure or a grid of seaborn. `title` says what it shows in a short sentence, `alt` the
    same for those who do not see it: kind of chart, and what runs how from where to where. `subtitle` is what
    is drawn, in which unit and scope, `note` stands below; `data` are the numbers behind it, one row a mark;
    `findings` are published with it. `name`, of its CSV and link, is made of the title unless given.

    Raises:
        VerbatimError: the data, or words in the figure, are what customers wrote.
        ValueError: the text alternative is empty.
        TypeError: nothing was drawn with matplotlib.

    Example:
        >>> import pandas as pd, seaborn as sns
        >>> from helpers import charts
        >>> waiting = pd.DataFrame({"region": ["AMER", "EMEA"], "days": [3.5, 12.0]})
        >>> axes = sns.barplot(waiting, x="days", y="region")
        >>> shown = charts.figure(
        ...     axes, title="EMEA waits longest", alt="Bars: AMER 3.5 days, EMEA 12 days.", data=waiting
        ... )
        >>> shown.heading.name, list(shown.data.columns), shown.figure().count("<svg")
        ('emea_waits_longest', ['region', 'days'], 2)
    """
    if not alt.strip():
        raise ValueError(
            f"charts.figure({title!r}): alt is empty. Say what the figure shows to who cannot see it."
        )
    own = pictures.figure_of(drawn)
    heading = Heading(name or tables.slug(title), title, subtitle, note)
    table = tables.frame(data, title=title, name=heading.name) if data is not None else None
    _refuse_quotations(own, title)
    picture = pictures.drawn(own, heading.name)
    pictures.close(own)
    return FigureChart(heading, alt, picture, table, tuple(findings))


def _refuse_quotations(own: Any, title: str) -> None:  # noqa: ANN401
    words = "\n".join(pictures.lettering(own))
    if column := verbatims.quoted_in(words):
        raise verbatims.VerbatimError(
            f"charts.figure({title!r}): its labels quote what customers wrote (column {column}), "
            "which is on no page."
        )
