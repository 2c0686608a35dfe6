"""Means of long-tailed values: Hall's interval, and differences by MOVER."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import skew, t
from tests.laws import examples

from helpers import stats
from helpers.stats import ThirdMoments

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=30)


def moments(values: np.ndarray) -> ThirdMoments:
    gaps = values - values.mean()
    return ThirdMoments(len(values), float(values.mean()), float((gaps**2).sum()), float((gaps**3).sum()))


def transformed(studentized: float, values: ThirdMoments) -> float:
    """Hall's cubic transformation as his equation has it, the other way round."""
    tilt = values.skewness / math.sqrt(values.n)
    return studentized + tilt * studentized**2 / 3 + tilt**2 * studentized**3 / 27 + tilt / 6


def test_the_limits_invert_halls_transformation() -> None:
    values = moments(np.random.default_rng(3).lognormal(0, 1.2, 80))
    found = stats.skewed_mean(values, 0.9)
    assert found.se is not None
    assert found.low is not None
    assert found.high is not None
    quantile = t.ppf(0.95, 79)
    assert transformed((found.value - found.low) / found.se, values) == pytest.approx(quantile)
    assert transformed((found.value - found.high) / found.se, values) == pytest.approx(-quantile)


def test_a_long_tail_reaches_further_up_than_down() -> None:
    values = moments(np.random.default_rng(3).lognormal(0, 1.2, 80))
    for one, side in ((values, 1), (moments(-np.random.default_rng(3).lognormal(0, 1.2, 80)), -1)):
        found = stats.skewed_mean(one)
        assert found.low is not None
        assert found.high is not None
        assert side * (found.high - found.value) > side * (found.value - found.low)


def test_even_values_have_students_interval() -> None:
    found, plain = stats.skewed_mean(ThirdMoments(9, 5.0, 72.0, 0.0)), stats.mean(9, 5.0, 9.0)
    assert found.limits == pytest.approx(plain.limits)


def test_one_value_has_no_interval_and_none_no_mean() -> None:
    assert stats.skewed_mean(ThirdMoments(1, 5.0, 0.0, 0.0)).limits is None
    with pytest.raises(ValueError, match="must be >= 1"):
        stats.skewed_mean(ThirdMoments(0, 0.0, 0.0, 0.0))
    with pytest.raises(ValueError, match="must be >= 2"):
        stats.skewed_mean_difference(ThirdMoments(1, 5.0, 0.0, 0.0), ThirdMoments(9, 5.0, 72.0, 0.0))


@given(VALUES, VALUES)
@examples(25)
def test_pooled_moments_are_those_of_all_values(one: list[float], other: list[float]) -> None:
    both = np.array([*one, *other])
    found = stats.pooled_third_moments([moments(np.array(one)), moments(np.array(other))])
    scale = float(np.abs(both).max()) + 1e-9
    assert found.n == len(both)
    assert found.mean == pytest.approx(both.mean(), abs=1e-9 * scale)
    gaps = both - both.mean()
    assert found.squares == pytest.approx((gaps**2).sum(), abs=1e-9 * scale**2 * len(both))
    assert found.cubes == pytest.approx((gaps**3).sum(), abs=1e-9 * scale**3 * len(both))


def test_skewness_is_scipys() -> None:
    values = np.random.default_rng(5).lognormal(0, 1, 40)
    assert moments(values).skewness == pytest.approx(skew(values))
    assert ThirdMoments(4, 2.0, 0.0, 0.0).skewness == 0


def test_a_difference_changes_its_sign_with_its_sides() -> None:
    rng = np.random.default_rng(8)
    one, other = moments(rng.lognormal(0, 1, 60)), moments(rng.lognormal(0.8, 1, 25))
    found, turned = stats.skewed_mean_difference(one, other), stats.skewed_mean_difference(other, one)
    assert (found.low, found.high) == pytest.approx((-turned.high, -turned.low))
    assert found.p == pytest.approx(turned.p)
    assert found.p is not None
    assert found.at(1 - found.p).high == pytest.approx(0, abs=1e-6)


def test_accounts_on_both_sides_narrow_a_difference() -> None:
    one, other = ThirdMoments(50, 9.0, 800.0, 900.0), ThirdMoments(50, 8.0, 800.0, 900.0)
    plain = stats.skewed_mean_difference(one, other)
    same = stats.skewed_mean_difference(one, other, correlation=0.9)
    assert same.high - same.low < 0.5 * (plain.high - plain.low)


def test_without_any_spread_there_is_no_test() -> None:
    same = ThirdMoments(5, 3.0, 0.0, 0.0)
    found = stats.skewed_mean_difference(same, same)
    assert (found.p, found.low, found.high) == (None, 0.0, 0.0)


def covered(spread: float, accounts: int, times: int) -> float:
    """How often the interval of lognormal totals holds their mean."""
    rng, truth = np.random.default_rng(20261128), math.exp(spread**2 / 2)
    found = [stats.skewed_mean(moments(rng.lognormal(0, spread, accounts))) for _ in range(times)]
    return sum(one.low <= truth <= one.high for one in found if one.low and one.high) / times


@pytest.mark.slow
def test_the_interval_holds_as_often_as_is_said() -> None:
    assert 0.905 <= covered(1.5, 200, 4000) <= 0.95
    assert 0.93 <= covered(1.0, 200, 4000) <= 0.96
