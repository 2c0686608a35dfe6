"""Curves over a number: days since sign-up, rank, weeks of a test."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import Self

from matplotlib.axes import Axes

from helpers import tables
from helpers.charts import _across, _alt, _data, _drawing, _figure
from helpers.charts._chart import Chart, Heading
from helpers.charts._cut import apart, ticks
from helpers.charts._drawing import Dot, IntervalMark, Vertex
from helpers.charts._units import Unit
from helpers.records import Finding
from helpers.stats import Reached
from helpers.style import CATEGORIES

_Point = tuple[float, float, float | None, float | None]
"""Where, how high, and the limits of that."""


@dataclass(frozen=True)
class Curve:
    """A curve with its band: `x` rises; `y`, `low` and `high` have one value each x.

    Points that are not finite break the curve.

        >>> Curve("June", (0.0, 7.0), (0.0, 0.2), low=(0.0, 0.15), high=(0.0, 0.25)).y
        (0.0, 0.2)

    Raises:
        ValueError: `y`, `low` or `high` is not as long as `x`.
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

    @classmethod
    def of_reached(cls, label: str, found: Reached, *, steps: int | None = None) -> Self:
        """The share that has reached the event as stairs, from day 0 to the last day that was watched.

        At most so many `steps` are drawn, evenly among all, each as high as the share was by then: hours over
        a quarter are more than a chart can show, and weigh more than the rest of a page.

        >>> from helpers.stats import reached
        >>> curve = Curve.of_reached("June", reached([1, 7], [True, False], [30, 70]))
        >>> curve.x, [round(share, 2) for share in curve.y]
        ((0.0, 1.0, 1.0, 7.0), [0.0, 0.0, 0.3, 0.3])
        """
        x, y, low, high = [0.0], [0.0], [0.0], [0.0]
        for at in _spread(len(found.days), steps):
            x += [found.days[at]] * 2
            y += [y[-1], found.share[at]]
            low += [low[-1], found.low[at]]
            high += [high[-1], found.high[at]]
        return cls(label, (*x, found.watched), (*y, y[-1]), (*low, low[-1]), (*high, high[-1]))


def _spread(length: int, most: int | None) -> Sequence[int]:
    """At most so many places, evenly among all, the last one with them.

    >>> list(_spread(7, 3)), list(_spread(3, None))
    ([0, 3, 6], [0, 1, 2])
    """
    if most is None or length <= most:
        return range(length)
    every = math.ceil(length / most)
    return range((length - 1) % every, length, every)


def curve(  # noqa: PLR0913  (what a chart shows)
    curves: Sequence[Curve],
    *,
    name: str,
    title: str,
    subtitle: str,
    x_label: str,
    unit: str,
    decimals: int | None = None,
    note: str = "",
    findings: Sequence[Finding] = (),
) -> Chart:
    """At most five curves with their bands, named at their ends.

    `.data` has one row a point; its second column is named by the axis.

        >>> june = Curve("June", (0.0, 7.0), (0.0, 0.2))
        >>> words = {"name": "adoption", "title": "A fifth within a week", "subtitle": "Share adopted"}
        >>> curve([june], **words, x_label="Days since sign-up", unit="share").data
          group  days_since_sign_up  value   low  high
        0  June                 0.0    0.0  None  None
        1  June                 7.0    0.2  None  None

    Raises:
        ValueError: more than five curves, or `name` is no slug.
    """
    _across.at_most_five("curves", curves)
    heading, form = Heading(name, title, subtitle, note), Unit(unit, decimals)
    axes = _figure.axes()
    _draw(axes, curves)
    plane = _plane(curves, form)
    return Chart(
        heading,
        _alternative(curves, x_label, plane.x, form),
        *plane.cuts(axes, name, partial(_across.numbers, label=x_label)),
        heading.table(*_table(curves, x_label, form)),
        _data.of_curves(x_label, ((each.label, _quadruples(each)) for each in curves)),
        tuple(findings),
    )


def _plane(curves: Sequence[Curve], form: Unit) -> _across.Plane:
    points = [point for each in curves for point in _points(each)]
    ends = [
        _across.End(each.label, form.short(known[-1][1]), known[-1][0], known[-1][1])
        for each in curves
        if (known := _points(each))
    ]
    reach = _range([value for _, *values in points for value in values])
    return _across.Plane(_range([at for at, *_ in points]), ticks(*reach, form.name, 5), form, ends, foot=12)


def _alternative(curves: Sequence[Curve], x_label: str, x: tuple[float, float], form: Unit) -> str:
    known = [(each.label, points) for each in curves if (points := _points(each))]
    courses = [
        _alt.course(label, [f"{at:g}" for at, *_ in points], [value for _, value, *_ in points], form, "at")
        for label, points in known
    ]
    return f"Line chart over {x_label}, {x[0]:g} to {x[1]:g}. {_alt.listed(courses)}"


def _points(each: Curve) -> list[tuple[float, ...]]:
    """The finite points: x, y and, where there is a band, its limits."""
    columns = [each.x, each.y, *(band for band in (each.low, each.high) if band is not None)]
    return [point for point in zip(*columns, strict=True) if all(map(math.isfinite, point[:2]))]


def _quadruples(each: Curve) -> list[_Point]:
    """Every point with its limits, None where the curve has no band."""
    nothing = (None,) * len(each.x)
    return list(zip(each.x, each.y, each.low or nothing, each.high or nothing, strict=True))


def _draw(axes: Axes, curves: Sequence[Curve]) -> None:
    coloured = list(zip(CATEGORIES, curves, strict=False))
    for token, each in coloured:
        if each.low is not None and each.high is not None:
            limits = zip(each.x, each.low, each.high, strict=True)
            _drawing.band(axes, [IntervalMark(*span) for span in limits], token)
    vertices = [Vertex(at, value, token, run) for token, each in coloured for run, at, value in _runs(each)]
    _drawing.lines(axes, vertices)
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
    whole = all(at == round(at) for each in curves for at in each.x)
    columns = [
        tables.Column("Curve"),
        tables.Column(x_label, "number", 0 if whole else None),
        form.column("Value"),
        *([form.column("Interval")] if banded else []),
    ]
    return columns, [row for each in curves for row in _cells(each, banded=banded)]


def _heads(points: Sequence[_Point]) -> Iterator[_Point]:
    """Points without the feet of stairs: of two at one place the later says how high it is from there."""
    for point, following in zip_longest(points, points[1:]):
        if following is None or following[0] != point[0]:
            yield point


def _cells(each: Curve, *, banded: bool) -> list[list[tables.Cell]]:
    rows: list[list[tables.Cell]] = []
    for at, value, low, high in _heads(_quadruples(each)):
        band = (low, high) if low is not None and high is not None else None
        rows.append([each.label, at, value if math.isfinite(value) else None, *([band] if banded else [])])
    return rows
