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
    def largest(self) -> float:
        """The greatest value."""
        return float(self.high[-1])

    def quantile(self, p: float) -> float:
        """The value at rank (n - 1) p, between two values in proportion (Hyndman & Fan 1996, type 7).

        It is exact where the bin of that rank holds no more than two different values; else values are taken
        to lie evenly in their bin, and it is off by a thousandth of its distance from the origin at most.
        """
        return _quantile(self.n, self.low, self.high, p)

    def capped(self, cap: float) -> Moments:
        """The moments with every value above the cap taken as the cap, which lies in no bin's inside."""
        below = self.high <= cap
        above = float(self.n[~below].sum())
        n, mean, variance = np.append(self.n[below], above), np.append(self.mean[below], cap), self.variance
        variance = np.append(variance[below], 0.0)
        return pooled_joint(("value",), n[:, None], mean[:, None], variance[:, None, None]).of("value")


def cap(parts: Sequence[Histogram], p: float) -> float:
    """The quantile of all parts together, or the greatest value of its bin where it lies inside one."""
    bins = np.unique(np.concatenate([part.bins for part in parts]))
    n, low, high = np.zeros(len(bins)), np.full(len(bins), np.inf), np.full(len(bins), -np.inf)
    for part in parts:
        at = np.searchsorted(bins, part.bins)
        n[at] += part.n
        low[at] = np.minimum(low[at], part.low)
        high[at] = np.maximum(high[at], part.high)
    found = _quantile(n, low, high, p)
    inside = high[(low < found) & (found < high)]
    return float(inside[0]) if len(inside) else found


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
