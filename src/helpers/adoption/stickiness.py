"""How often active users come back: daily over monthly active users."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.adoption.observations import Usage
from helpers.stats import Difference, Estimate, PairMoments, Series, difference, ratio


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
    method; Deng, Knoblich and Lu 2018). Two periods are compared as if their users were different people,
    which makes the interval of the change somewhat too wide.

        >>> from helpers.adoption import example_usage
        >>> found = stickiness(example_usage())
        >>> round(found.now.value, 3), round(found.change.value, 3)
        (0.142, 0.005)
    """
    scope, before = usage.scope, usage.scope.previous
    points = tuple(
        scope.point(quarter, _estimate(usage.user_months.get(quarter), scope.level))
        for quarter in usage.quarters
    )
    now = _estimate(usage.user_months_in(scope.period), scope.level)
    then = _estimate(usage.user_months_in(before), scope.level) if before and usage.comparable else None
    change = difference(now, then) if now and then else None
    return Stickiness(now, then, change, Series("Stickiness", points))


def _estimate(months: PairMoments | None, level: float) -> Estimate | None:
    return ratio(months, level) if months else None
