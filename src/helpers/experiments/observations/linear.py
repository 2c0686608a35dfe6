"""A metric as a weighted sum of columns: what each unit adds to the figure of its arm.

A mean is its own column. A ratio, as its delta method linearizes it, is its numerator less itself times its
denominator, over the mean denominator (Deng, Knoblich & Lu 2018). Adjusted by what was known before the start
(CUPED), either is less what the covariates foretell (Deng, Xu, Kohavi & Walker 2013). What is known of the
columns is then known of the metric: its variance, its shape, its effect on the units of one day.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np

from helpers.experiments.observations.aggregates import DENOMINATOR, NUMERATOR, Observations
from helpers.experiments.protocol import Protocol
from helpers.stats import Joint, Moments, linear_weights
from helpers.stats.moments import Floats

ENOUGH = 30
"""Fewest units with and without in an arm, from which a share may be adjusted as a mean (normal theory)."""
ROUNDING = 1e-13
"""A variance that is so small a part of what it is the sum of is none."""


@dataclass(frozen=True, eq=False)
class Linear:
    """The figure of one arm as a sum over its units: the weight of each column, and what comes of it.

    `moments` holds the figure with the variance of what a unit adds to it.
    """

    columns: tuple[str, ...]
    weights: Floats
    moments: Moments

    def of(self, rows: ir.Table, centres: Floats) -> ir.NumericValue:
        """The figure if all units were as this one, linearized; `centres` are the means of the columns."""
        if len(self.columns) == 1:
            return rows[self.columns[0]]
        each = zip(self.columns, self.weights, centres, strict=True)
        moved = ((rows[name] - float(centre)) * float(weight) for name, weight, centre in each)
        return functools.reduce(operator.add, moved) + self.moments.mean

    def part(self, whole: Joint, some: Joint) -> Moments:
        """The figure of some units of the arm, linearized about that of all; the variance is that of all."""
        n = int(some.n[_places(some, self.columns)].min())
        moved = self.weights @ (some.means_of(self.columns) - whole.means_of(self.columns)) if n else 0.0
        return Moments(n, self.moments.mean + float(moved), self.moments.variance)


@dataclass(frozen=True, eq=False)
class Linearized:
    """One metric in control and treatment; `adjusted` says that what was known before has been taken off."""

    control: Linear
    treatment: Linear
    is_ratio: bool
    adjusted: bool

    @property
    def arms(self) -> tuple[Linear, Linear]:
        """Control and treatment."""
        return self.control, self.treatment


def linearized(protocol: Protocol, observed: Observations, metric: str) -> Linearized | None:
    """A metric in both arms, adjusted by the protocol's covariates where all units have the metric.

    None where an arm has fewer than two values of it, values too large to have a variance, or a ratio of
    which nothing is known but zeros below.
    """
    joints = [observed.joint(arm) for arm in protocol.arms[:2]]
    plain = [unadjusted(joint, metric) for joint in joints]
    if plain[0] is None or plain[1] is None:
        return None
    is_ratio = len(plain[0].columns) > 1
    arms = _adjusted(protocol, observed, metric) if _may_be_adjusted(observed, metric, plain) else None
    control, treatment = arms or (plain[0], plain[1])
    return Linearized(control, treatment, is_ratio, adjusted=arms is not None)


def unadjusted(joint: Joint, metric: str) -> Linear | None:
    """The figure of these units, with nothing taken off; None where they are too few, or it is no number."""
    columns = (metric,) if metric in joint.columns else (metric + NUMERATOR, metric + DENOMINATOR)
    if not set(columns) <= set(joint.columns):
        return None
    means = joint.means_of(columns)
    if len(columns) == 1:
        return _finished(joint, columns, np.ones(1), float(means[0]))
    above, below = means
    if below == 0:
        return None
    return _finished(joint, columns, np.array(linear_weights(above, below)), float(above / below))


def _finished(joint: Joint, columns: tuple[str, ...], weights: Floats, value: float) -> Linear | None:
    """The linear form with its moments; None where they are too few or no numbers."""
    n = int(joint.n[_places(joint, columns)[0]])
    with np.errstate(over="ignore", invalid="ignore"):
        terms = np.outer(weights, weights) * _block(joint, columns, columns)
        variance, size = float(terms.sum()), float(np.abs(terms).sum())
    if n < 2 or not (math.isfinite(value) and math.isfinite(variance)):
        return None
    return Linear(columns, weights, Moments(n, value, variance if variance > ROUNDING * size else 0.0))


def _may_be_adjusted(observed: Observations, metric: str, plain: Sequence[Linear | None]) -> bool:
    """A share only where it is as good as normal: enough units with and without in each arm."""
    if metric not in observed.shares:
        return True
    arms = [one.moments for one in plain if one]
    return all(min(arm.successes, arm.n - arm.successes) >= ENOUGH for arm in arms)


def _adjusted(protocol: Protocol, observed: Observations, metric: str) -> tuple[Linear, Linear] | None:
    """Both arms less what the covariates foretell; theta is pooled over all arms of the experiment.

    None where there is no covariate, the metric is missing for some of the units, or nothing is foretold.
    """
    if not protocol.covariates or not set(protocol.covariates) <= set(observed.columns):
        return None
    whole = observed.joint_of_all(protocol.arms)
    target = unadjusted(whole, metric)
    found = _theta(whole, target, protocol.covariates) if target else None
    if found is None:
        return None
    arms = [_less_foretold(observed.joint(arm), metric, *found, whole) for arm in protocol.arms]
    return (arms[0], arms[1]) if arms[0] and arms[1] else None


def _theta(whole: Joint, target: Linear, covariates: Sequence[str]) -> tuple[tuple[str, ...], Floats] | None:
    """The covariates that vary, and how much of the metric a unit of each foretells."""
    spread = _block(whole, covariates, covariates)
    shared = _block(whole, covariates, target.columns) @ target.weights
    if not (np.isfinite(spread).all() and np.isfinite(shared).all()):
        return None
    scale = np.sqrt(np.diag(spread))
    varying = scale > 0
    if not varying.any():
        return None
    kept = scale[varying]
    correlations = spread[np.ix_(varying, varying)] / np.outer(kept, kept)
    theta = np.linalg.pinv(correlations, hermitian=True) @ (shared[varying] / kept) / kept
    return tuple(np.array(covariates)[varying].tolist()), theta


def _less_foretold(
    joint: Joint, metric: str, covariates: tuple[str, ...], theta: Floats, whole: Joint
) -> Linear | None:
    """One arm, less theta times how far its covariates lie from those of all arms."""
    own = unadjusted(joint, metric)
    if own is None:
        return None
    away = joint.means_of(covariates) - whole.means_of(covariates)
    value = own.moments.mean - float(theta @ away)
    return _finished(joint, (*own.columns, *covariates), np.append(own.weights, -theta), value)


def _block(joint: Joint, rows: Sequence[str], columns: Sequence[str]) -> Floats:
    return joint.covariances[np.ix_(_places(joint, rows), _places(joint, columns))]


def _places(joint: Joint, columns: Sequence[str]) -> list[int]:
    return [joint.columns.index(name) for name in columns]
