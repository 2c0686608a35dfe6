"""Differences of means against GrowthBook's published data and statsmodels' Welch."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from helpers.stats import Estimate, mean, mean_difference

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
    with pytest.raises(ValueError, match="two values a side"):
        mean_difference(alone, mean(5, 1.0, 1.0))
    with pytest.raises(ValueError, match="n == 0"):
        mean(0, 3.0, 0.0)


def test_without_any_spread_there_is_no_test() -> None:
    found = mean_difference(mean(5, 3.0, 0.0), mean(4, 1.0, 0.0))
    assert (found.value, found.se, found.low, found.high, found.p) == (2.0, 0.0, 2.0, 2.0, None)
