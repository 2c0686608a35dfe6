"""Ratios: of two means of the same units, and of sums over slices of time.

Aggregates by slice of time (revenue and accounts a month) say nothing about the spread between customers.
What they do show is how much the ratio varies from one slice to the next; the intervals of `clustered_ratio`
and its differences rest on that alone, so they are wide where a period has few slices, and they include
trend and season within the period.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from helpers.stats.estimates import Difference, Estimate, t_estimate, wald_difference, wald_estimate
from helpers.stats.means import welch_degrees
from helpers.stats.moments import Moments

Slices = Sequence[tuple[float, float]]
"""(numerator, denominator) of each slice of time, in the order of time."""


@dataclass(frozen=True)
class PairMoments:
    """Means, sample variances and sample covariance of a numerator and a denominator over the same units.

    Attributes:
        n: how many units there are.
        numerator: the mean of the numerator (orders a user).
        denominator: the mean of the denominator (sessions a user).
        numerator_variance: the sample variance (n - 1) of the numerator.
        denominator_variance: that of the denominator.
        covariance: the sample covariance of both.
    """

    n: int
    numerator: float
    denominator: float
    numerator_variance: float
    denominator_variance: float
    covariance: float


@dataclass(frozen=True)
class SharedMoments:
    """Of the units that stand in two groups: mean products of what they have in the one and in the other.

    Attributes:
        n: how many units stand in both.
        numerators: the mean of the numerator in the first group times that in the second.
        numerator_denominator: that of the numerator in the first times the denominator in the second.
        denominator_numerator: that of the denominator in the first times the numerator in the second.
        denominators: that of both denominators.
    """

    n: int
    numerators: float
    numerator_denominator: float
    denominator_numerator: float
    denominators: float


def ratio(units: PairMoments, level: float = 0.95) -> Estimate:
    """Mean numerator over mean denominator, with a normal interval by the delta method.

    The unit is what varies (a user), not the event: many events of one user are no independent answers
    (Deng, Knoblich & Lu 2018).

    Args:
        units: the moments of numerator and denominator over the units.
        level: confidence of the interval, between 0 and 1.

    Returns:
        The ratio in units of the numerator per unit of the denominator; `n` counts units.

    Raises:
        ValueError: fewer than two units, a denominator of 0, or a level outside 0 to 1.

    Example:
        Orders a session: 1,000 users with 0.46 orders and 2 sessions on average.

        >>> from helpers import stats
        >>> orders = stats.ratio(stats.PairMoments(1000, 0.46, 2.0, 0.68, 1.9, 0.55))
        >>> round(orders.value, 3), round(orders.low, 3), round(orders.high, 3)
        (0.23, 0.207, 0.253)
    """
    if units.n < 2:
        raise ValueError(f"n == {units.n}, must be >= 2.")
    if units.denominator == 0:
        raise ValueError(f"denominator == {units.denominator}, must not be 0.")
    value = units.numerator / units.denominator
    above, below = linear_weights(units.numerator, units.denominator)
    # The variance of numerator - ratio x denominator, which errs as the ratio does near the means.
    spread = (
        above**2 * units.numerator_variance
        + 2 * above * below * units.covariance
        + below**2 * units.denominator_variance
    )
    # Rounding may take a spread of nothing below zero.
    return wald_estimate(value, math.sqrt(max(0.0, spread) / units.n), level, units.n, "delta method")


def linear_weights(numerator: float, denominator: float) -> tuple[float, float]:
    """What a ratio of two means moves by for each unit of either mean: the delta method in one place.

    Returns the weights of the numerator's and of the denominator's mean, neither of which may be 0 / 0.

        >>> linear_weights(30.0, 10.0)
        (0.1, -0.3)
    """
    return 1 / denominator, -numerator / denominator / denominator


def linear_product(now: PairMoments, reference: PairMoments, shared: SharedMoments) -> float:
    """What the units in both groups add, on average, to the product of the errors of two ratios.

    >>> now, then = PairMoments(9, 3.0, 10.0, 1, 1, 0), PairMoments(9, 4.0, 10.0, 1, 1, 0)
    >>> round(linear_product(now, then, SharedMoments(5, 13.0, 30.0, 42.0, 104.0)), 4)
    0.0088
    """
    above, below = linear_weights(now.numerator, now.denominator)
    above_then, below_then = linear_weights(reference.numerator, reference.denominator)
    return (
        above * above_then * shared.numerators
        + above * below_then * shared.numerator_denominator
        + below * above_then * shared.denominator_numerator
        + below * below_then * shared.denominators
    )


def overlapping_ratio_difference(
    now: PairMoments, reference: PairMoments, shared: SharedMoments, level: float = 0.95
) -> Difference:
    """Difference of two ratios of which some units are the same: delta method with their covariance.

    Units in both groups tend to behave alike, which makes the change better known than from two separate
    samples (Deng, Knoblich & Lu 2018). Wald's interval; with no spread at all there is no test: p is None.

    Args:
        now: the moments of the group to be compared.
        reference: those of the group it is compared with.
        shared: those of the units that stand in both, `now` first.
        level: confidence of the interval, between 0 and 1.

    Returns:
        The ratio of `now` less that of `reference`.

    Raises:
        ValueError: as `ratio`.

    Example:
        The same 100 users in both groups, a little more active in the first.

        >>> from helpers import stats
        >>> now, then = stats.PairMoments(100, 0.5, 2, 0.04, 0, 0), stats.PairMoments(100, 0.4, 2, 0.04, 0, 0)
        >>> nobody = stats.SharedMoments(0, 0, 0, 0, 0)
        >>> both = stats.SharedMoments(100, 0.23, 1.0, 0.8, 4)
        >>> [round(stats.overlapping_ratio_difference(now, then, each).se, 4) for each in (nobody, both)]
        [0.0141, 0.0071]
    """
    first, second = ratio(now, level), ratio(reference, level)
    covariance = linear_product(now, reference, shared) * shared.n / (now.n * reference.n)
    variance = (first.se or 0.0) ** 2 + (second.se or 0.0) ** 2 - 2 * covariance
    # Rounding may take a variance of nothing below zero.
    return wald_difference(
        first.value - second.value, math.sqrt(max(0.0, variance)), level, "overlapping samples"
    )


def ratio_moments(units: PairMoments) -> Moments | None:
    """The ratio as a mean, with the variance that its delta method gives one unit (Deng et al. 2018).

    So a ratio is compared as means are: with `mean_difference` and `lift`.

    Args:
        units: the moments of numerator and denominator over the units.

    Returns:
        Count, ratio and variance of one unit; None where the ratio is not defined: fewer than two units, a
        denominator of 0, figures too large for a variance.

    Example:
        >>> from helpers import stats
        >>> found = stats.ratio_moments(stats.PairMoments(1000, 0.46, 2.0, 0.68, 1.9, 0.55))
        >>> found.n, round(found.mean, 3), round(found.variance, 4)
        (1000, 0.23, 0.1319)
    """
    if units.n < 2 or units.denominator == 0:
        return None
    found = ratio(units)
    variance = (found.se or 0.0) ** 2 * found.n
    return Moments(found.n, found.value, variance) if math.isfinite(variance) else None


def clustered_ratio(slices: Slices, level: float = 0.95) -> Estimate:
    """The ratio of sums with a linearized t interval, slices as clusters (Cochran 1977, section 6.3).

    Args:
        slices: numerator and denominator of each slice of time.
        level: confidence of the interval, between 0 and 1.

    Returns:
        The ratio in units of the numerator per unit of the denominator; `n` counts slices. One slice has no
        interval.

    Raises:
        ValueError: the denominators sum to 0 or less, or the level lies outside 0 to 1.

    Example:
        Revenue an account: four months of (revenue, accounts).

        >>> from helpers import stats
        >>> months = [(1200, 100), (1450, 110), (1380, 130), (1700, 125)]
        >>> revenue = stats.clustered_ratio(months)
        >>> round(revenue.value, 2), round(revenue.low, 2), round(revenue.high, 2), revenue.n
        (12.32, 10.02, 14.62, 4)
    """
    value, residuals = _linearized(slices)
    count = len(slices)
    if count < 2:
        return Estimate(value, None, None, None, level, count, "one time slice, no interval")
    return t_estimate(value, _standard_error(residuals), level, count, "time slices, t")


def clustered_ratio_difference(now: Slices, reference: Slices, level: float = 0.95) -> Difference:
    """Difference of two ratios of different times (Cochran 1977), with Welch's degrees of freedom (1947).

    Args:
        now: numerator and denominator of each slice of one period.
        reference: those of the period that it is compared with.
        level: confidence of the interval, between 0 and 1.

    Returns:
        The ratio of `now` less that of `reference`, in their unit.

    Raises:
        ValueError: fewer than two slices a side, denominators that sum to 0 or less, or a level outside
            0 to 1.

    Example:
        >>> from helpers import stats
        >>> now = [(1200, 100), (1450, 110), (1380, 130), (1700, 125)]
        >>> year_ago = [(900, 90), (1010, 95), (1100, 120), (1190, 115)]
        >>> change = stats.clustered_ratio_difference(now, year_ago)
        >>> round(change.value, 2), round(change.low, 2), round(change.high, 2), round(change.p, 3)
        (2.32, 0.16, 4.49, 0.041)
    """
    (value, residuals), (then, residuals_then) = _linearized(now), _linearized(reference)
    if min(len(now), len(reference)) < 2:
        raise ValueError(f"len(now), len(reference) == {len(now)}, {len(reference)}, must be >= 2.")
    variances = (_standard_error(residuals) ** 2, _standard_error(residuals_then) ** 2)
    degrees = welch_degrees(variances, (len(now), len(reference)))
    return wald_difference(value - then, math.sqrt(sum(variances)), level, "time slices, Welch", degrees)


def paired_ratio_difference(now: Slices, reference: Slices, level: float = 0.95) -> Difference:
    """Difference of two ratios over the same slices of time: what moves both cancels out (Cochran 1977).

    Args:
        now: numerator and denominator of each slice of one market.
        reference: those of the market that it is compared with, for the same slices in the same order.
        level: confidence of the interval, between 0 and 1.

    Returns:
        The ratio of `now` less that of `reference`, in their unit, with a paired t interval.

    Raises:
        ValueError: unequal numbers of slices, fewer than two, denominators that sum to 0 or less, or a level
            outside 0 to 1.

    Example:
        >>> from helpers import stats
        >>> amer = [(1200, 100), (1450, 110), (1380, 130), (1700, 125)]
        >>> emea = [(900, 90), (1010, 95), (1100, 120), (1190, 115)]
        >>> gap = stats.paired_ratio_difference(amer, emea)
        >>> round(gap.value, 2), round(gap.low, 2), round(gap.high, 2), round(gap.p, 3)
        (2.32, 1.01, 3.63, 0.011)
    """
    (value, residuals), (other, residuals_other) = _linearized(now), _linearized(reference)
    if len(now) != len(reference) or len(now) < 2:
        raise ValueError(f"len(now), len(reference) == {len(now)}, {len(reference)}, must be equal and >= 2.")
    paired = [mine - theirs for mine, theirs in zip(residuals, residuals_other, strict=True)]
    se = _standard_error(paired)
    return wald_difference(value - other, se, level, "paired time slices, t", degrees=len(now) - 1)


def _linearized(slices: Slices) -> tuple[float, list[float]]:
    """The ratio, and what each slice adds to its error."""
    denominator = math.fsum(below for _, below in slices)
    if denominator <= 0:
        raise ValueError(f"sum of denominators == {denominator}, must be > 0.")
    value = math.fsum(above for above, _ in slices) / denominator
    return value, [(above - value * below) / denominator for above, below in slices]


def _standard_error(residuals: Sequence[float]) -> float:
    """The root of the residuals' sum of squares; they sum to zero, which costs one degree of freedom."""
    count = len(residuals)
    return math.sqrt(count / (count - 1) * math.fsum(residual**2 for residual in residuals))
