"""What means hide: the largest values and their weight, winsorized means, quantiles. The second query.

Values are counted in narrow bins by the engine, so no value of a unit leaves it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from helpers import metrics
from helpers.experiments.gathering import measured_by, number, unit_rows
from helpers.experiments.histogram import Histogram, cap, numbered, origin
from helpers.experiments.observations import Observations
from helpers.experiments.protocol import Protocol
from helpers.sources import Table
from helpers.stats import Difference, Estimate, Moments, difference, mean_difference, pooled, z_value

CAP = 0.99
"""Values above this quantile of both arms together are taken as that quantile when winsorized."""
QUANTILES = (0.5, 0.9)


@dataclass(frozen=True)
class Tails:
    """One metric's upper end in the control and one treatment.

    `largest` are the largest values, `without` the differences of means with the single largest value of
    both arms left out, `winsorized` that with values above the 99th percentile (`cap`) taken as it,
    `quantiles` the differences of quantiles. `mean` is the plain difference that they are compared with.
    """

    treatment: str
    metric: str
    largest: tuple[float, float]
    cap: float
    mean: Difference
    without: Difference
    winsorized: Difference
    quantiles: Mapping[float, tuple[Estimate, Estimate, Difference]]

    @property
    def swayed(self) -> bool:
        """Whether one single value moves the difference by more than half a standard error."""
        return abs(self.mean.value - self.without.value) > 0.5 * (self.without.se or 0.0)


def tails(
    protocol: Protocol, assignments: Table, outcomes: Table, observed: Observations
) -> tuple[Tails, ...]:
    """The tails of every mean that varies, for each treatment and the control; one query."""
    if protocol.cluster:
        return ()
    parts = [protocol.against(treatment, protocol.alpha) for treatment in protocol.treatments]
    wanted = [
        (part, name)
        for part in parts
        for name in observed.metrics
        if name in observed.columns and name not in observed.shares and _varies(part, observed, name)
    ]
    names = list(dict.fromkeys(name for _, name in wanted))
    if not names:
        return ()
    units = unit_rows(protocol, assignments, outcomes)
    values = {name: number(units[measured_by(metrics.get(name), outcomes)[0]]) for name in names}
    origins = {name: _origin(protocol, observed, name) for name in names}
    counted = _histograms(units, values, origins)
    return tuple(
        _tails(part, observed, name, [counted[name, arm] for arm in part.arms]) for part, name in wanted
    )


def _origin(protocol: Protocol, observed: Observations, name: str) -> float:
    everyone = pooled(observed.moments(arm, name) for arm in protocol.arms)
    return origin(everyone.mean, math.sqrt(everyone.variance))


def _histograms(
    units: ir.Table, values: Mapping[str, ir.NumericColumn], origins: Mapping[str, float]
) -> dict[tuple[str, str], Histogram]:
    """The histogram of each metric in each arm: one query, in which each unit counts once a metric."""
    names = tuple(values)
    each = units.select("variant", **values).cross_join(ibis.range(len(names)).unnest().name("at").as_table())
    value = ibis.cases(*((each["at"] == at, each[name]) for at, name in enumerate(names)))
    start = ibis.cases(*((each["at"] == at, origins[name]) for at, name in enumerate(names)))
    rows = each.select("at", "variant", value=value, bin=numbered(value, start))
    rows = rows.filter(rows["value"].notnull())
    figures = {
        "n": rows.count(),
        "low": rows["value"].min(),
        "high": rows["value"].max(),
        "mean": rows["value"].mean(),
        "variance": rows["value"].var(how="sample").fill_null(0.0),
    }
    keys = ("at", "variant", "bin")
    found = rows.group_by(*keys).agg(**figures).order_by(*keys).to_pyarrow()
    place, variant = found["at"].to_numpy(), np.array(found["variant"].to_pylist())
    return {
        (name, str(arm)): _histogram(found.filter((place == at) & (variant == arm)))
        for at, name in enumerate(names)
        for arm in np.unique(variant)
    }


def _histogram(found: pa.Table) -> Histogram:
    n, low, high, mean, variance = (
        found[name].cast(pa.float64()).to_numpy() for name in ("n", "low", "high", "mean", "variance")
    )
    return Histogram(found["bin"].to_numpy(), n, low, high, mean, variance)


def without_largest(values: Moments, largest: float) -> Moments:
    """The moments with one value taken out."""
    n = values.n - 1
    average = values.mean - (largest - values.mean) / n
    squares = values.variance * n - (largest - values.mean) ** 2 * values.n / n
    return Moments(n, average, max(0.0, squares / (n - 1)))


def _tails(protocol: Protocol, observed: Observations, name: str, counted: list[Histogram]) -> Tails:
    level = protocol.level
    plain = [observed.moments(arm, name) for arm in protocol.arms]
    largest = counted[0].largest, counted[1].largest
    outer = 0 if largest[0] >= largest[1] else 1
    trimmed = list(plain)
    trimmed[outer] = without_largest(plain[outer], largest[outer])
    limit = cap(counted, CAP)
    quantiles = {}
    for p in QUANTILES:
        control, treatment = (_quantile(each, p, level) for each in counted)
        quantiles[p] = control, treatment, difference(treatment, control)
    return Tails(
        treatment=protocol.treatment,
        metric=name,
        largest=largest,
        cap=limit,
        mean=_difference(plain, level),
        without=_difference(trimmed, level),
        winsorized=_difference([each.capped(limit) for each in counted], level),
        quantiles=quantiles,
    )


def _difference(arms: list[Moments], level: float) -> Difference:
    return mean_difference(arms[1].as_mean(level), arms[0].as_mean(level))


def _quantile(values: Histogram, p: float, level: float) -> Estimate:
    """A quantile with the limits between which its rank lies (Woodruff 1952)."""
    n, z = int(values.n.sum()), z_value(level)
    half = z * math.sqrt(p * (1 - p) / n)
    low, high = values.quantile(max(0.0, p - half)), values.quantile(min(1.0, p + half))
    return Estimate(values.quantile(p), (high - low) / (2 * z), low, high, level, n, "ranks")


def _varies(protocol: Protocol, observed: Observations, name: str) -> bool:
    arms = [observed.moments(arm, name) for arm in protocol.arms]
    return all(each.n >= 3 and each.finite and each.variance > 0 for each in arms)
