"""Means from aggregates (count, mean, sample variance), their differences and relative lifts."""

from __future__ import annotations

import math

from scipy import stats

from helpers.stats.estimates import Difference, Estimate, t_estimate, wald_difference


def mean(
    n: int, average: float, variance: float, level: float = 0.95, *, effective: float | None = None
) -> Estimate:
    """A mean with its t interval (Student 1908).

    Args:
        n: how many values there are.
        average: their mean.
        variance: their sample variance (divided by n - 1), in squared units.
        level: confidence of the interval, between 0 and 1.
        effective: as how many independent values they count (`effective_n`); None for all of them.

    Returns:
        The mean in the unit of the values; without standard error and interval where there is one value, or
        where the values count as no more than one.

    Raises:
        ValueError: n < 1, or the level lies outside 0 to 1.

    Example:
        Days to close of 25 tickets, 12 on average, with a standard deviation of 5.

        >>> from helpers import stats
        >>> days = stats.mean(25, 12.0, 5.0**2)
        >>> days.se, round(days.low, 2), round(days.high, 2)
        (1.0, 9.94, 14.06)
    """
    if n < 1:
        raise ValueError(f"n == {n}, must be >= 1.")
    counted = n if effective is None else effective
    if counted <= 1:
        return Estimate(average, None, None, None, level, n, "one value, no interval")
    return t_estimate(average, math.sqrt(variance / counted), level, n, "t", degrees=counted - 1)


def mean_difference(now: Estimate, reference: Estimate) -> Difference:
    """Difference of two independent means without equal variances (Welch 1947).

    With both standard errors 0 there is no test: p is None and the interval is the difference itself.

    Args:
        now: the mean to be compared, from `mean`; its level is that of the interval.
        reference: the mean it is compared with.

    Returns:
        `now` less `reference`, in their unit, with Welch's interval and p.

    Raises:
        ValueError: a mean of one value only.

    Example:
        >>> from helpers import stats
        >>> treatment, control = stats.mean(3461, 0.70, 38.4), stats.mean(3407, 0.41, 15.2)
        >>> gain = stats.mean_difference(treatment, control)
        >>> round(gain.value, 2), round(gain.low, 2), round(gain.high, 2), round(gain.p, 3)
        (0.29, 0.05, 0.53, 0.02)
    """
    error, error_of_reference = _standard_errors(now, reference)
    variances = error**2, error_of_reference**2
    degrees = welch_degrees(variances, (now.n, reference.n))
    value, se = now.value - reference.value, math.sqrt(sum(variances))
    return wald_difference(value, se, now.level, "Welch", degrees)


def lift(now: Estimate, reference: Estimate) -> Difference | None:
    """By what share one mean exceeds another, now / reference - 1 (Fieller 1954), with Welch's degrees.

    The interval excludes 0 exactly when that of `mean_difference` does; p is Welch's.

    Args:
        now: the mean to be compared, from `mean`; its level is that of the interval.
        reference: the mean it is compared with, above 0.

    Returns:
        The lift as a fraction (0.1 is 10% more), its standard error that of the delta method. None where it
        is not estimable: the reference cannot be told from zero, or is not positive, so that the interval
        would be unbounded.

    Raises:
        ValueError: a mean of one value only.

    Example:
        >>> from helpers import stats
        >>> treatment, control = stats.mean(3461, 0.70, 38.4), stats.mean(3407, 0.41, 15.2)
        >>> gain = stats.lift(treatment, control)
        >>> round(gain.value, 2), round(gain.low, 2), round(gain.high, 2)
        (0.71, 0.09, 1.71)
        >>> stats.lift(treatment, stats.mean(50, 0.41, 15.2)) is None
        True
    """
    error, error_of_reference = _standard_errors(now, reference)
    if reference.value <= 0:
        return None
    variances, ratio = (error**2, error_of_reference**2), now.value / reference.value
    if sum(variances) == 0:
        return Difference(ratio - 1, 0.0, ratio - 1, ratio - 1, now.level, None, "Fieller")
    degrees = welch_degrees(variances, (now.n, reference.n))
    critical = float(stats.t.ppf(0.5 + now.level / 2, degrees))
    # The squared relative width of the reference (Fieller's g): from 1 on its interval holds zero.
    blur = (critical * error_of_reference / reference.value) ** 2
    if blur >= 1:
        return None
    half = critical / reference.value * math.sqrt(variances[0] * (1 - blur) + ratio**2 * variances[1])
    low, high = (ratio - half) / (1 - blur) - 1, (ratio + half) / (1 - blur) - 1
    se = math.sqrt(variances[0] + ratio**2 * variances[1]) / reference.value
    # The test is that of the difference: a lift of zero and a difference of zero are one hypothesis.
    p = float(2 * stats.t.sf(abs(now.value - reference.value) / math.sqrt(sum(variances)), degrees))
    return Difference(ratio - 1, se, low, high, now.level, p, "Fieller")


def welch_degrees(variances: tuple[float, float], counts: tuple[int, int]) -> float:
    """Degrees of freedom of the difference of two means with these squared standard errors (Welch 1947)."""
    spread = variances[0] ** 2 / (counts[0] - 1) + variances[1] ** 2 / (counts[1] - 1)
    return sum(variances) ** 2 / spread if spread > 0 else 1.0


def _standard_errors(now: Estimate, reference: Estimate) -> tuple[float, float]:
    if now.se is None or reference.se is None:
        raise ValueError(f"now.n, reference.n == {now.n}, {reference.n}, must be >= 2.")
    return now.se, reference.se
