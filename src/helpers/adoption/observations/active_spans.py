"""On how many days, in how many weeks and months of the period users came: sums over users or accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import ibis
import ibis.expr.types as ir

from helpers.adoption.observations.accounts import unit_of
from helpers.adoption.observations.usage import Usage

WEEK = 7


@dataclass(frozen=True)
class SpanOfUse:
    """Whole days, weeks or months of the period, and who came in how many of them.

    Attributes:
        name: `day`, `week` or `month`.
        number: how many whole ones the period has, as far as the events cover it.
        total: in how many of them users came, added up over users.
        squares: the squares of that, added up over accounts, or over users where they belong to none.
        units: accounts, or users, that came at all.
    """

    name: str
    number: int
    total: float
    squares: float
    units: int


def spans_of_use(usage: Usage) -> tuple[SpanOfUse, ...]:
    """Whole days, weeks (seven days, counted back from the last) and months of the calendar."""
    first, last = _covered(usage)
    days = (last - first).days + 1
    if days < 1:
        return ()
    weeks_from = last - timedelta(days=days // WEEK * WEEK - 1)
    months = _whole_months(first, last)
    used = usage.days.filter((usage.days.events > 0) & usage.days.day.between(_date(first), _date(last)))
    used = used.mutate(month=used.day.truncate("M").cast("date"))
    week = (used.day.delta(_date(weeks_from), unit="day") / WEEK).floor()
    spans = {
        "day": (days, used.day.nunique()),
        "week": (days // WEEK, week.nunique(where=used.day >= _date(weeks_from))),
        "month": (len(months), used.month.nunique(where=used.month.isin([*map(_date, months)] or [None]))),
    }
    people = used.group_by("user_id").agg(**{name: count for name, (_, count) in spans.items()})
    units = _by_unit(usage, people, tuple(spans))
    figures = {name: units[name].sum() for name in spans}
    figures |= {f"squares_{name}": (units[name] ** 2).sum() for name in spans}
    (row,) = units.agg(**figures, units=units.count()).to_pyarrow().to_pylist()
    return tuple(
        SpanOfUse(name, number, float(row[name] or 0), float(row[f"squares_{name}"] or 0), row["units"])
        for name, (number, _) in spans.items()
        if number
    )


def users_by_days(usage: Usage, bands: Sequence[tuple[int, int | None]]) -> list[int]:
    """How many came on so many separate days of the period: one count a band; None is open."""
    users = usage.use_days
    days = users.days
    within = [days >= first if last is None else days.between(first, last) for first, last in bands]
    counted = users.agg(**{f"band_{at}": one.sum() for at, one in enumerate(within)})
    (row,) = counted.to_pyarrow().to_pylist()
    return [int(row[f"band_{at}"] or 0) for at in range(len(bands))]


def _by_unit(usage: Usage, people: ir.Table, names: Sequence[str]) -> ir.Table:
    """Their numbers added up over accounts, where users belong to some."""
    unit = unit_of(usage.people)
    if unit != "user_id":
        people = people.inner_join(usage.people.select("user_id", unit), "user_id")
    return people.group_by(unit).agg(**{name: people[name].sum().cast("float64") for name in names})


def _covered(usage: Usage) -> tuple[date, date]:
    """The first and the last day of the period that the events cover."""
    period = usage.scope.period
    if period.year is None:
        return usage.first, usage.last
    return max(period.start, usage.first), min(period.last_day, usage.last)


def _whole_months(first: date, last: date) -> list[date]:
    """The first day of each month of the calendar that lies between two days, these included."""
    starts = [
        date(number // 12, number % 12 + 1, 1)
        for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month + 1)
    ]
    return [
        start
        for start, following in pairwise(starts)
        if start >= first and following - timedelta(days=1) <= last
    ]


def _date(day: date) -> ir.DateValue:
    return ibis.date(day.isoformat())
