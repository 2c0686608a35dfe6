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
from helpers.stats.group_sequential import boundaries, median_unbiased
from helpers.stats.heterogeneity import Heterogeneity, heterogeneity
from helpers.stats.independence import independence
from helpers.stats.lifts import lift, proportion_lift
from helpers.stats.means import mean, mean_difference
from helpers.stats.mix import MixAndRate, MixPart, mix_and_rate, standardized_share_difference
from helpers.stats.moments import Joint, Moments, pooled, pooled_joint
from helpers.stats.multiplicity import benjamini_hochberg, false_discovery_rate, holm, judged, step_down
from helpers.stats.net_promoter import net_promoter_difference, net_promoter_score
from helpers.stats.overlapping import OverlappingCounts, nested_difference, overlapping_difference
from helpers.stats.power import units_for_means, units_for_shares
from helpers.stats.proportions import proportion, proportion_difference
from helpers.stats.ratios import PairMoments, linear_weights, ratio, ratio_moments
from helpers.stats.sample_ratio import SampleRatio, sample_ratio
from helpers.stats.sequential import anytime_critical, confidence_sequence, sequential_sample_ratio
from helpers.stats.signs import Signs, sign_test
from helpers.stats.skewness import difference_skewness
from helpers.stats.survival import Reached, reached
from helpers.stats.weighting import weighted

__all__ = [
    "Comparison",
    "Difference",
    "Estimate",
    "Group",
    "Heterogeneity",
    "Joint",
    "MixAndRate",
    "MixPart",
    "Moments",
    "OverlappingCounts",
    "PairMoments",
    "Point",
    "Reached",
    "SampleRatio",
    "Series",
    "Signs",
    "anytime_critical",
    "benjamini_hochberg",
    "boundaries",
    "clustered_ratio",
    "clustered_ratio_difference",
    "confidence_sequence",
    "difference",
    "difference_skewness",
    "false_discovery_rate",
    "heterogeneity",
    "holm",
    "independence",
    "judged",
    "lift",
    "linear_weights",
    "mean",
    "mean_difference",
    "median_unbiased",
    "mix_and_rate",
    "nested_difference",
    "net_promoter_difference",
    "net_promoter_score",
    "overlapping_difference",
    "paired_ratio_difference",
    "pooled",
    "pooled_joint",
    "proportion",
    "proportion_difference",
    "proportion_lift",
    "ratio",
    "ratio_moments",
    "reached",
    "sample_ratio",
    "sequential_sample_ratio",
    "sign_test",
    "standardized_share_difference",
    "step_down",
    "two_sided_p",
    "units_for_means",
    "units_for_shares",
    "weighted",
    "z_value",
]
