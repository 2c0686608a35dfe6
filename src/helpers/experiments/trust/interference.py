"""Whether other experiments on the same units change what this one shows."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from helpers import metrics
from helpers.experiments.observations.unit_tables import measured_by, number, unit_rows
from helpers.experiments.preregistration import load_protocol, registered
from helpers.experiments.protocol import Protocol
from helpers.records import SettingsError
from helpers.sources import LoadedTable
from helpers.stats import (
    Difference,
    Estimate,
    Moments,
    PairMoments,
    difference,
    independence,
    mean_difference,
    ratio_moments,
)

COLUMNS = ("value", "denominator")
"""What the metric's one column, or the two of a ratio, are called while they are aggregated."""
Four = Mapping[tuple[str, str], Moments]
"""Moments of the primary metric by own variant and the other experiment's."""
FEWEST = 30
"""Fewest values of each of the four groups of an interaction: its interval is a normal approximation."""
Period = tuple[date | None, date | None]
"""First and last day of assignment; None where no unit has a date."""


@dataclass(frozen=True)
class Interaction:
    """What one treatment of another experiment does to the effect of one treatment of this one.

    `under` holds the effect of `treatment` under the other's control, then under its treatment; `difference`
    is the second less the first, at a level corrected for the number of interactions that are looked at.
    """

    treatment: str
    under: Mapping[str, Difference]
    difference: Difference

    @property
    def clear(self) -> bool:
        """Whether the interval excludes no interaction."""
        return not self.difference.low <= 0 <= self.difference.high


@dataclass(frozen=True)
class Overlap:
    """This experiment beside another one: the units in both, and what each does to the other's effect.

    `p_independent` tests whether the two assigned independently of each other; None where that is not tested
    (clusters, a single variant). `interactions` holds every treatment here with every one there, but those
    of which a group has fewer than 30 values.
    """

    other: str
    shared: int
    p_independent: float | None
    interactions: tuple[Interaction, ...] = ()

    @property
    def clear(self) -> tuple[Interaction, ...]:
        """The interactions that are clear."""
        return tuple(one for one in self.interactions if one.clear)


def interaction(four: Four, own: tuple[str, str], other: tuple[str, str], level: float) -> Interaction | None:
    """Difference of the two differences of a 2 x 2 table of means (normal, unequal variances).

    `own` and `other` name control and treatment of each experiment. None where a group has fewer than 30
    values or nothing varies.
    """
    under: dict[str, Difference] = {}
    for variant in other:
        control, treatment = (four.get((arm, variant), Moments(0, 0.0, 0.0)) for arm in own)
        if min(control.n, treatment.n) < FEWEST:
            return None
        under[variant] = mean_difference(treatment.as_mean(level), control.as_mean(level))
    if not any(effect.se for effect in under.values()):
        return None
    under_control, under_treatment = (
        Estimate(effect.value, effect.se, None, None, level, 0, "") for effect in under.values()
    )
    return Interaction(own[1], under, difference(under_treatment, under_control))


def overlaps(protocol: Protocol, assignments: LoadedTable, outcomes: LoadedTable) -> tuple[Overlap, ...]:
    """Every concurrent experiment that shares units with this one, in alphabetical order; two queries.

    Where clusters are assigned, units are not independent: the units in both are told, and nothing is tested.
    """
    concurrent = _concurrent(protocol, assignments)
    if not concurrent:
        return ()
    by = () if protocol.cluster else measured_by(metrics.get(protocol.primary), outcomes)
    units = unit_rows(protocol, assignments, outcomes)
    known = [ibis.ifelse(_has_all(units, by), number(units[name]), ibis.null("float64")) for name in by]
    own = units.select("unit_id", "variant", **dict(zip(COLUMNS, known, strict=False)))
    others = assignments.expr.filter(assignments.expr.experiment.isin(concurrent))
    rest = others.select("unit_id", other="experiment", other_variant="variant")
    both = own.inner_join(rest, "unit_id")
    rows = (
        both.group_by("other", "other_variant", "variant")
        .agg(units=both.count(), **_figures(both, COLUMNS[: len(by)]))
        .order_by("other", "other_variant", "variant")
        .to_pyarrow()
        .to_pylist()
    )
    fours: dict[str, dict[tuple[str, str], Moments]] = {}
    counts: dict[str, dict[tuple[str, str], int]] = {}
    for row in rows:
        key = row["variant"], row["other_variant"]
        counts.setdefault(row["other"], {})[key] = row["units"]
        if moments := _moments(row):
            fours.setdefault(row["other"], {})[key] = moments
    arms = {name: _arms(name, sorted({theirs for _, theirs in known})) for name, known in counts.items()}
    tests = len(protocol.treatments) * sum(len(theirs) - 1 for theirs in arms.values())
    level = 1 - protocol.alpha / max(1, tests)
    return tuple(
        Overlap(
            other=name,
            shared=sum(known.values()),
            p_independent=None if protocol.cluster else _independence(protocol.arms, arms[name], known),
            interactions=_interactions(protocol, fours.get(name, {}), arms[name], level),
        )
        for name, known in counts.items()
    )


def known_experiments(protocol: Protocol, assignments: LoadedTable) -> frozenset[str]:
    """The experiments that the protocol excludes and the assignments know; a query where it excludes any."""
    if not protocol.exclusive_with:
        return frozenset()
    rows = assignments.expr
    named = rows.filter(rows.experiment.isin(list(protocol.exclusive_with)))
    return frozenset(named.select("experiment").distinct().to_pyarrow()["experiment"].to_pylist())


def _concurrent(protocol: Protocol, assignments: LoadedTable) -> list[str]:
    """The other experiments that assigned units between the first and last day of this one.

    One of which no unit has a date may be concurrent, and counts as such; so do all where this one has none.
    """
    rows = assignments.expr
    if not int(rows.filter(rows.experiment != protocol.id).limit(1).count().execute()):
        return []  # told at once, where reading every date takes a tenth of the whole readout
    dates = {}
    if assignments.has("assigned_at"):
        dates = {"first": rows.assigned_at.min().cast("date"), "last": rows.assigned_at.max().cast("date")}
    found = rows.group_by("experiment").agg(units=rows.count(), **dates).order_by("experiment").to_pyarrow()
    periods = {row["experiment"]: (row.get("first"), row.get("last")) for row in found.to_pylist()}
    own = periods.pop(protocol.id, (None, None))
    return [name for name, theirs in periods.items() if _overlap(own, theirs)]


def _overlap(one: Period, other: Period) -> bool:
    """Whether two periods share a day, as far as they are known."""
    (start, end), (first, last) = one, other
    begins = end is None or first is None or first <= end
    return begins and (last is None or start is None or start <= last)


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


def _interactions(
    protocol: Protocol, four: Four, other: Sequence[str], level: float
) -> tuple[Interaction, ...]:
    """Each treatment here with each one there, where there are enough values."""
    found = (
        interaction(four, (protocol.control, treatment), (other[0], theirs), level)
        for treatment in protocol.treatments
        for theirs in other[1:]
    )
    return tuple(one for one in found if one)


def _independence(
    arms: Sequence[str], other: Sequence[str], counts: Mapping[tuple[str, str], int]
) -> float | None:
    """P that the two assigned independently; None where one has a single variant."""
    return independence([[counts.get((mine, theirs), 0) for theirs in other] for mine in arms])


def _arms(name: str, variants: Sequence[str]) -> list[str]:
    """Control first, by the other's protocol where units are in its control; what it did not plan, last."""
    try:
        planned = load_protocol(name) if name in registered() else None
    except SettingsError:
        planned = (
            None  # `quarterdeck check` tells what is wrong with it; that is no matter of this experiment.
        )
    if planned and planned.control in variants:
        seen = [arm for arm in planned.arms if arm in variants]
        return seen + [variant for variant in variants if variant not in seen]
    return sorted(variants, key=lambda variant: (variant != "control", variant))
