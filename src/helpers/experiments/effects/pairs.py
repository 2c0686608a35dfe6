"""Treatments against each other, where the protocol asks for it (`compare: all`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from helpers import metrics
from helpers.experiments.effects.conditions import why_unread
from helpers.experiments.effects.estimation import ArmStatistics, Effect, arm_statistics, effect_at
from helpers.experiments.observations.aggregates import Observations
from helpers.experiments.protocol import Protocol
from helpers.stats import step_down

PairSkewness = Mapping[tuple[str, str], float]
"""Skewness of the difference in the primary metric, by the two treatments."""


@dataclass(frozen=True)
class TreatmentPair:
    """The primary metric of `treatment` less that of the `other`, which stands where the control does.

    Limits hold together with those of all other pairs (Holm 1979). `unread` says why the difference may not
    be read as an effect; empty where it may be.
    """

    treatment: str
    other: str
    effect: Effect
    unread: str = ""

    @property
    def better(self) -> str:
        """The treatment that is clearly better; empty where neither is."""
        if not self.effect.clear or self.unread:
            return ""
        return self.treatment if self.effect.gain[0] > 0 else self.other


def treatment_pairs(
    protocol: Protocol, observed: Observations, skewness: PairSkewness
) -> tuple[TreatmentPair, ...]:
    """Every two treatments, in the order of the protocol, where it compares all; those that were measured.

    The pairs are a list of their own, read so that all its claims hold together (Holm 1979): who asks which
    of two treatments is better does not make a claim against the control dearer.
    """
    if protocol.compare != "all":
        return ()
    metric = metrics.get(protocol.primary)
    plans, intervals = [], []
    for one, other in combinations(protocol.treatments, 2):
        plan = protocol.between(one, other, protocol.alpha)
        found = arm_statistics(plan, observed, metric)
        if found is None:
            continue

        def at(alpha: float, plan: Protocol = plan, found: ArmStatistics = found) -> Effect:
            return effect_at(plan, observed, metric, "primary", found, alpha)

        plans.append((plan, at))
        intervals.append(lambda alpha, at=at: at(alpha).difference)
    rates = step_down(intervals, protocol.alpha)
    return tuple(
        TreatmentPair(
            plan.treatment,
            plan.control,
            at(rate),
            why_unread(plan, observed, metric.name, skewness.get((plan.treatment, plan.control), 0.0)),
        )
        for (plan, at), rate in zip(plans, rates, strict=True)
    )
