"""Experiments: one protocol, one readout, one verdict.

    >>> from helpers import experiments
    >>> readout = experiments.example()  # or experiments.read(protocol, assignments, outcomes, totals)
    >>> readout.verdict.decision
    'Ship'
    >>> experiments.primary_metric(readout).title
    'Activation is between 2.9 and 9.1 points higher with treatment'

From the bottom up, each reading only what is below it: `protocol`, what was agreed before the start, which
`preregistration` finds and checks;
`observations`, what the tables give; `effects`, what the treatment did; `trust`, whether the data can tell;
`verdict`, what the protocol decides, with the whole `Readout`; `findings`, its numbers and titles in words;
`page`, the finished charts and tables, and `whatif` beside it. `scaffold` writes a new protocol.
"""

from helpers.experiments.effects.estimation import Effect
from helpers.experiments.effects.guard_rails import GuardRailEffect
from helpers.experiments.effects.subgroups import SubgroupEffect, Subgroups, subgroups
from helpers.experiments.example import example
from helpers.experiments.observations.aggregates import Observations, VariantDay
from helpers.experiments.page import (
    all_metrics,
    bayesian_reading,
    distributions,
    effect_over_time,
    effect_since_assignment,
    guard_rails,
    interactions,
    primary_metric,
    protocol_table,
    relative_effects,
    segment_effects,
    segment_table,
    split_over_time,
    trust_checks,
    verdict_headline,
)
from helpers.experiments.preregistration import check, load_protocol, registered
from helpers.experiments.protocol import GuardRail, Protocol
from helpers.experiments.scaffold import new
from helpers.experiments.verdict.decision import Verdict
from helpers.experiments.verdict.readout import Readout, conclude, read
from helpers.experiments.whatif import another_test

__all__ = [
    "Effect",
    "GuardRail",
    "GuardRailEffect",
    "Observations",
    "Protocol",
    "Readout",
    "SubgroupEffect",
    "Subgroups",
    "VariantDay",
    "Verdict",
    "all_metrics",
    "another_test",
    "bayesian_reading",
    "check",
    "conclude",
    "distributions",
    "effect_over_time",
    "effect_since_assignment",
    "example",
    "guard_rails",
    "interactions",
    "load_protocol",
    "new",
    "primary_metric",
    "protocol_table",
    "read",
    "registered",
    "relative_effects",
    "segment_effects",
    "segment_table",
    "split_over_time",
    "subgroups",
    "trust_checks",
    "verdict_headline",
]


def __dir__() -> list[str]:
    return __all__
