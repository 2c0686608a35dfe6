"""How skewed the estimate of each difference is: what an interval that is even about it does not see."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from helpers.experiments.gathering import measured_rows
from helpers.experiments.linear import Linear, linearized
from helpers.experiments.observations import Observations
from helpers.experiments.protocol import Protocol
from helpers.sources import Table
from helpers.stats import Moments
from helpers.stats.moments import Floats

Skewness = Mapping[tuple[str, str], float]
"""The skewness of the difference by treatment and metric; one that is not there can be none to speak of."""
SLIGHT = 0.05
"""A skewness that need not be looked for."""


@dataclass(frozen=True, eq=False)
class _Compared:
    """One metric in the control and one treatment, with the mean of every column in each of the two."""

    treatment: str
    metric: str
    arms: Mapping[str, Linear]
    centres: Mapping[str, Floats]


def skewness(protocol: Protocol, assignments: Table, outcomes: Table, observed: Observations) -> Skewness:
    """The skewness of every difference of means and ratios, adjusted or not; at most one query.

    Arms of nearly one size are not looked at: whatever the values, their differences lie evenly.
    """
    compared = [
        found
        for treatment in protocol.treatments
        for found in _compared(protocol.against(treatment, protocol.alpha), observed)
    ]
    if not compared:
        return {}
    rows = measured_rows(protocol, assignments, outcomes)
    cubes = {
        f"{at} {arm}": _cube(rows, one, arm).mean(where=rows.variant == arm)
        for at, one in enumerate(compared)
        for arm in one.arms
    }
    (row,) = rows.agg(**cubes).to_pyarrow().to_pylist()
    return {
        (one.treatment, one.metric): of_difference(
            *((form.moments, row[f"{at} {arm}"] or 0.0) for arm, form in one.arms.items())
        )
        for at, one in enumerate(compared)
    }


def of_difference(control: tuple[Moments, float], treatment: tuple[Moments, float]) -> float:
    """The skewness of a difference of means, from the moments of both arms and their own skewness.

    It is what the first term of the Edgeworth expansion grows with (Hall 1992); arms of one size have none.
    The shape is that of both arms together, since the long tail of a few units is most likely not seen yet.
    """
    arms = control[0], treatment[0]
    units = sum(arm.n for arm in arms)
    variance = sum(arm.variance * (arm.n - 1) for arm in arms) / (units - 2)
    if variance == 0:
        return 0.0
    cubes = math.fsum(
        arm.n * own * math.sqrt(arm.variance / variance) ** 3 for arm, own in (control, treatment)
    )
    return cubes / units * _leverage(*arms)


def _leverage(control: Moments, treatment: Moments) -> float:
    """By how much the skewness of one value shows in a difference of means."""
    one, other = 1 / treatment.n, 1 / control.n
    return (one - other) / math.sqrt(one + other)


def _compared(protocol: Protocol, observed: Observations) -> Iterator[_Compared]:
    """Every metric whose difference may be skewed by the size of its arms."""
    for metric in observed.metrics:
        found = linearized(protocol, observed, metric)
        if found is None or (metric in observed.shares and not found.adjusted):
            continue
        control, treatment = (one.moments for one in found.arms)
        # No skewness of n values is larger than the root of n.
        if abs(_leverage(control, treatment)) * math.sqrt(control.n + treatment.n) > SLIGHT:
            arms = dict(zip(protocol.arms, found.arms, strict=True))
            centres = {arm: observed.joint(arm).means_of(form.columns) for arm, form in arms.items()}
            yield _Compared(protocol.treatment, metric, arms, centres)


def _cube(rows: ir.Table, one: _Compared, arm: str) -> ir.NumericValue:
    """What a unit of the arm adds to its figure, less what an average one does, in spreads, cubed."""
    form, spread = one.arms[arm], math.sqrt(one.arms[arm].moments.variance)
    if spread == 0:
        return ibis.literal(0.0)
    away = functools.reduce(
        operator.add,
        (
            (rows[name] - float(centre)) * (float(weight) / spread)
            for name, weight, centre in zip(form.columns, form.weights, one.centres[arm], strict=True)
        ),
    )
    return away * away * away
