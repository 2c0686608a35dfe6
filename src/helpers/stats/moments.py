"""Counts, means, variances and covariances of parts, put together without going back to the rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    def finite(self) -> bool:
        """Whether mean and variance are numbers: a value near the largest has none."""
        return math.isfinite(self.mean) and math.isfinite(self.variance)

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


Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Joint:
    """Counts, means and sample covariances of several columns over the same units.

    The covariance of two columns is nan where they were not known of the same units.
    """

    columns: tuple[str, ...]
    n: Floats
    means: Floats
    covariances: Floats

    def of(self, column: str) -> Moments:
        """The moments of one column."""
        at = self.columns.index(column)
        if self.n[at] == 0:
            return Moments(0, 0.0, 0.0)
        return Moments(int(self.n[at]), float(self.means[at]), float(self.covariances[at, at]))

    def means_of(self, columns: Sequence[str]) -> Floats:
        """The means of these columns, in their order."""
        return self.means[[self.columns.index(name) for name in columns]]

    def covariance(self, one: str, other: str) -> float | None:
        """The covariance of two columns; None where it is not known."""
        found = float(self.covariances[self.columns.index(one), self.columns.index(other)])
        return found if math.isfinite(found) else None


def pooled_joint(columns: Sequence[str], n: Floats, means: Floats, covariances: Floats) -> Joint:
    """The joint moments of parts put together: n and means (parts, k), covariances (parts, k, k).

    The same sum of squared deviations as `pooled`, for all columns at once (Chan, Golub & LeVeque 1979).
    """
    k = len(columns)
    total = n.sum(axis=0)
    if not len(n) or not k:
        return Joint(tuple(columns), np.zeros(k), np.zeros(k), np.zeros((k, k)))
    weights = n / np.where(total > 0, total, 1)
    centre = means[np.argmax(n, axis=0), np.arange(k)]
    with np.errstate(over="ignore", invalid="ignore"):
        average = centre + (weights * (means - centre)).sum(axis=0)
        gaps = np.where(n > 0, means - average, 0.0)
        within = (np.maximum(n - 1, 0)[:, :, None] * covariances).sum(axis=0)
        squares = within + np.einsum("ci,ci,cj->ij", n, gaps, gaps)
        pooled_covariances = squares / np.maximum(total - 1, 1)[:, None]
    together = (n[:, :, None] == n[:, None, :]).all(axis=0)
    return Joint(tuple(columns), total, average, np.where(together, pooled_covariances, np.nan))


def difference_skewness(now: tuple[Moments, float], reference: tuple[Moments, float]) -> float:
    """The skewness of a difference of two means, from the moments and the skewness of each side's values.

    It is what the first term of the Edgeworth expansion grows with (Hall 1992): from about 0.2 on, an
    interval that is even about the estimate misses the truth more often than it says. Sides of one size have
    none. The shape is that of both sides together, since the long tail of few values is most likely not seen.

    Raises:
        ValueError: fewer than three values in all.
    """
    sides = now[0], reference[0]
    units = sum(side.n for side in sides)
    if units < 3:
        raise ValueError(f"{units} values, must be >= 3.")
    variance = sum(side.variance * (side.n - 1) for side in sides) / (units - 2)
    if variance == 0:
        return 0.0
    cubes = math.fsum(
        side.n * own * math.sqrt(side.variance / variance) ** 3 for side, own in (now, reference)
    )
    one, other = 1 / now[0].n, 1 / reference[0].n
    return cubes / units * (one - other) / math.sqrt(one + other)
