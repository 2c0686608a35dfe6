"""Experiments: one protocol, one readout, one verdict.

    protocol = experiments.protocol("checkout_one_step")
    readout = experiments.read(protocol, assignments, outcomes, totals)
    readout.verdict.sentence

`protocol` reads what was agreed before the start; `gathering` brings counts, means and covariances out of
the engine as `observations`; `trust` checks them, with `agreement`, `assignment`, `randomization`, `missing`,
`daily`, `interference`, `distribution` and `novelty`; `linear` and `effects` estimate, `conditions` says
which intervals may decide and `monitoring` how often one may look; `verdict` decides and `stakes` tells what
it would cost to be wrong; `results`, `figures`, `sheets`, `segments` and `plans` are what the notebook shows.
"""

from helpers.experiments.effects.estimation import Effect
from helpers.experiments.effects.guard_rails import GuardRailEffect
from helpers.experiments.figures import arms, lifts, over_time, since_assignment, split_over_time
from helpers.experiments.observations.aggregates import Observations
from helpers.experiments.plans import plan
from helpers.experiments.protocol import GuardRail, Protocol, check, load_protocol, registered
from helpers.experiments.results import effect_findings, verdict_findings
from helpers.experiments.scaffold import new
from helpers.experiments.segments import by_segment, segment_sheet
from helpers.experiments.sheets import agreed, beside, distributions, every_metric, guard_rails, trusted
from helpers.experiments.verdict.decision import Verdict
from helpers.experiments.verdict.readout import Readout, read

__all__ = [
    "Effect",
    "GuardRail",
    "GuardRailEffect",
    "Observations",
    "Protocol",
    "Readout",
    "Verdict",
    "agreed",
    "arms",
    "beside",
    "by_segment",
    "check",
    "distributions",
    "effect_findings",
    "every_metric",
    "guard_rails",
    "lifts",
    "load_protocol",
    "new",
    "over_time",
    "plan",
    "read",
    "registered",
    "segment_sheet",
    "since_assignment",
    "split_over_time",
    "trusted",
    "verdict_findings",
]
