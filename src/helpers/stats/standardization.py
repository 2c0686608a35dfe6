"""Rates of groups put together with stated weights, and a difference split into mix and rate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helpers.stats.estimates import Difference, Estimate, two_sided_p, z_value


def weighted(groups: Sequence[tuple[float, Estimate]], level: float = 0.95) -> Estimate:
    """The weighted average of independent group estimates, with its Wald interval (Holt & Smith 1979).

    Each group is (weight, estimate); the weights are scaled to sum to 1 and taken as known.

    Raises:
        ValueError: no weight above 0, a negative weight, or an estimate without standard error.
    """
    total = math.fsum(weight for weight, _ in groups)
    if total <= 0 or any(weight < 0 for weight, _ in groups):
        raise ValueError("weights must be >= 0 with a sum above 0.")
    variance = 0.0
    for weight, estimate in groups:
        if estimate.se is None:
            raise ValueError("weighted needs standard errors: an estimate without interval has none.")
        variance += (weight / total * estimate.se) ** 2
    value = math.fsum(weight * estimate.value for weight, estimate in groups) / total
    se = math.sqrt(variance)
    half = z_value(level) * se
    n = sum(estimate.n for _, estimate in groups)
    return Estimate(value, se, value - half, value + half, level, n, "post-stratified, Wald")


Side = Mapping[str, tuple[float, float]]
"""Segment -> (numerator, denominator)."""


@dataclass(frozen=True)
class MixPart:
    """What one segment contributes to a difference, in the unit of the rate."""

    segment: str
    mix: float
    rate: float


@dataclass(frozen=True)
class MixAndRate:
    """A difference split without remainder: total = mix + rate, each the sum over its parts."""

    total: float
    mix: float
    rate: float
    parts: tuple[MixPart, ...]


def mix_and_rate(now: Side, reference: Side) -> MixAndRate:
    """Split the difference of two overall rates, `now` less `reference` (Kitagawa 1955, two-fold).

    Mix: the segments weigh differently, at the average of the two rates. Rate: the segments themselves
    differ, at the average of the two weights. A segment that one side lacks counts as mix alone: it takes
    the rate of the side that has it.

    Raises:
        ValueError: a negative denominator, or a side without any.
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

    The weights are the average of the two mixes and taken as given. The variance of each segment's share
    has one success and one failure added (Agresti & Caffo 2000), so that no segment counts as certain.

    Raises:
        ValueError: a negative denominator, or a side without any.
    """
    weights, weights_then = _weights(now, "now"), _weights(reference, "reference")
    variance = 0.0
    for segment in set(now) & set(reference):
        weight = (weights.get(segment, 0.0) + weights_then.get(segment, 0.0)) / 2
        if now[segment][1] > 0 and reference[segment][1] > 0:
            variance += weight**2 * (_share_variance(*now[segment]) + _share_variance(*reference[segment]))
    value, se = mix_and_rate(now, reference).rate, math.sqrt(variance)
    half = z_value(level) * se
    p = two_sided_p(value / se) if se > 0 else None
    return Difference(value, se, value - half, value + half, level, p, "standardized, Wald")


def _segments(now: Side, reference: Side) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*reference, *now)))


def _weights(side: Side, name: str) -> dict[str, float]:
    total = math.fsum(denominator for _, denominator in side.values())
    if total <= 0 or any(denominator < 0 for _, denominator in side.values()):
        raise ValueError(f"{name}: denominators must be >= 0 with a sum above 0.")
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
    share = (successes + 1) / (trials + 2)
    return share * (1 - share) / (trials + 2)
