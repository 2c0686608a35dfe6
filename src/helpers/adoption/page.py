"""The charts and tables of an adoption report, each a finished object with the findings it shows."""

from __future__ import annotations

from collections.abc import Sequence

from helpers import charts, style, tables
from helpers.adoption import findings, whatif
from helpers.adoption.adopters import UsageQuarter, by_channel, by_quarter, daily_users
from helpers.adoption.corrected_usage import measure
from helpers.adoption.key_metrics import KeyMetrics
from helpers.adoption.observations import Usage
from helpers.adoption.outages import outages
from helpers.adoption.retention_page import before_the_first_quarter
from helpers.adoption.time_to_adopt import HORIZON, Cohort, cohorts, everyone
from helpers.charts import Chart, Curve
from helpers.findings import Headlines, NoData, moved, report
from helpers.records import Finding
from helpers.stats import Point, Series, proportion
from helpers.tables import Column, Table
from helpers.whatif import WhatIf

DAYS_A_MONTH = 365.25 / 12

CURVES = 3
"""Cohorts drawn beside each other."""


def outage_table(usage: Usage) -> Table:
    """Every outage of tracking in the period and the preceding one, newest first, with a check each.

        >>> from helpers.adoption import example_usage
        >>> outage_table(example_usage()).data[["platform", "days"]]
          platform  days
        0      ios    15

    Raises:
        NoData: there is none.
    """
    found = outages(usage)
    checks = findings.of_outages(found)
    if not found:
        report(*checks)  # there is no table to tell that the check passed
        raise NoData("No day of the period is without events: nothing points to lost tracking.")
    longest = max(found, key=lambda one: one.days)
    return tables.table(
        "outages",
        f"Tracking of {longest.platform} was silent for {style.value(longest.days, 'days')}",
        (
            Column("Platform"),
            Column("First day"),
            Column("Last day"),
            Column("Days", "count"),
            Column("Usual events a day", "count"),
        ),
        [(one.platform, style.day(one.first), style.day(one.last), one.days, one.expected) for one in found],
        subtitle="Whole days without events, where events were to be expected",
        note="So long a silence would be rarer than one in a million, by the same weekdays around it.",
        checks=checks,
    )


def headlines(key_metrics: KeyMetrics) -> Headlines:
    """Adoption, retention and stickiness with their changes, active users and adopters, as findings.

        >>> from helpers.adoption import example_usage, key_metrics
        >>> headlines(key_metrics(example_usage())).data[["key", "value", "n"]].round(3)
                     key   value   n
        0        adopted   0.152  46
        1      retention   0.391  23
        2     stickiness   0.142  23
        3   active_users  23.000  23
        4  adopted.users   7.000   7

    Raises:
        NoData: nobody signed up or did anything in the period.
    """
    return Headlines(findings.of_key_metrics(key_metrics), checks=key_metrics.usage.scope.checks)


def adoption_over_time(key_metrics: KeyMetrics) -> Chart:
    """The share of users who adopted in each quarter that is over; grey: those active at all.

    Shares from 0 to 1 with Wilson's interval (1927). The title tells the verdict on the period's change.

        >>> from helpers.adoption import example_usage, key_metrics
        >>> chart = adoption_over_time(key_metrics(example_usage()))
        >>> chart.data[["period", "group", "value", "n"]].round(2).head(3)
            period    group  value   n
        0  2026 Q1  Adopted   0.48  23
        1  2026 Q2  Adopted   0.28  39
        2  2026 Q3  Adopted   0.15  46

    Raises:
        NoData: the events cover no quarter to its end.
    """
    usage = key_metrics.usage
    quarters = by_quarter(usage)
    whole = [one for one in quarters if usage.covers_end_of(one.period) and one.users]
    if not whole:
        raise NoData("The events cover no quarter to its end.")
    adopted = Series("Adopted", tuple(_point(usage, one, one.adopted) for one in whole))
    active = Series("used at all", tuple(_point(usage, one, one.active) for one in whole))
    return charts.trend(
        adopted,
        reference=None if usage.rule.is_any_use else active,
        name="adoption_by_quarter",
        title=_how_many(key_metrics, adopted.points[-1]),
        subtitle=f"Share of each quarter's users who {usage.rule.words}, {usage.place}",
        unit="share",
        note=f"Each quarter among {usage.rule.eligible.words}."
        + (" A quarter that is not over is left out." if len(whole) < len(quarters) else ""),
        events=usage.scope.event_marks([one.period for one in whole], daily_users(usage)),
        target=usage.scope.target_line(measure(usage, "adopted")),
    )


def quarter_table(usage: Usage) -> Table:
    """Users, sign-ups, active users, events and adopters of each quarter shown.

    All are counts, but for the share of users who adopted.

        >>> from helpers.adoption import example_usage
        >>> quarter_table(example_usage()).data[["quarter", "users", "active"]]
           quarter  users  active
        0  2026 Q1     23      11
        1  2026 Q2     39      19
        2  2026 Q3     46      23
    """
    quarters = by_quarter(usage)
    newest = quarters[-1]
    return tables.table(
        "quarters",
        f"{style.number(newest.active)} active users in {newest.period.label}",
        (
            Column("Quarter"),
            Column("Users", "count"),
            Column("Signed up", "count"),
            Column("Active", "count"),
            Column("Events", "count"),
            Column("Adopted", "count"),
            Column("Share adopted", "share"),
        ),
        [_counts(usage, quarter) for quarter in quarters],
        subtitle="Users and events by quarter",
        findings=findings.of_quarters(usage, quarters),
    )


def adoption_curves(usage: Usage) -> Chart:
    """The share adopted by days since sign-up: of the newest cohorts, or of all users over all time.

    One minus Kaplan and Meier's estimate (1958), up to day 90.

        >>> from helpers.adoption import example_usage
        >>> adoption_curves(example_usage()).title
        '52.2% of those who signed up in 2026 Q2 adopted within 90 days'

    Raises:
        NoData: nobody in the quarters shown has adopted.
    """
    shown = (everyone(usage),) if usage.scope.period.year is None else cohorts(usage)[-CURVES:]
    curves = [Curve.of_reached(cohort.label, cohort.curve) for cohort in shown if cohort.curve.days]
    if not curves:
        raise NoData(f"Nobody who signed up in the quarters shown has adopted {usage.rule.name}.")
    return charts.curve(
        curves,
        name="adoption_curve",
        title=_how_fast(shown),
        subtitle=f"Share who {usage.rule.words}, by days since sign-up, {usage.place}",
        x_label="Days since sign-up",
        unit="share",
        note="Kaplan-Meier: users who signed up lately count for the days they were watched. Band: "
        f"{usage.scope.interval}.",
    )


def cohort_table(usage: Usage) -> Table:
    """Adoption by sign-up quarter: so far, and within 90 days, which alone compares cohorts fairly.

        >>> from helpers.adoption import example_usage
        >>> cohort_table(example_usage()).data[["signed_up_in", "users", "adopted_so_far"]]
          signed_up_in  users  adopted_so_far
        0      2026 Q1     23              11
        1      2026 Q2     23              12
        2      2026 Q3     14               7

    Raises:
        NoData: no sign-up quarter has enough users.
    """
    every = cohorts(usage)
    large = tuple(cohort for cohort in every if cohort.users >= usage.scope.min_group)
    follow_up = findings.of_follow_up(every)
    if not large:
        report(follow_up)  # it is told of all cohorts, the small ones too
        raise NoData(f"No sign-up quarter has {usage.scope.min_group} users.")
    return tables.table(
        "cohorts",
        _how_long([cohort.label for cohort in large if cohort.open]),
        (
            Column("Signed up in"),
            Column("Users", "count"),
            Column("Adopted so far", "count"),
            Column("Share so far", "share"),
            Column(f"Within {HORIZON} days", "share"),
            Column("Interval", "share"),
            Column(f"{HORIZON} days"),
        ),
        [_adoption_of(cohort) for cohort in large],
        subtitle="Adoption by sign-up quarter",
        note="The share so far falls for the newest cohorts because they had less time, not because they "
        f"adopt less; compare cohorts by the share within {HORIZON} days (Kaplan-Meier)."
        f"{_small_cohorts(usage, every)}{before_the_first_quarter(usage)}",
        findings=findings.of_cohorts(large),
        checks=(follow_up,),
    )


def adoption_by_channel(usage: Usage) -> Chart:
    """Adoption by sign-up channel, each against all others (see `by_channel`).

        >>> from helpers.adoption import example_usage
        >>> adoption_by_channel(example_usage()).data[["group", "value", "clear"]].round(2)
              group  value  clear
        0    search    0.3   True
        1  referral    0.0   True

    Raises:
        NoData: the users have no channel, or fewer than two channels are large enough.
    """
    channels = by_channel(usage)
    clear = [row.label for row in channels.rows if row.clear]
    differ = "differs" if len(clear) == 1 else "differ"
    return charts.dots(
        (channels,),
        name="channels",
        title=f"{style.listed(clear)} {differ} from the other channels"
        if clear
        else "No channel differs clearly from the others",
        subtitle=f"Share who {usage.rule.words}, by sign-up channel, {usage.scope.period.label}",
        unit="share",
        note=f"Among {usage.rule.eligible.of(usage.scope.period)}; each channel against all others. "
        f"{_small_channels(usage)}".strip(),
        findings=findings.of_channels(usage, channels),
    )


def _small_cohorts(usage: Usage, every: Sequence[Cohort]) -> str:
    sizes = {cohort.label: cohort.users for cohort in every if cohort.quarter}
    large = [label for label, users in sizes.items() if users >= usage.scope.min_group]
    told = usage.scope.left_out(sizes, large, "sign-up quarter", "users")
    return f" {told}" if told else ""


def _small_channels(usage: Usage) -> str:
    sizes = {row.channel: row.users for row in usage.channels}
    large = [name for name, users in sizes.items() if users >= usage.scope.min_group]
    return usage.scope.left_out(sizes, large, "channel", "users")


def stickiness_over_time(key_metrics: KeyMetrics) -> Chart:
    """Daily over monthly active users by quarter; the title tells the verdict on the period's change.

        >>> from helpers.adoption import example_usage, key_metrics
        >>> stickiness_over_time(key_metrics(example_usage())).title
        'Stickiness of dashboards shows no clear change since 2026 Q2'

    Raises:
        NoData: the events cover no whole month.
    """
    usage, series = key_metrics.usage, key_metrics.stickiness.series
    if not any(point.estimate for point in series.points):
        raise NoData("The events cover no whole month.")
    return charts.trend(
        series,
        name="stickiness",
        title=_how_often(key_metrics),
        subtitle=f"Daily over monthly active users of {usage.rule.name}, {usage.place}",
        unit="share",
        note=f"Whole months only. Band: {usage.scope.interval}, the user as the unit.",
        events=usage.scope.event_marks(usage.quarters),
        target=usage.scope.target_line(measure(usage, "stickiness")),
    )


def target(usage: Usage) -> WhatIf:
    """What if more sign-ups adopted, or more adopters stayed: when is a target of adopters reached?

        >>> from helpers.adoption import example_usage
        >>> model = target(example_usage()).model
        >>> [slider.name for slider in model.sliders], model.at(activation=0.6)[0].text
        (['activation', 'kept', 'aim'], '8')

    Raises:
        NoData: two whole quarters are not covered, or nobody adopted or signed up.
    """
    return WhatIf(whatif.target_model(usage, whatif.adopter_flow(usage)))


def _how_many(key_metrics: KeyMetrics, newest: Point) -> str:
    """The verdict on adoption; where there is none, the share of the newest quarter."""
    assert newest.estimate is not None
    share = style.value(newest.estimate.value, "share")
    value = f"{share} adopted {key_metrics.usage.rule.name} in {newest.at}"
    return _verdict_or(value, findings.of_changes(key_metrics).get("adopted"), key_metrics)


def _how_often(key_metrics: KeyMetrics) -> str:
    """The verdict on stickiness; where there is none, the days on which an active user comes back."""
    now = key_metrics.stickiness.now
    if now is None:
        return "How often active users come back"
    days = style.number(now.value * DAYS_A_MONTH, 1)
    value = f"An active user comes back on {days} days of a month"
    return _verdict_or(value, findings.of_changes(key_metrics).get("stickiness"), key_metrics)


def _verdict_or(value: str, finding: Finding | None, key_metrics: KeyMetrics) -> str:
    """What the finding on the same page says of its change, or else the bare value."""
    if finding and findings.is_judged(finding):
        return moved(finding, to=f", to {finding.text.value}")
    return f"{value}, with some days not recorded" if key_metrics.outages else value


def _how_fast(shown: Sequence[Cohort]) -> str:
    """The newest cohort of which all had 90 days; else the newest of which anybody had."""
    watched = sorted((cohort for cohort in shown if cohort.by_horizon()), key=lambda cohort: not cohort.open)
    estimate = watched[-1].by_horizon() if watched else None
    if estimate is None:
        return f"No cohort has been watched for {HORIZON} days yet"
    share, quarter = style.value(estimate.value, "share"), watched[-1].quarter
    if quarter is None:
        return f"{share} of users adopt within {HORIZON} days of signing up"
    return f"{share} of those who signed up in {quarter.label} adopted within {HORIZON} days"


def _how_long(young: Sequence[str]) -> str:
    if not young:
        return f"Every cohort has been watched for {HORIZON} days"
    have = "has" if len(young) == 1 else "have"
    return f"{style.listed(young)} {have} users with fewer than {HORIZON} days"


def _point(usage: Usage, quarter: UsageQuarter, count: int) -> Point:
    return usage.scope.point(quarter.period, proportion(count, quarter.users, usage.scope.level))


def _counts(usage: Usage, quarter: UsageQuarter) -> tuple[tables.Cell, ...]:
    share = quarter.adopted / quarter.users if quarter.users else None
    counts = (quarter.users, quarter.signed_up, quarter.active, quarter.events, quarter.adopted)
    return usage.scope.named(quarter.period), *counts, share


def _adoption_of(cohort: Cohort) -> tuple[tables.Cell, ...]:
    within = cohort.by_horizon()
    share = within.value if within else None
    follow_up = "still open" if cohort.open else "complete"
    so_far = (cohort.users, cohort.adopted, cohort.so_far.value)
    return cohort.label, *so_far, share, within.limits if within else None, follow_up
