"""Estimates and intervals shared by the four reports: numbers in, typed result out."""

from helpers.stats.estimates import (
    Comparison,
    Difference,
    Estimate,
    Group,
    Point,
    Series,
    difference,
    two_sided_p,
    z_value,
)
from helpers.stats.means import mean, mean_difference
from helpers.stats.multiplicity import benjamini_hochberg, holm
from helpers.stats.proportions import (
    net_promoter_score,
    proportion,
    proportion_difference,
)

__all__ = [
    "Comparison",
    "Difference",
    "Estimate",
    "Group",
    "Point",
    "Series",
    "benjamini_hochberg",
    "difference",
    "holm",
    "mean",
    "mean_difference",
    "net_promoter_score",
    "proportion",
    "proportion_difference",
    "two_sided_p",
    "z_value",
]
