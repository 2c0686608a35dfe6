"""Signed contributions that add up to a total, stacked to both sides of zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import seaborn as sns
from matplotlib.axes import Axes

from helpers import tables
from helpers.charts import across, figure, wording
from helpers.charts.chart import Chart, Heading
from helpers.charts.cut import NARROW, WIDE, Cut, Span, breadth, fitted
from helpers.charts.rows import Row, Rows, domain
from helpers.charts.units import Unit
from helpers.style import CATEGORIES, TOKENS


@dataclass(frozen=True)
class Parts:
    """One row: named contributions and what they add up to."""

    label: str
    parts: tuple[tuple[str, float], ...]
    total: float


def parts(  # noqa: PLR0913  (what a chart shows)
    rows: Sequence[Parts],
    *,
    name: str,
    title: str,
    subtitle: str,
    unit: str,
    decimals: int | None = None,
    note: str = "",
) -> Chart:
    """Bars of at most five contributions, gains to the right of zero, losses to the left; a dot at the total.

    The head of each column of numbers carries the colour of its bars.

    Raises:
        ValueError: more than five names of parts, or `name` is no slug.
    """
    heading, form = Heading(name, title, subtitle, note), Unit(unit, decimals)
    names = list(dict.fromkeys(part for row in rows for part, _ in row.parts))
    across.at_most_five("parts", names)
    axes = figure.axes()
    extremes = _draw(axes, rows, names)
    around = Rows(
        rows=[_row(y, row, names, form) for y, row in enumerate(rows)],
        heads=(*(Span(fitted(part, 110, 12.5)) for part in names), Span("Total", "t k")),
        form=form,
        x=domain(extremes),
        pitch=(30, 46),
    )

    def cut(width: int) -> str:
        drawn = Cut(width)
        key = _key_lines(names) if not drawn.wide else []
        placed = around.frame(drawn, lower=17.0 * len(key))
        around.behind(drawn, placed)
        drawn.add(figure.marks(axes, placed))
        around.around(drawn, placed)
        _swatches(drawn, around, names, key)
        return drawn.svg(placed.height, name)

    told = [
        f"{row.label} {form.change(row.total)}: "
        + ", ".join(f"{part} {form.change(size)}" for part, size in row.parts)
        for row in rows
    ]
    alt = f"Stacked bars of {len(rows)} rows. {wording.listed(told)}"
    columns = [
        tables.Column("Row"),
        *(form.change_column(part) for part in names),
        form.change_column("Total"),
    ]
    cells = [[row.label, *(_sizes(row, names)), row.total] for row in rows]
    return Chart(heading, alt, cut(WIDE), cut(NARROW), heading.table(columns, cells))


def _draw(axes: Axes, rows: Sequence[Parts], names: Sequence[str]) -> list[float]:
    """Draws the bars and the totals; returns how far they reach, zero included."""
    gains, losses = [0.0] * len(rows), [0.0] * len(rows)
    heights = list(range(len(rows)))
    for token, part in zip(CATEGORIES, names, strict=False):
        sizes = [_sizes(row, names)[names.index(part)] or 0.0 for row in rows]
        starts = [gains[y] if size >= 0 else losses[y] for y, size in enumerate(sizes)]
        sns.barplot(
            x=sizes,
            y=heights,
            orient="y",
            native_scale=True,
            errorbar=None,
            width=0.4,
            left=starts,
            color=TOKENS[token],
            saturation=1,
            linewidth=0,
            gid="d",
            ax=axes,
        )
        for y, size in enumerate(sizes):
            (gains if size >= 0 else losses)[y] += size
    totals = [row.total if math.isfinite(row.total) else 0.0 for row in rows]
    if rows:
        axes.scatter(totals, heights, s=81, color=TOKENS["paper"], linewidth=0, gid="d", zorder=3)
    return [*gains, *losses, *totals, 0.0] if rows else []


def _sizes(row: Parts, names: Sequence[str]) -> list[float | None]:
    sizes = {part: size for part, size in row.parts if math.isfinite(size)}
    return [sizes.get(name) for name in names]


def _row(y: float, row: Parts, names: Sequence[str], form: Unit) -> Row:
    total = Span(form.change(row.total), "t k")
    cells = [Span(form.change(size) if size is not None else "") for size in _sizes(row, names)]
    return Row(row.label, y, (*cells, total), (total,))


def _key_lines(names: Sequence[str]) -> list[list[str]]:
    """The names of the parts, as many a line as a phone holds."""
    lines: list[list[str]] = [[]]
    for name in names:
        taken = sum(breadth(each, 12.5) + 30 for each in lines[-1])
        if lines[-1] and taken + breadth(name, 12.5) + 18 > NARROW:
            lines.append([])
        lines[-1].append(fitted(name, NARROW - 20, 12.5))
    return [line for line in lines if line]


def _swatches(cut: Cut, around: Rows, names: Sequence[str], key: Sequence[Sequence[str]]) -> None:
    """A square of its colour at the name of each part."""
    kinds = [f"d{figure.SUFFIXES[TOKENS[token]]}" for token in CATEGORIES]
    if cut.wide:
        for kind, end, head in zip(kinds, around.ends, around.heads[:-1], strict=False):
            cut.square(end - breadth(head.text, 12.5) - 12, 3, kind)
        return
    left = iter(kinds)
    for line, texts in enumerate(key):
        x, y = 0.0, 12 + 17 * line
        for text in texts:
            cut.square(x, y - 9, next(left))
            cut.text(x + 14, y, text)
            x += breadth(text, 12.5) + 30
