"""Ratios: of two means of the same units, and of sums over slices of time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

from helpers.stats.estimates import Difference, Estimate, z_value
from helpers.stats.moments import Moments


@dataclass(frozen=True)
class PairMoments:
    """Means, sample variances and sample covariance of a numerator and a denominator over `n` units."""

    n: int
    numerator: float
    denominator: float
    numerator_variance: float
    denominator_variance: float
    covariance: float


def ratio(units: PairMoments, level: float = 0.95) -> Estimate:
    """Mean numerator over mean denominator, with a normal interval by the delta method.

    The unit is what varies (a user), not the event: many events of one user are no independent answers
    (Deng, Knoblich & Lu 2018).

    Raises:
        ValueError: fewer than two units, or a denominator of 0.
    """
    if units.n < 2:
        raise ValueError(f"n == {units.n}, must be >= 2.")
    if units.denominator == 0:
        raise ValueError("denominator == 0: the ratio is not defined.")
    value = units.numerator / units.denominator
    spread = (
        units.numerator_variance - 2 * value * units.covariance + value**2 * units.denominator_variance
    ) / units.denominator**2
    se = math.sqrt(max(0.0, spread) / units.n)
    half = z_value(level) * se
    return Estimate(value, se, value - half, value + half, level, units.n, "delta method")


def ratio_moments(units: PairMoments) -> Moments | None:
    """The ratio as a mean, with the variance that its delta method gives one unit.

    None where it is not defined: fewer than two units, a denominator of 0, figures too large for a variance.
    """
    if units.n < 2 or units.denominator == 0:
        return None
    found = ratio(units)
    variance = (found.se or 0.0) ** 2 * found.n
    return Moments(found.n, found.value, variance) if math.isfinite(variance) else None


Slices = Sequence[tuple[float, float]]
"""(numerator, denominator) of each slice of time, in the order of time."""


def clustered_ratio(slices: Slices, level: float = 0.95) -> Estimate:
    """The ratio of sums with a linearized t interval, slices as clusters (Cochran 1977, section 6.3).

    `n` is the number of slices. One slice has no interval.

    Raises:
        ValueError: the denominators sum to 0 or less.
    """
    ratio, residuals = _linearized(slices)
    count = len(slices)
    if count < 2:
        return Estimate(ratio, None, None, None, level, count, "one time slice, no interval")
    se = _standard_error(residuals)
    half = float(stats.t.ppf(0.5 + level / 2, count - 1)) * se
    return Estimate(ratio, se, ratio - half, ratio + half, level, count, "time slices, t")


def clustered_ratio_difference(now: Slices, reference: Slices, level: float = 0.95) -> Difference:
    """Difference of two ratios of different times, with Welch's degrees of freedom.

    Raises:
        ValueError: fewer than two slices a side, or denominators that sum to 0 or less.
    """
    (ratio, residuals), (then, residuals_then) = _linearized(now), _linearized(reference)
    if min(len(now), len(reference)) < 2:
        raise ValueError(f"now, reference have {len(now)}, {len(reference)} slices: must be >= 2.")
    variances = (_standard_error(residuals) ** 2, _standard_error(residuals_then) ** 2)
    freedom = variances[0] ** 2 / (len(now) - 1) + variances[1] ** 2 / (len(reference) - 1)
    degrees = sum(variances) ** 2 / freedom if freedom > 0 else 1.0
    return _t_difference(ratio - then, math.sqrt(sum(variances)), degrees, level, "time slices, Welch")


def paired_ratio_difference(now: Slices, reference: Slices, level: float = 0.95) -> Difference:
    """Difference of two ratios over the same slices of time: what moves both cancels out.

    Raises:
        ValueError: unequal numbers of slices, fewer than two, or denominators that sum to 0 or less.
    """
    (ratio, residuals), (other, residuals_other) = _linearized(now), _linearized(reference)
    if len(now) != len(reference) or len(now) < 2:
        raise ValueError(f"now, reference have {len(now)}, {len(reference)} slices: must be equal, >= 2.")
    paired = [mine - theirs for mine, theirs in zip(residuals, residuals_other, strict=True)]
    return _t_difference(ratio - other, _standard_error(paired), len(now) - 1, level, "paired time slices, t")


def _linearized(slices: Slices) -> tuple[float, list[float]]:
    """The ratio, and what each slice adds to its error."""
    denominator = math.fsum(below for _, below in slices)
    if denominator <= 0:
        raise ValueError(f"denominators sum to {denominator}, must be > 0.")
    ratio = math.fsum(above for above, _ in slices) / denominator
    return ratio, [(above - ratio * below) / denominator for above, below in slices]


def _standard_error(residuals: Sequence[float]) -> float:
    count = len(residuals)
    return math.sqrt(count / (count - 1) * math.fsum(residual**2 for residual in residuals))


def _t_difference(value: float, se: float, degrees: float, level: float, method: str) -> Difference:
    if se == 0:
        return Difference(value, 0.0, value, value, level, None, method)
    half = float(stats.t.ppf(0.5 + level / 2, degrees)) * se
    p = float(2 * stats.t.sf(abs(value) / se, degrees))
    return Difference(value, se, value - half, value + half, level, p, method)
