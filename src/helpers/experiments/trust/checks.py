"""Whether the data can be trusted to answer at all: looked at before any effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from helpers.experiments.effects.conditions import UnmetCondition
from helpers.experiments.observations.aggregates import Observations
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust.agreement import as_planned
from helpers.experiments.trust.assignment import (
    alike_before,
    one_variant_each,
    split_of_parts,
    split_within_pools,
    unit_as_planned,
    whole_split,
)
from helpers.experiments.trust.daily import by_day, every_day
from helpers.experiments.trust.distribution import Distributions
from helpers.experiments.trust.exclusions import exclusions_kept, no_interaction
from helpers.experiments.trust.interference import Overlap
from helpers.experiments.trust.intervals import intervals_hold
from helpers.experiments.trust.missing import outcomes_after, outcomes_known, outcomes_readable
from helpers.experiments.trust.novelty import effect_lasts
from helpers.experiments.trust.outliers import no_outlier
from helpers.experiments.trust.randomization import Randomization
from helpers.experiments.trust.twins import no_twins
from helpers.records import Check


@dataclass(frozen=True)
class Diagnostics:
    """What stands around the observations: other experiments, the distribution of metrics, the unit.

    `known_experiments` are those that the protocol excludes and the assignments know.
    """

    overlaps: tuple[Overlap, ...] = ()
    known_experiments: frozenset[str] = frozenset()
    distributions: Distributions = field(default_factory=Distributions)
    randomization: Randomization = field(default_factory=Randomization)


def all_checks(
    protocol: Protocol, observed: Observations, diagnostics: Diagnostics, unmet: Sequence[UnmetCondition] = ()
) -> tuple[Check, ...]:
    """Every trust check of one experiment; a failed one of severity `stop` withholds the verdict."""
    return (
        as_planned(protocol, observed, diagnostics.overlaps),
        whole_split(protocol, observed),
        *split_within_pools(protocol, observed),
        *split_of_parts(protocol, observed),
        one_variant_each(protocol, observed),
        *unit_as_planned(protocol, observed, diagnostics.randomization),
        outcomes_known(protocol, observed),
        *outcomes_readable(protocol, diagnostics.randomization),
        outcomes_after(protocol, observed, diagnostics.randomization),
        alike_before(protocol, observed),
        *every_day(observed),
        *by_day(protocol, observed),
        *no_twins(protocol, observed),
        *no_outlier(protocol, observed, diagnostics.distributions.tails),
        *effect_lasts(protocol, observed),
        *exclusions_kept(protocol, observed, diagnostics.overlaps, diagnostics.known_experiments),
        *no_interaction(protocol, diagnostics.overlaps),
        intervals_hold(protocol, observed, unmet),
    )


def stopping_checks(found: Sequence[Check]) -> tuple[Check, ...]:
    """The failed checks that withhold the verdict."""
    return tuple(check for check in found if check.failed and check.severity == "stop")
