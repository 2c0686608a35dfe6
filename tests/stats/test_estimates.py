"""Wald differences, how far an estimate has moved, and the normal quantile."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from helpers.stats import (
    Comparison,
    Difference,
    Estimate,
    counted,
    difference,
    nested_difference,
    proportion,
    two_sided_p,
    z_value,
)
from helpers.stats.estimates import t_estimate, wald_difference, wald_estimate

values = st.floats(-1000, 1000)


def estimate(value: float, se: float | None) -> Estimate:
    return Estimate(value, se, None, None, 0.95, 100, "given")


def test_quantiles_are_those_of_the_normal() -> None:
    assert z_value(0.95) == pytest.approx(1.959963984540054, abs=1e-12)
    assert two_sided_p(1.959963984540054) == pytest.approx(0.05, abs=1e-12)


@pytest.mark.parametrize("level", [0, 1, 1.5])
def test_an_impossible_level_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="level =="):
        z_value(level)


@given(values, values, st.floats(0.01, 50), st.floats(0.01, 50))
def test_interval_and_test_agree(now: float, then: float, se: float, se_then: float) -> None:
    change = difference(estimate(now, se), estimate(then, se_then))
    assert change.p is not None
    assume(abs(change.p - 0.05) > 1e-9)
    assert (change.p < 0.05) == (change.low > 0 or change.high < 0)


def test_no_spread_has_no_test() -> None:
    change = difference(estimate(3, 0), estimate(1, 0))
    assert (change.low, change.high, change.p) == (2, 2, None)


def test_an_estimate_without_spread_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match=r"now.se, reference.se =="):
        difference(estimate(3, None), estimate(1, 0))


def test_errors_are_added_as_squares_and_the_level_is_that_of_the_estimates() -> None:
    now, then = (Estimate(value, se, None, None, 0.8, 100, "given") for value, se in ((3, 3), (1, 4)))
    change = difference(now, then)
    assert (change.value, change.se, change.level) == (2, 5, 0.8)
    half = 5 * 1.2815515655446004
    assert (change.low, change.high) == pytest.approx((2 - half, 2 + half))


def test_no_difference_is_neither_above_nor_below() -> None:
    alike = Comparison("", None, difference=Difference(0.0, 1.0, 0.0, 0.0, 0.95, 0.0, "given"), clear=True)
    assert not alike.above
    assert not alike.below


def test_an_estimate_moves_by_what_came_in_since() -> None:
    """The limits of 4,000 moves from the first half of the data to all of it hold no move 95 times in 100."""
    generator = np.random.default_rng(7)
    held = 0
    for values in generator.normal(0, 1, (4000, 400)):
        then, now = (
            Difference(part.mean(), part.std(ddof=1) / len(part) ** 0.5, 0.0, 0.0, 0.95, None, "z")
            for part in (values[:200], values)
        )
        moved = nested_difference(now, then)
        assert moved is not None
        held += moved.low <= 0 <= moved.high
    assert abs(held / 4000 - 0.95) < 3 * (0.95 * 0.05 / 4000) ** 0.5


def test_an_estimate_that_tells_no_more_than_before_has_not_moved() -> None:
    one = Difference(1.0, 0.5, 0.0, 2.0, 0.95, None, "z")
    assert nested_difference(one, one) is None


def test_even_intervals_are_those_of_the_normal_and_of_t() -> None:
    normal = wald_estimate(5.0, 2.0, 0.8, 4, "given")
    assert (normal.low, normal.high) == pytest.approx(stats.norm.interval(0.8, 5.0, 2.0))
    few = t_estimate(5.0, 2.0, 0.8, 4, "given")
    assert (few.low, few.high) == pytest.approx(stats.t.interval(0.8, 3, 5.0, 2.0))
    change = wald_difference(-5.0, 2.0, 0.8, "given", degrees=3)
    assert (change.low, change.high) == pytest.approx(stats.t.interval(0.8, 3, -5.0, 2.0))
    assert change.p == pytest.approx(2 * stats.t.cdf(-2.5, 3))


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_an_impossible_level_of_t_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="level =="):
        t_estimate(5.0, 2.0, level, 4, "given")


def test_what_is_counted_has_no_limits() -> None:
    assert counted(590).limits is None
    assert counted(12.5, 40, method="sum").n == 40
    share = proportion(81, 263)
    assert share.limits == (share.low, share.high)
