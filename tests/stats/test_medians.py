"""Medians: their limits by ranks, their difference, and that it errs on the safe side."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom

from helpers import stats
from helpers.stats import medians


@pytest.mark.parametrize("n", [6, 9, 25, 100])
def test_the_limits_are_the_outermost_ranks_that_keep_the_level(n: int) -> None:
    found = stats.median(list(range(1, n + 1)))
    assert found.low is not None and found.high is not None
    rank = int(found.low)
    assert found.high == n + 1 - rank
    assert binom.cdf(rank - 1, n, 0.5) <= 0.025 < binom.cdf(rank, n, 0.5)


def test_of_few_values_there_are_no_limits_and_no_difference() -> None:
    assert stats.median([1, 2, 3, 4, 5]).limits is None
    assert stats.median_difference([1, 2, 3, 4, 5], list(range(50))) is None
    assert stats.median([1, 2, 3, 4, 5], level=0.9).limits == (1, 5)


def test_missing_values_do_not_count() -> None:
    found = stats.median([3, math.nan, 1, 2])
    assert (found.value, found.n) == (2, 3)
    with pytest.raises(ValueError, match="one at least"):
        stats.median([math.nan])


def test_the_limits_of_both_sides_are_put_together() -> None:
    now, then = stats.median(range(10, 40)), stats.median(range(0, 30, 2))
    found = stats.median_difference(range(10, 40), range(0, 30, 2))
    assert found is not None and now.low and now.high and then.low and then.high
    assert found.value == 24.5 - 14
    assert found.low == pytest.approx(10.5 - math.hypot(24.5 - now.low, then.high - 14))
    assert found.high == pytest.approx(10.5 + math.hypot(now.high - 24.5, 14 - then.low))
    turned = stats.median_difference(range(0, 30, 2), range(10, 40))
    assert turned is not None
    assert (turned.low, turned.p) == (-found.high, found.p)


def test_p_is_the_smallest_rate_at_which_zero_is_excluded() -> None:
    found = stats.median_difference(range(10, 40), range(30))
    assert found is not None and found.p is not None and found.excludes_zero and found.p < 0.05
    assert found.at(1 - found.p * 1.001).excludes_zero
    assert not found.at(1 - found.p * 0.999).excludes_zero
    alike = stats.median_difference(range(30), range(30))
    assert alike is not None and alike.p == 1.0


def test_without_a_difference_it_claims_one_no_more_often_than_it_says() -> None:
    draw = np.random.default_rng(11)
    found = [
        medians._difference_limits(np.sort(draw.lognormal(0, 1, 40)), np.sort(draw.lognormal(0, 1, 60)), 0.95)
        for _ in range(1000)
    ]
    assert sum(low > 0 or high < 0 for low, high in found) <= 50
