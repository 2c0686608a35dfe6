"""One series with its interval, and what it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from matplotlib.axes import Axes

from helpers import tables
from helpers.charts import _across, _alt, _data, _drawing, _figure, _known
from helpers.charts._chart import Chart, Heading
from helpers.charts._cut import Cut, breadth, ticks
from helpers.charts._drawing import Dot, IntervalMark
from helpers.charts._units import Unit, level_of, limits_of
from helpers.records import Finding
from helpers.stats import Estimate, Series


@dataclass(frozen=True)
class TargetLine:
    """A stated number that a line is measured by, such as its target, in the unit of the line.

    >>> TargetLine("Target by 2026 Q4", 35).label
    'Target by 2026 Q4'
    """

    label: str
    value: float


_Points = Sequence[Estimate | None]
_Line = tuple[str, _Points]


def trend(  # noqa: PLR0913  (what a chart shows)
    series: Series,
    *,
    name: str,
    title: str,
    subtitle: str,
    unit: str,
    decimals: int | None = None,
    reference: Series | None = None,
    note: str = "",
    findings: Sequence[Finding] = (),
    events: Sequence[_across.EventMark] = (),
    target: TargetLine | None = None,
) -> Chart:
    """A line with its interval as a band, the newest point marked, a grey reference line, a dashed target.

    A point without an estimate breaks the line. The reference is matched by `at`. `.data` has
    one row a point.

        >>> from helpers.stats import Point, Series, proportion
        >>> quarters = (Point("2026 Q2", proportion(600, 2000)), Point("2026 Q3", proportion(610, 2000)))
        >>> words = {"name": "total", "title": "Two quarters", "subtitle": "Conversion"}
        >>> trend(Series("All markets", quarters), **words, unit="share").alt.split(". ")[0]
        'Line chart of 2 points from 2026 Q2 to 2026 Q3'

    Raises:
        ValueError: `name` is no slug.
    """
    heading, form = Heading(name, title, subtitle, _across.listed(note, events)), Unit(unit, decimals)
    at, partial_at = [point.at for point in series.points], [point.partial for point in series.points]
    points = _known.series(series)
    lines = [
        (series.label, points),
        *([(reference.label, _known.matched(reference, at))] if reference else []),
    ]
    axes = _figure.axes()
    _draw(axes, points, [each for _, others in lines[1:] for each in others], partial_at)
    labels = partial(
        _label, at=at, points=points, form=form, partial_at=partial_at, events=events, target=target
    )
    told = f" {target.label} is {form.short(target.value)}." if target else ""
    return Chart(
        heading,
        _alternative(at, lines, form) + told + _alt.partials(at, partial_at),
        *_plane(at, lines, form, target).cuts(axes, name, labels),
        heading.table(*_table(_alt.named(at, partial_at), lines, form)),
        _data.of_lines(at, lines),
        tuple(findings),
    )


def _plane(at: Sequence[str], lines: Sequence[_Line], form: Unit, target: TargetLine | None) -> _across.Plane:
    low, high = _known.extent([point for _, points in lines for point in points])
    extent = (min(low, target.value), max(high, target.value)) if target else (low, high)
    classes = ["t k a", *("" for _ in lines[1:])]
    ends = [
        end
        for (label, points), kind in zip(lines, classes, strict=True)
        for end in _end(label, points, form, kind)
    ]
    if target:
        ends.append(_across.End(target.label, form.short(target.value), len(at) - 1, target.value))
    return _across.Plane(_across.positions(at), ticks(*extent, form.name, 5), form, ends)


def _label(  # noqa: PLR0913  (what stands around the line)
    cut: Cut,
    placed: _figure.Frame,
    *,
    at: Sequence[str],
    points: _Points,
    form: Unit,
    partial_at: Sequence[str],
    events: Sequence[_across.EventMark],
    target: TargetLine | None,
) -> None:
    if target:
        y = placed.at_y(target.value)
        cut.lines("rl", [(placed.left, y, placed.right + 8, y)])
    _across.along_time(cut, placed, at, partial_at, events)
    _label_previous(cut, placed, points, form)


def _alternative(at: Sequence[str], lines: Sequence[_Line], form: Unit) -> str:
    (label, points), *others = lines
    alt = f"Line chart of {_alt.counted(len(at), 'point')}{_alt.span(at)}. {_course(label, at, points, form)}"
    newest = _known.last(points)
    if newest is not None and form.interval(points[newest]):
        alt += f", interval {form.interval(points[newest])}"
    for name, grey in others:
        alt += f". For comparison, {_course(name, at, grey, form)}"
    return f"{alt}."


def _draw(axes: Axes, points: _Points, grey: _Points, partial_at: Sequence[str]) -> None:
    for run in _known.runs(points):
        limits = [(at, limits_of(points[at])) for at in run]
        _drawing.band(axes, [IntervalMark(at, *each) for at, each in limits if each], "accent")
    _drawing.lines(axes, [*_known.vertices(grey, "ref"), *_known.vertices(points, "accent")])
    newest = _known.last(points)
    dots = [
        Dot(at, each.value, "accent", 5.5 if at == newest else 3) for at, each in enumerate(points) if each
    ]
    _drawing.end_marks(axes, _drawing.opened(dots, partial_at))
    if newest is not None and (newest_limits := limits_of(points[newest])):
        _drawing.upright(axes, IntervalMark(newest, *newest_limits), "accent")


def _end(label: str, points: _Points, form: Unit, classes: str) -> list[_across.End]:
    """The label of a line; only the one in the accent tells its interval."""
    newest = _known.last(points)
    if newest is None or (found := points[newest]) is None:
        return []
    below = form.interval(found) if classes else ""
    return [_across.End(label, form.short(found), newest, found.value, classes, below)]


def _label_previous(cut: Cut, placed: _figure.Frame, points: _Points, form: Unit) -> None:
    """The value before the newest, on the side that the line leaves free, where there is room."""
    if len(points) < 2 or (now := points[-1]) is None or (before := points[-2]) is None:
        return
    down = now.value >= before.value
    text = form.short(before)
    x, y = placed.at_x(len(points) - 2), placed.at_y(before.value)
    if placed.right - x >= breadth(text) / 2 + 6:
        cut.text(x, y + (18 if down else -10), text, "m t")


def _course(label: str, at: Sequence[str], points: _Points, form: Unit) -> str:
    return _alt.course(label, at, list(map(_known.value, points)), form)


def _table(
    at: Sequence[str], lines: Sequence[tuple[str, _Points]], form: Unit
) -> tuple[list[tables.Column], list[list[tables.Cell]]]:
    (label, points), *others = lines
    columns = [tables.Column("Period"), form.column(label), form.column(level_of(points))]
    columns += [tables.Column("n", "count"), *(form.column(other) for other, _ in others)]
    rows: list[list[tables.Cell]] = []
    for row, (name, each) in enumerate(zip(at, points, strict=True)):
        beside = [_known.value(line[row]) for _, line in others]
        rows.append([name, _known.value(each), limits_of(each), each.n if each else None, *beside])
    return columns, rows
