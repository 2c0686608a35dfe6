"""Means, their differences and lifts against GrowthBook's published data and statsmodels' Welch."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from helpers.stats import (
    Estimate,
    lift,
    mean,
    mean_difference,
    proportion,
    proportion_lift,
)

values = st.lists(st.integers(-1000, 1000).map(float), min_size=2, max_size=40)


def growthbook(total: float, squares: float, n: int) -> Estimate:
    """GrowthBook's revenue, from sums."""
    return mean(n, total / n, (squares - total**2 / n) / (n - 1))


def test_the_difference_of_growthbooks_revenue_equals_its_reference() -> None:
    found = mean_difference(growthbook(2422.7, 134698.29, 3461), growthbook(1396.87, 52377.9767, 3407))
    assert found.value == pytest.approx(0.29, rel=1e-12)
    assert found.se == pytest.approx(0.12478363158758794, rel=1e-12)
    assert (found.low, found.high) == pytest.approx((0.04537789255929012, 0.5346221074407098), rel=1e-9)
    assert found.p == pytest.approx(0.020158402643587037, rel=1e-9)


@given(values, values, st.sampled_from([1e-6, 1.0, 1e6]), st.floats(0.5, 0.999))
def test_means_and_their_difference_equal_statsmodels(
    one: list[float], other: list[float], scale: float, level: float
) -> None:
    assume(np.ptp(one) > 0 or np.ptp(other) > 0)
    sides = [scale * np.array(side) for side in (one, other)]
    now, reference = (mean(len(side), float(side.mean()), float(side.var(ddof=1)), level) for side in sides)
    found, known = mean_difference(now, reference), CompareMeans(*map(DescrStatsW, sides))
    limits = known.tconfint_diff(alpha=1 - level, usevar="unequal")
    assert (found.low, found.high) == pytest.approx(limits, rel=1e-9, abs=1e-9 * scale)
    assert found.value == pytest.approx(known.d1.mean - known.d2.mean, rel=1e-9, abs=1e-9 * scale)
    assert found.se == pytest.approx(known.std_meandiff_separatevar, rel=1e-9, abs=1e-9 * scale)
    assert found.p == pytest.approx(known.ttest_ind(usevar="unequal")[1], rel=1e-9, abs=1e-12)
    if np.ptp(one) > 0:
        assert (now.low, now.high) == pytest.approx(
            known.d1.tconfint_mean(1 - level), rel=1e-9, abs=1e-9 * scale
        )


def test_one_value_has_no_interval_and_no_difference() -> None:
    alone = mean(1, 3.0, 0.0)
    assert (alone.value, alone.se, alone.low, alone.high) == (3.0, None, None, None)
    with pytest.raises(ValueError, match=r"now.n, reference.n =="):
        mean_difference(alone, mean(5, 1.0, 1.0))
    with pytest.raises(ValueError, match="n == 0"):
        mean(0, 3.0, 0.0)


def test_without_any_spread_there_is_no_test() -> None:
    found = mean_difference(mean(5, 3.0, 0.0), mean(4, 1.0, 0.0))
    assert (found.value, found.se, found.low, found.high, found.p) == (2.0, 0.0, 2.0, 2.0, None)


CONTROL = growthbook(1396.87, 52377.9767, 3407)


TREATMENT = growthbook(2422.7, 134698.29, 3461)


def test_fieller_on_growthbooks_data() -> None:
    found = lift(TREATMENT, CONTROL)
    assert found is not None
    assert found.value == pytest.approx(0.7073170731707317, rel=1e-9)
    assert found.se == pytest.approx(0.3787943616681428, rel=1e-9)
    # The reference uses the normal quantile, this Welch's t with 5,661 degrees of freedom.
    assert found.low == pytest.approx(0.0941694631473764, abs=4e-4)
    assert found.high == pytest.approx(1.7084033688689786, abs=4e-4)


def share(successes: int, n: int) -> Estimate:
    """A share as a mean whose variance is that of the population, as the reference has it."""
    average = successes / n
    return mean(n, average, average * (1 - average))


@pytest.mark.parametrize(
    ("now", "reference", "low", "high"),
    [
        (TREATMENT, CONTROL, 0.0941694631473764, 1.7084033688689786),
        (share(8279, 45489), share(8502, 44700), -0.06890146242983908, -0.016636122139115805),
    ],
    ids=["growthbook", "cookie cats"],
)
def test_fieller_of_so_many_units_that_t_is_normal_equals_its_reference(
    now: Estimate, reference: Estimate, low: float, high: float
) -> None:
    found = lift(replace(now, n=10**12), replace(reference, n=10**12))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


moments = st.tuples(st.integers(2, 500), st.floats(0.1, 100), st.floats(0.01, 50))


@given(moments, moments, st.sampled_from([0.5, 0.8, 0.95, 0.999]))
def test_fieller_and_welch_exclude_zero_together(
    one: tuple[int, float, float], other: tuple[int, float, float], level: float
) -> None:
    now, reference = mean(*one, level), mean(*other, level)
    found, difference = lift(now, reference), mean_difference(now, reference)
    assume(found is not None and min(abs(difference.low), abs(difference.high)) > 1e-9)
    assert found is not None
    assert found.low <= found.value <= found.high
    assert (found.low > 0) == (difference.low > 0)
    assert (found.high < 0) == (difference.high < 0)
    assert found.p == pytest.approx(difference.p, rel=1e-9)
    assert found.level == level


def test_a_reference_near_zero_gives_no_lift() -> None:
    assert lift(mean(100, 5, 1), mean(100, 0.01, 25)) is None
    assert lift(mean(100, 5, 1), mean(100, -3, 1)) is None
    assert lift(mean(100, 5, 1), mean(100, 0.0, 0.0)) is None
    assert lift(mean(10**9, 5, 1), mean(10**9, 1.9, 10**9)) is None
    assert lift(mean(10**9, 5, 1), mean(10**9, 2.0, 10**9)) is not None
    assert proportion_lift(proportion(3, 10), proportion(0, 10)) is None


def test_without_any_spread_the_lift_is_its_own_interval() -> None:
    found = lift(mean(10, 3, 0), mean(10, 2, 0))
    assert found is not None
    assert (found.low, found.value, found.high) == (0.5, 0.5, 0.5)
    assert found.p is None
    assert not math.isnan(found.value)
