"""Whether other experiments on the same units change what this one shows."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
from scipy.stats import chi2_contingency

from helpers import metrics
from helpers.experiments import protocol as protocols
from helpers.experiments.gathering import measured_by, number, unit_rows
from helpers.experiments.protocol import Protocol
from helpers.sources import Table
from helpers.stats import (
    Difference,
    Estimate,
    Moments,
    PairMoments,
    difference,
    mean_difference,
    ratio_moments,
)

COLUMNS = ("value", "denominator")
"""What the metric's one column, or the two of a ratio, are called while they are aggregated."""
Four = Mapping[tuple[str, str], Moments]
"""Moments of the primary metric by own variant and the other experiment's."""


@dataclass(frozen=True)
class Pair:
    """This experiment beside another one: the units in both, and what each does to the other's effect.

    `p_independent` tests whether the two assigned independently of each other; None where that is not tested
    (clusters, a single variant). `interaction` is the effect under the other's treatment less that under its
    control, at a level corrected for the number of pairs; `under` holds the two effects. Both are None or
    empty where a group has fewer than two values.
    """

    other: str
    shared: int
    p_independent: float | None
    interaction: Difference | None
    under: Mapping[str, Difference]

    @property
    def interacts(self) -> bool:
        """Whether the interaction is clear."""
        return self.interaction is not None and not self.interaction.low <= 0 <= self.interaction.high


def interaction(four: Four, own: tuple[str, str], other: tuple[str, str], level: float) -> Difference | None:
    """Difference of the two differences of a 2 x 2 table of means (normal, unequal variances).

    `own` and `other` name control and treatment of each experiment. None where a group has fewer than two
    values or nothing varies.
    """
    effects = _effects(four, own, other, level)
    if len(effects) < 2 or not any(effect.se for effect in effects.values()):
        return None
    under_control, under_treatment = (
        Estimate(effects[name].value, effects[name].se, None, None, level, 0, "") for name in other
    )
    return difference(under_treatment, under_control)


def pairs(protocol: Protocol, assignments: Table, outcomes: Table) -> tuple[Pair, ...]:
    """Every experiment that shares units with this one, in alphabetical order; one query.

    Where clusters are assigned, units are not independent: the units in both are told, and nothing is tested.
    """
    others = assignments.expr.filter(assignments.expr.experiment != protocol.id)
    if not int(others.limit(1).count().execute()):
        return ()
    by = () if protocol.cluster else measured_by(metrics.get(protocol.primary), outcomes)
    units = unit_rows(protocol, assignments, outcomes)
    known = [ibis.ifelse(_has_all(units, by), number(units[name]), ibis.null("float64")) for name in by]
    own = units.select("unit_id", "variant", **dict(zip(COLUMNS, known, strict=False)))
    rest = others.select("unit_id", other="experiment", other_variant="variant")
    both = own.inner_join(rest, "unit_id")
    rows = (
        both.group_by("other", "other_variant", "variant")
        .agg(units=both.count(), **_figures(both, COLUMNS[: len(by)]))
        .order_by("other", "other_variant", "variant")
        .to_pyarrow()
        .to_pylist()
    )
    found: dict[str, tuple[dict[tuple[str, str], Moments], dict[tuple[str, str], int]]] = {}
    for row in rows:
        four, counts = found.setdefault(row["other"], ({}, {}))
        key = row["variant"], row["other_variant"]
        counts[key] = row["units"]
        if moments := _moments(row):
            four[key] = moments
    level = 1 - protocol.alpha / max(1, len(found))
    return tuple(_pair(protocol, name, *known, level) for name, known in found.items())


def _has_all(units: ir.Table, names: tuple[str, ...]) -> ir.BooleanValue:
    """Whether a unit has every column that the metric is made of."""
    return functools.reduce(operator.and_, (units[name].notnull() for name in names))


def _figures(both: ir.Table, columns: tuple[str, ...]) -> dict[str, ir.Value]:
    """Count, means, variances and the covariance of the metric's columns."""
    figures: dict[str, ir.Value] = {}
    for name in columns:
        figures[f"{name} n"] = both[name].count()
        figures[f"{name} mean"] = both[name].mean()
        figures[f"{name} variance"] = both[name].var(how="sample")
    if columns == COLUMNS:
        figures["covariance"] = both[columns[0]].cov(both[columns[1]], how="sample")
    return figures


def _moments(row: Mapping[str, Any]) -> Moments | None:
    """The moments of the metric; of a ratio, those that its delta method gives one unit."""
    above, below = COLUMNS
    n = row.get(f"{above} n") or 0
    if n < 2:
        return None
    if "covariance" not in row:
        return Moments(n, row[f"{above} mean"], row[f"{above} variance"])
    means, variances = ([row[f"{name} {kind}"] for name in (above, below)] for kind in ("mean", "variance"))
    return ratio_moments(PairMoments(n, means[0], means[1], variances[0], variances[1], row["covariance"]))


def _pair(
    protocol: Protocol, name: str, four: Four, counts: Mapping[tuple[str, str], int], level: float
) -> Pair:
    own = protocol.arms[0], protocol.arms[1]
    other = _arms(name, sorted({variant for _, variant in counts}))
    two = (other[0], other[1]) if len(other) == 2 else None
    return Pair(
        other=name,
        shared=sum(counts.values()),
        p_independent=None if protocol.cluster else _independence(protocol.arms, other, counts),
        interaction=interaction(four, own, two, level) if two else None,
        under=_effects(four, own, two, level) if two else {},
    )


def _independence(
    arms: Sequence[str], other: Sequence[str], counts: Mapping[tuple[str, str], int]
) -> float | None:
    """P of the chi-square test that the two assigned independently; None where one has a single variant."""
    table = np.array([[counts.get((mine, theirs), 0) for theirs in other] for mine in arms])
    table = table[table.any(axis=1)]
    if min(table.shape) < 2:
        return None
    return float(chi2_contingency(table, correction=False).pvalue)


def _arms(name: str, variants: list[str]) -> list[str]:
    """Control first, by the other's protocol where it has one of two variants."""
    planned = protocols.protocol(name) if name in protocols.registered() else None
    if planned and set(variants) == set(planned.variants):
        return list(planned.arms)
    return sorted(variants, key=lambda variant: (variant != "control", variant))


def _effects(
    four: Four, own: tuple[str, str], other: tuple[str, str], level: float
) -> Mapping[str, Difference]:
    """The own effect under each variant of the other experiment."""
    effects = {}
    for variant in other:
        control, treatment = (four.get((arm, variant), Moments(0, 0.0, 0.0)) for arm in own)
        if min(control.n, treatment.n) >= 2:
            effects[variant] = mean_difference(treatment.as_mean(level), control.as_mean(level))
    return effects
