"""Kaplan-Meier against R's survival package, and what it does at its edges."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from helpers.stats import Estimate, log_rank, quantile_difference, reached, reached_difference

# Maintenance chemotherapy in acute myelogenous leukaemia (R survival::aml, maintained arm).
DAYS = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161]
HAPPENED = [True, True, False, True, True, False, True, True, False, True, False]


def test_share_and_error_equal_r() -> None:
    found = reached(DAYS, HAPPENED, [1] * 11)
    assert list(found.days) == [9, 13, 18, 23, 31, 34, 48]
    assert [1 - share for share in found.share] == pytest.approx(
        [0.909091, 0.818182, 0.715909, 0.613636, 0.490909, 0.368182, 0.184091], abs=1e-6
    )
    assert found.se == pytest.approx(
        [0.0866784, 0.1162913, 0.1396650, 0.1526323, 0.1641933, 0.1626689, 0.1534927], abs=1e-6
    )
    assert found.median() == 31


def test_limits_are_those_of_log_minus_log() -> None:
    found = reached(DAYS, HAPPENED, [1] * 11)
    for share, se, low, high in zip(found.share, found.se, found.low, found.high, strict=True):
        survival = 1 - share
        half = 1.959963984540054 * se / (survival * abs(math.log(survival)))
        assert 1 - low == pytest.approx(survival ** math.exp(-half), rel=1e-9)
        assert 1 - high == pytest.approx(survival ** math.exp(half), rel=1e-9)


def test_counts_stand_for_repeated_subjects() -> None:
    once = reached([1, 1, 3, 3, 5], [True, True, True, False, False], [1, 1, 1, 1, 1])
    counted = reached([1, 3, 3, 5], [True, True, False, False], [2, 1, 1, 1])
    assert once.share == pytest.approx(counted.share)
    assert once.se == pytest.approx(counted.se)


def test_share_equals_statsmodels() -> None:
    fit = SurvfuncRight(DAYS, HAPPENED)
    assert reached(DAYS, HAPPENED, [1] * 11).share == pytest.approx(1 - fit.surv_prob)


def test_day_zero_counts() -> None:
    found = reached([0, 10], [True, False], [3, 7])
    assert list(found.days) == [0]
    assert found.share == pytest.approx((0.3,))


def test_nothing_is_said_beyond_the_watch() -> None:
    found = reached([5, 10], [True, False], [1, 3])
    assert found.by(4) is not None
    assert found.by(4).value == 0  # type: ignore[union-attr]
    assert found.by(10).value == pytest.approx(0.25)  # type: ignore[union-attr]
    assert found.by(11) is None


def test_nobody_reached_it() -> None:
    found = reached([30], [False], [12])
    assert not found.days
    assert found.median() is None
    assert found.by(30).value == 0  # type: ignore[union-attr]


def test_all_reached_it() -> None:
    found = reached([2], [True], [4])
    assert list(found.share) == [1]
    assert [*found.low, *found.high] == [1, 1]


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans(), st.integers(1, 20)), min_size=1, max_size=40))
def test_the_curve_never_falls_and_stays_within_its_limits(rows: list[tuple[int, bool, int]]) -> None:
    days, happened, counts = zip(*rows, strict=True)
    found = reached(days, happened, counts)
    assert list(found.share) == sorted(found.share)
    for low, share, high in zip(found.low, found.share, found.high, strict=True):
        assert 0 <= low <= share <= high <= 1 + 1e-12
    assert not any(math.isnan(number) for number in (*found.se, *found.low, *found.high))


@pytest.mark.parametrize(("days", "counts"), [([1], [0]), ([-1], [2])])
def test_a_watch_without_meaning_is_refused(days: list[float], counts: list[int]) -> None:
    with pytest.raises(ValueError, match="must be"):
        reached(days, [True], counts)


def test_a_step_counts_from_its_day_on_and_half_is_reached_with_half() -> None:
    found = reached([5, 10, 20], [True, True, False], [1, 1, 2])
    assert found.by(5).value == pytest.approx(0.25)  # type: ignore[union-attr]
    assert found.by(10).value == pytest.approx(0.5)  # type: ignore[union-attr]
    assert found.median() == 10


# Months until relapse without further treatment (R survival::aml, the other arm).
OTHER_DAYS = [5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45]
OTHER_HAPPENED = [True] * 5 + [False] + [True] * 6


def test_quantiles_have_the_limits_of_statsmodels() -> None:
    found, fit = reached(DAYS, HAPPENED, [1] * 11), SurvfuncRight(DAYS, HAPPENED)
    for share in (0.25, 0.5, 0.6):
        estimate = found.quantile(share)
        assert estimate is not None
        low, high = fit.quantile_ci(share, method="cloglog")
        assert estimate.value == fit.quantile(share)
        assert estimate.low == low
        assert estimate.high == (high if math.isfinite(high) else 161)


def test_a_quantile_that_is_not_reached_is_none() -> None:
    assert reached([5, 10], [True, False], [1, 3]).quantile(0.5) is None
    with pytest.raises(ValueError, match="share == 1"):
        reached([5], [True], [1]).quantile(1)


def test_log_rank_equals_r_and_does_not_depend_on_the_order() -> None:
    ends, others = (DAYS, HAPPENED, [1] * 11), (OTHER_DAYS, OTHER_HAPPENED, [1] * 12)
    found, turned = log_rank(ends, others), log_rank(others, ends)
    assert found is not None
    assert turned is not None
    assert found.statistic == pytest.approx(3.396388698977602, abs=1e-12)
    assert found.p == pytest.approx(0.06533932204050485, abs=1e-12)
    assert turned.statistic == pytest.approx(found.statistic)
    assert found.observed == 7
    assert found.observed + turned.observed == pytest.approx(found.expected + turned.expected)


def test_log_rank_equals_statsmodels_with_ties_and_counts() -> None:
    generator = np.random.default_rng(11)
    days, happened = generator.integers(1, 12, 200), generator.random(200) < 0.7
    group, counts = np.repeat([0, 1], 100), generator.integers(1, 4, 200)
    statistic, p = survdiff(*(np.repeat(each, counts) for each in (days, happened, group)))
    first, second = ((days[group == g], happened[group == g], counts[group == g]) for g in (0, 1))
    found = log_rank(first, second)
    assert found is not None
    assert (found.statistic, found.p) == pytest.approx((statistic, p), rel=1e-9)


def test_log_rank_without_events_is_none() -> None:
    assert log_rank(([3], [False], [5]), ([4], [False], [5])) is None


def limits(found: Estimate | None) -> tuple[float, float, float]:
    assert found is not None
    assert found.limits is not None
    return found.value, *found.limits


def test_differences_put_the_limits_of_both_curves_together() -> None:
    now = reached(range(1, 101), [True] * 100, [3] * 50 + [1] * 50)
    then = reached(range(1, 101), [True] * 100, [1] * 100)
    first, second = (limits(one.quantile(0.5)) for one in (now, then))
    change = quantile_difference(now, then, 0.5)
    assert change
    assert change.value == first[0] - second[0] == -16
    assert change.low == pytest.approx(-16 - math.hypot(first[0] - first[1], second[2] - second[0]))
    assert change.high == pytest.approx(-16 + math.hypot(first[2] - first[0], second[0] - second[1]))
    share, earlier = (limits(one.by(20)) for one in (now, then))
    more = reached_difference(now, then, 20)
    assert more
    assert more.value == pytest.approx(0.3 - 0.2)
    assert more.low == pytest.approx(more.value - math.hypot(share[0] - share[1], earlier[2] - earlier[0]))
    assert more.p is not None
    assert abs(more.at(1 - more.p).low) < 1e-6


@pytest.mark.parametrize("repetitions", [100, pytest.param(2000, marks=pytest.mark.slow)])
def test_two_groups_of_one_law_are_seldom_told_apart(repetitions: int) -> None:
    generator, apart = np.random.default_rng(5), [0, 0]
    for _ in range(repetitions):
        first, second = (
            reached(np.minimum(days := np.ceil(generator.lognormal(1, 1, 150)), 20), days <= 20, np.ones(150))
            for _ in range(2)
        )
        median, share = quantile_difference(first, second, 0.5), reached_difference(first, second, 5)
        assert median and share
        apart[0] += median.excludes_zero
        apart[1] += share.excludes_zero
    most = repetitions * 0.05 + 3 * math.sqrt(repetitions * 0.05 * 0.95)
    assert apart[0] <= most
    assert 1 <= apart[1] <= most
