"""Several series side by side, each named at its end."""

from __future__ import annotations

from collections.abc import Sequence

import seaborn as sns
from matplotlib.axes import Axes

from helpers import tables
from helpers.charts import across, figure, known, wording
from helpers.charts.chart import Chart, Heading
from helpers.charts.cut import NARROW, WIDE, Cut, ticks
from helpers.charts.units import Unit
from helpers.stats import Estimate, Series
from helpers.style import CATEGORIES, TOKENS


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
    steps = ticks(*known.extent(point for _, points in found for point in points), unit, 5)
    ends = [
        across.End(label, form.value(points[newest]), newest, points[newest].value)  # type: ignore[union-attr]
        for label, points in found
        if (newest := known.last(points)) is not None
    ]

    def cut(width: int) -> str:
        drawn = Cut(width)
        placed = across.frame(drawn, (0, max(1, len(at) - 1)), steps, form, ends)
        across.grid(drawn, placed, steps, form)
        drawn.add(figure.marks(axes, placed))
        across.periods(drawn, placed, at)
        across.end_labels(drawn, placed, ends)
        return drawn.svg(placed.height, name)

    courses = [
        wording.course(label, at, [each.value if each else None for each in points], form)
        for label, points in found
    ]
    alt = f"Line chart of {len(at)} points{wording.span(at)}. {wording.listed(courses)}"
    columns = [tables.Column("Period"), *(form.column(label) for label, _ in found)]
    rows = [
        [period, *(points[row].value if points[row] else None for _, points in found)]  # type: ignore[union-attr]
        for row, period in enumerate(at)
    ]
    return Chart(heading, alt, cut(WIDE), cut(NARROW), heading.table(columns, rows))


def _draw(axes: Axes, found: Sequence[Sequence[Estimate | None]]) -> None:
    rows = [
        (at, each.value, token, f"{token}{number}")
        for token, points in zip(CATEGORIES, found, strict=False)
        for number, run in enumerate(known.runs(points))
        for at in run
        if (each := points[at])
    ]
    if not rows:
        return
    x, y, tokens, runs_of = zip(*rows, strict=True)
    palette = {token: TOKENS[token] for token in dict.fromkeys(tokens)}
    sns.lineplot(
        x=x, y=y, hue=tokens, units=runs_of, palette=palette, estimator=None, legend=False, gid="l", ax=axes
    )
    marked = _marked(found)
    x, y, tokens = zip(*marked, strict=True)
    axes.scatter(x, y, s=64, c=[TOKENS[token] for token in tokens], linewidth=0, gid="d", zorder=3)


def _marked(found: Sequence[Sequence[Estimate | None]]) -> list[tuple[int, float, str]]:
    """The newest point of each line, and points that stand alone."""
    marked = []
    for token, points in zip(CATEGORIES, found, strict=False):
        alone = {run[0] for run in known.runs(points) if len(run) == 1}
        newest = known.last(points)
        for at, each in enumerate(points):
            if each and (at == newest or at in alone):
                marked.append((at, each.value, token))
    return marked
