"""Rows of now and then: this period filled, the previous one open below, the change beside."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from matplotlib.axes import Axes

from helpers import tables
from helpers.charts import _alt, _data, _drawing, _figure, _known
from helpers.charts._chart import Chart, Heading
from helpers.charts._cut import Cut, TextRun, breadth
from helpers.charts._drawing import Dot, IntervalMark
from helpers.charts._rows import Row, Rows, domain
from helpers.charts._units import Unit, level_of, limits_of
from helpers.records import Finding
from helpers.records.outputs import Good
from helpers.stats import Comparison

_NOW, _THEN = -0.07, 0.19
"""Heights of the two marks within their row."""


def shift(  # noqa: PLR0913  (what a chart shows)
    rows: Sequence[Comparison],
    *,
    name: str,
    title: str,
    subtitle: str,
    unit: str,
    now: str,
    then: str,
    decimals: int | None = None,
    good: Good = "none",
    note: str = "",
    findings: Sequence[Finding] = (),
) -> Chart:
    """Each row's estimate now (filled) over that of the previous period (open, grey).

    A clear change is bold; with `good` it is orange where it is for the worse. `.data` has one row a
    comparison: value now, reference before, difference.

        >>> from helpers.stats import Comparison, proportion, proportion_difference
        >>> now, then = proportion(200, 1000), proportion(300, 1000)
        >>> row = Comparison("Germany", now, then, proportion_difference(200, 1000, 300, 1000), clear=True)
        >>> words = {"name": "changes", "title": "Conversion fell", "subtitle": "By market"}
        >>> shown = shift([row], **words, unit="share", now="2026 Q3", then="2026 Q2")
        >>> shown.data[["group", "value", "reference", "clear"]]
             group  value  reference  clear
        0  Germany    0.2        0.3   True

    Raises:
        ValueError: `name` is no slug.
    """
    heading, form = Heading(name, title, subtitle, note), Unit(unit, decimals)
    shown = list(map(_known.comparison, rows))
    axes = _figure.axes()
    _draw(axes, shown, good)
    named = partial(_name_marks, rows=shown, now=now, then=then)
    return Chart(
        heading,
        _alternative(shown, form, now, then),
        *_around(shown, form, good, now, then).cuts(axes, name, named),
        heading.table(*_table(shown, form, now, then)),
        _data.of_rows(("", row) for row in shown),
        tuple(findings),
    )


def _around(rows: Sequence[Comparison], form: Unit, good: Good, now: str, then: str) -> Rows:
    return Rows(
        rows=[_row(y, row, form, good) for y, row in enumerate(rows)],
        heads=((TextRun(then),), (TextRun(now, "k a"),), (TextRun("Change"),)),
        form=form,
        x=domain(_numbers(rows)),
        key=((TextRun(f"{now} filled", "a k"), TextRun(f"{then} open")),),
        pitch=(34, 54),
        above=16,
    )


def _alternative(rows: Sequence[Comparison], form: Unit, now: str, then: str) -> str:
    told = [f"{row.label} {form.estimate(row.now)}, before {form.value(row.reference)}" for row in rows]
    clear = [f"{row.label} {form.difference(row)}" for row in rows if row.clear]
    verdict = f"Clear changes: {_alt.listed(clear)}" if clear else "No clear change."
    kind = f"Dot plot of {_alt.counted(len(rows), 'row')}, {now} and {then}."
    return f"{kind} {_alt.listed(told)} {verdict}"


def token(row: Comparison, good: Good) -> str:
    """The colour of a clear change for the worse, else the accent."""
    if row.clear and row.difference and good != "none" and (row.difference.value > 0) != (good == "higher"):
        return "worse"
    return "accent"


def emphasis(row: Comparison, good: Good) -> str:
    """The classes of the text of a change."""
    if not row.clear:
        return ""
    if good == "none":
        return "t k"
    return "t k w" if token(row, good) == "worse" else "t k a"


def _draw(axes: Axes, rows: Sequence[Comparison], good: Good) -> None:
    then = [
        IntervalMark(y + _THEN, *limits) for y, row in enumerate(rows) if (limits := limits_of(row.reference))
    ]
    _drawing.intervals(axes, then, "ref", "i3")
    for colour in ("accent", "worse"):
        now = [
            IntervalMark(y + _NOW, *limits)
            for y, row in enumerate(rows)
            if token(row, good) == colour and (limits := limits_of(row.now))
        ]
        _drawing.intervals(axes, now, colour)
    dots = [Dot(row.reference.value, y + _THEN, "paper", 3.5) for y, row in enumerate(rows) if row.reference]
    dots += [Dot(row.now.value, y + _NOW, token(row, good)) for y, row in enumerate(rows) if row.now]
    _drawing.dots(axes, dots)


def _row(y: float, row: Comparison, form: Unit, good: Good) -> Row:
    classes = emphasis(row, good)
    change = form.change(row.difference) if row.difference else ""
    return Row(
        row.label,
        y,
        (
            TextRun(form.short(row.reference)),
            TextRun(form.short(row.now), "t k" if row.now else ""),
            TextRun(form.difference(row), classes),
        ),
        (TextRun(form.short(row.now), "t k" if row.now else ""), TextRun(change, classes)),
        row.clear or row.focus,
    )


def _name_marks(cut: Cut, placed: _figure.Frame, rows: Sequence[Comparison], now: str, then: str) -> None:
    """The two periods, named once, at the marks of the first row of the wide cut; a phone has a key."""
    first = rows[0] if rows and cut.wide else None
    if first is None or first.now is None or first.reference is None:
        return
    cut.text(placed.at_x(first.now.value), placed.at_y(_NOW) - 9, now, "m a k")
    low, high = limits_of(first.reference) or (first.reference.value, first.reference.value)
    y = placed.at_y(_THEN) + 4
    if placed.at_x(low) - 8 - breadth(then, 12.5) >= placed.left:
        cut.text(placed.at_x(low) - 8, y, then, "e")
    else:
        cut.text(placed.at_x(high) + 8, y, then)


def _numbers(rows: Sequence[Comparison]) -> list[float]:
    every = [each for row in rows for each in (row.now, row.reference)]
    return list(_known.extent(every)) if any(every) else []


def _table(
    rows: Sequence[Comparison], form: Unit, now: str, then: str
) -> tuple[list[tables.Column], list[list[tables.Cell]]]:
    level = level_of([row.now for row in rows])
    columns = [
        tables.Column("Row"),
        form.column(now),
        form.column(f"{level}, {now}"),
        form.column(then),
        form.column(f"{level}, {then}"),
        form.change_column("Change"),
        form.change_column(f"{level}, change"),
        tables.Column("Adjusted p", "p"),
    ]
    return columns, [
        [
            row.label,
            _known.value(row.now),
            limits_of(row.now),
            _known.value(row.reference),
            limits_of(row.reference),
            _known.value(row.difference),
            limits_of(row.difference),
            row.p_adjusted,
        ]
        for row in rows
    ]
