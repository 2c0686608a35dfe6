"""The sample ratio test against published figures."""

import pytest

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
