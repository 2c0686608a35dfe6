"""At what unit the tables show that an experiment was assigned and measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis
from scipy.stats import binom

from helpers.experiments.protocol import CLUSTER, Protocol
from helpers.sources import LoadedTable


@dataclass(frozen=True)
class Randomization:
    """The groups (`cluster_id`) of one experiment, and the rows of outcomes that repeat a unit.

    Of the `units` assigned, `ungrouped` name no group (both 0 where groups are not told). Of all `groups`,
    `divided` stand in more than one variant; of the `several` with more than one unit, `together` have all of
    them in one. Were units assigned one by one, `expected` would. `repeated` of the rows in `outcomes` had a
    unit that came before; `unreadable` counts those that lost a value, by the reason of the data account.
    """

    units: int = 0
    ungrouped: int = 0
    groups: int = 0
    divided: int = 0
    several: int = 0
    together: int = 0
    expected: float = 0.0
    repeated: int = 0
    outcomes: int = 0
    unreadable: Mapping[str, int] = field(default_factory=dict)

    @property
    def p_together(self) -> float:
        """P, at most, that units assigned one by one stand together so often or oftener; 1 if untestable.

        Binomial of all groups at their mean chance: groups of other sizes only vary less (Hoeffding 1956).
        """
        if not self.several:
            return 1.0
        return float(binom.sf(self.together - 1, self.several, self.expected / self.several))


def randomization(protocol: Protocol, assignments: LoadedTable, outcomes: LoadedTable) -> Randomization:
    """What the tables tell of the unit; one query, where assignments name groups."""
    account = outcomes.account
    repeated = account.repeats if account else 0
    read, unreadable = (account.read, dict(account.unknown)) if account else (0, {})
    if not assignments.has(CLUSTER):
        return Randomization(repeated=repeated, outcomes=read, unreadable=unreadable)
    rows = assignments.expr.filter(
        assignments.expr.experiment == protocol.id, assignments.expr.variant.isin(list(protocol.variants))
    )
    groups = rows.group_by(CLUSTER).agg(units=rows.count(), divided=rows.variant.min() != rows.variant.max())
    named = groups[CLUSTER].notnull()
    weights = list(protocol.variants.values())
    chance = sum(
        (ibis.literal(weight / sum(weights)) ** groups.units for weight in weights), ibis.literal(0.0)
    )
    several = (groups.units > 1) & named
    (found,) = (
        groups.agg(
            units=groups.units.sum(),
            ungrouped=groups.units.sum(where=~named),
            groups=named.sum(),
            divided=(groups.divided & named).sum(),
            several=several.sum(),
            together=(several & ~groups.divided).sum(),
            expected=chance.sum(where=several),
        )
        .to_pyarrow()
        .to_pylist()
    )
    return Randomization(
        units=found["units"] or 0,
        ungrouped=found["ungrouped"] or 0,
        groups=found["groups"] or 0,
        divided=found["divided"] or 0,
        several=found["several"] or 0,
        together=found["together"] or 0,
        expected=found["expected"] or 0.0,
        repeated=repeated,
        outcomes=read,
        unreadable=unreadable,
    )
