"""Who has adopted: by period, by quarter, by sign-up cohort, by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

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
    do not count. `kept` adopted in both periods.
    """

    period: Period
    now: Estimate
    users: int
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


def adoptions(usage: Usage, days: ir.Table, *, by_quarter: bool = False) -> ir.Table:
    """The day on which each user first met the definition: user_id (and quarter), adopted_on.

    The n-th day of use after each one is looked up in the engine; it counts where it lies within the window.
    With `by_quarter` all these days must lie in one quarter.
    """
    rule = usage.definition
    keys = ["user_id", "quarter"] if by_quarter else ["user_id"]
    over = ibis.window(group_by=keys, order_by="day")
    reached = days.mutate(nth=days.day.lead(rule.days_needed - 1).over(over))
    within = reached.filter(reached.nth <= reached.day + ibis.interval(days=rule.window - 1))
    return within.group_by(keys).agg(adopted_on=within.nth.min())


def adopted(usage: Usage) -> Adopted:
    """Adoption within the period of the report, against the preceding period."""
    period, before = usage.period, usage.period.preceding
    counts = _counts(usage, period, before)
    if counts.trials == 0:
        raise NoData(f"Nobody signed up or did anything in {period.label}.")
    level = usage.level
    now = proportion(counts.successes, counts.trials, level)
    known = usage.comparable and counts.reference_trials > 0
    return Adopted(
        period=period,
        now=now,
        users=counts.successes,
        before=proportion(counts.reference_successes, counts.reference_trials, level) if known else None,
        change=overlapping_difference(counts, level) if known else None,
        users_before=counts.reference_successes,
        kept=counts.shared_both,
    )


def by_quarter(usage: Usage) -> tuple[Quarter, ...]:
    """Active users, events and adopters of each quarter shown, oldest first."""
    days = usage.days
    active = days.group_by("quarter").agg(active=days.user_id.nunique(), events=days.events.sum())
    met = adoptions(usage, days, by_quarter=True)
    adopters = met.group_by("quarter").agg(adopted=met.user_id.nunique())
    signed_up = usage.people.group_by("quarter").agg(signed_up=usage.people.count())
    present = usage.present.group_by("quarter").agg(users=usage.present.count())
    counted = [_by_number(table) for table in (present, signed_up, active, adopters)]
    found = []
    for quarter in usage.quarters:
        row = {name: int(n) for part in counted for name, n in part.get(numbered(quarter), {}).items()}
        found.append(
            Quarter(
                period=quarter,
                users=row.get("users", 0),
                signed_up=row.get("signed_up", 0),
                active=row.get("active", 0),
                events=row.get("events", 0),
                adopted=row.get("adopted", 0),
            )
        )
    return tuple(found)


def by_channel(usage: Usage) -> Group:
    """Adoption in the period by sign-up channel, each against all others, corrected for their number.

    Channels with fewer than `min_group` users are left out.

    Raises:
        NoData: the users have no channel, or fewer than two channels are large enough.
    """
    if "channel" not in usage.people.columns:
        raise NoData("The table users has no column channel.")
    users_of = usage.among(usage.period)
    users_of = users_of.filter(users_of.channel.notnull())
    adopters = adoptions(usage, usage.within(usage.period)).select(adopter="user_id")
    joined = users_of.left_join(adopters, users_of.user_id == adopters.adopter)
    counted = joined.group_by("channel").agg(users=joined.count(), adopted=joined.adopter.count())
    rows = counted.order_by("channel").to_pyarrow().to_pylist()
    users, successes = sum(row["users"] for row in rows), sum(row["adopted"] for row in rows)
    compared = []
    for row in rows:
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


def _counts(usage: Usage, period: Period, before: Period | None) -> OverlappingCounts:
    """One query: the users of the period and of the one before, and who adopted when."""
    then = before or period
    here = usage.among(period).select(here="user_id")
    there = usage.among(then).select(there="user_id")
    now = adoptions(usage, usage.within(period)).select(now="user_id")
    earlier = adoptions(usage, usage.within(then)).select(earlier="user_id")
    joined = here.outer_join(there, here.here == there.there)
    joined = joined.left_join(now, joined.here == now.now)
    joined = joined.left_join(earlier, joined.there == earlier.earlier)
    flags = joined.select(
        here=joined.here.notnull(),
        there=joined.there.notnull(),
        now=joined.now.notnull(),
        earlier=joined.earlier.notnull(),
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
    )
    row = counts.to_pyarrow().to_pylist()[0]
    return OverlappingCounts(**{name: int(n or 0) for name, n in row.items()})


def _by_number(table: ir.Table) -> Mapping[int, Mapping[str, int]]:
    return {row["quarter"]: row for row in table.to_pyarrow().to_pylist()}
