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

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """Count, mean and sample variance of some values.

    Attributes:
        n: how many values there are.
        mean: their mean, in their unit.
        variance: their sample variance (n - 1), in squared units; 0 for fewer than two.

    Example:
        >>> from helpers import stats
        >>> arm = stats.Moments(45489, 8279 / 45489, 0.1489)
        >>> arm.successes, round(arm.as_share(0.95).high, 4)
        (8279, 0.1856)
    """

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

    Args:
        parts: the moments of each part, of separate values.

    Returns:
        The moments of all their values; no values at all have mean and variance 0.

    Example:
        >>> from helpers import stats
        >>> stats.pooled([stats.Moments(2, 1.0, 2.0), stats.Moments(2, 5.0, 2.0)])
        Moments(n=4, mean=3.0, variance=6.66...)
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
    # Each mean by its share, not the sum over n: a sum of large values may be larger than any number.
    average = math.fsum((one.n / n * one.mean, other.n / n * other.mean))
    return Moments(n, average, squares / (n - 1))


@dataclass(frozen=True, eq=False)
class Joint:
    """Counts, means and sample covariances of k columns over the same units.

    Attributes:
        columns: their k names.
        n: how many values each has, shape (k,).
        means: their means, each in its unit, shape (k,).
        covariances: their sample covariances (n - 1), shape (k, k); nan for two columns that were not known
            of the same units.

    Example:
        >>> import numpy as np
        >>> from helpers import stats
        >>> n, means = np.array([500, 500]), np.array([0.4, 2.0])
        >>> table = stats.Joint(("orders", "visits"), n, means, np.array([[0.6, 0.5], [0.5, 1.9]]))
        >>> table.of("orders"), table.covariance("orders", "visits")
        (Moments(n=500, mean=0.4, variance=0.6), 0.5)
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
    """The joint moments of parts put together.

    The same sum of squared deviations as `pooled`, for all columns at once (Chan, Golub & LeVeque 1979).

    Args:
        columns: the names of the k columns.
        n: how many values each part has of each column, shape (parts, k).
        means: their means, shape (parts, k).
        covariances: their sample covariances, shape (parts, k, k).

    Returns:
        The joint moments of all parts; no parts have counts, means and covariances of 0.

    Example:
        >>> import numpy as np
        >>> from helpers import stats
        >>> both = stats.pooled_joint(
        ...     ["orders"], np.array([[2], [2]]), np.array([[1.0], [5.0]]), np.array([[[2.0]], [[2.0]]])
        ... )
        >>> both.of("orders")
        Moments(n=4, mean=3.0, variance=6.66...)
    """
    k = len(columns)
    total = n.sum(axis=0)
    if not len(n) or not k:
        return Joint(tuple(columns), np.zeros(k), np.zeros(k), np.zeros((k, k)))
    weights = n / np.where(total > 0, total, 1)
    # Means are averaged as distances from that of the largest part, so that large values lose nothing.
    centre = means[np.argmax(n, axis=0), np.arange(k)]
    with np.errstate(over="ignore", invalid="ignore"):
        average = centre + (weights * (means - centre)).sum(axis=0)
        gaps = np.where(n > 0, means - average, 0.0)
        within = (np.maximum(n - 1, 0)[:, :, None] * covariances).sum(axis=0)
        squares = within + np.einsum("ci,ci,cj->ij", n, gaps, gaps)
        pooled_covariances = squares / np.maximum(total - 1, 1)[:, None]
    # Two columns were known of the same units only if every part counts them alike.
    together = (n[:, :, None] == n[:, None, :]).all(axis=0)
    return Joint(tuple(columns), total, average, np.where(together, pooled_covariances, np.nan))


def difference_skewness(now: tuple[Moments, float], reference: tuple[Moments, float]) -> float:
    """The skewness of a difference of two means, without unit.

    It is what the first term of the Edgeworth expansion grows with (Hall 1992): from about 0.2 on, an
    interval that is even about the estimate misses the truth more often than it says. Sides of one size have
    none. The shape is that of both sides together, since the long tail of few values is most likely not seen.

    Args:
        now: the moments of one side's values, and their skewness.
        reference: those of the side that it is compared with.

    Raises:
        ValueError: fewer than three values in all.

    Example:
        Waiting times (skewness 2) of 20 against those of 200.

        >>> from helpers import stats
        >>> waits = [(stats.Moments(n, 1.0, 1.0), 2.0) for n in (20, 200)]
        >>> round(stats.difference_skewness(*waits), 2)
        0.38
    """
    sides = now[0], reference[0]
    units = sum(side.n for side in sides)
    if units < 3:
        raise ValueError(f"now.n + reference.n == {units}, must be >= 3.")
    variance = sum(side.variance * (side.n - 1) for side in sides) / (units - 2)
    if variance == 0:
        return 0.0
    # Third central moments in units of the common spread, averaged over all values.
    cubes = math.fsum(
        side.n * own * math.sqrt(side.variance / variance) ** 3 for side, own in (now, reference)
    )
    # That of a mean falls as 1 / n**2, its variance as 1 / n: of a difference, the factors below are left.
    one, other = 1 / now[0].n, 1 / reference[0].n
    return cubes / units * (one - other) / math.sqrt(one + other)
