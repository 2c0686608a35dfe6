"""What the notebook shows of a readout: each function returns a finished chart or table.

Charts are imported by the functions that draw: `quarterdeck check` reads protocols without matplotlib.
"""

from helpers.experiments.page.bayesian_reading import bayesian_reading
from helpers.experiments.page.by_segment import segment_effects, segment_table
from helpers.experiments.page.metric_effects import all_metrics, guard_rails, primary_metric, relative_effects
from helpers.experiments.page.over_time import effect_over_time, effect_since_assignment
from helpers.experiments.page.summary import protocol_table, verdict_headline
from helpers.experiments.page.validity import distributions, interactions, split_over_time, trust_checks

__all__ = [
    "all_metrics",
    "bayesian_reading",
    "distributions",
    "effect_over_time",
    "effect_since_assignment",
    "guard_rails",
    "interactions",
    "primary_metric",
    "protocol_table",
    "relative_effects",
    "segment_effects",
    "segment_table",
    "split_over_time",
    "trust_checks",
    "verdict_headline",
]
