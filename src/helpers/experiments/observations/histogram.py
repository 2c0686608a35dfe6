"""Values counted in narrow bins: quantiles and capped means of any number of units from a few thousand rows.

A bin is a thousandth as wide as its distance from a point below which hardly a value lies: logarithmic bins
as in DDSketch (Masson, Rim & Lee 2019). Unlike those of a sketch of ranks, the counts are exact, the same in
any order of the rows, and found by GROUP BY in any engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from helpers.stats import Moments, pooled_joint
from helpers.stats.moments import Floats

BINS = 1000
"""Bins to a factor of e: each is this part of its distance from the origin wide."""
_SMALLEST = 750
"""No double lies nearer to 0 than e to the minus this."""
GAP, FEW = 3.0, 0.005
"""So many times as far from the median as the next, values stand apart; they are at most this part of all."""


@dataclass(frozen=True, eq=False)
class Histogram:
    """Bins in ascending order: number, then count, least, greatest, mean and sample variance of values."""

    bins: NDArray[np.int64]
    n: Floats
    low: Floats
    high: Floats
    mean: Floats
    variance: Floats

    @property
    def skewness(self) -> float:
        """Of the values, which lie evenly about the mean of their bin; 0 where they do not vary."""
        whole = self.moments
        away = self.mean - whole.mean
        cubes = float((self.n * away**3 + 3 * away * np.maximum(self.n - 1, 0) * self.variance).sum())
        return cubes / whole.n / whole.variance**1.5 if whole.variance > 0 else 0.0

    @property
    def moments(self) -> Moments:
        """Of all values."""
        return _pooled(self.n, self.mean, self.variance)

    def quantile(self, p: float) -> float:
        """The value at rank (n - 1) p, between two values in proportion (Hyndman & Fan 1996, type 7).

        It is exact where the bin of that rank holds no more than two different values; else values are taken
        to lie evenly in their bin, and it is off by a thousandth of its distance from the origin at most.
        """
        return _quantile(self.n, self.low, self.high, p)

    def between(self, low: float, high: float) -> Moments:
        """The moments of the values from `low` to `high`, neither of which lies in a bin's inside."""
        inside = (self.low >= low) & (self.high <= high)
        return _pooled(self.n[inside], self.mean[inside], self.variance[inside])

    def clipped(self, low: float, high: float) -> Moments:
        """The moments with every value beyond a limit taken as it; no limit lies in a bin's inside."""
        beyond = (self.low < low) | (self.high > high)
        return _pooled(self.n, np.clip(self.mean, low, high), np.where(beyond, 0.0, self.variance))

    def farthest(self, centre: float) -> float:
        """The value farthest from the centre."""
        least, most = float(self.low[0]), float(self.high[-1])
        return most if most - centre >= centre - least else least


def together(parts: Sequence[Histogram]) -> Histogram:
    """All parts as one; where two share a bin, the variance is that of the values of both."""
    bins = np.unique(np.concatenate([part.bins for part in parts]))
    n, mean, squares = np.zeros((3, len(bins)))
    low, high = np.full(len(bins), np.inf), np.full(len(bins), -np.inf)
    for part in parts:
        at = np.searchsorted(bins, part.bins)
        gap, whole = part.mean - mean[at], n[at] + part.n
        squares[at] += np.maximum(part.n - 1, 0) * part.variance + gap**2 * n[at] * part.n / whole
        mean[at] += gap * part.n / whole
        n[at] = whole
        low[at], high[at] = np.minimum(low[at], part.low), np.maximum(high[at], part.high)
    return Histogram(bins, n, low, high, mean, squares / np.maximum(n - 1, 1))


def caps(values: Histogram, p: float) -> tuple[float, float]:
    """The quantiles at 1 - p and p, or the outer end of a bin where one lies inside it."""
    low, high = values.quantile(1 - p), values.quantile(p)
    under, over = ((values.low < limit) & (limit < values.high) for limit in (low, high))
    return (
        float(values.low[under][0]) if under.any() else low,
        float(values.high[over][0]) if over.any() else high,
    )


def ordinary(values: Histogram) -> tuple[float, float]:
    """The least and the greatest value that do not stand apart from all others.

    Values stand apart where each is more than `GAP` times as far from the median as any other on its side,
    if they are few: at most `FEW` of all, and no more than the others on their side.
    """
    centre = values.quantile(0.5)
    over = _last_ordinary(values.n, values.low - centre, values.high - centre)
    under = _last_ordinary(values.n[::-1], centre - values.high[::-1], centre - values.low[::-1])
    return float(values.low[::-1][under]), float(values.high[over])


def _last_ordinary(n: Floats, near: Floats, far: Floats) -> int:
    """The outermost bin of one side whose values do not stand apart.

    Bins lead outwards; `near` and `far` are how far beyond the median their least and greatest value lies.
    """
    last, apart, beyond = len(n) - 1, 0.0, float(n[near > 0].sum())
    for at in range(len(n) - 1, 0, -1):
        apart += float(n[at])
        if apart > max(1.0, FEW * n.sum()) or apart > beyond - apart or far[at - 1] <= 0:
            break
        if near[at] > GAP * far[at - 1]:
            last = at - 1
    return last


def origin(mean: float, sd: float) -> float:
    """What bins are counted from: the point nearest to 0 within three standard deviations of the mean."""
    return float(np.clip(0.0, mean - 3 * sd, mean + 3 * sd))


def numbered(value: ir.NumericColumn, start: ir.NumericValue) -> ir.IntegerColumn:
    """The number of a value's bin, counted from `start`; greater for greater values."""
    away = value - start
    size = (away.abs().nullif(0.0).ln() * BINS).floor() + BINS * _SMALLEST
    return (away.sign() * size).fill_null(0).cast("int32")


def _quantile(n: Floats, low: Floats, high: Floats, p: float) -> float:
    until = np.cumsum(n)
    rank = (until[-1] - 1) * p
    before = np.floor(rank)
    one, other = (_at_rank(n, low, high, until, k) for k in (before, min(before + 1, until[-1] - 1)))
    return float(one + (rank - before) * (other - one))


def _at_rank(n: Floats, low: Floats, high: Floats, until: Floats, k: float) -> float:
    at = int(np.searchsorted(until, k, side="right"))
    place = (k - (until[at] - n[at])) / (n[at] - 1) if n[at] > 1 else 0.0
    return float(low[at] + place * (high[at] - low[at]))


def _pooled(n: Floats, mean: Floats, variance: Floats) -> Moments:
    return pooled_joint(("value",), n[:, None], mean[:, None], variance[:, None, None]).of("value")
