"""Clustered ratios against the sandwich variance of a weighted regression through the origin."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from helpers.stats import clustered_ratio, clustered_ratio_difference, paired_ratio_difference

MONTHS = ((1200.0, 100.0), (1450.0, 110.0), (1380.0, 130.0), (1700.0, 125.0))
OTHER = ((900.0, 90.0), (1010.0, 95.0), (1100.0, 120.0), (1190.0, 115.0))
slices = st.lists(st.tuples(st.floats(0, 1e6), st.floats(1, 1e4)), min_size=2, max_size=12)


def test_ratio_equals_the_sandwich_of_a_weighted_regression() -> None:
    above, below = np.array(MONTHS).T
    fit = sm.WLS(above, below, weights=1 / below).fit(cov_type="HC1")
    ratio = clustered_ratio(MONTHS)
    assert ratio.value == pytest.approx(fit.params[0], rel=1e-12)
    assert ratio.se == pytest.approx(fit.bse[0], rel=1e-9)
    assert ratio.high == pytest.approx(ratio.value + stats.t.ppf(0.975, 3) * fit.bse[0], rel=1e-9)


def test_one_slice_has_no_interval() -> None:
    ratio = clustered_ratio(MONTHS[:1])
    assert (ratio.value, ratio.se, ratio.low) == (12.0, None, None)


def test_equal_denominators_are_welch_and_the_paired_t_test() -> None:
    now, then = [(a, 1.0) for a, _ in MONTHS], [(a, 1.0) for a, _ in OTHER]
    above, below = [a for a, _ in now], [a for a, _ in then]
    assert clustered_ratio_difference(now, then).p == pytest.approx(
        stats.ttest_ind(above, below, equal_var=False).pvalue, rel=1e-9
    )
    assert paired_ratio_difference(now, then).p == pytest.approx(
        stats.ttest_rel(above, below).pvalue, rel=1e-9
    )


def test_what_moves_both_cancels_in_pairs() -> None:
    paired, independent = paired_ratio_difference(MONTHS, OTHER), clustered_ratio_difference(MONTHS, OTHER)
    assert paired.value == independent.value
    assert paired.se is not None
    assert independent.se is not None
    assert paired.se < independent.se


def test_no_spread_has_no_test() -> None:
    flat = ((10.0, 1.0), (10.0, 1.0))
    assert clustered_ratio_difference(flat, ((8.0, 1.0), (8.0, 1.0))).p is None


@given(slices)
def test_interval_holds_the_ratio(side: list[tuple[float, float]]) -> None:
    ratio = clustered_ratio(side)
    assert ratio.low is not None
    assert ratio.high is not None
    assert ratio.low <= ratio.value <= ratio.high


@pytest.mark.parametrize("side", [[], [(1.0, 0.0), (2.0, 0.0)]])
def test_nothing_to_divide_by_is_refused(side: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="denominators sum"):
        clustered_ratio(side)


def test_a_difference_needs_two_slices_a_side() -> None:
    with pytest.raises(ValueError, match="must be >= 2"):
        clustered_ratio_difference(MONTHS, OTHER[:1])
    with pytest.raises(ValueError, match="must be equal"):
        paired_ratio_difference(MONTHS, OTHER[:3])


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_limits_are_those_of_welch_and_the_paired_t_test_whichever_side_leads(level: float) -> None:
    now, then = [(a, 1.0) for a, _ in MONTHS], [(a, 1.0) for a, _ in OTHER]
    above, below = [a for a, _ in now], [a for a, _ in then]
    for one, other, mine, theirs in ((now, then, above, below), (then, now, below, above)):
        welch = stats.ttest_ind(mine, theirs, equal_var=False)
        paired = stats.ttest_rel(mine, theirs)
        for found, known in (
            (clustered_ratio_difference(one, other, level), welch),
            (paired_ratio_difference(one, other, level), paired),
        ):
            assert (found.low, found.high) == pytest.approx(tuple(known.confidence_interval(level)))
            assert found.p == pytest.approx(known.pvalue, rel=1e-9)
