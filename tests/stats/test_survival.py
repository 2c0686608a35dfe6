"""Kaplan-Meier against R's survival package, and what it does at its edges."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from helpers.stats import reached

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
