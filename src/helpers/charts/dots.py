"""Groups of rows, each a dot with its interval, against a reference line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matplotlib.axes import Axes

from helpers import tables
from helpers.charts import _alt, _data, _drawing, _figure, _known
from helpers.charts._chart import Chart, Heading
from helpers.charts._cut import NARROW, WIDE, Cut, TextRun
from helpers.charts._drawing import Dot, IntervalMark
from helpers.charts._rows import Line, Row, Rows, domain, heights
from helpers.charts._units import Unit, level_of, limits_of
from helpers.records import Finding
from helpers.stats import Comparison, Estimate, Group


def dots(  # noqa: PLR0913  (what a chart shows)
    groups: Sequence[Group],
    *,
    name: str,
    title: str,
    subtitle: str,
    unit: str,
    decimals: int | None = None,
    against: str = "Difference",
    note: str = "",
    findings: Sequence[Finding] = (),
) -> Chart:
    """Rows of dot, interval, value and difference; a dotted line at each group's reference.

    The row in focus has the accent; without one all have it. A clear difference is bold. `against` heads the
    column of differences (`Against the others`). The reference label gets the reference's value.

    Raises:
        ValueError: `name` is no slug.
    """
    heading, form = Heading(name, title, subtitle, note), Unit(unit, decimals)
    known_groups = [
        replace(
            group, rows=tuple(map(_known.comparison, group.rows)), reference=_known.estimate(group.reference)
        )
        for group in groups
        if group.rows
    ]
    at = heights([len(group.rows) for group in known_groups])
    placed_rows = [
        (y, row)
        for ys, group in zip(at, known_groups, strict=True)
        for y, row in zip(ys, group.rows, strict=True)
    ]
    axes = _figure.axes()
    _draw(axes, placed_rows)
    around = _around(known_groups, at, placed_rows, form, against)

    def cut(width: int) -> str:
        drawn = Cut(width)
        placed = around.frame(drawn)
        around.behind(drawn, placed)
        drawn.add(_figure.marks(axes, placed))
        around.around(drawn, placed)
        return drawn.svg(placed.height, name)

    alt = f"Dot plot with intervals, {_alt.counted(len(placed_rows), 'row')}. " + " ".join(
        _told(group, form) for group in known_groups
    )
    table = heading.table(*_table(known_groups, form, against))
    return Chart(
        heading,
        alt,
        cut(WIDE),
        cut(NARROW),
        table,
        _data.of_rows((group.title, row) for group in known_groups for row in group.rows),
        tuple(findings),
    )


def _draw(axes: Axes, rows: Sequence[tuple[float, Comparison]]) -> None:
    focused = any(row.focus for _, row in rows)
    tokens = ["accent" if row.focus or not focused else "ref" for _, row in rows]
    for colour in ("ref", "accent"):
        spans = [
            IntervalMark(y, *limits)
            for token, (y, row) in zip(tokens, rows, strict=True)
            if token == colour and (limits := limits_of(row.now))
        ]
        _drawing.intervals(axes, spans, colour)
    _drawing.dots(
        axes, [Dot(row.now.value, y, token) for token, (y, row) in zip(tokens, rows, strict=True) if row.now]
    )


def _around(
    groups: Sequence[Group],
    at: Sequence[Sequence[float]],
    rows: Sequence[tuple[float, Comparison]],
    form: Unit,
    against: str,
) -> Rows:
    estimates = [row.now for _, row in rows]
    references = [group.reference for group in groups]
    differing = any(row.difference for _, row in rows)
    heads = (
        (TextRun(form.noun),),
        (TextRun(level_of(estimates)),),
        *(((TextRun(against),),) if differing else ()),
    )
    return Rows(
        rows=[_row(y, row, form, differing=differing) for y, row in rows],
        heads=heads,
        form=form,
        x=domain(_numbers([*estimates, *references])),
        lines=[
            Line(
                ys[0],
                ys[-1],
                group.title,
                f"{group.reference_label} {form.short(group.reference)}".strip() if group.reference else "",
                group.reference.value if group.reference else None,
            )
            for ys, group in zip(at, groups, strict=True)
        ],
    )


def _row(y: float, row: Comparison, form: Unit, *, differing: bool) -> Row:
    value, limits = form.short(row.now), form.interval(row.now)
    ink = "t k" if row.now else ""
    change = (TextRun(form.difference(row), "t k" if row.clear else ""),) if differing else ()
    return Row(
        row.label,
        y,
        (TextRun(value, ink), TextRun(limits), *change),
        (TextRun(value, ink), TextRun(limits)),
        row.focus,
    )


def _numbers(found: Sequence[Estimate | None]) -> list[float]:
    return list(_known.extent(found)) if any(found) else []


def _told(group: Group, form: Unit) -> str:
    against = f" against {group.reference_label} {form.value(group.reference)}" if group.reference else ""
    parts = [f"{row.label} {form.estimate(row.now)}" for row in group.rows]
    clear = [
        f"{row.label}, {'higher' if row.difference.value > 0 else 'lower'}"
        for row in group.rows
        if row.clear and row.difference
    ]
    apart = f" Clearly different: {_alt.listed(clear)}" if clear else ""
    return f"{group.title}{against}: {_alt.listed(parts)}{apart}".lstrip(": ")


def _table(
    groups: Sequence[Group], form: Unit, against: str
) -> tuple[list[tables.Column], list[list[tables.Cell]]]:
    every = [row for group in groups for row in group.rows]
    columns = [
        tables.Column("Row"),
        tables.Column("Group"),
        form.column(form.noun),
        form.column(level_of([row.now for row in every])),
        tables.Column("n", "count"),
    ]
    rows: list[list[tables.Cell]] = [
        [
            row.label,
            group.title,
            row.now.value if row.now else None,
            limits_of(row.now),
            row.now.n if row.now else None,
        ]
        for group in groups
        for row in group.rows
    ]
    if any(row.difference for row in every):
        columns += [
            form.change_column(against),
            form.change_column("Its interval"),
            tables.Column("Adjusted p", "p"),
        ]
        for cells, row in zip(rows, every, strict=True):
            cells += [
                row.difference.value if row.difference else None,
                limits_of(row.difference),
                row.p_adjusted,
            ]
    return columns, rows
