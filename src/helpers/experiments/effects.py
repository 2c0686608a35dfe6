"""The effect of a treatment on one metric: both arms, their difference, the relative lift.

Every interval of a metric comes from the same limits, so that the difference and the lift exclude no effect
together; a design that is looked at more than once only asks for a higher level of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from helpers.experiments.monitoring import reading_level
from helpers.experiments.observations import DENOMINATOR, NUMERATOR, Observations
from helpers.experiments.protocol import Protocol
from helpers.metrics import Metric
from helpers.stats import (
    Difference,
    Estimate,
    Joint,
    Moments,
    false_discovery_rate,
    lift,
    mean_difference,
    proportion_difference,
    proportion_lift,
    ratio_moments,
)
from helpers.stats.moments import Floats

Role = Literal["primary", "guard-rail", "secondary", "exploratory"]
Measure = Literal["share", "mean", "ratio"]
ENOUGH = 30
"""Fewest units with and without in an arm, from which a share may be adjusted as a mean (normal theory)."""


@dataclass(frozen=True)
class Measured:
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
        """The difference as a share of control: MOVER-R for shares, Fieller else; None where unbounded."""
        control, treatment = self.arms(level)
        return (proportion_lift if self.measure == "share" else lift)(treatment, control)


@dataclass(frozen=True)
class Effect:
    """One metric in both arms; `difference` is treatment less control, `lift` the same as a share of control.

    `difference` alone decides: its limits are those of the protocol's design. `published` is the test that
    write-ups print (pooled z for shares, Welch for means); it never decides. `lift` is None where it cannot
    be estimated.
    """

    metric: Metric
    role: Role
    measured: Measured
    control: Estimate
    treatment: Estimate
    difference: Difference
    lift: Difference | None
    published: float | None

    @property
    def is_share(self) -> bool:
        """Whether the metric is a share of units, by Wilson and Newcombe; else a mean."""
        return self.measured.measure == "share"

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
    """The effect on one metric, read as the protocol's design asks.

    None where an arm has fewer than two values of it, or values too large to have a variance.
    """
    found = measured(protocol, observed, metric)
    return read_at(protocol, observed, metric, role, found, protocol.alpha) if found else None


def measured(protocol: Protocol, observed: Observations, metric: Metric) -> Measured | None:
    """What the arms gave, adjusted by the protocol's covariates where all units have the metric.

    A share that is adjusted is read as the mean of zeros and ones that it is: Welch decides, not Newcombe.
    """
    pairs = [observed.pair(arm, metric.name) for arm in protocol.arms[:2]]
    ratios = [ratio_moments(pair) if pair else None for pair in pairs]
    if ratios[0] and ratios[1]:
        adjusted = _adjusted(protocol, observed, metric.name)
        return Measured("ratio", *(adjusted or (ratios[0], ratios[1])), adjusted=adjusted is not None)
    arms = control, treatment = tuple(observed.moments(arm, metric.name) for arm in protocol.arms[:2])
    if min(control.n, treatment.n) < 2 or not (control.finite and treatment.finite):
        return None
    share = metric.name in observed.shares
    adjusted = _adjusted(protocol, observed, metric.name) if not share or _many(arms) else None
    if adjusted:
        return Measured("mean", *adjusted, adjusted=True)
    return Measured("share" if share else "mean", control, treatment)


def read_at(  # noqa: PLR0913, PLR0917  (an effect is made of these)
    protocol: Protocol, observed: Observations, metric: Metric, role: Role, found: Measured, alpha: float
) -> Effect:
    """The effect with the limits that hold at an error rate of `alpha` under the protocol's design."""
    level = reading_level(protocol, observed, alpha)
    nominal, fixed = 1 - alpha, protocol.design == "fixed-horizon"
    difference, relative = found.difference(level), found.lift(level)
    control, treatment = found.arms(nominal)
    told = difference if fixed else _told_as(protocol, difference, nominal)
    return Effect(
        metric,
        role,
        found,
        control,
        treatment,
        told,
        relative if fixed or relative is None else _told_as(protocol, relative, nominal),
        found.difference(0.95).p,
    )


def corrected(protocol: Protocol, observed: Observations, effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """The effects of one list with intervals wide enough for their number.

    Benjamini-Hochberg decided by the intervals themselves: an effect is clear when the interval shown for
    it excludes zero, and few of those that do are false.
    """

    def at(one: Effect, alpha: float) -> Effect:
        return read_at(protocol, observed, one.metric, one.role, one.measured, alpha)

    intervals = [lambda alpha, one=one: at(one, alpha).difference for one in effects]
    rate = false_discovery_rate(intervals, protocol.alpha)
    return tuple(at(one, rate) for one in effects)


def _told_as(protocol: Protocol, found: Difference, nominal: float) -> Difference:
    """The limits of a design with several looks, called by the level at which they hold."""
    name = "confidence sequence" if protocol.design == "sequential" else "group sequential"
    return replace(found, level=nominal, method=f"{found.method}, {name}")


def _many(arms: Sequence[Moments]) -> bool:
    """Whether each arm has enough units with and without, so that its share is as good as normal."""
    return all(min(arm.successes, arm.n - arm.successes) >= ENOUGH for arm in arms)


def _adjusted(protocol: Protocol, observed: Observations, metric: str) -> tuple[Moments, Moments] | None:
    """What the arms gave less what the covariates foretell (CUPED; Deng, Xu, Kohavi & Walker 2013).

    Theta is pooled over all arms; a ratio is adjusted as its delta method linearizes it. None where there is
    no covariate, the metric is missing for some of the units, or nothing is foretold.
    """
    known = set(protocol.covariates) <= set(observed.columns)
    whole = observed.joint_of_all(protocol.arms)
    target = _linear(whole, metric)
    if not protocol.covariates or not known or target is None:
        return None
    columns = [whole.columns.index(name) for name in protocol.covariates]
    found = _theta(whole, target, columns)
    if found is None:
        return None
    columns, theta = found
    arms = [_less_foretold(observed.joint(arm), metric, columns, theta, whole) for arm in protocol.arms]
    return (arms[0], arms[1]) if arms[0] and arms[1] else None


@dataclass(frozen=True, eq=False)
class _Linear:
    """A metric as a sum of columns, for one group of units: its value, and the weight of each column."""

    value: float
    columns: list[int]
    weights: Floats


def _linear(joint: Joint, metric: str) -> _Linear | None:
    """A mean is its own column; a ratio its numerator less itself times its denominator, over the latter."""
    if metric in joint.columns:
        at = joint.columns.index(metric)
        return _Linear(float(joint.means[at]), [at], np.ones(1))
    if metric + NUMERATOR not in joint.columns:
        return None
    columns = [joint.columns.index(metric + ending) for ending in (NUMERATOR, DENOMINATOR)]
    above, below = joint.means[columns]
    if below == 0:
        return None
    return _Linear(float(above / below), columns, np.array([1.0, -above / below]) / below)


def _theta(whole: Joint, target: _Linear, columns: list[int]) -> tuple[list[int], Floats] | None:
    """The covariates that vary, and how much of the metric a unit of each foretells."""
    spread = whole.covariances[np.ix_(columns, columns)]
    shared = whole.covariances[np.ix_(columns, target.columns)] @ target.weights
    if not (np.isfinite(spread).all() and np.isfinite(shared).all()):
        return None
    scale = np.sqrt(np.diag(spread))
    varying = scale > 0
    if not varying.any():
        return None
    kept = scale[varying]
    correlations = spread[np.ix_(varying, varying)] / np.outer(kept, kept)
    theta = np.linalg.pinv(correlations, hermitian=True) @ (shared[varying] / kept) / kept
    return list(np.array(columns)[varying]), theta


def _less_foretold(
    joint: Joint, metric: str, columns: list[int], theta: Floats, whole: Joint
) -> Moments | None:
    """One arm's moments, less theta times how far its covariates lie from those of all arms."""
    own = _linear(joint, metric)
    if own is None:
        return None
    spread = joint.covariances[np.ix_(own.columns, own.columns)]
    shared = joint.covariances[np.ix_(columns, own.columns)] @ own.weights
    foretold = joint.covariances[np.ix_(columns, columns)]
    value = own.value - theta @ (joint.means[columns] - whole.means[columns])
    variance = own.weights @ spread @ own.weights - 2 * theta @ shared + theta @ foretold @ theta
    if not (math.isfinite(value) and math.isfinite(variance)):
        return None
    return Moments(int(joint.n[own.columns[0]]), float(value), max(0.0, float(variance)))
