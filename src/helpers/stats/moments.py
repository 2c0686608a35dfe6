"""Counts, means and variances of parts, put together without going back to the rows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from helpers.stats.estimates import Estimate
from helpers.stats.means import mean
from helpers.stats.proportions import proportion


@dataclass(frozen=True)
class Moments:
    """`n` values with their mean and sample variance (n - 1; 0 for fewer than two)."""

    n: int
    mean: float
    variance: float

    @property
    def successes(self) -> int:
        """The sum, for values that are 0 or 1."""
        return round(self.n * self.mean)

    def as_mean(self, level: float) -> Estimate:
        """The mean with its t interval."""
        return mean(self.n, self.mean, self.variance, level)

    def as_share(self, level: float) -> Estimate:
        """The mean of values that are 0 or 1, with its Wilson interval."""
        return proportion(self.successes, self.n, level)


def pooled(parts: Iterable[Moments]) -> Moments:
    """The moments of all parts together (Chan, Golub & LeVeque 1979).

    Sums of squared deviations are added, never raw squares: values of 1e15 lose nothing.
    """
    total = Moments(0, 0.0, 0.0)
    for part in parts:
        total = _joined(total, part)
    return total


def _joined(one: Moments, other: Moments) -> Moments:
    n = one.n + other.n
    if other.n == 0 or one.n == 0:
        return one if other.n == 0 else other
    gap = other.mean - one.mean
    squares = one.variance * (one.n - 1) + other.variance * (other.n - 1) + gap**2 * (one.n * other.n / n)
    average = math.fsum((one.n / n * one.mean, other.n / n * other.mean))
    return Moments(n, average, squares / (n - 1))
