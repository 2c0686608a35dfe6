"""The effect of the treatment on one metric: both arms, their difference, the relative lift."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from helpers.experiments.observations import Observations
from helpers.experiments.protocol import Protocol
from helpers.metrics import Metric
from helpers.stats import (
    Difference,
    Estimate,
    benjamini_hochberg,
    confidence_sequence,
    lift,
    mean_difference,
    proportion_difference,
    proportion_lift,
)

Role = Literal["primary", "guard-rail", "secondary", "exploratory"]


@dataclass(frozen=True)
class Effect:
    """One metric in both arms; `difference` is treatment less control, `lift` the same as a share of control.

    `difference` alone decides: under a sequential design it is the confidence sequence. `published` is the
    test that write-ups print (pooled z for shares, Welch for means); it never decides. `lift` is None where
    it cannot be estimated. `p_adjusted` is `published` corrected over its list.
    """

    metric: Metric
    role: Role
    control: Estimate
    treatment: Estimate
    difference: Difference
    lift: Difference | None
    published: float | None
    p_adjusted: float | None = None

    @property
    def is_share(self) -> bool:
        """Whether the metric is a share of units, by Wilson and Newcombe; else a mean."""
        return self.control.method == "Wilson"

    @property
    def sign(self) -> int:
        """1 where more is good, -1 where less is."""
        return -1 if self.metric.good == "lower" else 1

    @property
    def clear(self) -> bool:
        """Whether the interval excludes no effect."""
        return not self.difference.low <= 0 <= self.difference.high

    @property
    def gain(self) -> tuple[float, float]:
        """Least and most that the interval holds, counted in the good direction."""
        limits = (self.sign * self.difference.low, self.sign * self.difference.high)
        return min(limits), max(limits)


def effect(protocol: Protocol, observed: Observations, metric: Metric, role: Role) -> Effect | None:
    """The effect on one metric; None where an arm has fewer than two values of it.

    Shares by Newcombe's interval, means by Welch's; lifts from the same limits (MOVER-R, Fieller).
    """
    control, treatment = (observed.moments(arm, metric.name) for arm in protocol.arms)
    if min(control.n, treatment.n) < 2:
        return None
    level = protocol.level
    if metric.name in observed.shares:
        arms = control.as_share(level), treatment.as_share(level)
        difference = proportion_difference(
            treatment.successes, treatment.n, control.successes, control.n, level
        )
        relative = proportion_lift(arms[1], arms[0])
    else:
        arms = control.as_mean(level), treatment.as_mean(level)
        difference = mean_difference(arms[1], arms[0])
        relative = lift(arms[1], arms[0])
    decisive = difference
    if protocol.design == "sequential":
        decisive = confidence_sequence(difference, control.n + treatment.n, protocol.planned_sample)
    return Effect(metric, role, arms[0], arms[1], decisive, relative, difference.p)


def corrected(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """The effects of one list with their p values corrected for each other (Benjamini-Hochberg)."""
    listed = tuple(effects)
    adjusted = benjamini_hochberg([one.published for one in listed])
    return tuple(replace(one, p_adjusted=p) for one, p in zip(listed, adjusted, strict=True))
