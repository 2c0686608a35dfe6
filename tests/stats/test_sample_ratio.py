"""The sample ratio test against published figures."""

import numpy as np
import pytest
from scipy import stats

from helpers.stats import sample_ratio


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
