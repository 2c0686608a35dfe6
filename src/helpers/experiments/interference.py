"""Whether other experiments on the same units change what this one shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scipy.stats import chi2_contingency

from helpers import metrics
from helpers.experiments import protocol as protocols
from helpers.experiments.gathering import measured_by, number, unit_rows
from helpers.experiments.protocol import Protocol
from helpers.sources import Table
from helpers.stats import Difference, Estimate, Moments, difference, mean_difference

Four = Mapping[tuple[str, str], Moments]
"""Moments of the primary metric by own variant and the other experiment's."""


@dataclass(frozen=True)
class Pair:
    """This experiment beside another one: the units in both, and what each does to the other's effect.

    `p_independent` tests whether the two assigned independently of each other. `interaction` is the effect
    under the other's treatment less that under its control, at a level corrected for the number of pairs;
    `under` holds the two effects. Both are None or empty where a group has fewer than two values.
    """

    other: str
    shared: int
    p_independent: float
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
    """Every experiment that shares units with this one, in alphabetical order; one query."""
    by = measured_by(metrics.get(protocol.primary), outcomes)
    if len(by) != 1 or protocol.cluster:
        return ()
    others = assignments.expr.filter(assignments.expr.experiment != protocol.id)
    if not int(others.limit(1).count().execute()):
        return ()
    units = unit_rows(protocol, assignments, outcomes)
    own = units.select("unit_id", "variant", value=number(units[by[0]]))
    rest = others.select("unit_id", other="experiment", other_variant="variant")
    both = own.inner_join(rest, "unit_id")
    rows = (
        both.group_by("other", "other_variant", "variant")
        .agg(
            units=both.count(),
            n=both["value"].count(),
            mean=both["value"].mean(),
            variance=both["value"].var(how="sample"),
        )
        .order_by("other", "other_variant", "variant")
        .to_pyarrow()
        .to_pylist()
    )
    found: dict[str, tuple[dict[tuple[str, str], Moments], dict[tuple[str, str], int]]] = {}
    for row in rows:
        four, counts = found.setdefault(row["other"], ({}, {}))
        key = row["variant"], row["other_variant"]
        four[key] = Moments(row["n"], row["mean"] or 0.0, row["variance"] or 0.0)
        counts[key] = row["units"]
    level = 1 - protocol.alpha / max(1, len(found))
    return tuple(_pair(protocol, name, *known, level) for name, known in found.items())


def _pair(
    protocol: Protocol, name: str, four: Four, counts: Mapping[tuple[str, str], int], level: float
) -> Pair:
    own = protocol.arms[0], protocol.arms[1]
    other = _arms(name, sorted({variant for _, variant in four}))
    table = [[counts.get((mine, theirs), 0) for theirs in other] for mine in own]
    filled = len(other) == 2 and all(map(sum, table)) and all(map(sum, zip(*table, strict=True)))
    p = float(chi2_contingency(table, correction=False).pvalue) if filled else 1.0
    known = len(other) == 2
    return Pair(
        other=name,
        shared=sum(counts.values()),
        p_independent=p,
        interaction=interaction(four, own, (other[0], other[1]), level) if known else None,
        under=_effects(four, own, (other[0], other[1]), level) if known else {},
    )


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
