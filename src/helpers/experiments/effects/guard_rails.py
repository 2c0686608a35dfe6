"""What must not get worse: each guard-rail, and whether the interval rules out too large a harm."""

from __future__ import annotations

from dataclasses import dataclass

from helpers import metrics
from helpers.experiments.effects.estimation import Effect, estimate_effect
from helpers.experiments.observations.aggregates import Observations
from helpers.experiments.protocol import GuardRail, Protocol


@dataclass(frozen=True)
class GuardRailEffect:
    """A guard-rail and the effect on it: `holds` when the interval rules out a harm as large as the margin.

    One-sided non-inferiority at alpha / 2, read from the same interval that is shown. `breached` when the
    harm is surely larger than the margin.

        >>> from helpers import experiments
        >>> [(one.rail.metric, one.rail.margin, one.holds) for one in experiments.example().guard_rails]
        [('support_contacts', 0.05, True)]
    """

    rail: GuardRail
    effect: Effect

    @property
    def holds(self) -> bool:
        """Whether the worst that the interval holds is a smaller harm than the margin."""
        return self.effect.gain[0] > -self.rail.margin

    @property
    def breached(self) -> bool:
        """Whether even the best that the interval holds is a larger harm than the margin."""
        return self.effect.gain[1] < -self.rail.margin


def guard_rail_effects(protocol: Protocol, observed: Observations) -> tuple[GuardRailEffect, ...]:
    """The guard-rails that were measured."""
    return tuple(
        GuardRailEffect(rail, found)
        for rail in protocol.guard_rails
        if (found := estimate_effect(protocol, observed, metrics.get(rail.metric), "guard-rail"))
    )
