"""Ratios by the delta method, and by slices of time against the sandwich of a regression."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from helpers.stats import (
    OverlappingCounts,
    PairMoments,
    SharedMoments,
    clustered_ratio,
    clustered_ratio_difference,
    difference,
    lift,
    mean_difference,
    overlapping_difference,
    overlapping_ratio_difference,
    paired_ratio_difference,
    ratio,
    ratio_moments,
)

Floats = NDArray[np.float64]


def posthog(n: int, total: float, squares: float, denominator: float) -> PairMoments:
    """PostHog's fixture: main sum and squares, a denominator of 0 or 1, and their product sum."""
    mean, below = total / n, denominator / n
    return PairMoments(
        n,
        mean,
        below,
        (squares - n * mean**2) / (n - 1),
        (denominator - n * below**2) / (n - 1),
        (total - n * mean * below) / (n - 1),
    )


def test_a_difference_of_ratios_equals_posthogs() -> None:
    """The relative interval of the reference is the delta method's; ours is Fieller's."""
    treatment = ratio_moments(posthog(2034, 99673.9364269569, 11298745.182728939, 947))
    control = ratio_moments(posthog(1966, 94605.79858780127, 10463129.505392816, 936))
    assert treatment is not None
    assert control is not None
    arms = treatment.as_mean(0.95), control.as_mean(0.95)
    found, relative = mean_difference(*arms), lift(*arms)
    assert found.value == pytest.approx(4.1777376521718, rel=1e-12)
    assert found.se == pytest.approx(1.3892631386717398, rel=1e-12)
    assert (found.low, found.high) == pytest.approx((1.4540016505548228, 6.901473653788777), rel=1e-9)
    assert found.p == pytest.approx(0.002653526036389575, rel=1e-9)
    assert relative is not None
    assert relative.value == pytest.approx(0.04133322165029552, rel=1e-12)


def test_a_constant_denominator_gives_the_mean() -> None:
    found = ratio(PairMoments(100, 3.0, 2.0, 4.0, 0.0, 0.0))
    assert found.value == 1.5
    assert found.se == pytest.approx(2 / 2 / 10)


def test_the_interval_covers_the_true_ratio() -> None:
    generator = np.random.default_rng(11)
    hits = 0
    for _ in range(400):
        visits = generator.poisson(5, 300) + 1
        orders = generator.binomial(visits, generator.beta(2, 8, 300))
        found = ratio(_pair_moments(np.stack([orders, visits], axis=1)))
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 0.2 <= found.high
    assert 0.92 <= hits / 400 <= 0.98


@pytest.mark.parametrize(
    "units",
    [PairMoments(1, 1, 1, 0, 0, 0), PairMoments(5, 1, 0, 0, 0, 0)],
    ids=["one unit", "no denominator"],
)
def test_a_ratio_without_meaning_is_refused(units: PairMoments) -> None:
    with pytest.raises(ValueError, match=r"n ==|denominator =="):
        ratio(units)


def _pair_moments(units: Floats) -> PairMoments:
    """Of two columns: numerator and denominator of each unit."""
    above, below = units.T
    covariance = np.cov(above, below)
    return PairMoments(
        len(units), above.mean(), below.mean(), covariance[0, 0], covariance[1, 1], covariance[0, 1]
    )


def _shared(first: Floats, second: Floats) -> SharedMoments:
    """Mean products of two columns each (numerator, denominator), over units that stand in both."""
    products = [(first[:, a] * second[:, b]).mean() for a in (0, 1) for b in (0, 1)]
    return SharedMoments(len(first), *map(float, products))


def test_ratios_of_some_of_the_same_units_differ_by_as_much_as_they_vary() -> None:
    """Of 60 units then, 40 stand in both groups and stay alike; nominal 95 % hold at least 92 %."""
    rng = np.random.default_rng(20260914)
    values, hits = [], 0
    for _ in range(400):
        taste = rng.normal(0, 0.3, 80)
        months = rng.integers(1, 4, (80, 2)).astype(float)
        share = months * (0.5 + taste[:, None] + rng.normal(0, 0.1, (80, 2)))
        now, then = (np.stack([share[:, at], months[:, at]], axis=1) for at in (0, 1))
        now, then = now[:60], then[20:]
        found = overlapping_ratio_difference(
            _pair_moments(now), _pair_moments(then), _shared(now[20:], then[:40])
        )
        values.append(found.value)
        hits += found.low <= 0 <= found.high
    assert found.se == pytest.approx(np.std(values), rel=0.2)
    assert 0.92 <= hits / 400 <= 0.98


def test_ratios_of_different_units_differ_as_independent_ones_do() -> None:
    first, second = PairMoments(100, 0.5, 2, 0.04, 0.1, 0.01), PairMoments(80, 0.4, 2, 0.05, 0.1, 0.01)
    nobody = overlapping_ratio_difference(first, second, SharedMoments(0, 0, 0, 0, 0))
    assert nobody.se == pytest.approx(difference(ratio(first), ratio(second)).se)


def test_rounding_below_no_variance_is_none() -> None:
    """The same people answer alike, and a numerator is a multiple of its denominator: nothing varies."""
    for n in range(2, 60):
        for k in range(n + 1):
            assert (overlapping_difference(OverlappingCounts(k, n, k, n, n, k, k, k)).se or 0) < 1e-8
        spread = n / 7
        units = PairMoments(n, 0.3 * n, n, 0.09 * spread, spread, 0.3 * spread)
        assert (ratio(units).se or 0) < 1e-8


@pytest.mark.parametrize(
    "units",
    [PairMoments(1, 1, 1, 0, 0, 0), PairMoments(5, 1, 0, 1, 1, 0), PairMoments(5, 1, 1, float("inf"), 1, 0)],
    ids=["one unit", "no denominator", "too large"],
)
def test_a_ratio_without_meaning_has_no_moments(units: PairMoments) -> None:
    assert ratio_moments(units) is None


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
    with pytest.raises(ValueError, match="sum of denominators =="):
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


def test_two_units_and_two_slices_are_enough() -> None:
    assert ratio_moments(PairMoments(2, 3.0, 2.0, 4.0, 0.0, 0.0)) is not None
    now, then = [(12.0, 1.0), (15.0, 1.0)], [(9.0, 1.0), (11.0, 1.0)]
    known = stats.ttest_rel([12, 15], [9, 11])
    assert paired_ratio_difference(now, then).p == pytest.approx(known.pvalue, rel=1e-9)


def test_denominators_may_sum_to_less_than_one() -> None:
    assert clustered_ratio([(0.1, 0.2), (0.2, 0.3)]).value == pytest.approx(0.6)
