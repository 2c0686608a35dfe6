"""The ranks that estimates may have."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from tests.laws import examples

from helpers import stats
from helpers.stats import RankSet

ESTIMATES = st.lists(st.tuples(st.floats(-5, 5), st.floats(0.01, 2)), min_size=2, max_size=8)


def test_of_two_the_order_is_that_of_one_test() -> None:
    """With one pair the critical value is the normal quantile, whatever the errors."""
    z = float(norm.isf(0.025))
    for gap, known in ((1.1 * z, True), (0.9 * z, False)):
        for own in (stats.rank_sets, stats.marginal_rank_sets):
            assert own([gap * 5, 0.0], [3.0, 4.0])[0].is_one is known


def test_the_largest_is_first_and_the_smallest_last() -> None:
    found = stats.rank_sets([1.0, 30.0, 20.0], [0.1, 0.1, 0.1])
    assert found == (RankSet(3, 3), RankSet(1, 1), RankSet(2, 2))


def test_those_that_cannot_be_told_apart_share_their_ranks() -> None:
    found = stats.rank_sets([10.0, 10.1, 0.0, 0.1, -9.0], [0.2] * 5)
    assert found == (RankSet(1, 2), RankSet(1, 2), RankSet(3, 4), RankSet(3, 4), RankSet(5, 5))


def test_what_has_no_error_is_ordered_as_it_is() -> None:
    assert stats.rank_sets([3.0, 3.0, 1.0], [0.0, 0.0, 0.0]) == (RankSet(1, 2), RankSet(1, 2), RankSet(3, 3))


def test_what_is_told_apart_makes_way_for_more() -> None:
    """Of four equal errors 2.57 is needed; once one far off is told apart, 2.34 among the three left."""
    gap = 2.45 * np.sqrt(2)
    assert not stats.rank_sets([0.0, 0.0, gap, 0.0], [1.0] * 4)[2].is_one
    assert stats.rank_sets([0.0, 0.0, gap, 1000.0], [1.0] * 4)[2] == RankSet(2, 2)


def test_the_critical_value_of_equal_errors_is_the_studentized_range() -> None:
    """Tukey's (1949) for six means: 4.03 over the root of two."""
    below, above = 2.75 * np.sqrt(2), 2.95 * np.sqrt(2)
    assert not stats.rank_sets([below, *[0.0] * 5], [1.0] * 6)[0].is_one
    assert stats.rank_sets([above, *[0.0] * 5], [1.0] * 6)[0].is_one


@given(ESTIMATES)
@examples(20)
def test_a_set_holds_the_rank_seen_and_one_alone_is_no_wider(pairs: list[tuple[float, float]]) -> None:
    values, errors = [value for value, _ in pairs], [error for _, error in pairs]
    for together, alone, value in zip(
        stats.rank_sets(values, errors), stats.marginal_rank_sets(values, errors), values, strict=True
    ):
        seen = 1 + sum(other > value for other in values)
        assert together.first <= seen <= together.last
        assert together.first <= alone.first <= alone.last <= together.last


def test_turned_round_the_ranks_are_counted_from_the_other_end() -> None:
    values, errors = [0.3, 0.1, 0.25, 0.9], [0.1, 0.02, 0.1, 0.2]
    turned = stats.rank_sets([-value for value in values], errors)
    assert turned == tuple(RankSet(5 - one.last, 5 - one.first) for one in stats.rank_sets(values, errors))


def test_one_alone_is_first_and_none_has_no_ranks() -> None:
    assert stats.rank_sets([2.0], [1.0]) == (RankSet(1, 1),)
    assert stats.rank_sets([], []) == ()


def test_errors_must_be_numbers() -> None:
    with pytest.raises(ValueError, match="must be finite and >= 0"):
        stats.rank_sets([1.0, 2.0], [1.0, float("nan")])
    with pytest.raises(ValueError, match="must be equal"):
        stats.rank_sets([1.0], [1.0, 2.0])


def together_held(markets: int, times: int) -> float:
    """How often all sets hold the whole range where all are equal: any rank is a true one."""
    rng = np.random.default_rng(markets)
    held = [stats.rank_sets(list(rng.standard_normal(markets)), [1.0] * markets) for _ in range(times)]
    return sum(all(one == RankSet(1, markets) for one in found) for found in held) / times


@pytest.mark.slow
@pytest.mark.parametrize("markets", [5, 20])
def test_of_equal_markets_all_sets_together_hold_as_often_as_is_said(markets: int) -> None:
    assert 0.93 <= together_held(markets, 600) <= 0.975
