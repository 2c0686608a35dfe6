"""What means hide: the largest values and their weight, winsorized means, quantiles. The second query."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from helpers import metrics
from helpers.experiments.gathering import measured_by, number, unit_rows
from helpers.experiments.observations import Observations
from helpers.experiments.protocol import Protocol
from helpers.sources import Table
from helpers.stats import Difference, Estimate, Moments, difference, mean_difference, z_value

CAP = 0.99
"""Values above this quantile of both arms together are taken as that quantile when winsorized."""
QUANTILES = (0.5, 0.9)
MANY = 1_000_000
"""Units from which quantiles are taken from a sketch (t-digest), which holds no values in memory."""


@dataclass(frozen=True)
class Tails:
    """One metric's upper end in control and treatment.

    `largest` are the largest values, `without` the differences of means with the single largest value of
    both arms left out, `winsorized` that with values above the 99th percentile (`cap`) taken as it,
    `quantiles` the differences of quantiles. `mean` is the plain difference that they are compared with.
    """

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
    """The tails of every mean that varies, for the control and the first treatment; one query."""
    names = [
        name
        for name in observed.metrics
        if name in observed.columns and name not in observed.shares and _varies(protocol, observed, name)
    ]
    if not names or protocol.cluster:
        return ()
    units = unit_rows(protocol, assignments, outcomes)
    columns = {name: number(units[measured_by(metrics.get(name), outcomes)[0]]) for name in names}
    rows = units.select("variant", **columns)
    many = sum(observed.assigned(arm) for arm in protocol.arms) > MANY
    caps = rows.agg(**{f"{name} cap": _quantiles(rows[name], [CAP], many=many)[0] for name in names})
    capped = rows.cross_join(caps)
    figures: dict[str, ir.Value] = {}
    for name in names:
        figures[f"{name} cap"] = capped[f"{name} cap"].max()
        low = ibis.least(capped[name], capped[f"{name} cap"])
        for arm in protocol.arms[:2]:
            here = capped.variant == arm
            n = observed.moments(arm, name).n
            figures[f"{name} {arm} max"] = capped[name].max(where=here)
            figures[f"{name} {arm} mean"] = low.mean(where=here)
            figures[f"{name} {arm} variance"] = low.var(how="sample", where=here)
            wanted = _probabilities(n, protocol)
            figures[f"{name} {arm} quantiles"] = _quantiles(capped[name], wanted, where=here, many=many)
    (row,) = capped.agg(**figures).to_pyarrow().to_pylist()
    return tuple(_tails(protocol, observed, name, row) for name in names)


def _quantiles(
    column: ir.NumericColumn, wanted: list[float], *, many: bool, where: ir.BooleanValue | None = None
) -> ir.ArrayScalar:
    return (column.approx_quantile if many else column.quantile)(wanted, where=where)


def without_largest(values: Moments, largest: float) -> Moments:
    """The moments with one value taken out."""
    n = values.n - 1
    average = values.mean - (largest - values.mean) / n
    squares = values.variance * n - (largest - values.mean) ** 2 * values.n / n
    return Moments(n, average, max(0.0, squares / (n - 1)))


def _tails(protocol: Protocol, observed: Observations, name: str, row: Mapping[str, Any]) -> Tails:
    level, arms = protocol.level, protocol.arms[:2]
    plain = [observed.moments(arm, name) for arm in arms]
    largest = [row[f"{name} {arm} max"] for arm in arms]
    outer = 0 if largest[0] >= largest[1] else 1
    trimmed = list(plain)
    trimmed[outer] = without_largest(plain[outer], largest[outer])
    winsorized = [
        Moments(each.n, row[f"{name} {arm} mean"], row[f"{name} {arm} variance"])
        for each, arm in zip(plain, arms, strict=True)
    ]
    found = [row[f"{name} {arm} quantiles"] for arm in arms]
    quantiles = {}
    for at, p in enumerate(QUANTILES):
        control, treatment = (
            _quantile(values[3 * at : 3 * at + 3], each.n, level)
            for values, each in zip(found, plain, strict=True)
        )
        quantiles[p] = control, treatment, difference(treatment, control)
    return Tails(
        metric=name,
        largest=(largest[0], largest[1]),
        cap=row[f"{name} cap"],
        mean=_difference(plain, level),
        without=_difference(trimmed, level),
        winsorized=_difference(winsorized, level),
        quantiles=quantiles,
    )


def _difference(arms: list[Moments], level: float) -> Difference:
    return mean_difference(arms[1].as_mean(level), arms[0].as_mean(level))


def _quantile(values: list[float], n: int, level: float) -> Estimate:
    """A quantile with the limits between which its ranks lie (Woodruff 1952)."""
    value, low, high = values
    return Estimate(value, (high - low) / (2 * z_value(level)), low, high, level, n, "ranks")


def _probabilities(n: int, protocol: Protocol) -> list[float]:
    """Each quantile, and the two between which its rank lies at the level of the protocol."""
    found = []
    for p in QUANTILES:
        half = z_value(protocol.level) * math.sqrt(p * (1 - p) / n)
        found += [p, max(0.0, p - half), min(1.0, p + half)]
    return found


def _varies(protocol: Protocol, observed: Observations, name: str) -> bool:
    arms = [observed.moments(arm, name) for arm in protocol.arms[:2]]
    return all(each.n >= 3 and each.finite and each.variance > 0 for each in arms)
