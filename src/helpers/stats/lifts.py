"""Relative lifts, with intervals that exclude zero exactly when those of the difference do."""

from __future__ import annotations

import math

from scipy import stats

from helpers.stats.estimates import Difference, Estimate


def lift(now: Estimate, reference: Estimate) -> Difference | None:
    """By what share one mean exceeds another, now / reference - 1 (Fieller 1954), with Welch's degrees.

    None where it is not estimable: the reference cannot be told from zero, or is not positive, so that
    the interval would be unbounded. The standard error is that of the delta method; p is Welch's.

    Raises:
        ValueError: a mean of one value only.
    """
    if now.se is None or reference.se is None:
        raise ValueError("lift needs at least two values a side.")
    if reference.value <= 0:
        return None
    ratio = now.value / reference.value
    variances = (now.se**2, reference.se**2)
    if sum(variances) == 0:
        return Difference(ratio - 1, 0.0, ratio - 1, ratio - 1, now.level, None, "Fieller")
    df = sum(variances) ** 2 / (variances[0] ** 2 / (now.n - 1) + variances[1] ** 2 / (reference.n - 1))
    critical = float(stats.t.ppf(0.5 + now.level / 2, df))
    blur = (critical * reference.se / reference.value) ** 2
    if blur >= 1:
        return None
    half = critical / reference.value * math.sqrt(variances[0] * (1 - blur) + ratio**2 * variances[1])
    low, high = (ratio - half) / (1 - blur) - 1, (ratio + half) / (1 - blur) - 1
    se = math.sqrt(variances[0] + ratio**2 * variances[1]) / reference.value
    p = float(2 * stats.t.sf(abs(now.value - reference.value) / math.sqrt(sum(variances)), df))
    return Difference(ratio - 1, se, low, high, now.level, p, "Fieller")


def proportion_lift(now: Estimate, reference: Estimate) -> Difference | None:
    """By what share one share exceeds another, now / reference - 1: MOVER-R (Donner & Zou 2012).

    Built from the limits that Newcombe's difference is built from, so that both exclude zero together.
    None where the reference share is 0: no lift can be told.

    Raises:
        ValueError: an estimate without interval.
    """
    if now.low is None or now.high is None or reference.low is None or reference.high is None:
        raise ValueError("proportion_lift needs the Wilson limits of both shares.")
    if reference.value <= 0 or reference.low <= 0:
        return None
    low = _ratio_limit(now.value, now.low, reference.value, reference.high, -1)
    high = _ratio_limit(now.value, now.high, reference.value, reference.low, +1)
    ratio = now.value / reference.value
    return Difference(ratio - 1, None, low - 1, high - 1, now.level, None, "MOVER-R")


def _ratio_limit(now: float, limit: float, reference: float, opposite: float, sign: int) -> float:
    """A limit of now / reference from one limit of each (Donner & Zou 2012, equation 9)."""
    product = now * reference
    under = opposite * (2 * reference - opposite)
    square = product**2 - limit * (2 * now - limit) * under
    return (product + sign * math.sqrt(max(0.0, square))) / under
