"""How fast users adopt after they sign up, when the newest have had little time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import ibis

from helpers.adoption.usage import Usage, numbered
from helpers.periods import Period
from helpers.stats import Estimate, Reached, proportion, reached

HORIZON = 90
"""Days after sign-up by which cohorts are compared."""


@dataclass(frozen=True)
class Cohort:
    """The users who signed up in one quarter (`quarter` is None for all users together).

    `so_far` is the plain share that has adopted at any time since; it is fair only among cohorts that had
    the same time. `curve` allows for the time that each user had. `open` cohorts hold users who have
    been watched for fewer than 90 days.
    """

    quarter: Period | None
    users: int
    so_far: Estimate
    adopted: int
    curve: Reached
    open: bool

    @property
    def label(self) -> str:
        """How people call it: `2026 Q3`, `All users`."""
        return self.quarter.label if self.quarter else "All users"

    def by_horizon(self) -> Estimate | None:
        """The share that has adopted by day 90; None where nobody has been watched for so long."""
        return self.curve.by(HORIZON)


def cohorts(usage: Usage) -> tuple[Cohort, ...]:
    """The sign-up cohort of each quarter shown that has users, oldest first."""
    rows = _watched(usage)
    found = []
    for quarter in usage.quarters:
        part = [row for row in rows if row["quarter"] == numbered(quarter)]
        if part:
            found.append(_cohort(usage, quarter, part))
    return tuple(found)


def everyone(usage: Usage) -> Cohort:
    """All users who had signed up by the end of the period, as one cohort."""
    return _cohort(usage, None, _watched(usage))


def _watched(usage: Usage) -> list[dict[str, Any]]:
    """How many users of each sign-up quarter adopted, or were last watched, so many days after sign-up."""
    rows = usage.quarterly.filter(usage.quarterly.signed_up <= usage.last)
    people = rows.group_by("user_id", "cohort", "signed_up").agg(adopted_on=rows.adopted_on.min())
    stop = ibis.coalesce(people.adopted_on, ibis.date(usage.last.isoformat()))
    timed = people.select(
        quarter=people.cohort,
        happened=people.adopted_on.notnull(),
        days=ibis.greatest(stop.delta(people.signed_up, unit="day"), 0),
    )
    counted = timed.group_by("quarter", "happened", "days").agg(users=timed.count())
    found: list[dict[str, Any]] = counted.order_by("quarter", "days", "happened").to_pyarrow().to_pylist()
    return found


def _cohort(usage: Usage, quarter: Period | None, rows: Sequence[dict[str, Any]]) -> Cohort:
    users = sum(row["users"] for row in rows)
    successes = sum(row["users"] for row in rows if row["happened"])
    newest = quarter.last_day if quarter else usage.last
    return Cohort(
        quarter=quarter,
        users=users,
        so_far=proportion(successes, users, usage.level),
        adopted=successes,
        curve=_curve(rows, usage.level),
        open=newest + timedelta(days=HORIZON) > usage.last,
    )


def _curve(rows: Iterable[dict[str, Any]], level: float) -> Reached:
    """The curve up to the horizon: what comes later is cut off as not yet adopted."""
    cut = [
        (min(row["days"], HORIZON), row["happened"] and row["days"] <= HORIZON, row["users"]) for row in rows
    ]
    days, happened, counts = zip(*cut, strict=True)
    return reached(days, happened, counts, level)
