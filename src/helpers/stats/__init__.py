"""Estimates and intervals shared by the four reports: numbers in, typed result out."""

from helpers.stats.clusters import clustered_ratio, clustered_ratio_difference, paired_ratio_difference
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
from helpers.stats.lifts import lift, proportion_lift
from helpers.stats.means import mean, mean_difference
from helpers.stats.mix import MixAndRate, MixPart, mix_and_rate, standardized_share_difference
from helpers.stats.moments import Moments, pooled
from helpers.stats.multiplicity import benjamini_hochberg, holm, judged
from helpers.stats.net_promoter import net_promoter_difference, net_promoter_score
from helpers.stats.overlapping import OverlappingCounts, overlapping_difference
from helpers.stats.proportions import proportion, proportion_difference
from helpers.stats.ratios import PairMoments, ratio
from helpers.stats.sample_ratio import SampleRatio, sample_ratio
from helpers.stats.sequential import confidence_sequence
from helpers.stats.survival import Reached, reached
from helpers.stats.weighting import weighted

__all__ = [
    "Comparison",
    "Difference",
    "Estimate",
    "Group",
    "MixAndRate",
    "MixPart",
    "Moments",
    "OverlappingCounts",
    "PairMoments",
    "Point",
    "Reached",
    "SampleRatio",
    "Series",
    "benjamini_hochberg",
    "clustered_ratio",
    "clustered_ratio_difference",
    "confidence_sequence",
    "difference",
    "holm",
    "judged",
    "lift",
    "mean",
    "mean_difference",
    "mix_and_rate",
    "net_promoter_difference",
    "net_promoter_score",
    "overlapping_difference",
    "paired_ratio_difference",
    "pooled",
    "proportion",
    "proportion_difference",
    "proportion_lift",
    "ratio",
    "reached",
    "sample_ratio",
    "standardized_share_difference",
    "two_sided_p",
    "weighted",
    "z_value",
]
