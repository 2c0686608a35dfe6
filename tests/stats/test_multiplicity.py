"""Corrections for many comparisons: the 15 p values of Benjamini & Hochberg (1995)."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests
from tests.laws import examples

from helpers.stats import (
    Comparison,
    Difference,
    benjamini_hochberg,
    false_discovery_rate,
    holm,
    judged,
    page_rates,
    step_down,
    two_sided_p,
    z_value,
)
from helpers.stats.estimates import wald_difference
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


def row(value: float, se: float = 1.0, level: float = 0.95) -> Comparison:
    """A row with a normal interval: p is 0.045 at two standard errors."""
    return Comparison("", None, None, wald_difference(value, se, level, "z"))


def test_a_row_is_clear_by_the_interval_that_is_drawn() -> None:
    strong, weak, nothing = judged([row(4.0), row(-1.0), Comparison("", None)])
    assert strong.difference is not None
    assert (strong.clear, strong.above, strong.below) == (True, True, False)
    assert strong.difference.level == pytest.approx(1 - 0.05 / 2)
    assert strong.difference.low == pytest.approx(4 - z_value(0.975))
    assert (weak.clear, nothing.clear, nothing.p_adjusted) == (False, False, None)


def test_a_row_is_clear_at_its_own_level() -> None:
    assert judged([row(1.8, level=0.9)])[0].clear
    assert not judged([row(1.8)])[0].clear


def test_many_rows_raise_the_bar() -> None:
    alone = judged([row(2.05)])
    among = judged([row(2.05), row(0.1), row(0.2)])
    assert alone[0].clear
    assert not among[0].clear
    assert among[0].p_adjusted == pytest.approx(3 * two_sided_p(2.05))


def test_a_list_on_a_page_is_read_at_the_rate_that_the_page_gives_it() -> None:
    (found,) = judged([row(2.5)], 0.01)
    assert found.difference is not None
    assert (found.clear, found.difference.level) == (False, 0.99)
    assert found.p_adjusted == pytest.approx(two_sided_p(2.5) * 5)
    assert judged([row(2.6)], 0.01)[0].clear


def test_what_does_not_vary_is_not_judged() -> None:
    (found,) = judged([row(3.0, se=0.0)])
    assert (found.clear, found.p_adjusted) == (False, None)


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


@examples(5)
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


@examples(4)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_corrections_equal_statsmodels(p_values: list[float]) -> None:
    assert benjamini_hochberg(p_values) == pytest.approx(multipletests(p_values, method="fdr_bh")[1])
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])


def test_two_claims_of_four_are_read_at_half_of_alpha() -> None:
    listed = [by_z(value) for value in (2.3, 2.3, 0.0, 0.0)]
    assert false_discovery_rate(listed, 0.05) == pytest.approx(0.025)
    assert false_discovery_rate(listed[:2], 0.05) == pytest.approx(0.05)


def test_an_interval_that_ends_at_zero_is_not_clear() -> None:
    assert not Difference(1.0, 1.0, 0.0, 2.0, 0.5, 0.5, "given").excludes_zero
    assert not Difference(-1.0, 1.0, -2.0, 0.0, 0.5, 0.5, "given").excludes_zero
    assert Difference(-0.2, 0.1, -0.3, -0.1, 0.5, 0.1, "given").excludes_zero


def test_an_interval_known_at_one_level_says_so() -> None:
    with pytest.raises(ValueError, match=r"known at level 0\.9 only"):
        Difference(1.0, 1.0, 0.0, 2.0, 0.9, 0.5, "shrunk").at(0.95)


@pytest.mark.parametrize(("value", "sides"), [(0.2, (True, False)), (-0.2, (False, True))])
def test_a_small_difference_has_a_side_too(value: float, sides: tuple[bool, bool]) -> None:
    (found,) = judged([row(value, 0.05)])
    assert (found.above, found.below) == sides


pages = st.tuples(
    st.lists(st.none() | st.floats(0, 0.2), max_size=6),
    st.lists(st.lists(st.none() | st.floats(0, 0.2), max_size=8), max_size=6),
)


@examples(15)
@given(pages, st.sampled_from([0.05, 0.2]))
def test_a_page_is_corrected_as_benjamini_and_bogomolov_have_it(
    page: tuple[list[float | None], list[list[float | None]]], alpha: float
) -> None:
    """Holm at alpha / 2; BH over Simes' p at alpha / 2; BH within at (alpha / 2) R / m."""
    headlines, families = page
    found = page_rates(headlines, families, alpha)
    claimed = [p is not None and p < rate for p, rate in zip(headlines, found.headlines, strict=True)]
    assert claimed == [p is not None and p < alpha / 2 for p in holm(headlines)]
    tested = [[p for p in rows if p is not None] for rows in families]
    simes = [min(benjamini_hochberg(rows)) if rows else None for rows in tested]  # type: ignore[type-var]
    expected = [p is not None and p < alpha / 2 for p in benjamini_hochberg(simes)]
    assert found.opened == tuple(expected)
    m, r = sum(1 for rows in tested if rows), sum(expected)
    for rows, rate, is_open in zip(tested, found.families, found.opened, strict=True):
        claims = sum(p < rate for p in rows)
        within = alpha / 2 * r / m if m else 0
        assert claims == (
            sum(p < within for p in benjamini_hochberg(rows) if p is not None) if is_open else 0
        )
        if rows and is_open:
            assert rate == pytest.approx(within * claims / len(rows))
        elif rows:
            assert rate == pytest.approx(alpha / 2 / m / len(rows))


def test_half_of_alpha_is_for_the_headlines_and_half_for_the_rest() -> None:
    assert page_rates([0.03], [], 0.05).headlines == (0.025,)
    assert page_rates([0.5, 0.5, None], [], 0.06).headlines == pytest.approx((0.015, 0.015, 0.03))
    assert page_rates([], [[0.03]], 0.05).opened == (False,)
    assert page_rates([], [[0.02]], 0.05).families == (0.025,)


def test_a_page_without_an_effect_seldom_claims_one() -> None:
    """4,000 null pages of 41 independent normal rows: 5 % of them claim, three standard errors allowed."""
    draws = np.random.default_rng(20260928).standard_normal((4000, 41))
    p_values = 2 * norm.sf(abs(draws))
    sizes = (4, 3, 9, 6, 3, 4, 3, 6)
    cuts = np.cumsum((3, *sizes))
    claimed = 0
    for page in p_values:
        headlines, *families = np.split(page, cuts[:-1])
        found = page_rates(list(headlines), [list(rows) for rows in families], 0.05)
        any_headline = any(p < rate for p, rate in zip(headlines, found.headlines, strict=True))
        claimed += any_headline or any(found.opened)
    assert 0.036 < claimed / 4000 < 0.0604
