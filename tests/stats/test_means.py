"""Differences of means against GrowthBook's published data and statsmodels' Welch."""

import pytest

from helpers.stats import Estimate, mean, mean_difference


def growthbook(total: float, squares: float, n: int) -> Estimate:
    """GrowthBook's revenue, from sums."""
    return mean(n, total / n, (squares - total**2 / n) / (n - 1))


def test_the_difference_of_growthbooks_revenue_equals_its_reference() -> None:
    found = mean_difference(growthbook(2422.7, 134698.29, 3461), growthbook(1396.87, 52377.9767, 3407))
    assert found.value == pytest.approx(0.29, rel=1e-12)
    assert found.se == pytest.approx(0.12478363158758794, rel=1e-12)
    assert (found.low, found.high) == pytest.approx((0.04537789255929012, 0.5346221074407098), rel=1e-9)
    assert found.p == pytest.approx(0.020158402643587037, rel=1e-9)
