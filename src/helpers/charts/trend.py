"""One series with its interval, and what it is compared with."""

from __future__ import annotations

from collections.abc import Sequence

import seaborn as sns
from matplotlib.axes import Axes

from helpers import tables
from helpers.charts import across, figure, known, wording
from helpers.charts.chart import Chart, Heading
from helpers.charts.cut import NARROW, WIDE, Cut, ticks
from helpers.charts.units import Unit, level_of, limits_of
from helpers.stats import Estimate, Series
from helpers.style import TOKENS

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
) -> Chart:
    """A line with its interval as a band, the newest point marked, a grey reference line.

    A point without an estimate breaks the line. The reference is matched by `at`.

    Raises:
        ValueError: `name` is no slug.
    """
    heading, form = Heading(name, title, subtitle, note), Unit(unit, decimals)
    at = [point.at for point in series.points]
    points = known.series(series)
    grey = known.matched(reference, at) if reference else []
    axes = figure.axes()
    _draw(axes, points, grey)
    steps = ticks(*known.extent([*points, *grey]), unit, 5)
    ends = _ends(series.label, points, form) + (_ends_grey(reference.label, grey, form) if reference else [])

    def cut(width: int) -> str:
        drawn = Cut(width)
        placed = across.frame(drawn, (0, max(1, len(at) - 1)), steps, form, ends)
        across.grid(drawn, placed, steps, form)
        drawn.add(figure.marks(axes, placed))
        across.periods(drawn, placed, at)
        _label_previous(drawn, placed, points, form)
        across.end_labels(drawn, placed, ends)
        return drawn.svg(placed.height, name)

    alt = f"Line chart of {len(at)} points{wording.span(at)}. {_course(series.label, at, points, form)}"
    newest = known.last(points)
    if newest is not None and form.interval(points[newest]):
        alt += f", interval {form.interval(points[newest])}"
    if reference:
        alt += f". For comparison, {_course(reference.label, at, grey, form)}"
    table = heading.table(*_table(series.label, at, points, reference.label if reference else "", grey, form))
    return Chart(heading, f"{alt}.", cut(WIDE), cut(NARROW), table)


def _draw(axes: Axes, points: _Points, grey: _Points) -> None:
    for run in known.runs(points):
        banded = [(at, *limits) for at in run if (limits := limits_of(points[at]))]
        if len(banded) > 1:
            axes.fill_between(*zip(*banded, strict=True), color=TOKENS["accent"], linewidth=0, gid="b")
    lines = {"ref": known.runs(grey), "accent": known.runs(points)}
    values = {"ref": grey, "accent": points}
    rows = [
        (at, each.value, token, f"{token}{number}")
        for token, runs in lines.items()
        for number, run in enumerate(runs)
        for at in run
        if (each := values[token][at])
    ]
    if not rows:
        return
    x, y, tokens, runs_of = zip(*rows, strict=True)
    palette = {token: TOKENS[token] for token in set(tokens)}
    sns.lineplot(
        x=x, y=y, hue=tokens, units=runs_of, palette=palette, estimator=None, legend=False, gid="l", ax=axes
    )
    _draw_points(axes, points)


def _draw_points(axes: Axes, points: _Points) -> None:
    shown = [(at, each.value) for at, each in enumerate(points) if each]
    if not shown:
        return
    newest = shown[-1][0]
    if limits := limits_of(points[newest]):
        axes.vlines([newest], *limits, colors=TOKENS["accent"], gid="i", zorder=3)
    sizes = [(2 * (5.5 if at == newest else 3)) ** 2 for at, _ in shown]
    x, y = zip(*shown, strict=True)
    axes.scatter(x, y, s=sizes, color=TOKENS["accent"], linewidth=0, gid="d", zorder=4)


def _ends(label: str, points: _Points, form: Unit) -> list[across.End]:
    newest = known.last(points)
    if newest is None or (found := points[newest]) is None:
        return []
    return [across.End(label, form.value(found), newest, found.value, "t k a", form.interval(found))]


def _ends_grey(label: str, points: _Points, form: Unit) -> list[across.End]:
    newest = known.last(points)
    if newest is None or (found := points[newest]) is None:
        return []
    return [across.End(label, form.value(found), newest, found.value, "")]


def _label_previous(cut: Cut, placed: figure.Frame, points: _Points, form: Unit) -> None:
    """The value before the newest, on the side that the line leaves free."""
    if len(points) < 2 or (now := points[-1]) is None or (before := points[-2]) is None:
        return
    down = now.value >= before.value
    x, y = placed.at_x(len(points) - 2), placed.at_y(before.value)
    cut.text(x, y + (18 if down else -10), form.value(before), "m t h")


def _course(label: str, at: Sequence[str], points: _Points, form: Unit) -> str:
    return wording.course(label, at, [each.value if each else None for each in points], form)


def _table(
    label: str, at: Sequence[str], points: _Points, grey_label: str, grey: _Points, form: Unit
) -> tuple[list[tables.Column], list[list[tables.Cell]]]:
    columns = [
        tables.Column("Period"),
        form.column(label),
        form.column(level_of(points)),
        tables.Column("n", "count"),
    ]
    rows: list[list[tables.Cell]] = [
        [name, each.value if each else None, limits_of(each), each.n if each else None]
        for name, each in zip(at, points, strict=True)
    ]
    if grey_label:
        columns.append(form.column(grey_label))
        for row, each in zip(rows, grey, strict=True):
            row.append(each.value if each else None)
    return columns, rows
