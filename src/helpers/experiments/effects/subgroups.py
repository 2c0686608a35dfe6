"""The primary effect by region, segment and platform: do parts differ, by how much, and do they mislead?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from helpers import metrics
from helpers.experiments.effects.estimation import arm_statistics
from helpers.experiments.effects.monitoring import reading_level
from helpers.experiments.observations.aggregates import NOT_KNOWN, Observations
from helpers.experiments.protocol import Protocol
from helpers.findings import NoData
from helpers.stats import (
    Difference,
    Heterogeneity,
    false_discovery_rate,
    heterogeneity,
    holm,
    z_value,
)

FEWEST = 100
"""Units of an arm below which a part is left out.

With fewer, Cochran's Q takes the errors of the parts for known: of 20 parts that are alike it calls 11% of
shares different at 20 units, 7% at 50, less than 6% from 100 (`test_subgroups`).
"""


@dataclass(frozen=True)
class SubgroupEffect:
    """The effect in one region, segment or platform: as measured, and shrunk towards the mean of all.

    Both are treatment less control in the metric's unit; `units` are those of both arms that have the metric.
    """

    value: str
    units: int
    measured: Difference
    shrunk: Difference

    @property
    def clear(self) -> bool:
        """Whether the shrunk interval, as wide as the number of parts asks for, excludes no effect."""
        return not self.shrunk.low <= 0 <= self.shrunk.high


@dataclass(frozen=True)
class Subgroups:
    """The effect by the values of one part; `p` is that of no difference, corrected for the splits (Holm).

    `within` is the effect inside the parts, weighted by their units, at a level corrected for the splits
    (Bonferroni): where it is clear and points the other way than the whole, the whole misleads
    (Simpson 1951).
    """

    part: str
    found: Heterogeneity
    p: float
    parts: tuple[SubgroupEffect, ...]
    within: Difference

    @property
    def differs(self) -> bool:
        """Whether the parts differ by more than chance (5%)."""
        return self.p < 0.05

    def reverses(self, whole: Difference) -> bool:
        """Whether the effect within the parts clearly points the other way than a whole that is clear."""
        below, above = sorted((whole, self.within), key=lambda one: one.value)
        return below.high < 0 < above.low


def subgroups(protocol: Protocol, observed: Observations) -> tuple[Subgroups, ...]:
    """The effect on the primary metric by every part that the assignments tell (region, segment, platform).

    Whether parts differ: Cochran's Q (1954), corrected by Holm (1979); effects shrunk by DerSimonian and
    Laird (1986), read at the level that the number of clear ones allows (Benjamini and Hochberg 1995).

        >>> from helpers import experiments
        >>> readout = experiments.example()
        >>> (by_region,) = subgroups(readout.protocol, readout.observed)
        >>> by_region.differs, [(part.value, round(part.shrunk.value, 3)) for part in by_region.parts]
        (False, [('AMER', 0.06), ('EMEA', 0.06)])

    Raises:
        NoData: no part is told, or none has two values with enough units.
    """
    found = [one for name in observed.parts if (one := _by(protocol, observed, name))]
    if not found:
        raise NoData("The assignments tell no region, segment or platform with enough units to compare.")
    corrected = holm([one.p for one in found])
    level = protocol.alpha / len(found)
    splits = [
        replace(one, p=1.0 if p is None else p, within=_at(protocol, observed, one.within, level))
        for one, p in zip(found, corrected, strict=True)
    ]
    intervals = [
        lambda alpha, shrunk=part.shrunk: _at(protocol, observed, shrunk, alpha)
        for one in splits
        for part in one.parts
    ]
    rate = false_discovery_rate(intervals, protocol.alpha)
    return tuple(
        replace(
            one,
            parts=tuple(
                replace(part, shrunk=_at(protocol, observed, part.shrunk, rate)) for part in one.parts
            ),
        )
        for one in splits
    )


def _by(protocol: Protocol, observed: Observations, name: str) -> Subgroups | None:
    metric = metrics.get(protocol.primary)
    found: list[tuple[str, int, Difference]] = []
    for value in observed.values(name):
        there = observed.within(name, value)
        one = arm_statistics(protocol, there, metric) if value != NOT_KNOWN else None
        if one and min(one.control.n, one.treatment.n) >= FEWEST and (effect := one.difference(0.95)).se:
            found.append((value, one.control.n + one.treatment.n, effect))
    if len(found) < 2:
        return None
    tested = heterogeneity([effect for _, _, effect in found])
    parts = tuple(
        SubgroupEffect(value, units, effect, shrunk)
        for (value, units, effect), shrunk in zip(found, tested.shrunk, strict=True)
    )
    return Subgroups(name, tested, tested.p, parts, _within(parts))


def _within(parts: Sequence[SubgroupEffect]) -> Difference:
    """The mean effect of the parts, weighted by their units; its limits are set once the level is known."""
    weights = [part.units for part in parts]
    value = float(np.average([part.measured.value for part in parts], weights=weights))
    squares = ((units * (part.measured.se or 0.0)) ** 2 for units, part in zip(weights, parts, strict=True))
    se = math.sqrt(math.fsum(squares)) / sum(weights)
    return Difference(value, se, value, value, 0.0, None, "mean of the parts")


def _at(protocol: Protocol, observed: Observations, found: Difference, alpha: float) -> Difference:
    """The limits at an error rate of alpha; of a monitored test, those of the looks at the whole."""
    half = z_value(reading_level(protocol, observed, alpha)) * (found.se or 0.0)
    return replace(found, low=found.value - half, high=found.value + half, level=1 - alpha)
