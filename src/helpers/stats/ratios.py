"""Ratios of two means that are measured on the same units."""

from __future__ import annotations

import math
from dataclasses import dataclass

from helpers.stats.estimates import Estimate, z_value
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
    above, below = linear_weights(units.numerator, units.denominator)
    spread = (
        above**2 * units.numerator_variance
        + 2 * above * below * units.covariance
        + below**2 * units.denominator_variance
    )
    se = math.sqrt(max(0.0, spread) / units.n)
    half = z_value(level) * se
    return Estimate(value, se, value - half, value + half, level, units.n, "delta method")


def linear_weights(numerator: float, denominator: float) -> tuple[float, float]:
    """What a ratio of two means moves by for each unit of either mean: the delta method in one place."""
    return 1 / denominator, -numerator / denominator / denominator


def ratio_moments(units: PairMoments) -> Moments | None:
    """The ratio as a mean, with the variance that its delta method gives one unit.

    None where it is not defined: fewer than two units, a denominator of 0, figures too large for a variance.
    """
    if units.n < 2 or units.denominator == 0:
        return None
    found = ratio(units)
    variance = (found.se or 0.0) ** 2 * found.n
    return Moments(found.n, found.value, variance) if math.isfinite(variance) else None
