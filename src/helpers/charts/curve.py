"""Curves over a number: days since sign-up, rank, weeks of a test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from helpers import tables
from helpers.charts import _across, _alt, _data, _drawing, _figure
from helpers.charts._chart import Chart, Heading
from helpers.charts._cut import NARROW, WIDE, Cut, apart, ticks
from helpers.charts._drawing import Dot, IntervalMark, Vertex
from helpers.charts._units import Unit
from helpers.records import Finding
from helpers.style import CATEGORIES


@dataclass(frozen=True)
class Curve:
    """A curve with its band: `x` rises; `y`, `low` and `high` have one value each x.

    Points that are not finite break the curve.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] | None = None
    high: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        for name in ("y", "low", "high"):
            values = getattr(self, name)
            if values is not None and len(values) != len(self.x):
                raise ValueError(f"len({name}) == {len(values)}, must be {len(self.x)}, as many as x.")


def curve(  # noqa: PLR0913  (what a chart shows)
    curves: Sequence[Curve],
    *,
    name: str,
    title: str,
    subtitle: str,
    x_label: str,
    unit: str,
    decimals: int | None = None,
    steps: bool = False,
    note: str = "",
    findings: Sequence[Finding] = (),
) -> Chart:
    """At most five curves with their bands, named at their ends; `steps` draws them as stairs.

    Raises:
        ValueError: more than five curves, or `name` is no slug.
    """
    _across.at_most_five("curves", curves)
    heading, form = Heading(name, title, subtitle, note), Unit(unit, decimals)
    axes = _figure.axes()
    _draw(axes, curves, steps=steps)
    points = [point for each in curves for point in _points(each)]
    x = _range([at for at, *_ in points])
    y_steps = ticks(*_range([value for _, *values in points for value in values]), unit, 5)
    ends = [
        _across.End(each.label, form.short(known[-1][1]), known[-1][0], known[-1][1])
        for each in curves
        if (known := _points(each))
    ]

    def cut(width: int) -> str:
        drawn = Cut(width)
        placed = _across.frame(drawn, x, y_steps, form, ends)
        _across.grid(drawn, placed, y_steps, form)
        drawn.add(_figure.marks(axes, placed))
        _across.numbers(drawn, placed, x_label)
        _across.end_labels(drawn, placed, ends)
        return drawn.svg(placed.height if drawn.wide else placed.height + 12, name)

    courses = [
        _alt.course(
            each.label, [f"{at:g}" for at, *_ in known], [value for _, value, *_ in known], form, "at"
        )
        for each in curves
        if (known := _points(each))
    ]
    alt = f"Line chart over {x_label}, {x[0]:g} to {x[1]:g}. {_alt.listed(courses)}"
    return Chart(
        heading,
        alt,
        cut(WIDE),
        cut(NARROW),
        heading.table(*_table(curves, x_label, form)),
        _data.of_curves(x_label, ((each.label, _quadruples(each)) for each in curves)),
        tuple(findings),
    )


def _points(each: Curve) -> list[tuple[float, ...]]:
    """The finite points: x, y and, where there is a band, its limits."""
    columns = [each.x, each.y, *(band for band in (each.low, each.high) if band is not None)]
    return [point for point in zip(*columns, strict=True) if all(map(math.isfinite, point[:2]))]


def _quadruples(each: Curve) -> list[tuple[float, float, float | None, float | None]]:
    """Every point with its limits, None where the curve has no band."""
    nothing = (None,) * len(each.x)
    return list(zip(each.x, each.y, each.low or nothing, each.high or nothing, strict=True))


def _draw(axes: Axes, curves: Sequence[Curve], *, steps: bool) -> None:
    coloured = list(zip(CATEGORIES, curves, strict=False))
    for token, each in coloured:
        if each.low is not None and each.high is not None:
            limits = zip(each.x, each.low, each.high, strict=True)
            _drawing.band(axes, [IntervalMark(*span) for span in limits], token, steps=steps)
    vertices = [Vertex(at, value, token, run) for token, each in coloured for run, at, value in _runs(each)]
    _drawing.lines(axes, vertices, steps=steps)
    ends = [(token, points[-1]) for token, each in coloured if (points := _points(each))]
    _drawing.end_marks(axes, [Dot(at, value, token, 4) for token, (at, value, *_) in ends])


def _runs(each: Curve) -> list[tuple[int, float, float]]:
    """Finite points with the number of the unbroken run they belong to."""
    run, found = 0, []
    for at, value in zip(each.x, each.y, strict=True):
        if math.isfinite(at) and math.isfinite(value):
            found.append((run, at, value))
        else:
            run += 1
    return found


def _range(values: Sequence[float]) -> tuple[float, float]:
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return 0.0, 1.0
    low, high = min(finite), max(finite)
    return low, high if apart(low, high) else low + 1


def _table(
    curves: Sequence[Curve], x_label: str, form: Unit
) -> tuple[list[tables.Column], list[list[tables.Cell]]]:
    banded = any(each.low is not None for each in curves)
    columns = [
        tables.Column("Curve"),
        tables.Column(
            x_label, "number", 0 if all(at == round(at) for each in curves for at in each.x) else None
        ),
        form.column("Value"),
        *([form.column("Interval")] if banded else []),
    ]
    rows: list[list[tables.Cell]] = []
    for each in curves:
        for row, (at, value) in enumerate(zip(each.x, each.y, strict=True)):
            band = (each.low[row], each.high[row]) if each.low is not None and each.high is not None else None
            rows.append(
                [each.label, at, value if math.isfinite(value) else None, *([band] if banded else [])]
            )
    return columns, rows
