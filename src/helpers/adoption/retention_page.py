"""The tables and the chart of who comes back, each a finished object with the comparisons it shows."""

from __future__ import annotations

import math
from collections.abc import Sequence

from helpers import charts, style, tables
from helpers.adoption.observations import Usage
from helpers.adoption.retention import CohortRetention, cohort_changes, cohort_trend, retention_triangle
from helpers.adoption.return_rates import STATED, Returning, ReturnRates, return_rates
from helpers.adoption.unbroken_use import AHEAD, HeldOut, UnbrokenUse, unbroken_use
from helpers.adoption.user_flows import user_flows
from helpers.charts import Chart, Curve
from helpers.findings import Measure, NoData, contrast, measured
from helpers.records import Finding
from helpers.stats import Comparison, Estimate
from helpers.tables import Column, Table

OLDEST = 8
"""Quarters after sign-up that what is seen goes up to."""


def retention_table(usage: Usage) -> Table:
    """The triangle of cohorts: the share of each that is active so many quarters after sign-up.

    Blank where a quarter is not over or a cohort is small.

        >>> from helpers.adoption import example_usage
        >>> retention_table(example_usage()).data[["signed_up_in", "0", "1"]].round(2)
          signed_up_in     0     1
        0      2026 Q1  0.48  0.30
        1      2026 Q2  0.52  0.39
        2      2026 Q3  0.50   NaN

    Raises:
        NoData: nobody signed up in the quarters shown.
    """
    found, least = retention_triangle(usage).cohorts, usage.scope.min_group
    if not found:
        raise NoData("Nobody signed up in the quarters that the events cover.")
    ages = range(min(OLDEST + 1, max(len(cohort.active) for cohort in found)))
    small = [cohort.quarter.label for cohort in found if cohort.users < least]
    withheld = f" Withheld, as fewer than {least} users: {style.listed(small)}." if small else ""
    return tables.triangle(
        "retention",
        _who_came_back(usage, found),
        [cohort.quarter.label for cohort in found],
        [str(age) for age in ages],
        [[_share_active(cohort, age, least) for age in ages] for cohort in found],
        subtitle="Share of each sign-up cohort active so many quarters after the one of sign-up",
        counts=[cohort.users if cohort.users >= least else None for cohort in found],
        counts_label="Users",
        note=f"Column 0 is the quarter of sign-up itself. Blank: that quarter is not over.{withheld}"
        f"{before_the_first_quarter(usage)}",
        corner="Signed up in",
    )


def cohort_comparison(usage: Usage) -> Table:
    """Each sign-up cohort against the one before, both a quarter after sign-up, and the trend of them all.

    Shares and differences as fractions; what is clear is so on the page as a whole.

        >>> from helpers.adoption import example_usage
        >>> cohort_comparison(example_usage()).data[["signed_up_in", "share", "change"]].round(3)
          signed_up_in  share  change
        0      2026 Q2  0.391   0.087

    Raises:
        NoData: fewer than two cohorts that follow each other can be compared.
    """
    scope = usage.scope
    rows = scope.judged("cohorts:preceding", cohort_changes(usage))
    trend = cohort_trend(usage)
    if not rows:
        raise NoData("Fewer than two cohorts that follow each other have a whole quarter after their own.")
    judged = scope.judged("cohorts:trend", (trend,)) if trend else ()
    return tables.table(
        "cohort_changes",
        _how_cohorts_differ(rows),
        (
            Column("Signed up in"),
            Column("Users", "count"),
            Column("Share", "share"),
            Column("Cohort before", "share"),
            Column("Change", "change:share"),
            Column("Interval", "change:share"),
            Column("Verdict"),
        ),
        [_cohort_change(row) for row in rows],
        subtitle=f"Share active in the quarter after sign-up, each cohort and the one before, {usage.place}",
        note=_trend_of(judged[0] if judged else None),
    )


def flow_table(usage: Usage) -> Table:
    """Active users of each quarter by where they came from, and who stayed away: counts that add up.

        >>> from helpers.adoption import example_usage
        >>> flow_table(example_usage()).data[["quarter", "active", "new", "returning", "went_dormant"]]
           quarter  active  new  returning  went_dormant
        0  2026 Q2      19   12          7             4
        1  2026 Q3      23    7         16             3

    Raises:
        NoData: fewer than two quarters are over.
    """
    flows = user_flows(usage)
    if not flows:
        raise NoData("Users come and go between quarters, and fewer than two are over.")
    newest = flows[-1]
    came = style.number(newest.new + newest.resurrected)
    return tables.table(
        "flows",
        f"{came} came to {usage.rule.name} in {newest.quarter.label}, "
        f"and {style.number(newest.dormant)} stayed away",
        (
            Column("Quarter"),
            Column("Active", "count"),
            Column("New", "count"),
            Column("Returning", "count"),
            Column("Resurrected", "count"),
            Column("Went dormant", "count"),
        ),
        [
            (usage.scope.named(one.quarter), one.active, one.new, one.returning, one.resurrected, one.dormant)
            for one in flows
        ],
        subtitle=f"Users of {usage.rule.name} by quarter, {usage.place}",
        note="Active = new + returning + resurrected. New: never used it before, as far as events reach. "
        "Returning: used it in the quarter before too. Resurrected: used it earlier, but not then. Went "
        "dormant: used it in the quarter before and not in this one.",
    )


def return_curve(usage: Usage, returning: Returning) -> Chart:
    """Who came back by days, weeks or months since sign-up: of the period, and of each compared with.

    Shares from 0 to 1 with Wilson's interval (1927), of users who were watched to the end of each age.

        >>> from helpers.adoption import Returning, example_usage
        >>> return_curve(example_usage(), Returning("week")).title
        '36% of those who signed up in 2026 Q3 used dashboards in week 4 after sign-up'

    Raises:
        NoData: nobody who signed up in these periods has been watched for a whole unit.
    """
    found, scope = return_rates(usage, returning), usage.scope
    stated = STATED[returning.unit]
    small = "" if scope.min_group <= 1 else f" Ages with fewer than {scope.min_group} users are left out."
    return charts.curve(
        [_curve_of(rates) for rates in found],
        name="return_curve",
        title=_who_returned(usage, returning, found[0]),
        subtitle=f"Share of sign-ups who used {usage.rule.name} {returning.words(usage.rule.window)}, "
        f"{usage.place}",
        x_label=f"{returning.unit.capitalize()}s since sign-up",
        unit="share",
        note=f"Counted from 0, the {returning.unit} that begins with sign-up. At each age only users who "
        f"were watched to its end. Band: {scope.interval}.{small}",
        findings=_returned(usage, returning, found[0].shares.get(stated)),
    )


def unbroken_use_over_time(usage: Usage) -> Chart:
    """How long users go on without leaving out a quarter: as seen, and expected beyond it.

    Shares from 0 to 1; the band is of what is expected. The note tells how the newest quarter would have been
    forecast without knowing it.

        >>> from helpers.adoption import example_usage
        >>> unbroken_use_over_time(example_usage()).data[["group", "value"]].round(2).tail(3)
              group  value
        7  Expected   0.69
        8  Expected   0.69
        9  Expected   0.69

    Raises:
        NoData: too few quarters after sign-up are over.
    """
    found, scope = unbroken_use(usage), usage.scope
    last, apart = min(found.oldest, OLDEST), style.number(math.sqrt(found.model.dispersion), 1)
    ages = range(last + AHEAD + 1)
    expected = [found.model.surviving(age) for age in ages]
    seen = [found.seen.by(age) for age in ages[: last + 1]]
    curves = (
        Curve("Seen", tuple(map(float, ages[: len(seen)])), tuple(1 - one.value for one in seen if one)),
        Curve(
            "Expected",
            tuple(map(float, ages)),
            tuple(one.value for one in expected),
            tuple(one.low or 0.0 for one in expected),
            tuple(1.0 if one.high is None else one.high for one in expected),
        ),
    )
    return charts.curve(
        curves,
        name="unbroken_use",
        title=_how_many_go_on(usage, found),
        subtitle=f"Of those who used {usage.rule.name} in their quarter of sign-up, the share that did in "
        f"every quarter since, {usage.place}",
        x_label="Quarters since sign-up",
        unit="share",
        note=f"Expected: shifted beta-geometric model. Band: {scope.interval}, allowing for cohorts and "
        f"quarters that lie {apart} times as far from it as chance alone makes them."
        f"{_held_out(found.held_out)}",
        findings=_forecast(usage, found),
    )


def before_the_first_quarter(usage: Usage) -> str:
    """Who signed up before the quarters shown, and is in none of these cohorts."""
    if not usage.signed_up_earlier:
        return ""
    users = f"{style.number(usage.signed_up_earlier)} users who signed up before {usage.quarters[0].label}"
    return f" Not among them: {users}, of whose first days there are no events here."


def _curve_of(rates: ReturnRates) -> Curve:
    shares = rates.shares
    return Curve(
        rates.signed_up.label,
        tuple(map(float, shares)),
        tuple(share.value for share in shares.values()),
        tuple(share.low or 0.0 for share in shares.values()),
        tuple(1.0 if share.high is None else share.high for share in shares.values()),
    )


def _who_returned(usage: Usage, returning: Returning, newest: ReturnRates) -> str:
    """The share at the stated age, or at the last that anybody of the period was watched through."""
    stated = STATED[returning.unit]
    age = stated if stated in newest.shares else max(newest.shares)
    share = style.value(newest.shares[age].value, "share", 0)
    when = "" if newest.signed_up.year is None else f" in {newest.signed_up.label}"
    return (
        f"{share} of those who signed up{when} used {usage.rule.name} {returning.at(age, usage.rule.window)}"
    )


def _returned(usage: Usage, returning: Returning, share: Estimate | None) -> tuple[Finding, ...]:
    """The share at the stated age, as a number of the page."""
    if share is None:
        return ()
    when = returning.at(STATED[returning.unit], usage.rule.window)
    label = f"Share of sign-ups who used {usage.rule.name} {when}{usage.scope.within}"
    key = f"returned_{returning.reading}.{returning.unit}_{STATED[returning.unit]}"
    return (measured(Measure(key, label, "share", "higher"), share, usage.scope.period.label),)


def _how_many_go_on(usage: Usage, found: UnbrokenUse) -> str:
    """What is expected of those who have gone on until now."""
    if found.forecast is None:
        return f"Nobody has used {usage.rule.name} in every quarter since sign-up"
    share = style.value(found.forecast.value, "share", 0)
    return (
        f"Of {style.number(found.users)} who have used {usage.rule.name} without a break, {share} are "
        "expected to go on for another year"
    )


def _forecast(usage: Usage, found: UnbrokenUse) -> tuple[Finding, ...]:
    """The share of the users who have gone on without a break that is expected to for another year."""
    if found.forecast is None:
        return ()
    label = f"Share of unbroken users of {usage.rule.name} that goes on for a year{usage.scope.within}"
    measure = Measure("unbroken_use.year", label, "share", "higher")
    return (measured(measure, found.forecast, usage.scope.period.label),)


def _held_out(check: HeldOut | None) -> str:
    """How the model would have done a quarter ago."""
    if check is None or check.forecast.limits is None:
        return ""
    expected = style.value(check.forecast.value, "share", 0)
    span = style.interval(*check.forecast.limits, "share", 0)
    came = style.value(check.came, "share", 0)
    return (
        f" Without knowing {check.quarter.label} it would have said that {expected} ({span}) of the "
        f"{style.number(check.users)} who had gone on until then go on in it; {came} did."
    )


def _who_came_back(usage: Usage, found: Sequence[CohortRetention]) -> str:
    """The newest cohort that is large enough and has a whole quarter after its own."""
    after = [(cohort.quarter, _share_active(cohort, 1, usage.scope.min_group)) for cohort in found]
    known = [(quarter, share) for quarter, share in after if share is not None]
    if not known:
        return "No cohort has a whole quarter after its own yet"
    quarter, share = known[-1]
    came = f"{style.value(share, 'share', 0)} of those who signed up in {quarter.label}"
    return f"{came} used {usage.rule.name} the quarter after"


def _share_active(cohort: CohortRetention, age: int, least: int) -> float | None:
    count = cohort.at(age)
    return None if count is None or cohort.users < least else count / cohort.users


def _how_cohorts_differ(rows: Sequence[Comparison]) -> str:
    return contrast(
        rows,
        "more of those who signed up in {names}",
        "fewer of those who signed up in {names}",
        "No cohort came back clearly more or less than the one before",
        after=" came back than of the cohort before",
        joined=", ",
        most=3,
    )


def _cohort_change(row: Comparison) -> tuple[tables.Cell, ...]:
    now, then, change = row.now, row.reference, row.difference
    assert now
    assert then
    assert change
    verdict = "more" if row.above else "fewer" if row.below else "no clear change"
    return row.label, now.n, now.value, then.value, change.value, (change.low, change.high), verdict


def _trend_of(trend: Comparison | None) -> str:
    """What is said of the trend of all cohorts: its verdict, and how much it is a quarter."""
    if trend is None or trend.difference is None:
        return "A trend needs three cohorts."
    slope = trend.difference
    span = style.change_interval(slope.low, slope.high, "share", 1)
    if not trend.clear:
        return f"Over all these cohorts there is no clear trend: {span} points a quarter (Cochran-Armitage)."
    way = "rises" if trend.above else "falls"
    return f"Over all these cohorts the share {way} clearly, by {span} points a quarter (Cochran-Armitage)."
