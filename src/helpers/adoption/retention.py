"""Who of a sign-up cohort is active in later quarters."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.adoption.usage import Usage, numbered
from helpers.periods import Period
from helpers.stats import Difference, Estimate, proportion, proportion_difference


@dataclass(frozen=True)
class Row:
    """One sign-up cohort: its users, and how many were active in its own quarter and each one after.

    None stands for a quarter that is not over.
    """

    quarter: Period
    users: int
    active: tuple[int | None, ...]


@dataclass(frozen=True)
class Triangle:
    """The cohorts of the quarters shown, oldest first."""

    rows: tuple[Row, ...]
    level: float

    def pooled(self, age: int, quarters: tuple[Period, ...]) -> tuple[int, int] | None:
        """Active and all users `age` quarters after sign-up, over cohorts that reach that age in `quarters`.

        Cohorts are added up, not averaged: ten users of whom two are active and a hundred of whom none is
        make 2 of 110.
        """
        wanted = {quarter.shift(-age) for quarter in quarters}
        active = users = 0
        for row in self.rows:
            count = row.active[age] if age < len(row.active) else None
            if row.quarter in wanted and count is not None:
                active, users = active + count, users + row.users
        return (active, users) if users else None


@dataclass(frozen=True)
class Retained:
    """The share of the last quarter's sign-ups that was active in this one, and its change."""

    now: Estimate
    before: Estimate | None
    change: Difference | None


def triangle(usage: Usage) -> Triangle:
    """Sign-up cohorts by quarter and how many were active in each quarter since.

    Empty where nobody signed up in the quarters shown.
    """
    counts = {(row["cohort"], row["quarter"]): row["active"] for row in usage.counts}
    users = {row["cohort"]: row["users"] for row in usage.counts if row["cohort"] == row["quarter"]}
    shown = [quarter for quarter in usage.quarters if numbered(quarter) in users]
    rows = []
    for quarter in shown:
        later = [other for other in usage.quarters if other.start >= quarter.start]
        active = tuple(
            counts.get((numbered(quarter), numbered(other)), 0) if usage.is_over(other) else None
            for other in later
        )
        rows.append(Row(quarter, users[numbered(quarter)], active))
    return Triangle(tuple(rows), usage.level)


def retained(usage: Usage, found: Triangle) -> Retained | None:
    """Next-quarter retention within the period: sign-ups of a quarter, active in the one after.

    Over a year or all time the quarters are added up. None where no quarter is over.
    """
    now = found.pooled(1, _quarters(usage, usage.period))
    if now is None:
        return None
    estimate = proportion(*now, usage.level)
    before = usage.period.preceding
    then = found.pooled(1, _quarters(usage, before)) if before else None
    if then is None:
        return Retained(estimate, None, None)
    return Retained(estimate, proportion(*then, usage.level), proportion_difference(*now, *then, usage.level))


def _quarters(usage: Usage, period: Period) -> tuple[Period, ...]:
    return usage.quarters if period.year is None else period.quarters
