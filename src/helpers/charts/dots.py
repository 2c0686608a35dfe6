"""Groups of rows, each a dot with its interval, against a reference line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matplotlib.axes import Axes

from helpers import tables
from helpers.charts import _alt, _data, _drawing, _figure, _known
from helpers.charts._chart import Chart, Heading
from helpers.charts._cut import TextRun
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

        >>> from helpers.stats import Comparison, Group, proportion
        >>> rows = (Comparison("France", proportion(610, 2000)), Comparison("Germany", proportion(200, 1000)))
        >>> group = Group("Markets", rows, "All markets", proportion(810, 3000))
        >>> words = {"name": "markets", "title": "Where markets stand", "subtitle": "Conversion, 2026 Q3"}
        >>> dots([group], **words, unit="share").data[["kind", "group", "value", "n"]]
              kind    group  value     n
        0  Markets   France  0.305  2000
        1  Markets  Germany  0.200  1000

    Raises:
        ValueError: `name` is no slug.
    """
    heading, form = Heading(name, title, subtitle, note), Unit(unit, decimals)
    known = [_known_group(group) for group in groups if group.rows]
    axes = _figure.axes()
    _draw(axes, _placed(known))
    return Chart(
        heading,
        _alternative(known, form),
        *_around(known, form, against).cuts(axes, name),
        heading.table(*_table(known, form, against)),
        _data.of_rows((group.title, row) for group in known for row in group.rows),
        tuple(findings),
    )


def _known_group(group: Group) -> Group:
    rows = tuple(map(_known.comparison, group.rows))
    return replace(group, rows=rows, reference=_known.estimate(group.reference))


def _heights(groups: Sequence[Group]) -> list[list[float]]:
    return heights([len(group.rows) for group in groups])


def _placed(groups: Sequence[Group]) -> list[tuple[float, Comparison]]:
    """Every row with its height."""
    at = [y for ys in _heights(groups) for y in ys]
    return list(zip(at, [row for group in groups for row in group.rows], strict=True))


def _alternative(groups: Sequence[Group], form: Unit) -> str:
    count = sum(len(group.rows) for group in groups)
    told = " ".join(_told(group, form) for group in groups)
    return f"Dot plot with intervals, {_alt.counted(count, 'row')}. {told}"


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


def _around(groups: Sequence[Group], form: Unit, against: str) -> Rows:
    rows = _placed(groups)
    estimates = [row.now for _, row in rows]
    differing = any(row.difference for _, row in rows)
    heads = (form.noun, level_of(estimates), *([against] if differing else []))
    return Rows(
        rows=[_row(y, row, form, differing=differing) for y, row in rows],
        heads=[(TextRun(head),) for head in heads],
        form=form,
        x=domain(_numbers([*estimates, *(group.reference for group in groups)])),
        lines=[_line(ys, group, form) for ys, group in zip(_heights(groups), groups, strict=True)],
    )


def _line(ys: Sequence[float], group: Group, form: Unit) -> Line:
    if group.reference is None:
        return Line(ys[0], ys[-1], group.title)
    label = f"{group.reference_label} {form.short(group.reference)}".strip()
    return Line(ys[0], ys[-1], group.title, label, group.reference.value)


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
    found = [(group.title, row) for group in groups for row in group.rows]
    differing = any(row.difference for _, row in found)
    columns = [
        tables.Column("Row"),
        tables.Column("Group"),
        form.column(form.noun),
        form.column(level_of([row.now for _, row in found])),
        tables.Column("n", "count"),
    ]
    if differing:
        columns += [form.change_column(against), form.change_column("Its interval")]
        columns += [tables.Column("Adjusted p", "p")]
    return columns, [_cells(title, row, differing=differing) for title, row in found]


def _cells(title: str, row: Comparison, *, differing: bool) -> list[tables.Cell]:
    size = row.now.n if row.now else None
    cells: list[tables.Cell] = [row.label, title, _known.value(row.now), limits_of(row.now), size]
    if differing:
        cells += [_known.value(row.difference), limits_of(row.difference), row.p_adjusted]
    return cells
