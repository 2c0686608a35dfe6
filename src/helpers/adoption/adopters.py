"""Who has adopted: in the period, by quarter, by sign-up channel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from helpers.adoption.observations import AccountShares, ChannelCounts, Usage
from helpers.findings import NoData
from helpers.onsets import DatedSeries
from helpers.periods import Period
from helpers.stats import (
    Comparison,
    Difference,
    Estimate,
    Group,
    clustered_proportion,
    clustered_proportion_difference,
    overlapping_difference,
    proportion,
    proportion_difference,
)


@dataclass(frozen=True)
class Adopted:
    """The share of a period's eligible users who adopted within it, and its change from the preceding one.

    Who is eligible is the rule's to say (`Eligible`): as a rule who signed up in the period or did anything
    in it, so that users who left long ago do not count.

    Attributes:
        period: the period of the report.
        now: the share of its eligible users who adopted, 0 to 1.
        users: how many adopted.
        active: how many used the feature.
        before: the share in the preceding period; None where there is nothing to compare with.
        change: `now` less `before`; None where there is nothing to compare with.
        users_before: how many adopted in the preceding period.
        kept: how many adopted in both.
    """

    period: Period
    now: Estimate
    users: int
    active: int
    before: Estimate | None
    change: Difference | None
    users_before: int
    kept: int


@dataclass(frozen=True)
class UsageQuarter:
    """One quarter in counts.

    Attributes:
        period: the quarter.
        users: those among whom adopters are counted, as the rule has it.
        signed_up: who signed up in it.
        active: who used the feature.
        events: events of the feature.
        adopted: who of the users adopted in it.
    """

    period: Period
    users: int
    signed_up: int
    active: int
    events: int
    adopted: int


def adopted(usage: Usage) -> Adopted | None:
    """Adoption within the period of the report, against the preceding period.

    Shares from 0 to 1 with Wilson's interval (Wilson 1927); the change allows for the users who stand in both
    periods (Derrick and others 2015). None where nobody signed up or did anything in the period.

        >>> from helpers.adoption import example_usage
        >>> found = adopted(example_usage())
        >>> found.users, found.now.n, round(found.now.value, 3), round(found.change.value, 3)
        (7, 46, 0.152, -0.13)
    """
    counts, then = usage.period_counts, usage.scope.baseline
    if counts.users == 0:
        return None
    found = adoption_against(usage, then)
    assert found.now is not None
    overlap = counts.against.get(then) if then else None
    return Adopted(
        period=usage.scope.period,
        now=found.now,
        users=counts.adopted,
        active=counts.active,
        before=found.reference,
        change=found.difference,
        users_before=overlap.reference_successes if overlap else 0,
        kept=overlap.shared_both if overlap else 0,
    )


def adoption_against(usage: Usage, then: Period | None) -> Comparison:
    """Adoption within the period against an earlier one that the page compares with, before correction.

    Shares from 0 to 1; users who stand in both periods are allowed for. Alone where the events do not cover
    both periods.

        >>> from helpers.adoption import example_usage
        >>> round(adoption_against(example_usage(), Period(2026, 2)).difference.value, 3)
        -0.13
    """
    counts, level = usage.period_counts, usage.scope.level
    accounts = usage.account_adopters(then)
    now = proportion(counts.adopted, counts.users, level) if counts.users else None
    if accounts:
        now = clustered_proportion(accounts.now, level)
    found = counts.against.get(then) if then and usage.comparable(then) else None
    if now is None or found is None or not found.reference_trials:
        return Comparison("adopted", now)
    if accounts:
        return clustered_comparison("adopted", accounts, level)
    before = proportion(found.reference_successes, found.reference_trials, level)
    return Comparison("adopted", now, before, overlapping_difference(found, level))


def clustered_comparison(label: str, accounts: AccountShares, level: float) -> Comparison:
    """Two shares of users who belong to accounts, as a row, before correction."""
    now, reference, shared = accounts.now, accounts.reference, accounts.shared
    estimate = clustered_proportion(now, level)
    if reference is None:
        return Comparison(label, estimate)
    difference = clustered_proportion_difference(now, reference, shared, level)
    return Comparison(label, estimate, clustered_proportion(reference, level), difference)


def by_quarter(usage: Usage) -> tuple[UsageQuarter, ...]:
    """Users, sign-ups, active users, events and adopters of each quarter shown, oldest first.

    All are counts; a quarter that is not over is counted as far as it has come.

        >>> from helpers.adoption import example_usage
        >>> [quarter.active for quarter in by_quarter(example_usage())]
        [11, 19, 23]
    """
    return tuple(_quarter(usage, quarter) for quarter in usage.quarters)


def daily_users(usage: Usage) -> Iterator[DatedSeries]:
    """Users of the feature by day, over the days that the events cover; asked when it is looked at.

    >>> from helpers.adoption import example_usage
    >>> [(one.noun, len(one.sums)) for one in daily_users(example_usage())]
    [('active users a day', 273)]
    """
    noun = f"active users a day{usage.scope.within}"
    yield DatedSeries.of_days(noun, "count", usage.active_days, usage.first, usage.last)


def _quarter(usage: Usage, quarter: Period) -> UsageQuarter:
    rows = [row for row in usage.cohort_quarters if row.quarter == quarter]
    eligible = [row.eligible for row in rows]
    if usage.rule.eligible.users == "signed_up":  # whoever came so far, whether or not they did anything
        eligible = [
            row.users
            for row in usage.cohort_quarters
            if row.cohort == row.quarter and row.cohort.start <= quarter.start
        ]
    return UsageQuarter(
        period=quarter,
        users=sum(eligible),
        signed_up=sum(row.users for row in rows if row.cohort == row.quarter),
        active=sum(row.active for row in rows),
        events=sum(row.events for row in rows),
        adopted=sum(row.adopted for row in rows),
    )


def by_channel(usage: Usage) -> Group:
    """Adoption in the period by sign-up channel, each against all others, highest share first.

    Shares from 0 to 1 with Wilson's interval; differences are Newcombe's (1998), read as the page corrects
    this list. Channels with fewer users than the smallest group are left out.

        >>> from helpers.adoption import example_usage
        >>> channels = by_channel(example_usage())
        >>> [(row.label, row.now.n, round(row.now.value, 2), row.clear) for row in channels.rows]
        [('search', 23, 0.3, True), ('referral', 23, 0.0, True)]

    Raises:
        NoData: the users have no channel, or fewer than two channels are large enough.
    """
    rows, scope = usage.scope.judged("channels:others", channels_against_others(usage)), usage.scope
    if not rows:
        raise NoData(f"Fewer than two channels have {scope.min_group} users.")
    whole = _all_channels(usage)
    everyone = proportion(whole.adopted, whole.users, scope.level)
    return Group("Sign-up channels", rows, "All users", everyone)


def channels_against_others(usage: Usage) -> tuple[Comparison, ...]:
    """Adoption by channel against all others, before correction; none where fewer than two are large enough.

    Raises:
        NoData: the users have no channel.
    """
    whole, scope = _all_channels(usage), usage.scope
    accounts = usage.account_channels
    large = [row for row in usage.channels if row.users >= scope.min_group]
    compared = [
        _clustered_against_others(row.channel, accounts[row.channel], scope.level)
        if row.channel in accounts
        else _against_others(row, whole, scope.level)
        for row in large
    ]
    ordered = sorted(compared, key=lambda row: (-row.now.value if row.now else 0, row.label))
    return tuple(ordered) if len(ordered) > 1 else ()


def _all_channels(usage: Usage) -> ChannelCounts:
    found = usage.channels
    return ChannelCounts("", sum(row.users for row in found), sum(row.adopted for row in found))


def _clustered_against_others(channel: str, accounts: AccountShares, level: float) -> Comparison:
    found = clustered_comparison(channel, accounts, level)
    return Comparison(channel, found.now, difference=found.difference)


def _against_others(row: ChannelCounts, whole: ChannelCounts, level: float) -> Comparison:
    others, adopted_elsewhere = whole.users - row.users, whole.adopted - row.adopted
    return Comparison(
        row.channel,
        proportion(row.adopted, row.users, level),
        difference=proportion_difference(row.adopted, row.users, adopted_elsewhere, others, level)
        if others
        else None,
    )
