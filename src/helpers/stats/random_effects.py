"""Whether effects differ between parts, and how far each part is to be believed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scipy.stats import chi2

from helpers.stats.estimates import Difference, z_value


@dataclass(frozen=True)
class Heterogeneity:
    """How effects differ between parts, and each effect shrunk towards their mean.

    Attributes:
        q: Cochran's Q, chi-square of parts - 1 degrees where they do not differ.
        p: that of no difference between the parts.
        between_variance: the variance of the true effects (tau squared), in squared units of the effects.
        overall: their mean, in the unit of the effects.
        shrunk: each effect with its interval, in the order given; no test stands on it.
    """

    q: float
    p: float
    between_variance: float
    overall: float
    shrunk: tuple[Difference, ...]


def heterogeneity(effects: Sequence[Difference]) -> Heterogeneity:
    """Test whether effects differ (Cochran 1954) and shrink them towards their mean.

    Normal-normal, with the variance between parts by DerSimonian & Laird (1986); the standard error of a
    shrunk effect includes that of the mean (Raudenbush & Bryk 2002). Where the parts do not differ by more
    than chance all are given the common effect.

    Args:
        effects: one a part, independent and of one unit.

    Returns:
        Q and its p, the variance between parts, their mean and the shrunk effects.

    Raises:
        ValueError: fewer than two effects, or one without a standard error above 0.

    Example:
        Conversions of 500 in three segments, against 100 of 500 in each.

        >>> from helpers import stats
        >>> effects = [stats.proportion_difference(n, 500, 100, 500) for n in (105, 115, 160)]
        >>> found = stats.heterogeneity(effects)
        >>> round(found.q, 2), round(found.p, 3), round(found.overall, 3)
        (9.54, 0.008, 0.053)
        >>> [round(effect.value, 3) for effect in effects]
        [0.01, 0.03, 0.12]
        >>> [round(part.value, 3) for part in found.shrunk]
        [0.019, 0.035, 0.105]
    """
    if len(effects) < 2:
        raise ValueError(f"len(effects) == {len(effects)}, must be >= 2.")
    errors = [one.se for one in effects if one.se]
    if len(errors) != len(effects):
        raise ValueError(f"effects.se == {[one.se for one in effects]}, must be > 0.")
    weights = [se**-2 for se in errors]
    common = _weighted(effects, weights)
    q = math.fsum(w * (one.value - common) ** 2 for w, one in zip(weights, effects, strict=True))
    freedom = len(effects) - 1
    total = math.fsum(weights)
    # Q beyond its degrees of freedom, in units of the effects: the moment estimate of the variance between.
    between = max(0.0, (q - freedom) / (total - math.fsum(w**2 for w in weights) / total))
    random = [1 / (se**2 + between) for se in errors]
    overall = _weighted(effects, random)
    error = 1 / math.sqrt(math.fsum(random))
    shrunk = tuple(_shrunk(one, overall, error, between) for one in effects)
    return Heterogeneity(q, float(chi2.sf(q, freedom)), between, overall, shrunk)


def _shrunk(one: Difference, overall: float, error: float, between: float) -> Difference:
    assert one.se is not None
    # How far a part is believed: all of it without error of its own, none of it where parts do not differ.
    trust = between / (between + one.se**2)
    value = trust * one.value + (1 - trust) * overall
    se = math.sqrt(trust * one.se**2 + (1 - trust) ** 2 * error**2)
    half = z_value(one.level) * se
    return replace(one, value=value, se=se, low=value - half, high=value + half, p=None, method="shrunk")


def _weighted(effects: Sequence[Difference], weights: Sequence[float]) -> float:
    return math.fsum(w * one.value for w, one in zip(weights, effects, strict=True)) / math.fsum(weights)
