"""Several series side by side, each named at its end."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from helpers import tables
from helpers.charts import across, drawing, figure, known, wording
from helpers.charts.chart import Chart, Heading
from helpers.charts.cut import NARROW, WIDE, Cut, ticks
from helpers.charts.drawing import Dot
from helpers.charts.units import Unit
from helpers.stats import Estimate, Series
from helpers.style import CATEGORIES


def lines(  # noqa: PLR0913  (what a chart shows)
    series: Sequence[Series],
    *,
    name: str,
    title: str,
    subtitle: str,
    unit: str,
    decimals: int | None = None,
    note: str = "",
) -> Chart:
    """At most five lines over the same points, told apart by colour and named at their ends.

    The points of the first series are the x axis; the others are matched to them by `at`.

    Raises:
        ValueError: more than five series, or `name` is no slug.
    """
    across.at_most_five("series", series)
    heading, form = Heading(name, title, subtitle, note), Unit(unit, decimals)
    at = [point.at for point in series[0].points] if series else []
    found = [(each.label, known.matched(each, at)) for each in series]
    axes = figure.axes()
    _draw(axes, [points for _, points in found])
    steps = ticks(*known.extent(known.bare(point) for _, points in found for point in points), unit, 5)
    ends = [
        across.End(label, form.short(newest), at_newest, newest.value)
        for label, points in found
        if (at_newest := known.last(points)) is not None and (newest := points[at_newest])
    ]

    def cut(width: int) -> str:
        drawn = Cut(width)
        placed = across.frame(drawn, across.positions(at), steps, form, ends)
        across.grid(drawn, placed, steps, form)
        drawn.add(figure.marks(axes, placed))
        across.periods(drawn, placed, at)
        across.end_labels(drawn, placed, ends)
        return drawn.svg(placed.height, name)

    courses = [wording.course(label, at, list(map(known.value, points)), form) for label, points in found]
    alt = f"Line chart of {wording.counted(len(at), 'point')}{wording.span(at)}. {wording.listed(courses)}"
    columns = [tables.Column("Period"), *(form.column(label) for label, _ in found)]
    rows = [[period, *(known.value(points[row]) for _, points in found)] for row, period in enumerate(at)]
    return Chart(heading, alt, cut(WIDE), cut(NARROW), heading.table(columns, rows))


def _draw(axes: Axes, found: Sequence[Sequence[Estimate | None]]) -> None:
    coloured = list(zip(CATEGORIES, found, strict=False))
    drawing.lines(axes, [vertex for token, points in coloured for vertex in known.vertices(points, token)])
    drawing.end_marks(axes, [dot for token, points in coloured for dot in _marked(points, token)])


def _marked(points: Sequence[Estimate | None], token: str) -> list[Dot]:
    """The newest point of a line, and points that stand alone."""
    alone = {run[0] for run in known.runs(points) if len(run) == 1}
    shown = alone | {known.last(points)}
    return [Dot(at, each.value, token, 4) for at, each in enumerate(points) if each and at in shown]
