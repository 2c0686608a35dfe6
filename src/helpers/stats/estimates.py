"""The typed results that statistics return, tables and charts draw, and findings word.

What has a standard error and an interval that is even about it is made by `wald_estimate`, `t_estimate` or
`wald_difference`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from statistics import NormalDist

from scipy import stats

_FINE = 1e-10
"""How closely a p is found, as a part of it."""

_SMALLEST = 1e-15
"""Error rates below this are none: 1 - rate is 1."""


@dataclass(frozen=True)
class Estimate:
    """One estimated quantity with its interval.

    Attributes:
        value: the estimate, in the unit of what is measured (a share from 0 to 1, an NPS in points).
        se: its standard error in that unit, 0 or more; None where there is none (one value only).
        low: the lower limit in that unit; None for an estimate without interval.
        high: the upper limit in that unit; None for an estimate without interval.
        level: the confidence of the interval, a fraction (0.95).
        n: the answers, units or trials behind it.
        method: the name of the interval (`Wilson`).
        limits_at: its limits at any other level; None where they are known at this one only.

    Example:
        >>> from helpers import stats
        >>> share = stats.proportion(81, 263)
        >>> share.n, share.method, round(share.low, 3), round(share.value, 3), round(share.high, 3)
        (263, 'Wilson', 0.255, 0.308, 0.366)
    """

    value: float
    se: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    method: str
    limits_at: Callable[[float], tuple[float, float]] | None = field(default=None, compare=False, repr=False)

    @property
    def limits(self) -> tuple[float, float] | None:
        """Both limits, as tables and what-if models take them; None for an estimate without interval."""
        return None if self.low is None or self.high is None else (self.low, self.high)


@dataclass(frozen=True)
class Difference:
    """This less that, or a relative change, with its interval and test.

    Attributes:
        value: the difference, in the unit of what is compared; a lift is a fraction (0.1 is 10% more).
        se: its standard error in that unit, 0 or more; None where the interval does not rest on one.
        low: the lower limit in that unit.
        high: the upper limit in that unit.
        level: the confidence of the interval, a fraction (0.95).
        p: the smallest error rate at which this same interval excludes 0; None where no test stands.
        method: the name of the interval (`Welch`).
        limits_at: its limits at any other level; None where they are known at this one only.

    Example:
        >>> from helpers import stats
        >>> change = stats.proportion_difference(56, 70, 48, 80)
        >>> change.method, round(change.low, 4), round(change.value, 4), round(change.high, 4)
        ('Newcombe', 0.0524, 0.2, 0.3339)
        >>> wider = change.at(1 - change.p)
        >>> round(change.p, 4), round(abs(wider.low), 6)
        (0.0081, 0.0)
    """

    value: float
    se: float | None
    low: float
    high: float
    level: float
    p: float | None
    method: str
    limits_at: Callable[[float], tuple[float, float]] | None = field(default=None, compare=False, repr=False)

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of no difference; one that ends there does not."""
        return not self.low <= 0 <= self.high

    @property
    def way(self) -> int:
        """Which side of no difference the interval lies on: 1 above, -1 below, 0 where it holds none."""
        return (1 if self.value > 0 else -1) if self.excludes_zero else 0

    def at(self, level: float) -> Difference:
        """The same difference with its interval at another level; p does not depend on it.

        Raises:
            ValueError: its interval is known at its own level only.
        """
        if self.limits_at is None:
            raise ValueError(f"{self.method}: the interval is known at level {self.level} only.")
        low, high = self.limits_at(level)
        return replace(self, low=low, high=high, level=level)


@dataclass(frozen=True)
class Point:
    """One estimate of a series.

    Attributes:
        at: what the axis says (`2026 Q3`).
        estimate: what was estimated then, in the unit of its series; None where there are no data.
        partial: what of that time the data cover, where they cover a part of it (`from 11 Dec`).
    """

    at: str
    estimate: Estimate | None
    partial: str = ""


@dataclass(frozen=True)
class Series:
    """Estimates in the order of time, all of one unit.

    Attributes:
        label: the name of the line (`EMEA`).
        points: the estimates, oldest first.

    Example:
        >>> from helpers import stats
        >>> quarters = {"2026 Q2": (350, 400, 250), "2026 Q3": (340, 450, 210)}
        >>> points = [
        ...     stats.Point(quarter, stats.net_promoter_score(promoters, passives, detractors))
        ...     for quarter, (passives, promoters, detractors) in quarters.items()
        ... ]
        >>> [(point.at, round(point.estimate.value)) for point in stats.Series("NPS", tuple(points)).points]
        [('2026 Q2', 15), ('2026 Q3', 24)]
    """

    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Comparison:
    """One row of a comparison: this estimate, the one it is compared with, and the difference.

    Attributes:
        label: the name of the row (`EMEA`).
        now: what the row is about; None where there are no data.
        reference: what it is compared with, in the same unit.
        difference: `now` less `reference`, in the same unit; None where one of the two is missing.
        p_adjusted: the p of the difference as it counts among the others: clear below the list's error rate.
        clear: whether the difference, read at the level that decides it, excludes 0.
        focus: whether the page is about this row.

    Example:
        >>> from helpers import stats
        >>> now, before = stats.proportion(56, 70), stats.proportion(48, 80)
        >>> row = stats.Comparison("EMEA", now, before, stats.proportion_difference(56, 70, 48, 80))
        >>> (row,) = stats.judged([row])
        >>> row.clear, row.above, row.below
        (True, True, False)
    """

    label: str
    now: Estimate | None
    reference: Estimate | None = None
    difference: Difference | None = None
    p_adjusted: float | None = None
    clear: bool = False
    focus: bool = False

    @property
    def above(self) -> bool:
        """Clearly higher than what it is compared with."""
        return self.clear and self.difference is not None and self.difference.value > 0

    @property
    def below(self) -> bool:
        """Clearly lower than what it is compared with."""
        return self.clear and self.difference is not None and self.difference.value < 0


@dataclass(frozen=True)
class Group:
    """Rows that share one reference line (`All regions 29`), all of one unit.

    Attributes:
        title: the heading of the rows (`Regions`).
        rows: the comparisons, in the order in which they are drawn.
        reference_label: the name of the line (`All regions`).
        reference: the estimate that the line marks; None for no line.
    """

    title: str
    rows: tuple[Comparison, ...]
    reference_label: str = ""
    reference: Estimate | None = None


def counted(
    value: float, n: int | None = None, *, method: str = "count of all", level: float = 0.95
) -> Estimate:
    """A number that is counted and not estimated: it has no interval.

    Args:
        value: the number, in its unit.
        n: what stands behind it; the number itself for a count.
        method: how it was made (`sum`).
        level: the confidence of the intervals that it stands among.

    Example:
        >>> from helpers import stats
        >>> tickets = stats.counted(590)
        >>> tickets.value, tickets.n, tickets.limits
        (590, 590, None)
    """
    return Estimate(value, None, None, None, level, round(value) if n is None else n, method)


def z_value(level: float) -> float:
    """The normal quantile of a two-sided interval, in standard errors.

    Args:
        level: confidence of the interval, between 0 and 1.

    Raises:
        ValueError: the level lies outside 0 to 1.

    Example:
        >>> from helpers import stats
        >>> round(stats.z_value(0.95), 6)
        1.959964
    """
    check_level(level)
    return NormalDist().inv_cdf(0.5 + level / 2)


def two_sided_p(z: float) -> float:
    """Two-sided p of a standard normal statistic, from 0 to 1.

    Args:
        z: the statistic, an estimate over its standard error; its sign does not matter.

    Example:
        >>> from helpers import stats
        >>> round(stats.two_sided_p(-1.959964), 6)
        0.05
    """
    # Not 2 - 2 Phi(|z|), which cancels to 0 from about z = 8 on.
    return math.erfc(abs(z) / math.sqrt(2))


def difference(now: Estimate, reference: Estimate) -> Difference:
    """Difference of two independent estimates from their standard errors (Wald 1943).

    The interval and the p agree: the interval excludes 0 exactly when p < 1 - level. With both standard
    errors 0 there is no test: p is None and the interval is the difference itself.

    Args:
        now: the estimate to be compared; its level is that of the interval.
        reference: the one it is compared with, of other units and in the same unit of measure.

    Returns:
        `now` less `reference`, in their unit.

    Raises:
        ValueError: an estimate has no standard error; the message says what there is for it.

    Example:
        >>> from helpers import stats
        >>> now, before = stats.net_promoter_score(450, 340, 210), stats.net_promoter_score(400, 350, 250)
        >>> change = stats.difference(now, before)
        >>> round(change.value, 1), round(change.low, 1), round(change.high, 1), round(change.p, 3)
        (9.0, 2.1, 15.9, 0.01)
    """
    if now.se is None or reference.se is None:
        method = now.method if now.se is None else reference.method
        raise ValueError(
            f"now.se, reference.se == {now.se}, {reference.se}, must be known; a {method} has none. "
            "For counts of events use stats.count_difference(120, 90), for medians "
            "stats.median_difference(these, those). A stock (what is open at a moment) is counted in full, "
            "and its change has no interval: tell both numbers."
        )
    return wald_difference(now.value - reference.value, math.hypot(now.se, reference.se), now.level, "Wald")


def distance(estimate: Estimate, target: float) -> Difference:
    """How far an estimate lies from a stated number, with the estimate's own interval and its inversion.

    Args:
        estimate: what was estimated.
        target: the number, in the same unit.

    Returns:
        The estimate less the target, at the estimate's level.

    Raises:
        ValueError: the limits of the estimate are known at no other level, or not at all.

    Example:
        >>> from helpers import stats
        >>> short = stats.distance(stats.net_promoter_score(450, 340, 210), 30)
        >>> round(short.value, 1), round(short.low, 1), round(short.high, 1), round(short.p, 3)
        (-6.0, -10.9, -1.3, 0.013)
    """
    if estimate.limits_at is None:
        raise ValueError(f"{estimate.method}: the interval is not known at other levels.")
    value, limits = estimate.value - target, partial(_limits_from, estimate.limits_at, target)
    low, high = limits(estimate.level)
    p = smallest_rate(value, limits) if low < high else None
    return Difference(value, estimate.se, low, high, estimate.level, p, estimate.method, limits)


def _limits_from(
    limits_at: Callable[[float], tuple[float, float]], target: float, level: float
) -> tuple[float, float]:
    low, high = limits_at(level)
    return low - target, high - target


def nested_difference(now: Difference, then: Difference) -> Difference | None:
    """How far an estimate has moved since it was made from a part of the same data.

    What came in since is independent of what was there, so that the variances differ by that of the change
    (independent increments: Jennison & Turnbull 2000, section 3.1).

    Args:
        now: the estimate from all data; its level is that of the interval.
        then: the estimate from the part that was there before.

    Returns:
        `now` less `then` in their unit, with a normal interval; None where the part tells no less than the
        whole.

    Example:
        >>> from helpers import stats
        >>> first_week = stats.proportion_difference(220, 1000, 200, 1000)
        >>> both_weeks = stats.proportion_difference(410, 2000, 400, 2000)
        >>> moved = stats.nested_difference(both_weeks, first_week)
        >>> round(moved.value, 3), round(moved.low, 3), round(moved.high, 3)
        (-0.015, -0.041, 0.011)
    """
    # The part varies more than the whole, hence then less now.
    variance = (then.se or 0.0) ** 2 - (now.se or 0.0) ** 2
    if variance <= 0:
        return None
    return wald_difference(now.value - then.value, math.sqrt(variance), now.level, "nested")


def wald_estimate(value: float, se: float, level: float, n: int, method: str) -> Estimate:
    """An estimate from `n` units whose interval is normal and even about it."""
    limits = partial(_wald_limits, value, se, None)
    return Estimate(value, se, *limits(level), level, n, method, limits)


def t_estimate(  # noqa: PLR0913  (the fields of one estimate)
    value: float, se: float, level: float, n: int, method: str, *, degrees: float | None = None
) -> Estimate:
    """An estimate from `n` units with the interval of t, even about it; n - 1 degrees unless given."""
    limits = partial(_wald_limits, value, se, n - 1 if degrees is None else degrees)
    return Estimate(value, se, *limits(level), level, n, method, limits)


def wald_difference(
    value: float, se: float, level: float, method: str, degrees: float | None = None
) -> Difference:
    """A difference whose interval is even about it (Wald 1943).

    Args:
        value: the difference.
        se: its standard error, in the same unit.
        level: confidence of the interval, between 0 and 1.
        method: what the difference is called by.
        degrees: of freedom of its error, which make it one of t; None for the normal distribution.

    Returns:
        The difference with its interval and p. Without any spread there is no test: p is None and the
        interval is the difference itself.

    Example:
        >>> from helpers import stats
        >>> gain = stats.wald_difference(3.0, 1.0, 0.95, "Wald", degrees=20)
        >>> round(gain.low, 2), round(gain.high, 2), round(gain.p, 3)
        (0.91, 5.09, 0.007)
    """
    limits = partial(_wald_limits, value, se, degrees)
    p = _two_sided_p(value / se, degrees) if se > 0 else None
    return Difference(value, se, *limits(level), level, p, method, limits)


def _wald_limits(value: float, se: float, degrees: float | None, level: float) -> tuple[float, float]:
    half = _critical_value(level, degrees) * se
    return value - half, value + half


def smallest_rate(value: float, limits: Callable[[float], tuple[float, float]]) -> float:
    """The smallest error rate at which the limits of a difference exclude 0, which is its p."""
    if value == 0:
        return 1.0
    inside, outside = 0.0, 1.0  # as error rates: at 0 every interval holds 0, at 1 it is the value itself
    while outside - inside > _FINE * outside:
        rate = math.sqrt(inside * outside) if inside else outside / 16
        if rate < _SMALLEST:
            return 0.0
        low, high = limits(1 - rate)
        inside, outside = (rate, outside) if low <= 0 <= high else (inside, rate)
    return outside


def joint_error(one: float, other: float, correlation: float) -> float:
    """How far a difference errs of two estimates that err so far, and together by their correlation."""
    # Rounding may take what is left of nothing below zero.
    return math.sqrt(max(0.0, one * one + other * other - 2 * correlation * one * other))


def check_correlation(correlation: float) -> None:
    """Refuse what is no correlation."""
    if not -1 <= correlation <= 1:
        raise ValueError(f"correlation == {correlation}, must be >= -1 and <= 1.")


def check_level(level: float) -> None:
    """Refuse what is no confidence: 95 is meant as 0.95."""
    if not 0 < level < 1:
        raise ValueError(f"level == {level}, must be > 0 and < 1.")


def _critical_value(level: float, degrees: float | None) -> float:
    if degrees is None:
        return z_value(level)
    check_level(level)
    return float(stats.t.ppf(0.5 + level / 2, degrees))


def _two_sided_p(statistic: float, degrees: float | None) -> float:
    return two_sided_p(statistic) if degrees is None else float(2 * stats.t.sf(abs(statistic), degrees))
