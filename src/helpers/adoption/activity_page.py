"""The tables of how many come on a day, in a week, in a month, and on how many days each comes."""

from __future__ import annotations

from helpers import style, tables
from helpers.adoption.active_users import ActiveDays, ActiveUsers, active_days, active_users
from helpers.adoption.observations import Usage
from helpers.findings import Measure, measured
from helpers.records import Finding
from helpers.tables import Column, Table


def active_users_table(usage: Usage) -> Table:
    """Daily, weekly and monthly active users of the period, on average, with their intervals.

        >>> from helpers.adoption import example_usage
        >>> active_users_table(example_usage()).data[["in_an_average", "users"]].round(1)
          in_an_average  users
        0           day    2.8
        1          week   18.8
        2         month   20.0

    Raises:
        NoData: nobody used the feature in the period.
    """
    found, name = active_users(usage), usage.rule.name
    longest = found[-1]
    ends = dict.fromkeys((found[0], longest))  # one, where the period has no whole week
    users = " and ".join(f"{style.number(one.average.value)} in an average {one.span}" for one in ends)
    return tables.table(
        "active_users",
        f"Active users of {name}: {users}",
        (
            Column("In an average"),
            Column("Users", "count"),
            Column("Interval", "count"),
            Column(f"Of an average {longest.span}", "share"),
            Column("Averaged over", "count"),
        ),
        [_row(one, longest) for one in found],
        subtitle=f"Users of {name} in {usage.scope.period.label}, {usage.place}",
        note="Whole days, weeks (seven days, counted back from the last day) and months of the calendar. "
        f"Interval: {usage.scope.interval} of how many other users of the same kind might have come, by "
        f"{'account' if usage.has_accounts else 'user'}.",
        findings=tuple(_finding(usage, one) for one in found),
    )


def active_days_table(usage: Usage) -> Table:
    """On how many separate days of the period each user came, in bands.

        >>> from helpers.adoption import example_usage
        >>> active_days_table(example_usage()).title
        '74% of users of dashboards came on 13 to 30 days'

    Raises:
        NoData: nobody used the feature in the period.
    """
    bands = active_days(usage)
    most = max(bands, key=lambda band: band.users)
    share = style.value(most.share.value, "share", 0)
    return tables.table(
        "active_days",
        f"{share} of users of {usage.rule.name} came on {_days(most)}",
        (Column("Came on"), Column("Users", "count"), Column("Share", "share"), Column("Interval", "share")),
        [(_days(band), band.users, band.share.value, band.share.limits) for band in bands],
        subtitle=f"Users of {usage.rule.name} by separate days of use in {usage.scope.period.label}, "
        f"{usage.place}",
    )


def _row(one: ActiveUsers, longest: ActiveUsers) -> tuple[tables.Cell, ...]:
    average = one.average
    return one.span, average.value, average.limits, average.value / longest.average.value, one.spans


def _finding(usage: Usage, one: ActiveUsers) -> Finding:
    label = f"Users of {usage.rule.name} in an average {one.span}{usage.scope.within}"
    measure = Measure(f"active_users.{one.span}", label, "count", "higher")
    return measured(measure, one.average, usage.scope.period.label)


def _days(band: ActiveDays) -> str:
    if band.last is None:
        return f"{band.first} days or more"
    return (
        style.how_many(band.first, "day") if band.first == band.last else f"{band.first} to {band.last} days"
    )
