"""What the charts of a readout draw, each with the finding it shows as its title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from helpers import style
from helpers.experiments.effects.estimation import Effect
from helpers.experiments.observations.aggregates import Observations
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust.novelty import is_steady, novelty, steady_or_not
from helpers.experiments.verdict.readout import Readout, weekly_effects
from helpers.findings import NoData
from helpers.stats import Comparison, Difference, Estimate, Group, Point, Series, proportion


@dataclass(frozen=True)
class Lines:
    """One series over time, with a reference line if there is one."""

    title: str
    subtitle: str
    unit: str
    decimals: int | None
    series: Series
    reference: Series | None
    note: str


@dataclass(frozen=True)
class Arms:
    """Both arms of one metric."""

    title: str
    subtitle: str
    unit: str
    decimals: int | None
    groups: tuple[Group, ...]
    note: str


@dataclass(frozen=True)
class Effects:
    """The effects on several metrics, in one unit."""

    title: str
    subtitle: str
    unit: str
    decimals: int
    rows: tuple[Comparison, ...]
    note: str


def split_over_time(readout: Readout) -> Lines:
    """The share of all units assigned to the treatment, week by week, against the planned share.

    Raises:
        NoData: the units have no dates.
    """
    plan, treatment, weeks = readout.plan, readout.protocol.treatment, _weeks(readout.observed)
    share = dict(zip(plan.arms, plan.split, strict=True))[treatment]
    points, planned = [], []
    for week in weeks:
        part = readout.observed.on(week)
        units = sum(part.assigned(arm) for arm in plan.arms)
        estimate = proportion(part.assigned(treatment), units, plan.level) if units else None
        points.append(Point(_short(week[0]), estimate))
        planned.append(Point(_short(week[0]), _exactly(share, units)))
    failed = any(check.key == "sample_ratio" and not check.passed for check in readout.checks)
    whose = "The variants" if readout.other_treatments else treatment
    title = (
        f"{whose} got a share of units that chance does not explain"
        if failed
        else f"Units were split as planned, {style.value(share, 'share', 0)} to {treatment}"
    )
    return Lines(
        title=_capital(title),
        subtitle=f"Share of units assigned to {treatment}, by week of assignment (first day)",
        unit="share",
        decimals=1,
        series=Series(treatment, tuple(points)),
        reference=Series("planned", tuple(planned)),
        note=f"Band: {style.level(plan.level)} interval of each week alone.",
    )


def arms(readout: Readout) -> Arms:
    """The primary metric in both arms, with the difference beside it.

    Raises:
        NoData: the primary metric was not measured.
    """
    one, protocol = _primary(readout), readout.protocol
    shown = one.clear and not readout.caveat
    control = Comparison(protocol.control, one.control)
    treatment = Comparison(
        protocol.treatment, one.treatment, one.control, one.difference, clear=shown, focus=True
    )
    return Arms(
        title=readout.caveat or _told(one, protocol),
        subtitle=f"{one.metric.label} by variant, {_level(readout)} intervals{_apart(protocol, one)}",
        unit=one.metric.unit,
        decimals=one.metric.decimals,
        groups=(
            Group(
                f"{style.number(readout.assigned)} {protocol.sample_unit}s",
                (treatment, control),
                protocol.control,
                one.control,
            ),
        ),
        note="",
    )


def lifts(readout: Readout) -> Effects:
    """The relative effect on every metric, so that metrics of different units stand side by side."""
    estimable = [one for one in readout.effects if one.lift is not None]
    if not estimable:
        raise NoData("No relative effect can be estimated: each metric is too near to zero to be divided by.")
    rows = tuple(
        Comparison(
            label=one.metric.label,
            now=None,
            difference=one.lift,
            clear=one.clear and not readout.caveat_of(one.metric.name),
            focus=one.role == "primary",
        )
        for one in estimable
    )
    moved = [one for one, row in zip(estimable, rows, strict=True) if row.clear]
    return Effects(
        title=readout.caveat or _moved(moved),
        subtitle=f"Effect of {readout.protocol.treatment}, in per cent of {readout.protocol.control}"
        + adjusted_by(readout.protocol, estimable),
        unit="relative",
        decimals=1,
        rows=rows,
        note="Intervals of secondary metrics are wide enough for their number (Benjamini-Hochberg); so, as a "
        "list of their own, are those of exploratory metrics, which the protocol does not name."
        + _not_estimable(readout),
    )


def _moved(moved: Sequence[Effect]) -> str:
    """The metrics that move clearly: those that were registered, then what was not asked for before."""
    if not moved:
        return "No metric moves clearly"
    registered = [one.metric.label for one in moved if one.role != "exploratory"]
    exploratory = [one.metric.label for one in moved if one.role == "exploratory"]
    effects = "A clear effect" if len(registered) == 1 else "Clear effects"
    title = f"{effects} on {style.listed(registered)}" if registered else "No registered metric moves clearly"
    return title + (f"; exploratory: {style.listed(exploratory)}" if exploratory else "")


def adjusted_by(protocol: Protocol, effects: Sequence[Effect]) -> str:
    """What the end of a subtitle says of differences that are adjusted; empty where none is."""
    adjusted = [one.metric.label for one in effects if one.adjusted]
    if not adjusted:
        return ""
    which = "" if len(adjusted) == len(effects) else f"{style.listed(adjusted)} "
    return f", {which}adjusted by {style.listed(protocol.covariates)}"


def _apart(protocol: Protocol, one: Effect) -> str:
    """That both variants are shown as measured, where the difference between them is adjusted."""
    by = style.listed(protocol.covariates)
    return f", as measured; the difference is adjusted by {by}" if one.adjusted else ""


def _not_estimable(readout: Readout) -> str:
    """The metrics without a relative effect: what is divided by is too near to zero."""
    names = [one.metric.label for one in readout.effects if one.lift is None]
    return f" Not estimable: {style.listed(names)}; too near to zero to be divided by." if names else ""


def over_time(readout: Readout) -> Lines:
    """The effect on the primary metric over all units assigned up to each week's end.

    Raises:
        NoData: the units have no dates, or the primary metric was not measured.
    """
    one, undated = _primary(readout), readout.observed.undated
    points = []
    _weeks(readout.observed)
    if undated:
        raise NoData(f"{style.number(undated)} units have no date of assignment: no course over time.")
    for look, then in weekly_effects(readout):
        assert look.day is not None
        points.append(Point(_short(look.day), _as_estimate(then) if then else None))
    unit = "points" if one.metric.unit == "share" else one.metric.unit
    digits = style.decimals(one.metric.unit, one.metric.decimals)
    return Lines(
        title=readout.caveat or _course(points, one),
        subtitle=f"Difference in {one.metric.label}, all units assigned up to each date"
        + (", in percentage points" if unit == "points" else ""),
        unit=unit,
        decimals=digits,
        series=Series("Difference", tuple(points)),
        reference=Series("no effect", tuple(Point(point.at, _exactly(0.0, 0)) for point in points)),
        note=_looks(readout),
    )


def since_assignment(readout: Readout) -> Lines:
    """The effect on the primary metric by days since assignment: whether it is novelty.

    Where all units were followed alike it is shown by the day on which they were assigned, of daily totals by
    the day of the test.

    Raises:
        NoData: the units have no dates, fewer than three days, or the primary metric was not measured.
    """
    one = _primary(readout)
    found = novelty(readout.protocol, readout.observed, one.metric.name)
    if found is None:
        raise NoData("The units have no dates of assignment, or fewer than three days: no effect by day.")
    steady = is_steady(found, len(readout.plan.treatments))
    of = f" of {readout.protocol.treatment}" if readout.other_treatments else ""
    unit, scale = ("points", 100) if one.metric.unit == "share" else (one.metric.unit, 1)
    points = [Point(_days(span.first, span.last), _scaled(span.effect, scale)) for span in found.effects]
    course = "is much the same on every" if steady else "changes with the"
    title = f"The effect{of} on {one.metric.label} {course} day {found.axis}"
    by = f"by {'days' if found.axis == 'since assignment' else 'day'} {found.axis}"
    in_points = ", in percentage points" if unit == "points" else ""
    whole = scale * found.whole
    told = "" if readout.caveat else steady_or_not(found, one.metric, steady=steady, of=of) + " "
    return Lines(
        title=readout.caveat or title,
        subtitle=f"Difference in {one.metric.label}, {by}{adjusted_by(readout.protocol, (one,))}{in_points}",
        unit=unit,
        decimals=style.decimals(one.metric.unit, one.metric.decimals),
        series=Series("Difference", tuple(points)),
        reference=Series("all days", tuple(Point(point.at, _exactly(whole, 0)) for point in points)),
        note=f"{told}Band: {_level(readout)} interval of each day, with the spread of all units.",
    )


def _days(first: float, last: float) -> str:
    """`5`, or `7 to 13`: the days of one point."""
    ends = [style.number(round(day)) for day in (first, last)]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def _scaled(found: Difference, scale: int) -> Estimate:
    limits = scale * found.low, scale * found.high
    return Estimate(scale * found.value, None, *limits, found.level, 0, found.method)


def _weeks(observed: Observations) -> tuple[tuple[date, ...], ...]:
    weeks = observed.weeks
    if len(weeks) < 2:
        raise NoData("The units have no dates of assignment (or all within a week): no course over time.")
    return weeks


def _primary(readout: Readout) -> Effect:
    if readout.primary is None:
        raise NoData(f"No effect on the primary metric: {readout.unmeasured[0].reason}.")
    return readout.primary


def _as_estimate(one: Effect) -> Estimate:
    """The difference as a point of a line; shares in percentage points."""
    found, scale = one.difference, 100 if one.metric.unit == "share" else 1
    return Estimate(
        scale * found.value,
        scale * found.se if found.se is not None else None,
        scale * found.low,
        scale * found.high,
        found.level,
        one.control.n + one.treatment.n,
        found.method,
    )


def _exactly(value: float, n: int) -> Estimate:
    return Estimate(value, None, None, None, 0.95, n, "planned")


def _told(one: Effect, protocol: Protocol) -> str:
    found = one.difference
    if not one.clear:
        return f"{one.metric.label}: no clear difference between {style.listed(protocol.arms)}"
    span = style.span(found.low, found.high, one.metric.unit, one.metric.decimals)
    return f"{one.label} is {span} with {protocol.treatment}"


def _course(points: list[Point], one: Effect) -> str:
    """Whether an early lead lasted: the story that peeking gets wrong."""
    known = [point.estimate for point in points if point.estimate]
    early = any(_excludes_zero(estimate) for estimate in known[:-1])
    if one.clear:
        return f"The effect on {one.metric.label} is clear at the end"
    if early:
        return f"An early effect on {one.metric.label} did not last"
    return f"The effect on {one.metric.label} never became clear"


def _excludes_zero(estimate: Estimate) -> bool:
    return estimate.low is not None and estimate.high is not None and not estimate.low <= 0 <= estimate.high


def _looks(readout: Readout) -> str:
    if readout.protocol.design == "sequential":
        return "Band: a confidence sequence, which holds at every look."
    if readout.protocol.design == "group-sequential":
        return "Band: as wide as the boundary of the looks that the protocol names (Lan-DeMets)."
    return (
        f"Band: {_level(readout)} interval of each look alone. The protocol plans one look, at the end: "
        "an interval that excludes zero on the way decides nothing."
    )


def _level(readout: Readout) -> str:
    return style.level(readout.protocol.level)


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
