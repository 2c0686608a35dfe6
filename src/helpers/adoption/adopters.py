"""Who has adopted: in the period, by quarter, by sign-up channel."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.adoption.observations import ChannelCounts, Usage
from helpers.findings import NoData
from helpers.periods import Period
from helpers.stats import (
    Comparison,
    Difference,
    Estimate,
    Group,
    judged,
    overlapping_difference,
    proportion,
    proportion_difference,
)


@dataclass(frozen=True)
class Adopted:
    """The share of a period's users who adopted within it, and how it changed from the preceding one.

    The users of a period are those who signed up in it or did anything in it; users who left long ago
    do not count. `users` are those who adopted, `active` those who used the feature, `kept` those who adopted
    in both periods. `before` and `change` are None where there is nothing to compare with.
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
    """One quarter: its users (signed up or did anything in it), sign-ups, active users, events, adopters."""

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

        adoption.adopted(usage).now.value
    """
    counts, level = usage.period_counts.adopters, usage.scope.level
    if counts.trials == 0:
        return None
    known = usage.comparable and counts.reference_trials > 0
    return Adopted(
        period=usage.scope.period,
        now=proportion(counts.successes, counts.trials, level),
        users=counts.successes,
        active=usage.period_counts.active,
        before=proportion(counts.reference_successes, counts.reference_trials, level) if known else None,
        change=overlapping_difference(counts, level) if known else None,
        users_before=counts.reference_successes,
        kept=counts.shared_both,
    )


def by_quarter(usage: Usage) -> tuple[UsageQuarter, ...]:
    """Users, sign-ups, active users, events and adopters of each quarter shown, oldest first.

    All are counts; a quarter that is not over is counted as far as it has come.

        [quarter.active for quarter in adoption.by_quarter(usage)]
    """
    return tuple(_quarter(usage, quarter) for quarter in usage.quarters)


def _quarter(usage: Usage, quarter: Period) -> UsageQuarter:
    rows = [row for row in usage.cohort_quarters if row.quarter == quarter]
    return UsageQuarter(
        period=quarter,
        users=sum(row.users for row in rows),
        signed_up=sum(row.users for row in rows if row.cohort == row.quarter),
        active=sum(row.active for row in rows),
        events=sum(row.events for row in rows),
        adopted=sum(row.adopted for row in rows),
    )


def by_channel(usage: Usage) -> Group:
    """Adoption in the period by sign-up channel, each against all others, highest share first.

    Shares from 0 to 1 with Wilson's interval; differences are Newcombe's (1998), corrected for their number
    by Benjamini and Hochberg (1995). Channels with fewer users than the smallest group are left out.

        [row.label for row in adoption.by_channel(usage).rows if row.clear]

    Raises:
        NoData: the users have no channel, or fewer than two channels are large enough.
    """
    found, least, level = usage.channels, usage.scope.min_group, usage.scope.level
    whole = ChannelCounts("", sum(row.users for row in found), sum(row.adopted for row in found))
    compared = [_against_others(row, whole, level) for row in found if row.users >= least]
    if len(compared) < 2:
        raise NoData(f"Fewer than two channels have {least} users.")
    ordered = sorted(compared, key=lambda row: (-row.now.value if row.now else 0, row.label))
    everyone = proportion(whole.adopted, whole.users, level)
    return Group("Sign-up channels", judged(ordered), "All users", everyone)


def _against_others(row: ChannelCounts, whole: ChannelCounts, level: float) -> Comparison:
    others, adopted_elsewhere = whole.users - row.users, whole.adopted - row.adopted
    return Comparison(
        row.channel,
        proportion(row.adopted, row.users, level),
        difference=proportion_difference(row.adopted, row.users, adopted_elsewhere, others, level)
        if others
        else None,
    )
