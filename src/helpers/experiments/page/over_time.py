"""The effect over time: what each look saw, and whether the effect lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers import style
from helpers.experiments.effects.estimation import Effect
from helpers.experiments.findings import looks_title, novelty_title
from helpers.experiments.page.captions import adjusted_by, exactly, level, primary_effect
from helpers.experiments.trust.novelty import is_steady, no_course, novelty, steady_or_not
from helpers.experiments.verdict.readout import Readout, weekly_effects
from helpers.findings import NoData
from helpers.stats import Difference, Estimate, Point, Series

if TYPE_CHECKING:
    from helpers.charts import Chart


def effect_over_time(readout: Readout) -> Chart:
    """The effect on the primary metric over all units assigned up to each week's end.

    `.data` has a row a week and line: the difference (of shares in percentage points), its limits, n units.
    The title claims only what the looks allow that the design plans; under a fixed horizon, the last one.

        >>> from helpers import experiments
        >>> chart = experiments.effect_over_time(experiments.example())
        >>> chart.title
        'The effect on Activation is clear at the end'
        >>> chart.data[["period", "value"]].round(1).values.tolist()[:3]
        [['12 Jul', 6.0], ['19 Jul', 6.0], ['25 Jul', 6.0]]

    Raises:
        NoData: units have no dates, all lie within a week, or the primary metric was not measured.
    """
    from helpers.charts import trend

    one, undated = primary_effect(readout), readout.observed.undated
    effects = weekly_effects(readout)
    if undated:
        raise NoData(f"{style.number(undated)} units have no date of assignment: no course over time.")
    points = [Point(style.short_day(day), _as_estimate(then, one) if then else None) for day, then in effects]
    unit, in_points, _ = _drawn_in(one)
    return trend(
        Series("Difference", tuple(points)),
        reference=Series("no effect", tuple(Point(point.at, exactly(0.0, 0)) for point in points)),
        name="effect_over_time",
        title=looks_title(readout, one),
        subtitle=f"Difference in {one.metric.label}, all units assigned up to each date{in_points}",
        unit=unit,
        decimals=style.decimals(one.metric.unit, one.metric.decimals),
        note=_looks(readout),
    )


def effect_since_assignment(readout: Readout) -> Chart:
    """The effect on the primary metric by days since assignment: whether it is novelty.

    Where all units were followed alike it is shown by the day on which they were assigned, of daily totals by
    the day of the test. `.data` has a row a day (from 15 days on, a week) and line: the difference (of shares
    in percentage points) and its limits.

    Method: a trend over days by least squares, weighted by precision; of ratios and adjusted metrics about
    their linear form (Deng, Knoblich and Lu 2018).

        >>> from helpers import experiments
        >>> experiments.effect_since_assignment(experiments.example()).title
        'The effect on Activation is much the same on every day since assignment'

    Raises:
        NoData: the units have no dates, fewer than three days, or the primary metric was not measured.
    """
    from helpers.charts import trend

    one = primary_effect(readout)
    found = novelty(readout.protocol, readout.observed, one.metric.name)
    if found is None:
        why = no_course(readout.protocol, readout.observed, one.metric)
        raise NoData(f"No effect by day: {why}.")
    of = f" of {readout.protocol.treatment}" if readout.other_treatments else ""
    steady = is_steady(found, len(readout.plan.treatments))
    told = "" if readout.caveat else steady_or_not(found, one.metric, steady=steady, of=of) + " "
    unit, in_points, scale = _drawn_in(one)
    points = [Point(_days(days.first, days.last), _scaled(days.effect, scale)) for days in found.effects]
    by = f"by {'days' if found.axis == 'since assignment' else 'day'} {found.axis}"
    return trend(
        Series("Difference", tuple(points)),
        reference=Series(
            "all days", tuple(Point(point.at, exactly(scale * found.whole, 0)) for point in points)
        ),
        name="since_assignment",
        title=novelty_title(readout, one, found),
        subtitle=f"Difference in {one.metric.label}, {by}{adjusted_by(readout.protocol, (one,))}{in_points}",
        unit=unit,
        decimals=style.decimals(one.metric.unit, one.metric.decimals),
        note=f"{told}Band: {level(readout)} interval of each day, with the spread of all units.",
    )


def _drawn_in(one: Effect) -> tuple[str, str, int]:
    """The unit of a difference on an axis, what the subtitle says of it, and what to multiply it by."""
    if one.metric.unit == "share":
        return "points", ", in percentage points", 100
    return one.metric.unit, ", in percentage points" if one.metric.unit == "points" else "", 1


def _days(first: float, last: float) -> str:
    """`5`, or `7 to 13`: the days of one point."""
    ends = [style.number(round(day)) for day in (first, last)]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def _as_estimate(then: Effect, one: Effect) -> Estimate:
    """The difference as a point of a line, with the units that it stands on."""
    return _scaled(then.difference, _drawn_in(one)[2], then.control.n + then.treatment.n)


def _scaled(found: Difference, scale: int, n: int = 0) -> Estimate:
    limits = scale * found.low, scale * found.high
    se = None if found.se is None else scale * found.se
    return Estimate(scale * found.value, se, *limits, found.level, n, found.method)


def _looks(readout: Readout) -> str:
    if readout.protocol.design == "sequential":
        return "Band: a confidence sequence, which holds at every look."
    if readout.protocol.design == "group-sequential":
        return "Band: as wide as the boundary of the looks that the protocol names (Lan-DeMets)."
    return (
        f"Band: {level(readout)} interval of each look alone. The protocol plans one look, at the end: "
        "an interval that excludes zero on the way decides nothing."
    )
