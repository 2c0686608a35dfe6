"""How fast users adopt after they sign up, when the newest have had little time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from helpers.adoption.observations import FollowUp, Usage
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
    """The sign-up cohort of each quarter shown that has users, oldest first.

    Curves are one minus Kaplan and Meier's estimate (1958), shares from 0 to 1 over days since sign-up.

        [cohort.by_horizon() for cohort in adoption.cohorts(usage)]
    """
    parts = [
        (quarter, [row for row in usage.follow_up if row.cohort == quarter]) for quarter in usage.quarters
    ]
    return tuple(_cohort(usage, quarter, rows) for quarter, rows in parts if rows)


def everyone(usage: Usage) -> Cohort:
    """All users who had signed up by the end of the period, as one cohort.

    Its median is the day by which half have adopted, None where half never have.

        adoption.everyone(usage).curve.median()
    """
    return _cohort(usage, None, usage.follow_up)


def _cohort(usage: Usage, quarter: Period | None, rows: Sequence[FollowUp]) -> Cohort:
    users = sum(row.users for row in rows)
    successes = sum(row.users for row in rows if row.adopted)
    newest = quarter.last_day if quarter else usage.last
    return Cohort(
        quarter=quarter,
        users=users,
        so_far=proportion(successes, users, usage.scope.level),
        adopted=successes,
        curve=_curve(rows, usage.scope.level),
        open=newest + timedelta(days=HORIZON) > usage.last,
    )


def _curve(rows: Sequence[FollowUp], level: float) -> Reached:
    """The curve up to the horizon: what comes later is cut off as not yet adopted."""
    return reached(
        [min(row.days, HORIZON) for row in rows],
        [row.adopted and row.days <= HORIZON for row in rows],
        [row.users for row in rows],
        level,
    )
