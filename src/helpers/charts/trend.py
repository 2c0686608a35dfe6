"""One series with its interval, and what it is compared with."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from helpers import tables
from helpers.charts import _across, _alt, _data, _drawing, _figure, _known
from helpers.charts._chart import Chart, Heading
from helpers.charts._cut import NARROW, WIDE, Cut, breadth, ticks
from helpers.charts._drawing import Dot, IntervalMark
from helpers.charts._units import Unit, level_of, limits_of
from helpers.records import Finding
from helpers.stats import Estimate, Series

_Points = Sequence[Estimate | None]


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
) -> Chart:
    """A line with its interval as a band, the newest point marked, a grey reference line.

    A point without an estimate breaks the line. The reference is matched by `at`.

    Raises:
        ValueError: `name` is no slug.
    """
    heading, form = Heading(name, title, subtitle, note), Unit(unit, decimals)
    at = [point.at for point in series.points]
    points = _known.series(series)
    grey = _known.matched(reference, at) if reference else []
    grey_label = reference.label if reference else ""
    axes = _figure.axes()
    _draw(axes, points, grey)
    steps = ticks(*_known.extent([*points, *grey]), unit, 5)
    ends = _end(series.label, points, form, "t k a") + _end(grey_label, grey, form, "")

    def cut(width: int) -> str:
        drawn = Cut(width)
        placed = _across.frame(drawn, _across.positions(at), steps, form, ends)
        _across.grid(drawn, placed, steps, form)
        drawn.add(_figure.marks(axes, placed))
        _across.periods(drawn, placed, at)
        _label_previous(drawn, placed, points, form)
        _across.end_labels(drawn, placed, ends)
        return drawn.svg(placed.height, name)

    kind = f"Line chart of {_alt.counted(len(at), 'point')}{_alt.span(at)}"
    alt = f"{kind}. {_course(series.label, at, points, form)}"
    newest = _known.last(points)
    if newest is not None and form.interval(points[newest]):
        alt += f", interval {form.interval(points[newest])}"
    if grey_label:
        alt += f". For comparison, {_course(grey_label, at, grey, form)}"
    lines = [(series.label, points), *([(grey_label, grey)] if reference else [])]
    table = heading.table(*_table(at, lines, form))
    return Chart(
        heading, f"{alt}.", cut(WIDE), cut(NARROW), table, _data.of_lines(at, lines), tuple(findings)
    )


def _draw(axes: Axes, points: _Points, grey: _Points) -> None:
    for run in _known.runs(points):
        limits = [(at, limits_of(points[at])) for at in run]
        _drawing.band(axes, [IntervalMark(at, *each) for at, each in limits if each], "accent")
    _drawing.lines(axes, [*_known.vertices(grey, "ref"), *_known.vertices(points, "accent")])
    newest = _known.last(points)
    dots = [
        Dot(at, each.value, "accent", 5.5 if at == newest else 3) for at, each in enumerate(points) if each
    ]
    _drawing.end_marks(axes, dots)
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
