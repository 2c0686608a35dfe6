"""How much of a group has reached an event by a given day, when some were watched for less long."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.stats.estimates import Difference, Estimate, smallest_rate, two_sided_p, z_value
from helpers.stats.moments import Floats

_ROUNDING = 1e-12
"""What a product of many shares loses: half of all is half, as it stands in the counts."""


@dataclass(frozen=True)
class Reached:
    """The share that has reached the event, as a step curve from day 0.

    Attributes:
        days: the k days on which the curve steps, rising.
        share: the share reached from each of these days on, 0 to 1, k of them.
        se: its standard error.
        low: its lower limit at `level`.
        high: its upper limit at `level`.
        n: all that were watched.
        watched: the longest time any was, in days.
        level: the confidence of the limits, a fraction (0.95).
    """

    days: tuple[float, ...]
    share: tuple[float, ...]
    se: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    n: int
    watched: float
    level: float

    def by(self, day: float) -> Estimate | None:
        """The share reached by that day; None where nobody was watched for so long."""
        if day > self.watched:
            return None
        at = int(np.searchsorted(self.days, day, side="right")) - 1
        if at < 0:
            return Estimate(0.0, None, None, None, self.level, self.n, "Kaplan-Meier")
        return Estimate(
            self.share[at], self.se[at], self.low[at], self.high[at], self.level, self.n, "Kaplan-Meier"
        )

    def median(self) -> float | None:
        """The first day by which half have reached the event; None where half never have."""
        return self._first_at(self.share, 0.5)

    def quantile(self, share: float) -> Estimate | None:
        """The first day by which that share has reached the event; None where it never has.

        The interval holds the days whose own limits hold the share (Brookmeyer & Crowley 1982). It ends with
        the longest time that any was watched where the curve does not tell more: then it is one of the time
        until the event or that day, whichever comes first.

            >>> curve = reached([1, 2, 3, 4, 5, 6], [True, True, True, True, True, False], [9, 8, 9, 7, 6, 5])
            >>> median = curve.quantile(0.5)
            >>> median.low, median.value, median.high
            (2.0, 3.0, 4.0)

        Raises:
            ValueError: a share outside 0 to 1.
        """
        if not 0 < share < 1:
            raise ValueError(f"share == {share}, must be > 0 and < 1.")
        value = self._first_at(self.share, share)
        if value is None:
            return None
        low, high = self._quantile_limits(share, self.level)
        return Estimate(value, None, low, high, self.level, self.n, "Brookmeyer-Crowley")

    def _quantile_limits(self, share: float, level: float) -> tuple[float, float]:
        """Limits of a quantile at any level; those of the curve are drawn anew at it."""
        survival = 1 - np.asarray(self.share)
        low, high = _limits(survival, np.asarray(self.se), level)
        first, last = self._first_at(1 - low, share), self._first_at(1 - high, share)
        return first or 0.0, self.watched if last is None else last

    def _first_at(self, shares: Sequence[float] | Floats, share: float) -> float | None:
        found = (day for day, at in zip(self.days, shares, strict=True) if at >= share - _ROUNDING)
        return next(found, None)


def reached(days: ArrayLike, happened: ArrayLike, counts: ArrayLike, level: float = 0.95) -> Reached:
    """One minus the Kaplan-Meier survival curve, from counts by day (Kaplan & Meier 1958).

    Standard errors are Greenwood's (1926); limits are those of log(-log S), which stay within 0 and 1
    (Kalbfleisch & Prentice 1980).

    Args:
        days: after how many days subjects were last seen, 0 or more, in any order; a list or a column.
        happened: whether the event came then (True) or the watch ended (False, censored).
        counts: how many subjects that holds for.
        level: confidence of the limits, between 0 and 1.

    Returns:
        The step curve; `by(day)` reads the share reached by a day, `median()` the day by which half have.

    Raises:
        ValueError: nobody was watched, a negative number of days, or a level outside 0 to 1.

    Example:
        Of 100 users, 30 came to the feature on day 1 and 20 on day 7; 10 left unseen on day 3.

        >>> from helpers import stats
        >>> curve = stats.reached([1, 3, 7, 30], [True, False, True, False], [30, 10, 20, 40])
        >>> [round(share, 3) for share in curve.share], curve.median()
        ([0.3, 0.533], 7.0)
        >>> week = curve.by(7)
        >>> round(week.value, 3), round(week.low, 3), round(week.high, 3)
        (0.533, 0.435, 0.638)
    """
    seen, came, size = np.asarray(days, float), np.asarray(happened, bool), np.asarray(counts, float)
    if size.sum() < 1:
        raise ValueError(f"sum(counts) == {size.sum():g}, must be >= 1.")
    if seen.min() < 0:
        raise ValueError(f"min(days) == {seen.min():g}, must be >= 0.")
    steps, survival, se = _survival(seen, came, size)
    low, high = _limits(survival, se, level)
    return Reached(
        days=tuple(steps.tolist()),
        share=tuple((1 - survival).tolist()),
        se=tuple(se.tolist()),
        low=tuple((1 - high).tolist()),
        high=tuple((1 - low).tolist()),
        n=int(size.sum()),
        watched=float(seen.max()),
        level=level,
    )


def quantile_difference(now: Reached, then: Reached, share: float) -> Difference | None:
    """The time until a share has reached the event in one group less that in another.

    MOVER (Zou & Donner 2008) from the limits that `Reached.quantile` has. Both groups should be watched for
    as long as each other.

    Args:
        now: the curve of the one group; its level is that of the interval.
        then: that of the group that it is compared with, independent of it.
        share: which quantile: 0.5 for the median.

    Returns:
        The difference in days; p is the inversion of the interval. None where a group does not reach it.

    Raises:
        ValueError: a share outside 0 to 1.

    Example:
        >>> from helpers import stats
        >>> slow = stats.reached(range(1, 101), [True] * 100, [1] * 100)
        >>> fast = stats.reached(range(1, 101), [True] * 100, [3] * 50 + [1] * 50)
        >>> sooner = stats.quantile_difference(fast, slow, 0.5)
        >>> round(sooner.low, 1), sooner.value, round(sooner.high, 1)
        (-27.2, -16.0, -5.2)
    """
    first, second = now.quantile(share), then.quantile(share)
    if first is None or second is None:
        return None
    value = first.value - second.value
    limits = partial(_difference_limits, now, then, share, (first.value, second.value))
    p = smallest_rate(value, limits)
    return Difference(value, None, *limits(now.level), now.level, p, "MOVER, quantiles", limits)


def reached_difference(now: Reached, then: Reached, day: float) -> Difference | None:
    """The share of one group that has reached the event by a day less that of another.

    MOVER (Zou & Donner 2008) from the limits of both curves on that day.

    Args:
        now: the curve of the one group; its level is that of the interval.
        then: that of the group that it is compared with, independent of it.
        day: how many days after the start both are read.

    Returns:
        The difference, a fraction; p is the inversion of the interval. None where a group was not watched for
        so long, or has had no event by then.

    Example:
        >>> from helpers import stats
        >>> now = stats.reached([1, 2, 9], [True, True, False], [60, 20, 20])
        >>> then = stats.reached([1, 2, 9], [True, True, False], [40, 20, 40])
        >>> more = stats.reached_difference(now, then, 2)
        >>> round(more.low, 3), round(more.value, 3), round(more.high, 3)
        (0.073, 0.2, 0.318)
    """
    first, second = now.by(day), then.by(day)
    if first is None or second is None or first.low is None or second.low is None:
        return None
    value = first.value - second.value
    limits = partial(_share_limits, now, then, day)
    p = smallest_rate(value, limits)
    return Difference(value, None, *limits(now.level), now.level, p, "MOVER, Kaplan-Meier", limits)


@dataclass(frozen=True)
class LogRank:
    """Whether groups reach an event at the same pace, over all of their time.

    Attributes:
        statistic: the square of observed less expected events over its variance, one degree of freedom.
        p: the chance of one as large where the pace is the same.
        observed: events of the first group.
        expected: those that it would have had at the pace of both together.
    """

    statistic: float
    p: float
    observed: float
    expected: float


def log_rank(
    first: tuple[ArrayLike, ArrayLike, ArrayLike], second: tuple[ArrayLike, ArrayLike, ArrayLike]
) -> LogRank | None:
    """The log-rank test of two groups (Mantel 1966; Peto & Peto 1972).

    Args:
        first: days, happened and counts of the one group, as `reached` takes them.
        second: those of the other.

    Returns:
        The test; None where the groups share no day with an event that could have befallen either.

    Example:
        Months until relapse in acute myelogenous leukemia, kept under treatment or not (Miller 1981).

        >>> from helpers import stats
        >>> ends = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0], [1] * 11
        >>> others = [5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [1] * 5 + [0] + [1] * 6, [1] * 12
        >>> test = stats.log_rank(ends, others)
        >>> round(test.statistic, 6), round(test.p, 6)
        (3.396389, 0.065339)
    """
    days = np.unique(np.concatenate([np.asarray(one[0], float) for one in (first, second)]))
    at_risk, came = _at_risk(first, days)
    both_at_risk, both_came = (
        one + other for one, other in zip((at_risk, came), _at_risk(second, days), strict=True)
    )
    expected = both_came * at_risk / np.maximum(both_at_risk, 1)
    share = at_risk / np.maximum(both_at_risk, 1)
    spread = both_came * share * (1 - share) * (both_at_risk - both_came) / np.maximum(both_at_risk - 1, 1)
    variance, observed = float(spread.sum()), float(came.sum())
    if variance <= 0:
        return None
    score = (observed - float(expected.sum())) / math.sqrt(variance)
    return LogRank(score**2, two_sided_p(score), observed, float(expected.sum()))


def _at_risk(group: tuple[ArrayLike, ArrayLike, ArrayLike], days: Floats) -> tuple[Floats, Floats]:
    """How many of a group were watched on each day or longer, and to how many the event came then."""
    seen, came, size = np.asarray(group[0], float), np.asarray(group[1], bool), np.asarray(group[2], float)
    at = np.searchsorted(days, seen)
    left = np.bincount(at, size, minlength=days.size)
    ended = np.bincount(at, np.where(came, size, 0.0), minlength=days.size)
    return left[::-1].cumsum()[::-1].astype(float), ended.astype(float)


def _difference_limits(
    now: Reached, then: Reached, share: float, values: tuple[float, float], level: float
) -> tuple[float, float]:
    (low, high), (low_then, high_then) = (one._quantile_limits(share, level) for one in (now, then))
    return _mover(values, (low, high), (low_then, high_then))


def _share_limits(now: Reached, then: Reached, day: float, level: float) -> tuple[float, float]:
    first, second = (_share_at(one, day, level) for one in (now, then))
    return _mover((first[0], second[0]), first[1:], second[1:])


def _share_at(curve: Reached, day: float, level: float) -> tuple[float, float, float]:
    """The share reached by a day, with its limits at a level."""
    at = int(np.searchsorted(curve.days, day, side="right")) - 1
    survival = 1 - np.asarray(curve.share[at : at + 1])
    low, high = _limits(survival, np.asarray(curve.se[at : at + 1]), level)
    return curve.share[at], float(1 - high[0]), float(1 - low[0])


def _mover(
    values: tuple[float, float], limits: tuple[float, float], limits_then: tuple[float, float]
) -> tuple[float, float]:
    """Limits of a difference from those of its sides, which are independent (Zou & Donner 2008)."""
    (now, then), (low, high), (low_then, high_then) = values, limits, limits_then
    value = now - then
    return value - math.hypot(now - low, high_then - then), value + math.hypot(high - now, then - low_then)


def _survival(days: Floats, happened: NDArray[np.bool_], counts: Floats) -> tuple[Floats, Floats, Floats]:
    """The days on which events came, S from each on, and Greenwood's standard error of S."""
    stops, at = np.unique(days, return_inverse=True)
    left = np.bincount(at, counts)
    came = np.bincount(at, np.where(happened, counts, 0))
    # At risk on a day are all who were last seen then or later.
    at_risk = left[::-1].cumsum()[::-1]
    came, at_risk, stops = came[came > 0], at_risk[came > 0], stops[came > 0]
    survival = np.cumprod(1 - came / at_risk)
    # Where all that are left have the event, S is 0 and so is its error: 1 only keeps the division possible.
    se = survival * np.sqrt(np.cumsum(came / (at_risk * np.maximum(at_risk - came, 1))))
    return stops, survival, se


def _limits(survival: Floats, se: Floats, level: float) -> tuple[Floats, Floats]:
    """Limits of S by log(-log S); S itself where it is 0 or 1, which has no such limits."""
    inner = (survival > 0) & (survival < 1)
    low, high = survival.copy(), survival.copy()
    # An even step on the scale of log(-log S) is a power of S.
    log_survival = np.log(survival[inner])
    spread = np.exp(z_value(level) * se[inner] / (survival[inner] * np.abs(log_survival)))
    low[inner], high[inner] = survival[inner] ** spread, survival[inner] ** (1 / spread)
    return low, high
