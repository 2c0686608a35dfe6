"""Estimates and intervals shared by all reports: numbers in, typed result out; no I/O, no plots.

`estimates` has the results and what they are made with; `proportions`, `net_promoter` scores, `means`
(with lifts), `medians`, `counts` of events, `clustered_shares` of users who belong to accounts, `ratios` and
`moments` estimate and compare; `categorical` tests
counts (sample ratio, independence, signs); `sequential` is for tests looked at more than once and `power` for
their size; `multiplicity` corrects many comparisons and `random_effects` shrinks
them; `standardization` weights groups and splits mix from rate; `survival` follows groups in time;
`skewed_means` are those of money, whose tail is long; `rank_sets` says how sure an order is;
`clusters` and `paired_members` say what several answers of one person count;
`usual_change` judges counts a week by how much they usually move; `silence` judges days without events,
`change_points` finds where a series takes another level.

    share = stats.proportion(81, 263)          # share.low, share.value, share.high
    change = stats.proportion_difference(56, 70, 48, 80)
"""

from helpers.stats.categorical import (
    SampleRatio,
    SignTest,
    independence,
    sample_ratio,
    sequential_sample_ratio,
    sign_test,
)
from helpers.stats.change_points import ChangePoint, change_points
from helpers.stats.clustered_shares import clustered_proportion, clustered_proportion_difference
from helpers.stats.clusters import ClusterSums, effective_n
from helpers.stats.counts import clustered_count, count_difference
from helpers.stats.estimates import (
    Comparison,
    Difference,
    Estimate,
    Group,
    Point,
    Series,
    counted,
    difference,
    distance,
    nested_difference,
    two_sided_p,
    wald_difference,
    z_value,
)
from helpers.stats.means import lift, mean, mean_difference
from helpers.stats.medians import median, median_difference
from helpers.stats.moments import Joint, Moments, difference_skewness, pooled, pooled_joint
from helpers.stats.multiplicity import (
    PageRates,
    benjamini_hochberg,
    false_discovery_rate,
    holm,
    judged,
    page_rates,
    step_down,
)
from helpers.stats.net_promoter import net_promoter_difference, net_promoter_score
from helpers.stats.paired_members import Pairs, shared_correlation
from helpers.stats.posterior import Posterior, posterior
from helpers.stats.power import units_for_means, units_for_shares, z_of_power
from helpers.stats.proportions import (
    OverlappingCounts,
    compared_proportions,
    overlapping_difference,
    pooled_z_p,
    proportion,
    proportion_difference,
    proportion_lift,
)
from helpers.stats.random_effects import Heterogeneity, heterogeneity
from helpers.stats.rank_sets import RankSet, marginal_rank_sets, rank_sets
from helpers.stats.ratios import (
    PairMoments,
    SharedMoments,
    clustered_ratio,
    clustered_ratio_difference,
    linear_weights,
    overlapping_ratio_difference,
    paired_ratio_difference,
    ratio,
    ratio_moments,
)
from helpers.stats.sequential import anytime_critical, boundaries, median_unbiased
from helpers.stats.shifted_beta_geometric import Renewals, shifted_beta_geometric
from helpers.stats.silence import chance_of_none
from helpers.stats.skewed_means import (
    ThirdMoments,
    pooled_third_moments,
    skewed_mean,
    skewed_mean_difference,
)
from helpers.stats.standardization import (
    MixAndRate,
    MixPart,
    mix_and_rate,
    standardized_share_difference,
    weighted,
)
from helpers.stats.survival import (
    LogRank,
    Reached,
    log_rank,
    quantile_difference,
    reached,
    reached_difference,
)
from helpers.stats.trend_in_shares import trend_in_shares
from helpers.stats.usual_change import slow_change, slow_mean, usual_change, yearly_change

__all__ = [
    "ChangePoint",
    "ClusterSums",
    "Comparison",
    "Difference",
    "Estimate",
    "Group",
    "Heterogeneity",
    "Joint",
    "LogRank",
    "MixAndRate",
    "MixPart",
    "Moments",
    "OverlappingCounts",
    "PageRates",
    "PairMoments",
    "Pairs",
    "Point",
    "Posterior",
    "RankSet",
    "Reached",
    "Renewals",
    "SampleRatio",
    "Series",
    "SharedMoments",
    "SignTest",
    "ThirdMoments",
    "anytime_critical",
    "benjamini_hochberg",
    "boundaries",
    "chance_of_none",
    "change_points",
    "clustered_count",
    "clustered_proportion",
    "clustered_proportion_difference",
    "clustered_ratio",
    "clustered_ratio_difference",
    "compared_proportions",
    "count_difference",
    "counted",
    "difference",
    "difference_skewness",
    "distance",
    "effective_n",
    "false_discovery_rate",
    "heterogeneity",
    "holm",
    "independence",
    "judged",
    "lift",
    "linear_weights",
    "log_rank",
    "marginal_rank_sets",
    "mean",
    "mean_difference",
    "median",
    "median_difference",
    "median_unbiased",
    "mix_and_rate",
    "nested_difference",
    "net_promoter_difference",
    "net_promoter_score",
    "overlapping_difference",
    "overlapping_ratio_difference",
    "page_rates",
    "paired_ratio_difference",
    "pooled",
    "pooled_joint",
    "pooled_third_moments",
    "pooled_z_p",
    "posterior",
    "proportion",
    "proportion_difference",
    "proportion_lift",
    "quantile_difference",
    "rank_sets",
    "ratio",
    "ratio_moments",
    "reached",
    "reached_difference",
    "sample_ratio",
    "sequential_sample_ratio",
    "shared_correlation",
    "shifted_beta_geometric",
    "sign_test",
    "skewed_mean",
    "skewed_mean_difference",
    "slow_change",
    "slow_mean",
    "standardized_share_difference",
    "step_down",
    "trend_in_shares",
    "two_sided_p",
    "units_for_means",
    "units_for_shares",
    "usual_change",
    "wald_difference",
    "weighted",
    "yearly_change",
    "z_of_power",
    "z_value",
]


def __dir__() -> list[str]:
    return __all__
