"""Counts a week against how much they usually move: by hand, and how often quiet periods are called moved."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.fft import dct
from scipy.stats import t as student

from helpers.stats import Difference, slow_change, slow_mean, usual_change, yearly_change

EIGHT = [50.0, 54, 49, 52, 50, 55, 51, 70]
WEEKS = 13
NUMBERS = st.floats(-1000, 1000)


def test_a_change_is_read_against_the_earlier_ones() -> None:
    found = usual_change(EIGHT)
    past = [4, -5, 3, -2, 5, -4]
    error = math.sqrt(sum(each**2 for each in past) / 6)
    half = student.ppf(0.975, 0.8 * 6) * error
    assert found.value == 19
    assert found.se == pytest.approx(error)
    assert (found.low, found.high) == pytest.approx((19 - half, 19 + half))
    assert found.p == pytest.approx(2 * student.sf(19 / error, 0.8 * 6))


def test_the_change_that_is_judged_is_no_part_of_what_is_usual() -> None:
    calm = usual_change([*EIGHT[:-1], 52])
    assert calm.se == usual_change(EIGHT).se


def test_against_the_year_before_the_season_is_taken_out() -> None:
    row = [50.0, 60, 55, 40, 52, 59, 57, 43, 50, 61, 54, 60]
    found = yearly_change(row, 4)
    means = [(50 + 52 + 50) / 3, (60 + 59 + 61) / 3, (55 + 57 + 54) / 3, (40 + 43) / 2]
    squares = sum((value - means[at % 4]) ** 2 for at, value in enumerate(row[:-1]))
    error = math.sqrt(2 * squares / 7)
    assert found.value == 17
    assert found.se == pytest.approx(error)
    assert found.p == pytest.approx(2 * student.sf(17 / error, 7))


@given(season=st.lists(NUMBERS, min_size=4, max_size=4), level=NUMBERS)
def test_a_season_and_a_level_change_nothing(season: list[float], level: float) -> None:
    row = [50.0, 60, 55, 40, 52, 59, 57, 43, 50, 61, 54, 60]
    moved = [value + level + season[at % 4] for at, value in enumerate(row)]
    before, after = yearly_change(row, 4), yearly_change(moved, 4)
    assert after.value == pytest.approx(before.value, abs=1e-8)
    assert after.se == pytest.approx(before.se, abs=1e-8)


def test_few_periods_are_read_by_their_slowest_cosine() -> None:
    spring, summer = [50, 55, 49, 53, 50, 52], [60, 66, 63, 70, 65, 68, 64]
    waves = [dct(np.array(weeks, float), type=2, norm="ortho")[1] for weeks in (spring, summer)]
    variance = float(np.mean(np.square(waves)))
    found = slow_change(summer, spring, [spring, summer])
    assert found.value == pytest.approx(np.mean(summer) - np.mean(spring))
    assert found.se == pytest.approx(math.sqrt(variance * (1 / 7 + 1 / 6)))
    assert found.se is not None
    assert found.p == pytest.approx(2 * student.sf(abs(found.value) / found.se, 2))
    level = slow_mean(summer, [spring, summer])
    assert level.se == pytest.approx(math.sqrt(variance / 7))
    assert level.n == 7
    assert level.high == pytest.approx(level.value + student.ppf(0.975, 2) * math.sqrt(variance / 7))


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: usual_change(EIGHT[1:]), r"len\(values\) == 7, must be >= 8"),
        (lambda: yearly_change(EIGHT, 4), r"len\(values\) == 8, must be > 8"),
        (lambda: slow_change([1], [1, 2], [[1], [1, 2]]), r"must have >= 2"),
    ],
)
def test_too_few_periods_or_weeks_are_refused(call: Callable[[], object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        call()


def test_what_never_moved_has_no_test() -> None:
    assert usual_change([50.0] * 7 + [51.0]).p is None


def weekly(generator: np.random.Generator, periods: int, correlation: float) -> NDArray[np.float64]:
    """Counts of fifty a week whose weeks resemble the weeks before them, one row a period."""
    noise = generator.normal(size=periods * WEEKS)
    level = np.empty_like(noise)
    level[0] = noise[0]
    for week in range(1, level.size):
        level[week] = correlation * level[week - 1] + math.sqrt(1 - correlation**2) * noise[week]
    return generator.poisson(50 * np.exp(0.3 * level - 0.045)).reshape(periods, WEEKS).astype(float)


def quiet(
    judge: Callable[[NDArray[np.float64]], Difference], periods: int, correlation: float, repetitions: int
) -> float:
    """The share of rows of periods in which nothing happened that are called moved."""
    generator = np.random.default_rng(7)
    rows = (weekly(generator, periods, correlation) for _ in range(repetitions))
    return sum(judge(row).excludes_zero for row in rows) / repetitions


def at_most(rate: float, repetitions: int) -> float:
    return rate + 3 * math.sqrt(rate * (1 - rate) / repetitions)


REPETITIONS = [400, pytest.param(4000, marks=pytest.mark.slow)]


@pytest.mark.parametrize("repetitions", REPETITIONS)
@pytest.mark.parametrize("correlation", [0.0, 0.8])
def test_quiet_periods_are_seldom_called_moved(correlation: float, repetitions: int) -> None:
    assert quiet(lambda row: usual_change(means(row)), 12, correlation, repetitions) <= at_most(
        0.05, repetitions
    )
    assert quiet(lambda row: yearly_change(means(row), 4), 12, correlation, repetitions) <= at_most(
        0.05, repetitions
    )


@pytest.mark.parametrize("repetitions", REPETITIONS)
@pytest.mark.parametrize(("correlation", "stated"), [(0.0, 0.05), (0.6, 0.08), (0.8, 0.11)])
def test_few_quiet_periods_are_called_moved_as_often_as_stated(
    correlation: float, stated: float, repetitions: int
) -> None:
    def judge(row: NDArray[np.float64]) -> Difference:
        return slow_change(row[-1].tolist(), row[-2].tolist(), row.tolist())

    assert quiet(judge, 4, correlation, repetitions) <= at_most(stated, repetitions)


def means(row: NDArray[np.float64]) -> Sequence[float]:
    return row.mean(axis=1).tolist()  # type: ignore[no-any-return]
