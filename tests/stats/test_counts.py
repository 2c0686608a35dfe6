"""The difference of two counts of events: its limits, its p, how often it misses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from helpers import stats
from helpers.stats import counts

COUNTS = st.integers(0, 5000)


def test_the_limits_put_those_of_both_score_tests_together() -> None:
    """Each count's limits solve (x - m)^2 = z^2 m; the reaches add up as squares."""
    z = stats.z_value(0.95)
    (low_now, high_now), (low_then, high_then) = (
        tuple(x + z * z / 2 + side * z * math.sqrt(x + z * z / 4) for side in (-1, 1)) for x in (120, 90)
    )
    assert (120 - low_now) ** 2 == pytest.approx(z * z * low_now)
    found = stats.count_difference(120, 90)
    assert found.low == pytest.approx(30 - math.hypot(120 - low_now, high_then - 90))
    assert found.high == pytest.approx(30 + math.hypot(high_now - 120, 90 - low_then))


@pytest.mark.parametrize(("now", "then", "most"), [(2, 2, 0.03), (5, 5, 0.05), (5, 20, 0.055)])
def test_it_misses_as_often_as_it_says(now: int, then: int, most: float) -> None:
    missed = 0.0
    for x in range(int(poisson.ppf(1 - 1e-5, now)) + 1):
        for y in range(int(poisson.ppf(1 - 1e-5, then)) + 1):
            low, high = counts._limits((x, y, 1.0), 0.95)
            if not low <= now - then <= high:
                missed += poisson.pmf(x, now) * poisson.pmf(y, then)
    assert most / 2 < missed < most


@given(COUNTS, COUNTS)
def test_turned_round_it_is_the_same_with_the_other_sign(now: int, then: int) -> None:
    found, turned = stats.count_difference(now, then), stats.count_difference(then, now)
    assert (found.low, found.high) == pytest.approx((-turned.high, -turned.low))
    assert found.p == pytest.approx(turned.p) if found.p else turned.p == found.p


@given(COUNTS, COUNTS.filter(bool))
def test_p_is_the_rate_at_which_the_interval_ends_at_zero(now: int, then: int) -> None:
    found = stats.count_difference(now, then)
    assert found.p is not None
    if 1e-9 < found.p < 1:
        at_p = found.at(1 - found.p)
        assert min(abs(at_p.low), abs(at_p.high)) < 1e-4 * max(1, abs(found.value))


def test_the_reference_is_brought_to_the_span_of_the_count() -> None:
    found = stats.count_difference(184, 91, spans=(92, 91))
    assert found.value == pytest.approx(184 - 92)
    assert stats.count_difference(92, 91, spans=(92, 91)).p == 1.0


def test_of_nothing_and_nothing_there_is_no_test() -> None:
    assert stats.count_difference(0, 0).p is None


def test_what_is_no_count_is_refused() -> None:
    with pytest.raises(ValueError, match="must be >= 0"):
        stats.count_difference(-1, 3)
    with pytest.raises(ValueError, match="must be > 0"):
        stats.count_difference(1, 3, spans=(0, 1))


def test_where_there_is_no_standard_error_it_is_said_what_there_is() -> None:
    with pytest.raises(ValueError, match="a count of all has none") as told:
        stats.difference(stats.counted(120), stats.counted(90))
    for word in ("stats.count_difference(", "stats.median_difference(", "A stock"):
        assert word in str(told.value)


def test_equal_parts_are_a_poisson_count_in_their_proportion() -> None:
    """Of 40 units with a quarter each: score limits of 40, a quarter of them."""
    found = stats.clustered_count(10.0, 2.5, 40)
    z2 = 1.959963984540054**2
    half = 1.959963984540054 * math.sqrt(40 + z2 / 4)
    assert found.limits == pytest.approx(((40 + z2 / 2 - half) / 4, (40 + z2 / 2 + half) / 4), rel=1e-9)
    assert found.se == pytest.approx(math.sqrt(2.5))
    assert (found.value, found.n) == (10.0, 40)


def test_parts_that_lie_together_make_a_count_less_known() -> None:
    alone, together = stats.clustered_count(30.0, 30.0, 30), stats.clustered_count(30.0, 150.0, 6)
    assert alone.limits is not None
    assert together.limits is not None
    assert 0 < together.limits[0] < alone.limits[0] < alone.limits[1] < together.limits[1]


def test_no_part_has_no_interval_and_no_count_is_negative() -> None:
    assert stats.clustered_count(0.0, 0.0, 0).limits is None
    with pytest.raises(ValueError, match="must be >= 0"):
        stats.clustered_count(-1.0, 1.0, 1)


@pytest.mark.parametrize("repetitions", [200, pytest.param(4000, marks=pytest.mark.slow)])
def test_the_limits_hold_what_such_users_come_to(repetitions: int) -> None:
    """60 users on average with parts far apart: 5.6 of 100 miss; more than 19 of 200 do so once in 80."""
    rng, missed = np.random.default_rng(3), 0
    for _ in range(repetitions):
        parts = rng.beta(0.5, 3, rng.poisson(60))
        found = stats.clustered_count(float(parts.sum()), float((parts**2).sum()), len(parts))
        assert found.limits is not None
        missed += not found.limits[0] <= 60 * 0.5 / 3.5 <= found.limits[1]
    assert missed <= (19 if repetitions == 200 else 260)
