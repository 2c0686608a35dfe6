"""Rates of groups put together with stated weights, and a difference split into mix and rate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helpers.stats.estimates import Difference, Estimate, wald_difference, wald_estimate


def weighted(groups: Sequence[tuple[float, Estimate]], level: float = 0.95) -> Estimate:
    """The weighted average of independent group estimates, with its Wald interval (Holt & Smith 1979).

    Args:
        groups: (weight, estimate) of each group; the weights are scaled to sum to 1 and taken as known.
        level: confidence of the interval, between 0 and 1.

    Returns:
        The average in the unit of the estimates; `n` is the sum of theirs.

    Raises:
        ValueError: no weight above 0, a negative weight, an estimate without standard error, or a level
            outside 0 to 1.

    Example:
        A fifth of those who answered are large customers, who are half of all.

        >>> from helpers import stats
        >>> large, small = stats.proportion(60, 100), stats.proportion(160, 400)
        >>> satisfied = stats.weighted([(0.5, large), (0.5, small)])
        >>> round(satisfied.value, 2), round(satisfied.low, 3), round(satisfied.high, 3), satisfied.n
        (0.5, 0.446, 0.554, 500)
    """
    total = math.fsum(weight for weight, _ in groups)
    if total <= 0 or any(weight < 0 for weight, _ in groups):
        raise ValueError(f"weights == {[weight for weight, _ in groups]}, must be >= 0 with a sum > 0.")
    variance = 0.0
    for weight, estimate in groups:
        if estimate.se is None:
            raise ValueError(f"estimate.se == {estimate.se}, must be known.")
        variance += (weight / total * estimate.se) ** 2
    value = math.fsum(weight * estimate.value for weight, estimate in groups) / total
    n = sum(estimate.n for _, estimate in groups)
    return wald_estimate(value, math.sqrt(variance), level, n, "post-stratified, Wald")


Side = Mapping[str, tuple[float, float]]
"""Segment -> (numerator, denominator)."""


@dataclass(frozen=True)
class MixPart:
    """What one segment contributes to a difference.

    Attributes:
        segment: its name.
        mix: what its changed weight contributes, in the unit of the rate.
        rate: what its changed rate contributes, in the unit of the rate.
    """

    segment: str
    mix: float
    rate: float


@dataclass(frozen=True)
class MixAndRate:
    """A difference split without remainder, all in the unit of the rate.

    Attributes:
        total: the difference of the two overall rates, mix + rate.
        mix: what the changed weights of the segments make, the sum over the parts.
        rate: what the changed rates within the segments make, the sum over the parts.
        parts: what each segment contributes to both.
    """

    total: float
    mix: float
    rate: float
    parts: tuple[MixPart, ...]


def mix_and_rate(now: Side, reference: Side) -> MixAndRate:
    """Split the difference of two overall rates, `now` less `reference` (Kitagawa 1955, two-fold).

    Mix: the segments weigh differently, at the average of the two rates. Rate: the segments themselves
    differ, at the average of the two weights. A segment that one side lacks counts as mix alone: it takes
    the rate of the side that has it.

    Args:
        now: segment -> (numerator, denominator) of the one side.
        reference: that of the side it is compared with.

    Returns:
        The difference in the unit of the rate, its two parts, and what each segment contributes.

    Raises:
        ValueError: a negative denominator, or a side without any.

    Example:
        Conversion rose in both segments, and fell overall: the weaker one grew.

        >>> from helpers import stats
        >>> now = {"desktop": (44, 100), "phone": (48, 400)}
        >>> before = {"desktop": (160, 400), "phone": (10, 100)}
        >>> split = stats.mix_and_rate(now, before)
        >>> round(split.total, 3), round(split.mix, 3), round(split.rate, 3)
        (-0.156, -0.186, 0.03)
        >>> [(part.segment, round(part.mix, 3), round(part.rate, 3)) for part in split.parts]
        [('desktop', -0.252, 0.02), ('phone', 0.066, 0.01)]
    """
    weights, weights_then = _weights(now, "now"), _weights(reference, "reference")
    parts = []
    for segment in _segments(now, reference):
        rate, rate_then = _rates(now, reference, segment)
        weight, weight_then = weights.get(segment, 0.0), weights_then.get(segment, 0.0)
        mix = (weight - weight_then) * (rate + rate_then) / 2
        parts.append(MixPart(segment, mix, (rate - rate_then) * (weight + weight_then) / 2))
    mix, rate = math.fsum(part.mix for part in parts), math.fsum(part.rate for part in parts)
    return MixAndRate(mix + rate, mix, rate, tuple(parts))


def standardized_share_difference(now: Side, reference: Side, level: float = 0.95) -> Difference:
    """Difference of two shares with the mix of segments set equal: the rate part of `mix_and_rate`.

    The weights are the average of the two mixes and taken as given (Kitagawa 1955). The variance of each
    segment's share has one success and one failure added (Agresti & Caffo 2000), so that no segment counts
    as certain.

    Args:
        now: segment -> (successes, trials) of the one side.
        reference: that of the side it is compared with.
        level: confidence of the interval, between 0 and 1.

    Returns:
        The share of `now` less that of `reference`, from -1 to 1.

    Raises:
        ValueError: a negative denominator, a side without any, or a level outside 0 to 1.

    Example:
        >>> from helpers import stats
        >>> now = {"desktop": (44, 100), "phone": (48, 400)}
        >>> before = {"desktop": (160, 400), "phone": (10, 100)}
        >>> change = stats.standardized_share_difference(now, before)
        >>> round(change.value, 3), round(change.low, 3), round(change.high, 3)
        (0.03, -0.034, 0.094)
    """
    weights, weights_then = _weights(now, "now"), _weights(reference, "reference")
    variance = 0.0
    # A segment of one side only has no rate to compare: it adds to the mix, which is taken as given.
    for segment in set(now) & set(reference):
        weight = (weights.get(segment, 0.0) + weights_then.get(segment, 0.0)) / 2
        if now[segment][1] > 0 and reference[segment][1] > 0:
            variance += weight**2 * (_share_variance(*now[segment]) + _share_variance(*reference[segment]))
    value = mix_and_rate(now, reference).rate
    return wald_difference(value, math.sqrt(variance), level, "standardized, Wald")


def _segments(now: Side, reference: Side) -> tuple[str, ...]:
    # In the order of the reference, not that of a set: charts draw them as they come.
    return tuple(dict.fromkeys((*reference, *now)))


def _weights(side: Side, name: str) -> dict[str, float]:
    total = math.fsum(denominator for _, denominator in side.values())
    if total <= 0 or any(denominator < 0 for _, denominator in side.values()):
        denominators = [denominator for _, denominator in side.values()]
        raise ValueError(f"{name} denominators == {denominators}, must be >= 0 with a sum > 0.")
    return {segment: denominator / total for segment, (_, denominator) in side.items()}


def _rates(now: Side, reference: Side, segment: str) -> tuple[float, float]:
    """The segment's rate on both sides; where one side lacks it, the other's twice."""
    rate, rate_then = _rate(now, segment), _rate(reference, segment)
    if rate is None:
        rate = rate_then
    if rate_then is None:
        rate_then = rate
    return rate or 0.0, rate_then or 0.0


def _rate(side: Side, segment: str) -> float | None:
    numerator, denominator = side.get(segment, (0.0, 0.0))
    return numerator / denominator if denominator > 0 else None


def _share_variance(successes: float, trials: float) -> float:
    # As it is, a share of 0 or 1 would have no variance.
    share = (successes + 1) / (trials + 2)
    return share * (1 - share) / (trials + 2)
