"""Who of a sign-up cohort is active in later quarters."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import dropwhile

from helpers.adoption.adopters import clustered_comparison
from helpers.adoption.observations import Usage
from helpers.periods import Period
from helpers.stats import (
    Comparison,
    Difference,
    Estimate,
    compared_proportions,
    proportion,
    proportion_difference,
    trend_in_shares,
)


@dataclass(frozen=True)
class CohortRetention:
    """One sign-up cohort: its users, and how many of them came back.

    Attributes:
        quarter: the quarter of sign-up.
        users: who signed up in it.
        active: how many were active in that quarter and in each one after; None for one that is not over.
    """

    quarter: Period
    users: int
    active: tuple[int | None, ...]

    def at(self, age: int) -> int | None:
        """Active users so many quarters after sign-up; None where that quarter is not over."""
        return self.active[age] if age < len(self.active) else None


@dataclass(frozen=True)
class RetentionTriangle:
    """The sign-up cohorts of the quarters shown.

    Attributes:
        cohorts: one a quarter in which anybody signed up, oldest first.
    """

    cohorts: tuple[CohortRetention, ...]

    def pooled(self, age: int, quarters: tuple[Period, ...]) -> tuple[int, int] | None:
        """Active and all users `age` quarters after sign-up, over cohorts that reach that age in `quarters`.

        Cohorts are added up, not averaged: ten users of whom two are active and a hundred of whom none is
        make 2 of 110.

            >>> spring, summer, autumn = (Period(2026, quarter) for quarter in (1, 2, 3))
            >>> small, large = CohortRetention(spring, 10, (10, 2)), CohortRetention(summer, 100, (100, 0))
            >>> RetentionTriangle((small, large)).pooled(1, (summer, autumn))
            (2, 110)
        """
        wanted = {quarter.shift(-age) for quarter in quarters}
        known = [
            (count, cohort.users)
            for cohort in self.cohorts
            if cohort.quarter in wanted and (count := cohort.at(age)) is not None
        ]
        active, users = sum(count for count, _ in known), sum(users for _, users in known)
        return (active, users) if users else None


@dataclass(frozen=True)
class Retained:
    """The share of the last quarter's sign-ups that was active in this one, and its change.

    Attributes:
        now: the share, 0 to 1.
        before: that of the preceding period; None where there is nothing to compare with.
        change: `now` less `before`; None where there is nothing to compare with.
    """

    now: Estimate
    before: Estimate | None
    change: Difference | None


def retention_triangle(usage: Usage) -> RetentionTriangle:
    """Sign-up cohorts by quarter and how many were active in each quarter since: counts of users.

    Empty where nobody signed up in the quarters shown.

        >>> from helpers.adoption import example_usage
        >>> [(cohort.users, cohort.active) for cohort in retention_triangle(example_usage()).cohorts]
        [(23, (11, 7, 7)), (23, (12, 9)), (14, (7,))]
    """
    active = {(row.cohort, row.quarter): row.active for row in usage.cohort_quarters}
    users = {row.cohort: row.users for row in usage.cohort_quarters if row.cohort == row.quarter}

    def cohort(quarter: Period) -> CohortRetention:
        since = [other for other in usage.quarters if other.start >= quarter.start]
        counts = tuple(
            active.get((quarter, other), 0) if usage.covers_end_of(other) else None for other in since
        )
        return CohortRetention(quarter, users[quarter], counts)

    return RetentionTriangle(tuple(cohort(quarter) for quarter in usage.quarters if quarter in users))


def retained(usage: Usage) -> Retained | None:
    """Next-quarter retention within the period: sign-ups of a quarter, active in the one after.

    Shares from 0 to 1 with Wilson's interval (1927), their difference Newcombe's (1998). Over a year or all
    time the quarters are added up. None where no quarter is over.

        >>> from helpers.adoption import example_usage
        >>> found = retained(example_usage())
        >>> found.now.n, round(found.now.value, 3), round(found.before.value, 3)
        (23, 0.391, 0.304)
    """
    found = retention_against(usage, usage.scope.baseline)
    return Retained(found.now, found.reference, found.difference) if found.now else None


def retention_against(usage: Usage, then: Period | None) -> Comparison:
    """Next-quarter retention of the period against an earlier one, before correction.

    Shares from 0 to 1. No user signs up twice, so that the two are of different people. Alone where the
    quarters of the earlier period are not known.

        >>> from helpers.adoption import example_usage
        >>> round(retention_against(example_usage(), Period(2026, 2)).difference.value, 3)
        0.087
    """
    triangle, level = retention_triangle(usage), usage.scope.level
    now = triangle.pooled(1, _quarters(usage, usage.scope.period))
    if now is None:
        return Comparison("retention", None)
    before = triangle.pooled(1, _quarters(usage, then)) if then else None
    accounts = usage.account_retention(
        _reached(triangle, _quarters(usage, usage.scope.period)),
        _reached(triangle, _quarters(usage, then)) if then and before else (),
    )
    if accounts:
        return clustered_comparison("retention", accounts, level)
    estimate = proportion(*now, level)
    if before is None:
        return Comparison("retention", estimate)
    change = proportion_difference(*now, *before, level)
    return Comparison("retention", estimate, proportion(*before, level), change)


AGE = 1
"""Quarters after sign-up at which cohorts are compared with each other."""


def cohort_changes(usage: Usage) -> tuple[Comparison, ...]:
    """Each sign-up cohort against the one of the quarter before, both a quarter after sign-up; uncorrected.

    Shares from 0 to 1, oldest first. Cohorts whose next quarter is not over, or that have fewer users than
    the smallest group, are not compared and compared with by nobody.

        >>> from helpers.adoption import example_usage
        >>> [(row.label, round(row.difference.value, 3)) for row in cohort_changes(example_usage())]
        [('2026 Q2', 0.087)]
    """
    known = {cohort.quarter: cohort for cohort in _compared_cohorts(usage)}
    pairs = [
        (cohort, known[before]) for quarter, cohort in known.items() if (before := quarter.shift(-1)) in known
    ]
    return tuple(_cohort_change(usage, now, then) for now, then in pairs)


def cohort_trend(usage: Usage) -> Comparison | None:
    """Whether cohorts, in their order, come back more or less a quarter after sign-up; uncorrected.

    The difference is the slope, a fraction a quarter (`helpers.stats.trend_in_shares`); None for fewer than
    three cohorts.

        >>> from helpers.adoption import example_usage
        >>> cohort_trend(example_usage()) is None
        True
    """
    cohorts = _compared_cohorts(usage)
    counts = [(cohort.at(AGE) or 0, cohort.users) for cohort in cohorts]
    slope = trend_in_shares([n for n, _ in counts], [n for _, n in counts], usage.scope.level)
    return Comparison("Trend", None, None, slope) if slope else None


def _compared_cohorts(usage: Usage) -> list[CohortRetention]:
    """The large ones whose next quarter is over, from the first on of which anybody came back."""
    cohorts, least = retention_triangle(usage).cohorts, usage.scope.min_group
    known = [cohort for cohort in cohorts if cohort.at(AGE) is not None and cohort.users >= least]
    return list(dropwhile(lambda cohort: not cohort.at(AGE), known))  # before that nothing was there to use


def _cohort_change(usage: Usage, now: CohortRetention, then: CohortRetention) -> Comparison:
    label, level = now.quarter.label, usage.scope.level
    accounts = usage.account_retention((now.quarter.shift(AGE),), (then.quarter.shift(AGE),))
    if accounts and accounts.reference:
        return clustered_comparison(label, accounts, level)
    return compared_proportions(label, (now.at(AGE) or 0, now.users), (then.at(AGE) or 0, then.users), level)


def _reached(triangle: RetentionTriangle, quarters: tuple[Period, ...]) -> tuple[Period, ...]:
    """Those of some quarters that are over and follow one with sign-ups."""
    known = {cohort.quarter.shift(1) for cohort in triangle.cohorts if cohort.at(1) is not None}
    return tuple(quarter for quarter in quarters if quarter in known)


def _quarters(usage: Usage, period: Period) -> tuple[Period, ...]:
    return usage.quarters if period.year is None else period.quarters
