"""The effect of a treatment on one metric: both arms, their difference, the relative lift.

Every interval of a metric comes from the same limits, so that the difference and the lift exclude no effect
together; a design that is looked at more than once only asks for a higher level of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from helpers.experiments.effects.monitoring import reading_level
from helpers.experiments.observations.aggregates import Observations
from helpers.experiments.observations.linear import linearized
from helpers.experiments.protocol import Protocol
from helpers.metrics import Metric
from helpers.stats import (
    Difference,
    Estimate,
    Moments,
    false_discovery_rate,
    lift,
    mean_difference,
    pooled_z_p,
    proportion_difference,
    proportion_lift,
)

Role = Literal["primary", "guard-rail", "secondary", "exploratory"]
Measure = Literal["share", "mean", "ratio"]
DIVISIBLE = 5
"""Successes in each arm below which the limits of a ratio of two shares hold less than they say."""


@dataclass(frozen=True)
class ArmStatistics:
    """What both arms of one metric gave, before any level is chosen; a share that is adjusted is a mean.

    `adjusted` says that they were adjusted by what was known before the start (CUPED).
    """

    measure: Measure
    control: Moments
    treatment: Moments
    adjusted: bool = False

    def arms(self, level: float) -> tuple[Estimate, Estimate]:
        """Both arms with their intervals: Wilson for shares, t for means."""
        if self.measure == "share":
            return self.control.as_share(level), self.treatment.as_share(level)
        control, treatment = self.control.as_mean(level), self.treatment.as_mean(level)
        method = "delta method" if self.measure == "ratio" else control.method
        method += ", CUPED" if self.adjusted else ""
        return replace(control, method=method), replace(treatment, method=method)

    def difference(self, level: float) -> Difference:
        """Treatment less control: Newcombe for shares, Welch for means, also adjusted ones, and ratios."""
        if self.measure == "share":
            return proportion_difference(
                self.treatment.successes, self.treatment.n, self.control.successes, self.control.n, level
            )
        control, treatment = self.arms(level)
        found = mean_difference(treatment, control)
        method = "Welch, delta method" if self.measure == "ratio" else "Welch"
        return replace(found, method=method + (", CUPED" if self.adjusted else ""))

    def lift(self, level: float) -> Difference | None:
        """The difference as a share of control: MOVER-R for shares, Fieller else.

        None where it is unbounded, or an arm has too few successes to be divided or divided by.
        """
        control, treatment = self.arms(level)
        if self.measure != "share":
            return lift(treatment, control)
        few = min(self.control.successes, self.treatment.successes) < DIVISIBLE
        return None if few else proportion_lift(treatment, control)

    @property
    def undivided(self) -> str:
        """Why there may be no lift, in words that follow a metric's name."""
        if self.measure == "share" and min(self.control.successes, self.treatment.successes) < DIVISIBLE:
            return f"reached by fewer than {DIVISIBLE} in a variant"
        if self.control.mean < 0:
            return "below zero in the control"
        return "zero in the control" if self.control.mean == 0 else "not clearly above zero in the control"


@dataclass(frozen=True)
class Effect:
    """One metric in both arms; `difference` is treatment less control, `lift` the same as a share of control.

    `difference` alone decides: its limits are those of the protocol's design. It rests on the
    `statistics` of both arms, adjusted where the protocol names covariates; both arms are told as they were,
    `raw`. `lift` is None where it cannot be estimated. Values are in the metric's unit; shares from 0 to 1.

        >>> from helpers import experiments
        >>> one = experiments.example().primary
        >>> round(one.difference.value, 4), round(one.difference.low, 4), round(one.difference.high, 4)
        (0.06, 0.0293, 0.0905)
        >>> one.clear, one.difference.method, round(one.lift.value, 4)
        (True, 'Newcombe', 0.15)
    """

    metric: Metric
    role: Role
    statistics: ArmStatistics
    raw: ArmStatistics
    control: Estimate
    treatment: Estimate
    difference: Difference
    lift: Difference | None

    @property
    def adjusted(self) -> bool:
        """Whether the difference is adjusted (CUPED), so that it is not that of the two values told."""
        return self.statistics.adjusted

    @property
    def label(self) -> str:
        """What the difference is called: the metric, and that it is adjusted."""
        return f"{self.metric.label} (adjusted)" if self.adjusted else self.metric.label

    @property
    def published_p(self) -> float | None:
        """The p value of the test that write-ups print: pooled z for shares, Welch else, never adjusted.

        It never decides; None where nothing varies.
        """
        control, treatment = self.raw.control, self.raw.treatment
        if self.raw.measure == "share":
            return pooled_z_p(treatment.successes, treatment.n, control.successes, control.n)
        return self.raw.difference(0.95).p

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

    def beyond(self, threshold: float) -> Difference:
        """The difference less such a gain (0, or minus a margin), in the same unit and direction."""
        by = self.sign * threshold
        found = self.difference
        return replace(found, value=found.value - by, low=found.low - by, high=found.high - by)


def estimate_effect(protocol: Protocol, observed: Observations, metric: Metric, role: Role) -> Effect | None:
    """The effect on one metric, read as the protocol's design asks, the primary one on the planned sides.

    None where an arm has fewer than two values of it, or values too large to have a variance.
    """
    found = arm_statistics(protocol, observed, metric)
    alpha = protocol.primary_alpha if role == "primary" else protocol.alpha
    return effect_at(protocol, observed, metric, role, found, alpha) if found else None


def arm_statistics(protocol: Protocol, observed: Observations, metric: Metric) -> ArmStatistics | None:
    """What the arms gave, adjusted by the protocol's covariates where all units have the metric.

    A share that is adjusted is read as the mean of zeros and ones that it is: Welch decides, not Newcombe.
    """
    found = linearized(protocol, observed, metric.name)
    if found is None:
        return None
    arms = found.control.moments, found.treatment.moments
    if metric.name in observed.shares and not found.adjusted:
        return ArmStatistics("share", *arms)
    return ArmStatistics("ratio" if found.is_ratio else "mean", *arms, adjusted=found.adjusted)


def effect_at(  # noqa: PLR0913, PLR0917  (an effect is made of these)
    protocol: Protocol, observed: Observations, metric: Metric, role: Role, found: ArmStatistics, alpha: float
) -> Effect:
    """The effect with the limits that hold at an error rate of `alpha` under the protocol's design."""
    level = reading_level(protocol, observed, alpha)
    nominal, fixed = 1 - alpha, protocol.design == "fixed-horizon"
    difference, relative = found.difference(level), found.lift(level)
    raw = _raw(protocol, observed, metric) if found.adjusted else found
    return Effect(
        metric,
        role,
        found,
        raw,
        *raw.arms(nominal),
        difference if fixed else _told_as(protocol, difference, nominal),
        relative if fixed or relative is None else _told_as(protocol, relative, nominal),
    )


def _raw(protocol: Protocol, observed: Observations, metric: Metric) -> ArmStatistics:
    """What the arms of an adjusted metric gave, with nothing taken off."""
    found = arm_statistics(protocol.model_copy(update={"covariates": ()}), observed, metric)
    assert found is not None, "what is adjusted was measured"
    return found


def corrected_effects(
    protocol: Protocol, observed: Observations, effects: Sequence[Effect]
) -> tuple[Effect, ...]:
    """The effects of one list with intervals wide enough for their number.

    Benjamini-Hochberg decided by the intervals themselves: an effect is clear when the interval shown for
    it excludes zero, and few of those that do are false.
    """

    def at(one: Effect, alpha: float) -> Effect:
        return effect_at(protocol, observed, one.metric, one.role, one.statistics, alpha)

    intervals = [lambda alpha, one=one: at(one, alpha).difference for one in effects]
    rate = false_discovery_rate(intervals, protocol.alpha)
    return tuple(at(one, rate) for one in effects)


def _told_as(protocol: Protocol, found: Difference, nominal: float) -> Difference:
    """The limits of a design with several looks, called by the level at which they hold."""
    name = "confidence sequence" if protocol.design == "sequential" else "group sequential"
    return replace(found, level=nominal, method=f"{found.method}, {name}")
