"""What the charts and tables of adoption show, each with the finding it shows as its title."""

from __future__ import annotations

from dataclasses import dataclass

from helpers import style
from helpers.adoption.adopters import Quarter, by_channel
from helpers.adoption.curves import HORIZON, Cohort, everyone
from helpers.adoption.outages import Outage
from helpers.adoption.retention import Triangle
from helpers.adoption.stickiness import Sticky
from helpers.adoption.usage import ALL, Usage
from helpers.charts import Curve
from helpers.findings import NoData
from helpers.stats import Estimate, Group, Point, Series, proportion
from helpers.tables import Cell, Column

DAYS_A_MONTH = 365.25 / 12

CURVES = 3
"""Cohorts drawn beside each other."""

OLDEST = 8
"""Quarters after sign-up that the triangle goes up to."""


@dataclass(frozen=True)
class Curves:
    """Adoption curves by cohort."""

    title: str
    subtitle: str
    curves: tuple[Curve, ...]
    note: str


@dataclass(frozen=True)
class Lines:
    """Series over time; `reference` is the grey one."""

    title: str
    subtitle: str
    series: Series
    note: str = ""
    reference: Series | None = None


@dataclass(frozen=True)
class Groups:
    """Rows against a common reference."""

    title: str
    subtitle: str
    groups: tuple[Group, ...]
    note: str


@dataclass(frozen=True)
class Sheet:
    """A table."""

    title: str
    subtitle: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Cells:
    """A triangle of cohorts by age."""

    title: str
    subtitle: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    counts: tuple[int | None, ...]
    note: str


def adoption_curves(usage: Usage, found: tuple[Cohort, ...]) -> Curves:
    """The newest cohorts with enough users, or all users together over all time."""
    shown = (everyone(usage),) if usage.period.year is None else found[-CURVES:]
    curves = tuple(_steps(cohort) for cohort in shown if cohort.curve.days)
    if not curves:
        raise NoData(f"Nobody who signed up in the quarters shown has adopted {usage.definition.name}.")
    fair = sorted((cohort for cohort in shown if cohort.by_horizon()), key=lambda cohort: not cohort.open)
    told = fair[-1] if fair else None
    estimate = told.by_horizon() if told else None
    title = (
        f"{style.value(estimate.value, 'share')} of those who signed up in {told.label} adopted within "
        f"{HORIZON} days"
        if told and estimate and told.quarter
        else f"{style.value(estimate.value, 'share')} of users adopt within {HORIZON} days of signing up"
        if estimate
        else f"No cohort has been watched for {HORIZON} days yet"
    )
    return Curves(
        title=title,
        subtitle=f"Share who {usage.definition.rule}, by days since sign-up, {usage.definition.scope}",
        curves=curves,
        note=f"Kaplan-Meier: users who signed up lately count for the days they were watched. Band: "
        f"{style.level(usage.level)} interval.",
    )


def by_cohort(usage: Usage, found: tuple[Cohort, ...]) -> Sheet:
    """Adoption by sign-up quarter: so far, and within 90 days, which alone compares cohorts fairly."""
    kept = [cohort for cohort in found if cohort.users >= usage.min_group]
    if not kept:
        raise NoData(f"No sign-up quarter has {usage.min_group} users.")
    young = [cohort.label for cohort in kept if cohort.open]
    title = (
        f"{style.listed(young)} {'has' if len(young) == 1 else 'have'} users with fewer than {HORIZON} days"
        if young
        else f"Every cohort has been watched for {HORIZON} days"
    )
    rows: list[tuple[Cell, ...]] = []
    for cohort in kept:
        within = cohort.by_horizon()
        limits = _limits(within)
        follow_up = "still open" if cohort.open else "complete"
        rows.append(
            (
                cohort.label,
                cohort.users,
                cohort.adopted,
                cohort.so_far.value,
                within.value if within else None,
                limits,
                follow_up,
            )
        )
    return Sheet(
        title=title,
        subtitle="Adoption by sign-up quarter",
        columns=(
            Column("Signed up in"),
            Column("Users", "count"),
            Column("Adopted so far", "count"),
            Column("Share so far", "share"),
            Column(f"Within {HORIZON} days", "share"),
            Column("Interval", "share"),
            Column(f"{HORIZON} days"),
        ),
        rows=tuple(rows),
        note="The share so far falls for the newest cohorts because they had less time, not because they "
        f"adopt less; compare cohorts by the share within {HORIZON} days (Kaplan-Meier).",
    )


def adoption_over_time(usage: Usage, quarters: tuple[Quarter, ...]) -> Lines:
    """The share of users who adopted in each quarter that is over; grey: those active at all."""
    whole = [one for one in quarters if usage.is_over(one.period) and one.users]
    if not whole:
        raise NoData("The events cover no quarter to its end.")
    points = tuple(Point(one.period.label, _share(one.adopted, one.users, usage.level)) for one in whole)
    active = tuple(Point(one.period.label, _share(one.active, one.users, usage.level)) for one in whole)
    return Lines(
        title=_course(usage, whole, usage.level),
        subtitle=f"Share of each quarter's users who {usage.definition.rule}, {usage.definition.scope}",
        series=Series("Adopted", points),
        reference=None if usage.definition.feature == ALL else Series("used at all", active),
        note="Users of a quarter signed up or did anything in it."
        + (" A quarter that is not over is left out." if len(whole) < len(quarters) else ""),
    )


def quarter_table(quarters: tuple[Quarter, ...]) -> Sheet:
    """Sign-ups, active users, events and adopters of each quarter."""
    newest = quarters[-1]
    return Sheet(
        title=f"{style.number(newest.active)} active users in {newest.period.label}",
        subtitle="Users and events by quarter",
        columns=(
            Column("Quarter"),
            Column("Users", "count"),
            Column("Signed up", "count"),
            Column("Active", "count"),
            Column("Events", "count"),
            Column("Adopted", "count"),
            Column("Share adopted", "share"),
        ),
        rows=tuple(
            (
                one.period.label,
                one.users,
                one.signed_up,
                one.active,
                one.events,
                one.adopted,
                one.adopted / one.users if one.users else None,
            )
            for one in quarters
        ),
    )


def channels(usage: Usage) -> Groups:
    """Adoption by sign-up channel against all others."""
    found = by_channel(usage)
    apart = [row.label for row in found.rows if row.clear]
    title = (
        f"{style.listed(apart)} {'differs' if len(apart) == 1 else 'differ'} from the other channels"
        if apart
        else "No channel differs clearly from the others"
    )
    return Groups(
        title=title,
        subtitle=f"Share who {usage.definition.rule}, by sign-up channel, {usage.period.label}",
        groups=(found,),
        note="Each channel against all others; corrected for their number (Benjamini-Hochberg).",
    )


def retention_cells(usage: Usage, found: Triangle) -> Cells:
    """The cohort triangle: blank where a quarter is not over or a cohort is small.

    Raises:
        NoData: nobody signed up in the quarters shown.
    """
    if not found.rows:
        raise NoData("Nobody signed up in the quarters that the events cover.")
    least = usage.min_group
    ages = min(OLDEST + 1, max(len(row.active) for row in found.rows))
    values = tuple(
        tuple(_cell(row.active, age, row.users, least) for age in range(ages)) for row in found.rows
    )
    after = [(row.quarter, cells[1]) for row, cells in zip(found.rows, values, strict=True) if ages > 1]
    known = [(quarter, share) for quarter, share in after if share is not None]
    title = "No cohort has a whole quarter after its own yet"
    if known:
        quarter, share = known[-1]
        came = f"{style.value(share, 'share', 0)} of those who signed up in {quarter.label}"
        title = f"{came} used {usage.definition.name} the quarter after"
    small = [row.quarter.label for row in found.rows if row.users < least]
    withheld = f" Withheld, as fewer than {least} users: {style.listed(small)}." if small else ""
    return Cells(
        title=title,
        subtitle="Share of each sign-up cohort active so many quarters after the one of sign-up",
        rows=tuple(row.quarter.label for row in found.rows),
        columns=tuple(str(age) for age in range(ages)),
        values=values,
        counts=tuple(row.users if row.users >= least else None for row in found.rows),
        note=f"Column 0 is the quarter of sign-up itself. Blank: that quarter is not over.{withheld}",
    )


def stickiness_over_time(usage: Usage, found: Sticky, silent: tuple[Outage, ...]) -> Lines:
    """Daily over monthly active users by quarter; a change across an outage is not called one.

    Raises:
        NoData: the events cover no whole month.
    """
    if not any(point.estimate for point in found.series.points):
        raise NoData("The events cover no whole month.")
    return Lines(
        title=_how_often(usage, found, silent),
        subtitle=f"Daily over monthly active users of {usage.definition.name}, {usage.definition.scope}",
        series=found.series,
        note=f"Whole months only. Band: {style.level(usage.level)} interval, the user as the unit.",
    )


def outage_table(found: tuple[Outage, ...]) -> Sheet:
    """Every outage of the period.

    Raises:
        NoData: there is none.
    """
    if not found:
        raise NoData("No day of the period is without events: nothing points to lost tracking.")
    longest = max(found, key=lambda one: one.days)
    return Sheet(
        title=f"Tracking of {longest.platform} was silent for {style.value(longest.days, 'days')}",
        subtitle="Whole days without events, where events were to be expected",
        columns=(
            Column("Platform"),
            Column("First day"),
            Column("Last day"),
            Column("Days", "count"),
            Column("Usual events a day", "count"),
        ),
        rows=tuple(
            (one.platform, style.day(one.first), style.day(one.last), one.days, one.expected) for one in found
        ),
        note="So long a silence would be rarer than one in a million, by the same weekdays around it.",
    )


def _steps(cohort: Cohort) -> Curve:
    """The curve as steps from day 0 to the last day that was watched."""
    found = cohort.curve
    x, y, low, high = [0.0], [0.0], [0.0], [0.0]
    for at, day in enumerate(found.days):
        x += [day, day]
        y += [y[-1], found.share[at]]
        low += [low[-1], found.low[at]]
        high += [high[-1], found.high[at]]
    return Curve(
        cohort.label,
        (*x, found.watched),
        (*y, y[-1]),
        (*low, low[-1]),
        (*high, high[-1]),
    )


def _share(successes: int, trials: int, level: float) -> Estimate:
    return proportion(min(successes, trials), trials, level)


def _course(usage: Usage, whole: list[Quarter], level: float) -> str:
    """Up, down or level, from first to last quarter, by intervals that do not touch."""
    name = usage.definition.name
    first, last = whole[0], whole[-1]
    then, now = (_share(one.adopted, one.users, level) for one in (first, last))
    value = style.value(now.value, "share")
    if len(whole) < 2 or then.low is None or then.high is None or now.low is None or now.high is None:
        return f"{value} adopted {name} in {last.period.label}"
    if now.low > then.high:
        return f"Adoption of {name} has risen to {value} since {first.period.label}"
    if now.high < then.low:
        return f"Adoption of {name} has fallen to {value} since {first.period.label}"
    return f"Adoption of {name} stands where it stood in {first.period.label}, at {value}"


def _how_often(usage: Usage, found: Sticky, silent: tuple[Outage, ...]) -> str:
    change, before = found.change, usage.period.preceding
    if found.now is None:
        return "How often active users come back"
    if change is None or before is None or silent:
        days = style.number(found.now.value * DAYS_A_MONTH, 1)
        lost = ", with some days not recorded" if silent else ""
        return f"An active user comes back on {days} days of a month{lost}"
    if change.low <= 0 <= change.high:
        return f"No clear change in how often active users come back since {before.label}"
    return f"Active users come back {'more' if change.value > 0 else 'less'} often than in {before.label}"


def _cell(active: tuple[int | None, ...], age: int, users: int, least: int) -> float | None:
    count = active[age] if age < len(active) else None
    return None if count is None or users < least else count / users


def _limits(estimate: Estimate | None) -> tuple[float, float] | None:
    if estimate is None or estimate.low is None or estimate.high is None:
        return None
    return estimate.low, estimate.high
