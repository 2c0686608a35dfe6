"""Estimates put together from groups with stated weights (post-stratification)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from helpers.stats.estimates import Estimate, z_value


def weighted(groups: Sequence[tuple[float, Estimate]], level: float = 0.95) -> Estimate:
    """The weighted average of independent group estimates, with its Wald interval (Holt & Smith 1979).

    Each group is (weight, estimate); the weights are scaled to sum to 1 and taken as known.

    Raises:
        ValueError: no weight above 0, a negative weight, or an estimate without standard error.
    """
    total = math.fsum(weight for weight, _ in groups)
    if total <= 0 or any(weight < 0 for weight, _ in groups):
        raise ValueError("weights must be >= 0 with a sum above 0.")
    variance = 0.0
    for weight, estimate in groups:
        if estimate.se is None:
            raise ValueError("weighted needs standard errors: an estimate without interval has none.")
        variance += (weight / total * estimate.se) ** 2
    value = math.fsum(weight * estimate.value for weight, estimate in groups) / total
    se = math.sqrt(variance)
    half = z_value(level) * se
    n = sum(estimate.n for _, estimate in groups)
    return Estimate(value, se, value - half, value + half, level, n, "post-stratified, Wald")
