"""Relative lifts: reference values, and agreement with the interval of the difference."""

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helpers.stats import (
    Estimate,
    lift,
    mean,
    mean_difference,
    proportion,
    proportion_difference,
    proportion_lift,
)

counts = st.integers(1, 400).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))


def growthbook(total: float, squares: float, n: int) -> Estimate:
    average = total / n
    return mean(n, average, (squares - n * average**2) / (n - 1))


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


def test_mover_r_on_cookie_cats() -> None:
    found = proportion_lift(proportion(8279, 45489), proportion(8502, 44700))
    assert found is not None
    assert found.value == pytest.approx(-0.043119034896460164, rel=1e-12)
    assert (found.low, found.high) == pytest.approx((-0.06889, -0.016634), abs=1e-5)


@given(counts, counts)
def test_mover_r_and_newcombe_exclude_zero_together(one: tuple[int, int], other: tuple[int, int]) -> None:
    found = proportion_lift(proportion(*one), proportion(*other))
    difference = proportion_difference(*one, *other)
    assume(found is not None and min(abs(difference.low), abs(difference.high)) > 1e-12)
    assert found is not None
    assert found.low <= found.value <= found.high
    assert (found.low > 0) == (difference.low > 0)
    assert (found.high < 0) == (difference.high < 0)


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
    assert lift(mean(10**9, 5, 1), mean(10**9, 1.9, 10**9)) is None
    assert lift(mean(10**9, 5, 1), mean(10**9, 2.0, 10**9)) is not None
    assert proportion_lift(proportion(3, 10), proportion(0, 10)) is None


def test_without_any_spread_the_lift_is_its_own_interval() -> None:
    found = lift(mean(10, 3, 0), mean(10, 2, 0))
    assert found is not None
    assert (found.low, found.value, found.high) == (0.5, 0.5, 0.5)
    assert found.p is None
    assert not math.isnan(found.value)
