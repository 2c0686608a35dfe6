"""How often active users come back: daily over monthly active users."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.adoption.observations import Usage
from helpers.periods import Period
from helpers.stats import (
    Comparison,
    Difference,
    Estimate,
    PairMoments,
    Series,
    overlapping_ratio_difference,
    ratio,
)


@dataclass(frozen=True)
class Stickiness:
    """How often active users come back: shares from 0 to 1.

    Attributes:
        now: that of the period; None where the events cover no whole month of it.
        before: that of the preceding period; None where there is nothing to compare with.
        change: `now` less `before`; None where there is nothing to compare with.
        series: its course by quarter.
    """

    now: Estimate | None
    before: Estimate | None
    change: Difference | None
    series: Series


def stickiness(usage: Usage) -> Stickiness:
    """Average daily active users over monthly active users, for whole months that the events cover.

    The mean over user-months of the share of the month's days on which the user was active, so that the
    stickiness of a quarter weighs its months by their users. The interval takes the user as the unit (delta
    method; Deng, Knoblich and Lu 2018); that of a change allows for the users of both periods.

        >>> from helpers.adoption import example_usage
        >>> found = stickiness(example_usage())
        >>> round(found.now.value, 3), round(found.change.value, 3)
        (0.142, 0.005)
    """
    scope = usage.scope
    points = tuple(
        scope.point(quarter, _estimate(usage.user_months.get(quarter), scope.level))
        for quarter in usage.quarters
    )
    found = stickiness_against(usage, scope.baseline)
    return Stickiness(found.now, found.reference, found.difference, Series("Stickiness", points))


def stickiness_against(usage: Usage, then: Period | None) -> Comparison:
    """Stickiness of the period against an earlier one that the page compares with, before correction.

    Shares from 0 to 1; alone where the events do not cover both periods.

        >>> from helpers.adoption import example_usage
        >>> round(stickiness_against(example_usage(), Period(2026, 2)).difference.value, 3)
        0.005
    """
    level = usage.scope.level
    now = usage.user_months_in(usage.scope.period)
    before = usage.user_months_in(then) if then and usage.comparable(then) else None
    estimate = _estimate(now, level)
    if now is None or then is None or before is None:
        return Comparison("stickiness", estimate)
    change = overlapping_ratio_difference(now, before, usage.user_months_shared[then], level)
    return Comparison("stickiness", estimate, _estimate(before, level), change)


def _estimate(months: PairMoments | None, level: float) -> Estimate | None:
    return ratio(months, level) if months else None
