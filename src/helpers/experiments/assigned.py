"""What assignments tell of an experiment whose protocol is not written yet: variants, split, cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from helpers.experiments.protocol import CLUSTER, Protocol, folded, map_line
from helpers.experiments.trust.randomization import randomization
from helpers.records import SettingsError
from helpers.sources import LoadedTable
from helpers.stats import sample_ratio
from helpers.stats.categorical import SUSPICIOUS

CONTROLS = ("control", "a", "baseline", "original", "off", "default")
"""What a control is mostly called."""


@dataclass(frozen=True)
class Assigned:
    """Variants with their weights, control first; `clustered` says that whole clusters were assigned."""

    variants: Mapping[str, float]
    clustered: bool = False

    @property
    def control(self) -> str:
        """The first variant."""
        return next(iter(self.variants))


def assigned(experiment: str, assignments: LoadedTable, outcomes: LoadedTable) -> Assigned | None:
    """What the assignments tell of one experiment; None where they have fewer than two variants of it.

    Weights are even where chance may have set the units apart, else their share in per cent.

    Raises:
        SettingsError: only case, blanks or signs tell variants apart; the message makes them one.
    """
    if assignments.account is None:
        return None
    rows = assignments.expr.filter(assignments.expr.experiment == experiment)
    found = rows.group_by("variant").agg(units=rows.count()).order_by("variant").to_pyarrow()
    units = dict(zip(found["variant"].to_pylist(), found["units"].to_pylist(), strict=True))
    if len(units) < 2:
        return None
    _told_apart(units)
    order = sorted(units, key=lambda name: (folded(name) not in CONTROLS, name))
    variants = _weights({name: units[name] for name in order})
    return Assigned(variants, _clustered(experiment, variants, assignments, outcomes))


def _told_apart(units: Mapping[str, int]) -> None:
    first: dict[str, str] = {}
    for name in sorted(units, key=lambda name: -units[name]):
        first.setdefault(folded(name), name)
    same = {name: first[folded(name)] for name in units if first[folded(name)] != name}
    if same:
        raise SettingsError(
            [f"Variants are spelled in several ways. Read them as one in sources.yaml: {map_line(same)}"]
        )


def _weights(units: Mapping[str, int]) -> dict[str, float]:
    even = [1 / len(units)] * len(units)
    if sample_ratio(list(units.values()), even).p >= SUSPICIOUS:
        return dict.fromkeys(units, 1)
    total = sum(units.values())
    return {name: max(1, round(100 * count / total)) for name, count in units.items()}


def _clustered(
    experiment: str, variants: Mapping[str, float], assignments: LoadedTable, outcomes: LoadedTable
) -> bool:
    """Whether all units of each cluster share a variant, more often than units assigned one by one would."""
    if not assignments.has(CLUSTER):
        return False
    plan = Protocol(
        id=experiment,
        title="",
        hypothesis="",
        owner="",
        variants=dict(variants),
        control=next(iter(variants)),
        primary="none",
        minimum_effect=1,
        planned_sample=2,
    )
    seen = randomization(plan, assignments, outcomes)
    return seen.divided == 0 and seen.p_together < SUSPICIOUS
