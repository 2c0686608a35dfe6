"""Independence in a table of counts, however few."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency, fisher_exact

from helpers.stats import independence


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
