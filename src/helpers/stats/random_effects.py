"""Whether effects differ between parts, and how far each part is to be believed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scipy.stats import chi2

from helpers.stats.estimates import Difference, z_value


@dataclass(frozen=True)
class Heterogeneity:
    """Cochran's Q over the effects of parts, the variance between them, and each effect shrunk.

    `p` is that of no difference between the parts; `shrunk` are in the order given.
    """

    q: float
    p: float
    between: float
    overall: float
    shrunk: tuple[Difference, ...]


def heterogeneity(effects: Sequence[Difference]) -> Heterogeneity:
    """Test whether effects differ (Cochran 1954) and shrink them towards their mean.

    Normal-normal, with the variance between parts by DerSimonian & Laird (1986); the standard error of a
    shrunk effect includes that of the mean (Raudenbush & Bryk 2002). Where the parts do not differ by more
    than chance all are given the common effect.

    Raises:
        ValueError: fewer than two effects, or one without a standard error above 0.
    """
    if len(effects) < 2:
        raise ValueError(f"effects has {len(effects)} entries: need two or more.")
    errors = [one.se for one in effects if one.se]
    if len(errors) != len(effects):
        raise ValueError("effects: each needs a standard error above 0.")
    weights = [se**-2 for se in errors]
    common = _weighted(effects, weights)
    q = math.fsum(w * (one.value - common) ** 2 for w, one in zip(weights, effects, strict=True))
    freedom = len(effects) - 1
    total = math.fsum(weights)
    between = max(0.0, (q - freedom) / (total - math.fsum(w**2 for w in weights) / total))
    random = [1 / (se**2 + between) for se in errors]
    overall = _weighted(effects, random)
    error = 1 / math.sqrt(math.fsum(random))
    shrunk = tuple(_shrunk(one, overall, error, between) for one in effects)
    return Heterogeneity(q, float(chi2.sf(q, freedom)), between, overall, shrunk)


def _shrunk(one: Difference, overall: float, error: float, between: float) -> Difference:
    assert one.se is not None
    trust = between / (between + one.se**2)
    value = trust * one.value + (1 - trust) * overall
    se = math.sqrt(trust * one.se**2 + (1 - trust) ** 2 * error**2)
    half = z_value(one.level) * se
    return replace(one, value=value, se=se, low=value - half, high=value + half, p=None, method="shrunk")


def _weighted(effects: Sequence[Difference], weights: Sequence[float]) -> float:
    return math.fsum(w * one.value for w, one in zip(weights, effects, strict=True)) / math.fsum(weights)
