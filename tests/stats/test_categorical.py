"""Tests of counts against published figures: a planned split, independence, signs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import chi2_contingency, fisher_exact

from helpers.stats import (
    SampleRatio,
    independence,
    sample_ratio,
    sequential_sample_ratio,
    sign_test,
)


def test_the_published_mismatch_of_kohavi_tang_and_xu_is_found() -> None:
    found = sample_ratio([821588, 815482], [0.5, 0.5])
    assert found.chi_square == pytest.approx(22.77436884189436, rel=1e-12)
    assert found.p == pytest.approx(1.8217928726191858e-06, rel=1e-9)
    assert found.broken


def test_cookie_cats_is_odd_but_not_broken() -> None:
    found = sample_ratio([44700, 45489], [1, 1])
    assert found.chi_square == pytest.approx(6.9024049496058275, rel=1e-12)
    assert found.p == pytest.approx(0.008607987810836262, rel=1e-9)
    assert not found.broken


def test_weights_need_not_add_up_to_one() -> None:
    assert sample_ratio([90, 10], [9, 1]).p == sample_ratio([90, 10], [0.9, 0.1]).p == 1


@pytest.mark.parametrize(
    ("counts", "split"), [([1], [1]), ([1, 2], [1]), ([0, 0], [1, 1]), ([-1, 2], [1, 1]), ([1, 2], [0, 1])]
)
def test_counts_without_meaning_are_refused(counts: list[int], split: list[float]) -> None:
    with pytest.raises(ValueError, match=r"counts|split"):
        sample_ratio(counts, split)


@pytest.mark.parametrize(("split", "total"), [((99, 1), 200), ((90, 10), 60), ((19, 1), 100)])
def test_few_expected_units_are_tested_exactly(split: tuple[int, int], total: int) -> None:
    """Of all splits that chance makes, at most 0.001 are called broken; an empty control always is."""
    share = split[1] / sum(split)
    broken = [n for n in range(total // 2) if sample_ratio([total - n, n], split).broken]
    assert 0 < stats.binom.pmf(broken, total, share).sum() <= 0.001
    assert sample_ratio([0, total], split).broken


def test_a_variant_of_few_units_among_several_is_tested_exactly_and_so_are_the_others() -> None:
    generator = np.random.default_rng(7)
    split = (499, 499, 2)
    drawn = generator.multinomial(1000, np.array(split) / 1000, 1000)
    assert sum(sample_ratio(list(map(int, counts)), split).broken for counts in drawn) <= 2
    assert sample_ratio([560, 438, 2], split).broken
    assert sample_ratio([490, 490, 20], split).broken


BATCHES = ((12, 8), (10, 14), (15, 5), (20, 9), (18, 6))


def test_the_sequential_sample_ratio_equals_lindon_and_malek() -> None:
    found = sequential_sample_ratio(BATCHES, (1, 1))
    expected = (1, 1, 0.9982228454715292, 0.9829271573112408, 0.9531248401924737)
    assert found == pytest.approx(expected, rel=1e-9)
    assert sequential_sample_ratio([(44700, 45489)], (1, 1)) == pytest.approx(
        (0.14163000256914118,), rel=1e-8
    )
    assert sequential_sample_ratio([(821588, 815482)], (1, 1)) == pytest.approx(
        (0.00015595044160537978,), rel=1e-6
    )


def test_a_batch_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"batch == \(1, 2, 3\)"):
        sequential_sample_ratio([(1, 2, 3)], (1, 1))


def test_what_was_once_unlikely_stays_so() -> None:
    first, second = sequential_sample_ratio([(9000, 8000), (8000, 9000)], (1, 1))
    assert first < 1e-6
    assert second == first


def test_a_split_without_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match="split =="):
        sequential_sample_ratio([(1, 2)], (1, 0))


def test_many_units_are_tested_by_pearsons_chi_square() -> None:
    table = [[100, 151], [1900, 1849], [300, 320]]
    assert independence(table) == chi2_contingency(table, correction=False).pvalue


def test_the_lady_tasting_tea_is_tested_exactly() -> None:
    assert independence([[3, 1], [1, 3]]) == pytest.approx(34 / 70)  # Fisher (1935)


def test_one_missing_outcome_in_a_small_arm_is_chance() -> None:
    assert chi2_contingency([[0, 1], [1900, 99]], correction=False).pvalue < 0.001
    assert independence([[0, 1], [1900, 99]]) == pytest.approx(100 / 2000)


def test_of_a_larger_table_each_cell_is_tested_and_their_number_counts() -> None:
    table = np.array([[2, 480, 470], [0, 20, 28]])
    cells = (
        fisher_exact([[one, rows - one], [cells - one, 1000 - rows - cells + one]]).pvalue
        for one, rows, cells in zip(table[0], [952] * 3, table.sum(axis=0), strict=True)
    )
    assert independence(table) == independence(table.T) == pytest.approx(min(1.0, 3 * min(cells)))


def test_rows_and_columns_without_units_do_not_count() -> None:
    table = [[100, 151, 0], [0, 0, 0], [1900, 1849, 0]]
    assert independence(table) == independence([[100, 151], [1900, 1849]])
    assert independence([[1000, 0], [1000, 0]]) is None
    assert independence([[0, 0], [0, 0]]) is None


@pytest.mark.parametrize(
    ("own", "theirs"),
    [((0.95, 0.05), (0.5, 0.498, 0.002)), ((0.5, 0.5), (0.5, 0.498, 0.002)), ((0.95, 0.05), (0.9, 0.1))],
)
def test_what_is_independent_is_seldom_called_dependent(
    own: tuple[float, ...], theirs: tuple[float, ...]
) -> None:
    chances = np.outer(own, theirs)
    tables = np.random.default_rng(7).multinomial(1000, chances.ravel(), 500).reshape(-1, *chances.shape)
    p = [independence(table) for table in tables]
    assert sum(one is not None and one < 0.001 for one in p) <= 1


def test_a_variant_of_few_units_that_all_stand_in_the_small_arm_is_found() -> None:
    found = independence([[450, 440, 0], [50, 52, 8]])
    assert found is not None
    assert found < 0.001


@pytest.mark.parametrize(("ahead", "p"), [(4, 0.00259948), (10, 0.677639)])
def test_published_values_of_23_days(ahead: int, p: float) -> None:
    found = sign_test([1.0] * ahead + [-0.5] * (23 - ahead))
    assert (found.ahead, found.of) == (ahead, 23)
    assert found.p == pytest.approx(p, rel=1e-5)


@given(st.lists(st.floats(-1, 1), max_size=40))
def test_swapping_the_sides_changes_nothing_but_who_is_ahead(differences: list[float]) -> None:
    found, swapped = sign_test(differences), sign_test([-each for each in differences])
    assert found.p == pytest.approx(swapped.p)
    assert found.ahead + swapped.ahead == found.of == swapped.of
    assert 0 < found.p <= 1


def test_ties_do_not_count() -> None:
    assert sign_test([0.0, 0.0]).p == 1
    assert sign_test([1.0, 0.0, 1.0]) == sign_test([1.0, 1.0])


def test_ten_expected_units_are_enough_for_chi_square() -> None:
    assert sample_ratio([13, 7], [1, 1]).p == pytest.approx(stats.chisquare([13, 7]).pvalue)
    assert sample_ratio([12, 6], [1, 1]).p == pytest.approx(stats.binomtest(12, 18).pvalue)


def test_the_smallest_of_three_exact_tests_counts_three_times() -> None:
    smallest = min(stats.binomtest(n, 6, 1 / 3).pvalue for n in (0, 5, 1))
    assert sample_ratio([0, 5, 1], [1, 1, 1]).p == pytest.approx(3 * smallest)
    assert sample_ratio([2, 2, 2], [1, 1, 1]).p == 1
    assert sample_ratio([0, 1], [1, 1]).p == 1


def test_a_split_at_the_limit_is_not_broken() -> None:
    assert not SampleRatio((1, 1), (1.0, 1.0), 0.0, 0.001).broken


def test_five_expected_units_a_cell_are_enough_for_chi_square() -> None:
    table = [[12, 8, 10], [3, 7, 5]]
    assert independence(table) == chi2_contingency(table, correction=False).pvalue
    fewer = [[12, 8, 10], [3, 6, 5]]
    assert independence(fewer) != chi2_contingency(fewer, correction=False).pvalue
    few_of_four = [[9, 5], [5, 9]]
    assert independence(few_of_four) == pytest.approx(fisher_exact(few_of_four).pvalue)
    square = [[13, 7], [7, 13]]
    assert independence(square) == chi2_contingency(square, correction=False).pvalue


def test_a_day_without_units_in_a_variant_counts() -> None:
    assert sequential_sample_ratio([(0, 5)], (1, 1))[0] <= 1
