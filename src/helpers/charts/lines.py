"""Several series side by side, each named at its end."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from matplotlib.axes import Axes

from helpers import tables
from helpers.charts import _across, _alt, _data, _drawing, _figure, _known
from helpers.charts._chart import Chart, Heading
from helpers.charts._cut import ticks
from helpers.charts._drawing import Dot
from helpers.charts._units import Unit
from helpers.records import Finding
from helpers.stats import Estimate, Series
from helpers.style import CATEGORIES

_Line = tuple[str, Sequence[Estimate | None]]


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
    events: Sequence[_across.EventMark] = (),
) -> Chart:
    """At most five lines over the same points, told apart by colour and named at their ends.

    The points of the first series are the x axis; the others are matched to them by `at`. `.data` has one row
    a point of each line.

        >>> from helpers.stats import Point, Series, proportion
        >>> quarters = (Point("2026 Q2", proportion(600, 2000)), Point("2026 Q3", proportion(610, 2000)))
        >>> words = {"name": "markets", "title": "Two quarters", "subtitle": "Conversion"}
        >>> lines([Series("France", quarters)], **words, unit="share").data[["period", "group", "value"]]
            period   group  value
        0  2026 Q2  France  0.300
        1  2026 Q3  France  0.305

    Raises:
        ValueError: more than five series, or `name` is no slug.
    """
    _across.at_most_five("series", series)
    heading, form = Heading(name, title, subtitle, _across.listed(note, events)), Unit(unit, decimals)
    first = series[0].points if series else ()
    at, partial_at = [point.at for point in first], [point.partial for point in first]
    found = [(each.label, _known.matched(each, at)) for each in series]
    axes, labels = _figure.axes(), partial(_across.along_time, at=at, partial_at=partial_at, events=events)
    _draw(axes, [points for _, points in found], partial_at)
    return Chart(
        heading,
        _alternative(at, found, form) + _alt.partials(at, partial_at),
        *_plane(at, found, form).cuts(axes, name, labels),
        heading.table(*_table(_alt.named(at, partial_at), found, form)),
        _data.of_lines(at, found),
        tuple(findings),
    )


def _plane(at: Sequence[str], found: Sequence[_Line], form: Unit) -> _across.Plane:
    extent = _known.extent(_known.bare(point) for _, points in found for point in points)
    ends = [
        _across.End(label, form.short(newest), at_newest, newest.value)
        for label, points in found
        if (at_newest := _known.last(points)) is not None and (newest := points[at_newest])
    ]
    return _across.Plane(_across.positions(at), ticks(*extent, form.name, 5), form, ends)


def _alternative(at: Sequence[str], found: Sequence[_Line], form: Unit) -> str:
    courses = [_alt.course(label, at, list(map(_known.value, points)), form) for label, points in found]
    return f"Line chart of {_alt.counted(len(at), 'point')}{_alt.span(at)}. {_alt.listed(courses)}"


def _table(
    at: Sequence[str], found: Sequence[_Line], form: Unit
) -> tuple[list[tables.Column], list[list[tables.Cell]]]:
    columns = [tables.Column("Period"), *(form.column(label) for label, _ in found)]
    return columns, [
        [period, *(_known.value(points[row]) for _, points in found)] for row, period in enumerate(at)
    ]


def _draw(axes: Axes, found: Sequence[Sequence[Estimate | None]], partial_at: Sequence[str]) -> None:
    coloured = list(zip(CATEGORIES, found, strict=False))
    _drawing.lines(axes, [vertex for token, points in coloured for vertex in _known.vertices(points, token)])
    dots = [dot for token, points in coloured for dot in _marked(points, token, partial_at)]
    _drawing.end_marks(axes, _drawing.opened(dots, partial_at))


def _marked(points: Sequence[Estimate | None], token: str, partial_at: Sequence[str]) -> list[Dot]:
    """The newest point of a line, points that stand alone, and those of times that are not whole."""
    alone = {run[0] for run in _known.runs(points) if len(run) == 1}
    shown = alone | {_known.last(points)} | {at for at, part in enumerate(partial_at) if part}
    return [Dot(at, each.value, token, 4) for at, each in enumerate(points) if each and at in shown]
