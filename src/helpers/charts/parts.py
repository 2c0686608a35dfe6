"""Signed contributions that add up to a total, stacked to both sides of zero."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from helpers import tables
from helpers.charts import _across, _alt, _data, _drawing, _figure
from helpers.charts._chart import Chart, Heading
from helpers.charts._cut import NARROW, TextRun, breadth, fitted
from helpers.charts._drawing import Dot
from helpers.charts._rows import Row, Rows, domain
from helpers.charts._units import Unit
from helpers.records import Finding
from helpers.style import CATEGORIES, TOKENS


@dataclass(frozen=True)
class Parts:
    """One row: named contributions and what they add up to, all in the unit of the chart.

    >>> Parts("Germany", (("Mix of customers", -0.061), ("Rate", -0.003)), -0.064).total
    -0.064
    """

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
    findings: Sequence[Finding] = (),
) -> Chart:
    """Bars of at most five contributions, gains to the right of zero, losses to the left; a dot at the total.

    The head of each column of numbers carries the colour of its bars. `.data` has one row a bar.

        >>> germany = Parts("Germany", (("Mix of customers", -0.061), ("Rate", -0.003)), -0.064)
        >>> words = {"name": "change", "title": "Germany fell by its mix", "subtitle": "Conversion"}
        >>> parts([germany], **words, unit="share").data
             group              part  value  total
        0  Germany  Mix of customers -0.061 -0.064
        1  Germany              Rate -0.003 -0.064

    Raises:
        ValueError: more than five names of parts, or `name` is no slug.
    """
    heading, form = Heading(name, title, subtitle, note), Unit(unit, decimals)
    names = list(dict.fromkeys(part for row in rows for part, _ in row.parts))
    _across.at_most_five("parts", names)
    axes = _figure.axes()
    extremes = _draw(axes, rows, names)
    return Chart(
        heading,
        _alternative(rows, form),
        *_around(rows, names, extremes, form).cuts(axes, name),
        heading.table(*_table(rows, names, form)),
        _data.of_parts((row.label, row.parts, row.total) for row in rows),
        tuple(findings),
    )


def _draw(axes: Axes, rows: Sequence[Parts], names: Sequence[str]) -> list[float]:
    """Draws the bars and the totals; returns how far they reach, zero included."""
    gains, losses = [0.0] * len(rows), [0.0] * len(rows)
    for token, part in zip(CATEGORIES, names, strict=False):
        sizes = [_sizes(row, names)[names.index(part)] or 0.0 for row in rows]
        starts = [gains[y] if size >= 0 else losses[y] for y, size in enumerate(sizes)]
        _drawing.bars(axes, sizes, starts, token)
        for y, size in enumerate(sizes):
            (gains if size >= 0 else losses)[y] += size
    totals = [row.total if math.isfinite(row.total) else 0.0 for row in rows]
    _drawing.dots(axes, [Dot(total, y, "paper", 4.5) for y, total in enumerate(totals)])
    return [*gains, *losses, *totals, 0.0] if rows else []


def _around(rows: Sequence[Parts], names: Sequence[str], extremes: Sequence[float], form: Unit) -> Rows:
    swatches = {part: TextRun("■", _kind(token)) for token, part in zip(CATEGORIES, names, strict=False)}
    room = max(60, 340 / len(names)) if names else 0
    heads = [(swatch, TextRun(fitted(part, room, 12.5))) for part, swatch in swatches.items()]
    return Rows(
        rows=[_row(y, row, names, form) for y, row in enumerate(rows)],
        heads=(*heads, (TextRun("Total", "k"),)),
        key=_key(swatches),
        form=form,
        x=domain(extremes),
        pitch=(30, 46),
        above=15,
        changes=True,
    )


def _alternative(rows: Sequence[Parts], form: Unit) -> str:
    told = [
        f"{row.label} {form.change(row.total)}: "
        + ", ".join(f"{part} {form.change(size)}" for part, size in row.parts)
        for row in rows
    ]
    return f"Stacked bars of {_alt.counted(len(rows), 'row')}. {_alt.listed(told)}"


def _table(
    rows: Sequence[Parts], names: Sequence[str], form: Unit
) -> tuple[list[tables.Column], list[list[tables.Cell]]]:
    changes = [form.change_column(label) for label in (*names, "Total")]
    return [tables.Column("Row"), *changes], [[row.label, *_sizes(row, names), row.total] for row in rows]


def _sizes(row: Parts, names: Sequence[str]) -> list[float | None]:
    sizes = {part: size for part, size in row.parts if math.isfinite(size)}
    return [sizes.get(name) for name in names]


def _row(y: float, row: Parts, names: Sequence[str], form: Unit) -> Row:
    total = TextRun(form.change(row.total), "t k")
    cells = [TextRun(form.change(size) if size is not None else "") for size in _sizes(row, names)]
    return Row(row.label, y, (*cells, total), (total,))


def _kind(token: str) -> str:
    return f"d{_figure.SUFFIXES[TOKENS[token]]}"


def _key(swatches: Mapping[str, TextRun]) -> list[list[TextRun]]:
    """The names of the parts, each after its colour, as many a line as a phone holds."""
    lines: list[list[TextRun]] = [[]]
    taken = 0.0
    for name, swatch in swatches.items():
        text = fitted(name, NARROW - 40, 12.5)
        if lines[-1] and taken + breadth(text, 12.5) + 24 > NARROW:
            lines.append([])
            taken = 0.0
        lines[-1] += (swatch, TextRun(text), TextRun("\u00a0"))
        taken += breadth(text, 12.5) + 44
    return [line for line in lines if line]
