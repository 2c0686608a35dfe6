"""Means of values with a long tail, such as revenue an account: intervals that follow the tail."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.stats import norm, t

from helpers.stats.estimates import Difference, Estimate, check_level, joint_error
from helpers.stats.reaching import reaching_difference

_FURTHEST = 37.0
"""Standard errors beyond which the normal tail is 0 in floating point."""


@dataclass(frozen=True)
class ThirdMoments:
    """Count, mean and the sums of squared and cubed distances from the mean of some values.

    Attributes:
        n: how many values there are.
        mean: their mean, in their unit.
        squares: the sum of the squared distances from the mean, in squared units.
        cubes: the sum of the cubed distances from the mean, in cubed units.

    Example:
        >>> from helpers import stats
        >>> spent = stats.ThirdMoments(4, 25.0, 1900.0, 30000.0)
        >>> round(spent.variance, 1), round(spent.skewness, 3)
        (633.3, 0.724)
    """

    n: int
    mean: float
    squares: float
    cubes: float

    @property
    def variance(self) -> float:
        """The sample variance (n - 1), in squared units; 0 for fewer than two values."""
        return self.squares / (self.n - 1) if self.n > 1 else 0.0

    @property
    def skewness(self) -> float:
        """The third central moment in units of the spread; 0 where nothing varies."""
        return self.cubes / self.n / (self.squares / self.n) ** 1.5 if self.squares > 0 else 0.0


def pooled_third_moments(parts: Iterable[ThirdMoments]) -> ThirdMoments:
    """The moments of all parts together, from distances only: raw powers are never added.

    Args:
        parts: the moments of each part, of separate values.

    Returns:
        The moments of all their values; no values at all have 0 of each.

    Example:
        >>> from helpers import stats
        >>> parts = [stats.ThirdMoments(1, 10.0, 0, 0), stats.ThirdMoments(2, 40.0, 0, 0)]
        >>> stats.pooled_third_moments(parts)
        ThirdMoments(n=3, mean=30.0, squares=600.0, cubes=-6000.0)
    """
    known = [part for part in parts if part.n]
    n = sum(part.n for part in known)
    if not n:
        return ThirdMoments(0, 0.0, 0.0, 0.0)
    mean = math.fsum(part.n * part.mean for part in known) / n
    gaps = [part.mean - mean for part in known]
    both = list(zip(known, gaps, strict=True))
    squares = math.fsum(part.squares + part.n * gap**2 for part, gap in both)
    cubes = math.fsum(part.cubes + 3 * gap * part.squares + part.n * gap**3 for part, gap in both)
    return ThirdMoments(n, mean, squares, cubes)


def skewed_mean(values: ThirdMoments, level: float = 0.95) -> Estimate:
    """A mean with the interval of Hall's cubic transformation (1992), at the quantiles of t.

    An interval that is even about the mean lies too low where few values are very large: of 200 lognormal
    totals of spread 1.5, t's holds the truth in 87 of 100, this one in 92.

    Args:
        values: the moments of the values, one a unit (an account's total of the whole period).
        level: confidence of the interval, between 0 and 1.

    Returns:
        The mean in the unit of the values; without standard error and interval where there is one value.

    Raises:
        ValueError: no values, or a level outside 0 to 1.

    Example:
        >>> from helpers import stats
        >>> spent = stats.skewed_mean(stats.ThirdMoments(200, 300.0, 7.2e7, 1.4e11))
        >>> round(spent.low), spent.value, round(spent.high)
        (228, 300.0, 404)
    """
    check_level(level)
    if values.n < 1:
        raise ValueError(f"values.n == {values.n}, must be >= 1.")
    if values.n == 1:
        return Estimate(values.mean, None, None, None, level, 1, "one value, no interval")
    limits = partial(_limits, values)
    return Estimate(values.mean, _error(values), *limits(level), level, values.n, "Hall", limits)


def skewed_mean_difference(
    now: ThirdMoments, reference: ThirdMoments, level: float = 0.95, *, correlation: float = 0.0
) -> Difference:
    """Difference of two means of long-tailed values: MOVER (Zou & Donner 2008) from Hall's limits.

    Args:
        now: the moments of the values to be compared.
        reference: those that they are compared with.
        level: confidence of the interval, between 0 and 1.
        correlation: that of the two means' errors, from -1 to 1: above 0 where the same units stand in both.

    Returns:
        The mean of `now` less that of `reference`; without any spread there is no test and p is None.

    Raises:
        ValueError: fewer than two values on a side, a level outside 0 to 1, or a wrong correlation.

    Example:
        >>> from helpers import stats
        >>> spent = [stats.ThirdMoments(200, mean, 7.2e7, 1.4e11) for mean in (520.0, 300.0)]
        >>> gap = stats.skewed_mean_difference(*spent)
        >>> round(gap.low), gap.value, round(gap.high)
        (94, 220.0, 346)
    """
    if min(now.n, reference.n) < 2:
        raise ValueError(f"now.n, reference.n == {now.n}, {reference.n}, must be >= 2.")
    return reaching_difference(
        now.mean - reference.mean,
        (partial(_reach, now), partial(_reach, reference)),
        joint_error(_error(now), _error(reference), correlation),
        level,
        correlation=correlation,
        method="MOVER, Hall",
        tested=now.squares + reference.squares > 0,
    )


def _error(values: ThirdMoments) -> float:
    return math.sqrt(values.variance / values.n)


def _limits(values: ThirdMoments, level: float) -> tuple[float, float]:
    check_level(level)
    down, up = _distances(values, float(t.ppf(0.5 + level / 2, values.n - 1)))
    return values.mean - down, values.mean + up


def _reach(values: ThirdMoments, z: float) -> tuple[float, float]:
    """How far the limits lie below and above the mean, at the level of so many normal standard errors."""
    down, up = _distances(values, float(t.isf(norm.sf(min(z, _FURTHEST)), values.n - 1)))
    return max(0.0, down), max(0.0, up)


def _distances(values: ThirdMoments, quantile: float) -> tuple[float, float]:
    error, tilt = _error(values), values.skewness / math.sqrt(values.n)
    return error * _untransformed(quantile, tilt), -error * _untransformed(-quantile, tilt)


def _untransformed(x: float, tilt: float) -> float:
    """The studentized mean whose cubic transformation is x; `tilt` is the skewness over the root of n.

    g(t) = t + tilt t²/3 + tilt² t³/27 + tilt/6 (Hall 1992, equation 2.5), which rises everywhere.
    """
    if abs(tilt) < 1e-9:
        return x
    return 3 / tilt * (float(np.cbrt(1 + tilt * (x - tilt / 6))) - 1)
