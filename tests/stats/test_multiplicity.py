"""Corrections for many comparisons: the 15 p values of Benjamini & Hochberg (1995)."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from helpers.stats import (
    Comparison,
    Difference,
    benjamini_hochberg,
    false_discovery_rate,
    holm,
    judged,
    step_down,
    z_value,
)
from helpers.stats.multiplicity import Interval

PUBLISHED = (
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
    0.7590, 1.0,
)  # fmt: skip
p_values = st.lists(st.none() | st.floats(0, 1), max_size=30)


def test_benjamini_hochberg_equals_its_reference() -> None:
    expected = (
        0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.0638571, 0.0638571, 0.0645, 0.0765, 0.486, 0.5811818,
        0.714875, 0.7532308, 0.8132143, 1.0,
    )  # fmt: skip
    adjusted = benjamini_hochberg(PUBLISHED)
    assert adjusted == pytest.approx(expected, abs=1e-6)
    assert sum(p is not None and p < 0.05 for p in adjusted) == 4


def test_tea_tastings_four_metrics_are_all_as_good_as_the_worst() -> None:
    tested = (0.260070, 0.122077, 0.251468, 0.272282)
    assert benjamini_hochberg(tested) == pytest.approx((0.272282,) * 4, abs=1e-12)


def test_holm_equals_its_reference() -> None:
    adjusted = holm(PUBLISHED)
    assert adjusted[:6] == pytest.approx((0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278), abs=1e-6)
    assert sum(p is not None and p < 0.05 for p in adjusted) == 3


def test_what_was_not_tested_stays_so_and_does_not_count() -> None:
    assert benjamini_hochberg([0.04, None]) == pytest.approx((0.04, None))
    assert benjamini_hochberg([None, None]) == (None, None)
    assert holm([]) == ()


@given(p_values)
def test_correction_never_lowers_and_keeps_the_order(values: list[float | None]) -> None:
    adjusted = benjamini_hochberg(values)
    pairs = sorted((p, q) for p, q in zip(values, adjusted, strict=True) if p is not None and q is not None)
    assert all(q >= p - 1e-12 for p, q in pairs)
    assert all(first[1] <= second[1] + 1e-12 for first, second in itertools.pairwise(pairs))


def row(value: float, half: float, p: float | None) -> Comparison:
    return Comparison(
        "", None, None, Difference(value, half / 2, value - half, value + half, 0.95, p, "given")
    )


def test_a_row_is_clear_by_its_corrected_test_and_its_interval() -> None:
    both, only_test, only_interval, untested = judged(
        [row(3, 1, 0.001), row(3, 4, 0.001), row(-3, 1, 0.2), row(3, 1, None)]
    )
    assert (both.clear, both.above, both.below) == (True, True, False)
    assert not only_test.clear
    assert not only_interval.clear
    assert not untested.clear


def test_a_row_is_clear_at_its_own_level() -> None:
    at_90 = Difference(3, 1, 1, 5, 0.9, 0.08, "given")
    (alone,) = judged([Comparison("", None, None, at_90)])
    assert alone.clear
    (strict,) = judged([Comparison("", None, None, replace(at_90, level=0.95))])
    assert not strict.clear


def test_many_rows_raise_the_bar() -> None:
    alone = judged([row(3, 1, 0.04)])
    among = judged([row(3, 1, 0.04), row(1, 3, 0.9), row(1, 3, 0.8)])
    assert alone[0].clear
    assert not among[0].clear
    assert among[0].p_adjusted == pytest.approx(0.12)


def test_a_clear_fall_is_below() -> None:
    (fall,) = judged([row(-3, 1, 0.001)])
    assert (fall.above, fall.below) == (False, True)


def by_z(value: float) -> Interval:
    """The interval of a normal estimate with a standard error of 1."""

    def interval(alpha: float) -> Difference:
        half = z_value(1 - alpha)
        return Difference(value, 1.0, value - half, value + half, 1 - alpha, None, "z")

    return interval


TESTED = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459),
    *(0.3240, 0.4262, 0.5719, 0.6528, 0.7590),
]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0.0001, 0.9999), min_size=1, max_size=6))
@example(TESTED)
@example([0.011, 0.031])
@example([0.031, 0.041])
def test_intervals_claim_what_the_p_values_claim(p_values: list[float]) -> None:
    assume(all(abs(p * k / j - 0.05) > 1e-6 for p in p_values for k in range(1, 7) for j in range(1, 7)))
    intervals = [by_z(z_value(1 - p)) for p in p_values]
    stepped = [
        interval(rate).low > 0 for interval, rate in zip(intervals, step_down(intervals, 0.05), strict=True)
    ]
    assert stepped == [p is not None and p < 0.05 for p in holm(p_values)]
    rate = false_discovery_rate(intervals, 0.05)
    found = [interval(rate).low > 0 for interval in intervals]
    assert found == [p is not None and p < 0.05 for p in benjamini_hochberg(p_values)]


def test_an_empty_list_claims_nothing() -> None:
    assert step_down([], 0.05) == ()
    assert false_discovery_rate([], 0.05) == 0.05


@settings(max_examples=10, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_corrections_equal_statsmodels(p_values: list[float]) -> None:
    assert benjamini_hochberg(p_values) == pytest.approx(multipletests(p_values, method="fdr_bh")[1])
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])


def test_two_claims_of_four_are_read_at_half_of_alpha() -> None:
    listed = [by_z(value) for value in (2.3, 2.3, 0.0, 0.0)]
    assert false_discovery_rate(listed, 0.05) == pytest.approx(0.025)
    assert false_discovery_rate(listed[:2], 0.05) == pytest.approx(0.05)


@pytest.mark.parametrize(("value", "half", "p"), [(1.0, 1.0, 0.001), (-1.0, 1.0, 0.001), (3.0, 1.0, 0.5)])
def test_a_row_at_its_bound_is_not_clear(value: float, half: float, p: float) -> None:
    """An interval that ends at zero does not exclude it; p equal to the error rate is not below it."""
    change = Difference(value, 1.0, value - half, value + half, 0.5, p, "given")
    (found,) = judged([Comparison("", None, None, change)])
    assert not found.clear


@pytest.mark.parametrize(("value", "sides"), [(0.2, (True, False)), (-0.2, (False, True))])
def test_a_small_difference_has_a_side_too(value: float, sides: tuple[bool, bool]) -> None:
    (found,) = judged([row(value, 0.1, 0.001)])
    assert (found.above, found.below) == sides
