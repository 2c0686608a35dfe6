"""Moments of parts, put together, are the moments of the whole; the skewness of their differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import skew

from helpers.stats import Moments, difference_skewness, pooled, pooled_joint

values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


def moments(numbers: list[float]) -> Moments:
    return Moments(
        len(numbers), float(np.mean(numbers)), float(np.var(numbers, ddof=1)) if len(numbers) > 1 else 0.0
    )


@given(st.lists(values, min_size=1, max_size=6))
def test_parts_together_are_the_whole(parts: list[list[float]]) -> None:
    whole = moments([number for part in parts for number in part])
    together = pooled(moments(part) for part in parts)
    assert together.n == whole.n
    assert together.mean == pytest.approx(whole.mean, rel=1e-9, abs=1e-6)
    assert together.variance == pytest.approx(whole.variance, rel=1e-9, abs=1e-3)


def test_nothing_is_lost_at_1e15() -> None:
    parts = [moments([1e15, 1e15 + 2]), moments([1e15 + 4, 1e15 + 6])]
    assert pooled(parts).variance == pytest.approx(20 / 3)


def test_no_parts_have_no_values() -> None:
    assert pooled([]) == Moments(0, 0.0, 0.0)


def test_an_empty_part_changes_nothing() -> None:
    part = Moments(3, 2.0, 1.0)
    assert pooled([Moments(0, 0.0, 0.0), part, Moments(0, 0.0, 0.0)]) == part


def test_successes_are_exact_counts() -> None:
    assert Moments(44700, 20034 / 44700, 0.25).successes == 20034
    assert Moments(3_000_000_001, 1_000_000_001 / 3_000_000_001, 0.2).successes == 1_000_000_001


def test_columns_of_the_same_units_have_a_covariance_and_others_none() -> None:
    """Three columns in two parts; of the third one unit less is known."""
    generator = np.random.default_rng(6)
    parts = [generator.normal(size=(3, size)) + shift for size, shift in ((7, 0.0), (4, 5.0))]
    n = np.array([[7.0, 7.0, 6.0], [4.0, 4.0, 4.0]])
    means = np.stack([part.mean(axis=1) for part in parts])
    found = pooled_joint(("a", "b", "c"), n, means, np.stack([np.cov(part) for part in parts]))
    whole = np.concatenate(parts, axis=1)
    assert found.means_of(["b", "a"]) == pytest.approx(whole[[1, 0]].mean(axis=1))
    assert found.covariance("a", "b") == pytest.approx(np.cov(whole)[0, 1])
    assert found.of("a").variance == pytest.approx(np.var(whole[0], ddof=1))
    assert found.covariance("a", "c") is None


@pytest.mark.parametrize(("mean", "variance"), [(float("inf"), 1.0), (1.0, float("inf"))])
def test_figures_beyond_the_largest_number_are_not_finite(mean: float, variance: float) -> None:
    assert not Moments(3, mean, variance).finite
    assert Moments(3, 1.0, 1.0).finite


def test_it_is_that_of_many_differences() -> None:
    """The formula against 40,000 differences of means of 20 and 200 exponential values."""
    generator = np.random.default_rng(1)
    few, many = (generator.exponential(1.0, (40_000, n)).mean(axis=1) for n in (20, 200))
    found = difference_skewness((Moments(20, 1.0, 1.0), 2.0), (Moments(200, 1.0, 1.0), 2.0))
    assert found == pytest.approx(float(skew(few - many)), abs=0.04)
    assert found > 0.3


def test_sides_of_one_size_or_without_spread_have_none() -> None:
    side = Moments(50, 3.0, 4.0), 5.0
    assert difference_skewness(side, side) == 0
    assert difference_skewness((Moments(5, 3.0, 0.0), 0.0), (Moments(9, 3.0, 0.0), 0.0)) == 0


def test_the_sides_exchanged_turn_its_sign() -> None:
    one, other = (Moments(20, 1.0, 2.0), 3.0), (Moments(70, 5.0, 1.0), 1.5)
    assert difference_skewness(one, other) == pytest.approx(-difference_skewness(other, one))


def test_too_few_values_are_refused() -> None:
    with pytest.raises(ValueError, match=r"reference.n == 2"):
        difference_skewness((Moments(1, 1.0, 0.0), 0.0), (Moments(1, 1.0, 0.0), 0.0))


def test_a_column_of_one_value_or_none_has_what_there_is() -> None:
    n = np.array([[1.0, 0.0], [2.0, 0.0]])
    means = np.array([[3.0, 0.0], [6.0, 0.0]])
    found = pooled_joint(("some", "none"), n, means, np.stack([np.zeros((2, 2)), np.diag([2.0, 0.0])]))
    some = found.of("some")
    assert (some.n, some.mean, some.variance) == pytest.approx((3, 5.0, 4.0))
    assert found.of("none") == Moments(0, 0.0, 0.0)
    assert np.isfinite(found.means).all()
    alone = pooled_joint(("some",), n[:1, :1], means[:1, :1], np.zeros((1, 1, 1)))
    assert alone.of("some") == Moments(1, 3.0, 0.0)


def test_no_parts_or_no_columns_have_no_moments() -> None:
    assert pooled_joint(("a",), np.zeros((0, 1)), np.zeros((0, 1)), np.zeros((0, 1, 1))).of("a").n == 0
    assert pooled_joint((), np.zeros((2, 0)), np.zeros((2, 0)), np.zeros((2, 0, 0))).columns == ()


def test_sides_of_unlike_spread_share_the_shape_of_all_values() -> None:
    """Third moment over spread cubed, each side's own, from its definition."""
    sides = (Moments(2, 1.0, 4.0), 2.0), (Moments(7, 5.0, 1.0), 1.5)
    third = sum(side.n * own * side.variance**1.5 for side, own in sides) / 9
    variance = (4.0 * 1 + 1.0 * 6) / 7
    known = third * (1 / 2**2 - 1 / 7**2) / (variance * (1 / 2 + 1 / 7)) ** 1.5
    assert difference_skewness(*sides) == pytest.approx(known, rel=1e-12)


def test_three_values_are_enough_for_a_skewness() -> None:
    assert difference_skewness((Moments(2, 1.0, 1.0), 1.0), (Moments(1, 1.0, 0.0), 0.0)) < 0
