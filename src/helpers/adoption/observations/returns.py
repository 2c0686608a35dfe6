"""Who came back so many days, weeks or months after signing up: counts by age, over users or accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from helpers.adoption.observations import user_quarters
from helpers.adoption.observations.accounts import moments_of, squares, unit_of
from helpers.adoption.observations.usage import Usage
from helpers.periods import Period
from helpers.stats import PairMoments


@dataclass(frozen=True)
class ReturnedUsers:
    """Of the users who signed up in one period and were watched through one age, how many came back then.

    Attributes:
        signed_up: the period of sign-up.
        age: units of time since sign-up.
        users: those who were watched through it.
        returned: those of them who came back.
        accounts: the same over accounts; None where users belong to none, or fewer than two are left.
    """

    signed_up: Period
    age: int
    users: int
    returned: int
    accounts: PairMoments | None


def returned_users(
    usage: Usage, periods: Sequence[Period], windows: Sequence[tuple[int, int | None]]
) -> tuple[ReturnedUsers, ...]:
    """Counts by period of sign-up and age, of the users watched to the end of the window of that age.

    `windows` has of each age, from 0 on, the first day since sign-up and the day after the last; None is open
    to the end of what is covered, and watched as the age after its first day is.
    """
    people = _signed_up_in(usage, periods)
    ages = _ages(windows)
    watched = people.cross_join(ages)
    watched = watched.filter(watched.signed_up.delta(_day(usage.last), unit="day") <= -watched.watched)
    flags = watched.left_join(_came_back(usage, people, ages), ["user_id", "age"])
    did = flags.user_id_right.notnull()
    unit = unit_of(people)
    flags = flags.mutate(did=did, unit=flags[unit])
    units = flags.group_by("side", "age", "unit").agg(
        n_here=flags.count().cast("int64"), y_here=flags.did.sum().cast("int64")
    )
    counted = units.group_by("side", "age").agg(**dict(squares(units, "here"))).order_by("side", "age")
    rows: list[dict[str, int]] = counted.to_pyarrow().to_pylist()
    return tuple(_of_row(row, periods, by_account=unit == "account") for row in rows)


def _of_row(row: dict[str, int], periods: Sequence[Period], *, by_account: bool) -> ReturnedUsers:
    known = {name: int(value) for name, value in row.items()}
    accounts = moments_of(known, "here") if by_account else None
    return ReturnedUsers(periods[known["side"]], known["age"], known["n_here"], known["y_here"], accounts)


def _signed_up_in(usage: Usage, periods: Sequence[Period]) -> ir.Table:
    """The users of the periods, each with the number of theirs; of days that the events cover."""
    people = usage.people
    sides = [
        (people.cohort.isin([user_quarters.number_of(quarter) for quarter in period.quarters]), side)
        for side, period in enumerate(periods)
        if period.year is not None
    ]
    side = ibis.cases(*sides) if sides else ibis.literal(0)
    known = people.mutate(side=side)
    return known.filter(known.side.notnull() & known.signed_up.between(_day(usage.first), _day(usage.last)))


def _ages(windows: Sequence[tuple[int, int | None]]) -> ir.Table:
    """A row an age: the days of its window, and the days that a user must have been watched for it."""
    age = ibis.range(len(windows)).unnest().name("age").as_table()
    never = 2**30
    opens = ibis.cases(*((age.age == at, window[0]) for at, window in enumerate(windows)))
    closes = ibis.cases(*((age.age == at, window[1] or never) for at, window in enumerate(windows)))
    watched = ibis.cases(
        *((age.age == at, (window[1] or window[0] + 1) - 1) for at, window in enumerate(windows))
    )
    return age.mutate(opens=opens, closes=closes, watched=watched)


def _came_back(usage: Usage, people: ir.Table, ages: ir.Table) -> ir.Table:
    """The ages at which each user had a day of use: one row each."""
    used = usage.days.filter(usage.days.events > 0).select("user_id", "day").distinct()
    since = used.inner_join(people.select("user_id", "signed_up"), "user_id")
    since = since.select("user_id", after=since.day.delta(since.signed_up, unit="day"))
    each = since.cross_join(ages)
    met = each.filter((each.after >= each.opens) & (each.after < each.closes))
    return met.select("user_id", "age").distinct()


def _day(day: date) -> ir.DateValue:
    return ibis.date(day.isoformat())
