"""Differences with their intervals against no difference: what an experiment did."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from helpers import tables
from helpers.charts import _alt, _data, _drawing, _figure, _known
from helpers.charts._chart import Chart, Heading
from helpers.charts._cut import TextRun
from helpers.charts._drawing import Dot, IntervalMark
from helpers.charts._rows import Line, Row, Rows, domain
from helpers.charts._units import Unit, level_of, limits_of
from helpers.charts.shift import emphasis, token
from helpers.records import Finding
from helpers.records.outputs import Good
from helpers.stats import Comparison


def forest(  # noqa: PLR0913  (what a chart shows)
    rows: Sequence[Comparison],
    *,
    name: str,
    title: str,
    subtitle: str,
    unit: str,
    decimals: int | None = None,
    margin: float | None = None,
    good: Good = "none",
    note: str = "",
    findings: Sequence[Finding] = (),
) -> Chart:
    """Each row's difference with its interval; the dark line is no difference, the dotted one the margin.

    A clear difference has the accent (orange where it is for the worse), the others are grey. `.data` has one
    row a comparison.

        >>> from helpers.stats import Comparison, Difference
        >>> gain = Difference(0.03, 0.01, 0.01, 0.05, 0.95, 0.003, "Wald")
        >>> words = {"name": "effect", "title": "More sign up", "subtitle": "Sign-up, short less long form"}
        >>> shown = forest([Comparison("Sign-up", None, difference=gain, clear=True)], **words, unit="share")
        >>> shown.data[["group", "difference", "difference_low", "difference_high", "clear"]]
             group  difference  difference_low  difference_high  clear
        0  Sign-up        0.03            0.01             0.05   True

    Raises:
        ValueError: `name` is no slug.
    """
    heading, form = Heading(name, title, subtitle, note), Unit(unit, decimals)
    shown = list(map(_known.comparison, rows))
    label = f"Margin {form.change(margin)}" if margin is not None else ""
    axes = _figure.axes()
    _draw(axes, shown, good)
    return Chart(
        heading,
        _alternative(shown, form, label),
        *_around(shown, form, good, margin, label).cuts(axes, name),
        heading.table(*_table(shown, form)),
        _data.of_rows(("", row) for row in shown),
        tuple(findings),
    )


def _around(rows: Sequence[Comparison], form: Unit, good: Good, margin: float | None, label: str) -> Rows:
    return Rows(
        rows=[_row(y, row, form, good) for y, row in enumerate(rows)],
        heads=((TextRun("Difference"),), (TextRun(level_of([row.difference for row in rows])),)),
        form=form,
        x=domain(_numbers(rows, margin)),
        changes=True,
        lines=(Line(0, max(0, len(rows) - 1), "", label, margin),) if margin is not None else (),
    )


def _alternative(rows: Sequence[Comparison], form: Unit, margin: str) -> str:
    told = [f"{row.label} {form.difference(row) or 'no data'}" for row in rows]
    clear = [row.label for row in rows if row.clear]
    verdict = (
        f"Clearly different from zero: {_alt.listed(clear)}"
        if clear
        else "None is clearly different from zero."
    )
    kind = f"Differences with intervals, {_alt.counted(len(rows), 'row')}. {_alt.listed(told)} "
    return kind + (f"{margin}. " if margin else "") + verdict


def _draw(axes: Axes, rows: Sequence[Comparison], good: Good) -> None:
    shown = [
        (y, row.difference, token(row, good) if row.clear else "ref")
        for y, row in enumerate(rows)
        if row.difference
    ]
    for colour in ("ref", "accent", "worse"):
        _drawing.intervals(
            axes,
            [IntervalMark(y, each.low, each.high) for y, each, found in shown if found == colour],
            colour,
        )
    _drawing.dots(axes, [Dot(each.value, y, colour) for y, each, colour in shown])


def _row(y: float, row: Comparison, form: Unit, good: Good) -> Row:
    if row.difference is None:
        return Row(row.label, y, (TextRun("no data"), TextRun("")), (TextRun("no data"),), row.focus)
    change, limits = form.change(row.difference), form.limits(row.difference)
    spans = (TextRun(change, emphasis(row, good) or "t"), TextRun(limits))
    return Row(row.label, y, spans, spans, row.focus)


def _numbers(rows: Sequence[Comparison], margin: float | None) -> list[float]:
    found = [each for row in rows if (limits := limits_of(row.difference)) for each in limits]
    return [*found, 0.0, *([margin] if margin is not None else [])] if found else []


def _table(rows: Sequence[Comparison], form: Unit) -> tuple[list[tables.Column], list[list[tables.Cell]]]:
    columns = [
        tables.Column("Row"),
        form.change_column("Difference"),
        form.change_column(level_of([row.difference for row in rows])),
        tables.Column("p", "p"),
        tables.Column("Adjusted p", "p"),
        form.column("Value"),
        form.column("Compared with"),
    ]
    return columns, [
        [
            row.label,
            _known.value(row.difference),
            limits_of(row.difference),
            row.difference.p if row.difference else None,
            row.p_adjusted,
            _known.value(row.now),
            _known.value(row.reference),
        ]
        for row in rows
    ]
