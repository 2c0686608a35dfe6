"""Several series side by side, each named at its end."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from helpers import tables
from helpers.charts import _across, _alt, _data, _drawing, _figure, _known
from helpers.charts._chart import Chart, Heading
from helpers.charts._cut import NARROW, WIDE, Cut, ticks
from helpers.charts._drawing import Dot
from helpers.charts._units import Unit
from helpers.records import Finding
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
    findings: Sequence[Finding] = (),
) -> Chart:
    """At most five lines over the same points, told apart by colour and named at their ends.

    The points of the first series are the x axis; the others are matched to them by `at`.

    Raises:
        ValueError: more than five series, or `name` is no slug.
    """
    _across.at_most_five("series", series)
    heading, form = Heading(name, title, subtitle, note), Unit(unit, decimals)
    at = [point.at for point in series[0].points] if series else []
    found = [(each.label, _known.matched(each, at)) for each in series]
    axes = _figure.axes()
    _draw(axes, [points for _, points in found])
    steps = ticks(*_known.extent(_known.bare(point) for _, points in found for point in points), unit, 5)
    ends = [
        _across.End(label, form.short(newest), at_newest, newest.value)
        for label, points in found
        if (at_newest := _known.last(points)) is not None and (newest := points[at_newest])
    ]

    def cut(width: int) -> str:
        drawn = Cut(width)
        placed = _across.frame(drawn, _across.positions(at), steps, form, ends)
        _across.grid(drawn, placed, steps, form)
        drawn.add(_figure.marks(axes, placed))
        _across.periods(drawn, placed, at)
        _across.end_labels(drawn, placed, ends)
        return drawn.svg(placed.height, name)

    courses = [_alt.course(label, at, list(map(_known.value, points)), form) for label, points in found]
    alt = f"Line chart of {_alt.counted(len(at), 'point')}{_alt.span(at)}. {_alt.listed(courses)}"
    columns = [tables.Column("Period"), *(form.column(label) for label, _ in found)]
    rows = [[period, *(_known.value(points[row]) for _, points in found)] for row, period in enumerate(at)]
    return Chart(
        heading,
        alt,
        cut(WIDE),
        cut(NARROW),
        heading.table(columns, rows),
        _data.of_lines(at, found),
        tuple(findings),
    )


def _draw(axes: Axes, found: Sequence[Sequence[Estimate | None]]) -> None:
    coloured = list(zip(CATEGORIES, found, strict=False))
    _drawing.lines(axes, [vertex for token, points in coloured for vertex in _known.vertices(points, token)])
    _drawing.end_marks(axes, [dot for token, points in coloured for dot in _marked(points, token)])


def _marked(points: Sequence[Estimate | None], token: str) -> list[Dot]:
    """The newest point of a line, and points that stand alone."""
    alone = {run[0] for run in _known.runs(points) if len(run) == 1}
    shown = alone | {_known.last(points)}
    return [Dot(at, each.value, token, 4) for at, each in enumerate(points) if each and at in shown]
