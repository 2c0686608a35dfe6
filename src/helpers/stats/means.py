"""Means from aggregates (count, mean, sample variance), their differences and relative lifts."""

from __future__ import annotations

import math

from scipy import stats

from helpers.stats.estimates import Difference, Estimate


def mean(n: int, average: float, variance: float, level: float = 0.95) -> Estimate:
    """A mean with its t interval. `variance` is the sample variance (n - 1); one unit has no interval.

    Raises:
        ValueError: n < 1.
    """
    if n < 1:
        raise ValueError(f"n == {n}, must be >= 1.")
    if n == 1:
        return Estimate(average, None, None, None, level, n, "one value, no interval")
    se = math.sqrt(variance / n)
    half = float(stats.t.ppf(0.5 + level / 2, n - 1)) * se
    return Estimate(average, se, average - half, average + half, level, n, "t")


def mean_difference(now: Estimate, reference: Estimate) -> Difference:
    """Difference of two independent means without equal variances (Welch 1947).

    With both standard errors 0 there is no test: p is None and the interval is the difference itself.

    Raises:
        ValueError: a mean of one value only.
    """
    if now.se is None or reference.se is None:
        raise ValueError("mean_difference needs at least two values a side.")
    value = now.value - reference.value
    variances = (now.se**2, reference.se**2)
    se = math.sqrt(sum(variances))
    if se == 0:
        return Difference(value, 0.0, value, value, now.level, None, "Welch")
    df = sum(variances) ** 2 / (variances[0] ** 2 / (now.n - 1) + variances[1] ** 2 / (reference.n - 1))
    half = float(stats.t.ppf(0.5 + now.level / 2, df)) * se
    p = float(2 * stats.t.sf(abs(value) / se, df))
    return Difference(value, se, value - half, value + half, now.level, p, "Welch")


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
