"""Who has adopted: by period, by quarter, by sign-up cohort, by group."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.adoption.usage import Usage, numbered
from helpers.findings import NoData
from helpers.periods import Period
from helpers.stats import (
    Comparison,
    Difference,
    Estimate,
    Group,
    OverlappingCounts,
    judged,
    overlapping_difference,
    proportion,
    proportion_difference,
)


@dataclass(frozen=True)
class Adopted:
    """The share of a period's users who adopted within it, and how it changed from the preceding one.

    The users of a period are those who signed up in it or did anything in it; users who left long ago
    do not count. `active` used the feature in the period, `kept` adopted in both.
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
class Quarter:
    """One quarter: its users (signed up or did anything in it), sign-ups, active users, events, adopters."""

    period: Period
    users: int
    signed_up: int
    active: int
    events: int
    adopted: int


def adopted(usage: Usage) -> Adopted:
    """Adoption within the period of the report, against the preceding period."""
    period, before = usage.period, usage.period.preceding
    counts, active = _counts(usage, period, before)
    if counts.trials == 0:
        raise NoData(f"Nobody signed up or did anything in {period.label}.")
    level = usage.level
    now = proportion(counts.successes, counts.trials, level)
    known = usage.comparable and counts.reference_trials > 0
    return Adopted(
        period=period,
        now=now,
        users=counts.successes,
        active=active,
        before=proportion(counts.reference_successes, counts.reference_trials, level) if known else None,
        change=overlapping_difference(counts, level) if known else None,
        users_before=counts.reference_successes,
        kept=counts.shared_both,
    )


def by_quarter(usage: Usage) -> tuple[Quarter, ...]:
    """Active users, events and adopters of each quarter shown, oldest first."""
    return tuple(_quarter(usage, quarter) for quarter in usage.quarters)


def _quarter(usage: Usage, quarter: Period) -> Quarter:
    rows = [row for row in usage.counts if row["quarter"] == numbered(quarter)]
    return Quarter(
        period=quarter,
        users=sum(row["users"] for row in rows),
        signed_up=sum(row["users"] for row in rows if row["cohort"] == row["quarter"]),
        active=sum(row["active"] for row in rows),
        events=sum(row["events"] for row in rows),
        adopted=sum(row["adopted"] for row in rows),
    )


def by_channel(usage: Usage) -> Group:
    """Adoption in the period by sign-up channel, each against all others, corrected for their number.

    Channels with fewer than `min_group` users are left out.

    Raises:
        NoData: the users have no channel, or fewer than two channels are large enough.
    """
    rows = usage.quarterly
    if "channel" not in rows.columns:
        raise NoData("The table users has no column channel.")
    there = rows.filter(usage.among(usage.period), rows.channel.notnull())
    users_of = there.group_by("user_id", "channel").agg(adopted=usage.adopted_in(usage.period).any())
    counted = users_of.group_by("channel").agg(users=users_of.count(), adopted=users_of.adopted.sum())
    found = counted.order_by("channel").to_pyarrow().to_pylist()
    users, successes = sum(row["users"] for row in found), sum(row["adopted"] for row in found)
    compared = []
    for row in found:
        if row["users"] < usage.min_group:
            continue
        now = proportion(row["adopted"], row["users"], usage.level)
        rest = users - row["users"]
        against = (
            proportion_difference(row["adopted"], row["users"], successes - row["adopted"], rest, usage.level)
            if rest
            else None
        )
        compared.append(Comparison(str(row["channel"]), now, difference=against))
    if len(compared) < 2:
        raise NoData(f"Fewer than two channels have {usage.min_group} users.")
    ordered = sorted(compared, key=lambda row: (-row.now.value if row.now else 0, row.label))
    return Group("Sign-up channels", judged(ordered), "All users", proportion(successes, users, usage.level))


def _counts(usage: Usage, period: Period, before: Period | None) -> tuple[OverlappingCounts, int]:
    """One query: the users of the period and of the one before, who adopted when; and the active users."""
    rows = usage.quarterly
    flags = rows.group_by("user_id").agg(
        here=usage.among(period).any(),
        there=usage.among(before).any(),
        now=usage.adopted_in(period).any(),
        earlier=usage.adopted_in(before).any(),
        active=(usage.among(period) & (rows.events > 0)).any(),
    )
    both = flags.here & flags.there
    counts = flags.agg(
        successes=flags.now.sum(),
        trials=flags.here.sum(),
        reference_successes=flags.earlier.sum(),
        reference_trials=flags.there.sum(),
        shared=both.sum(),
        shared_now=(both & flags.now).sum(),
        shared_before=(both & flags.earlier).sum(),
        shared_both=(both & flags.now & flags.earlier).sum(),
        active=flags.active.sum(),
    )
    row = {name: int(n or 0) for name, n in counts.to_pyarrow().to_pylist()[0].items()}
    active = row.pop("active")
    return OverlappingCounts(**row), active
