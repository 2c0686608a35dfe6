"""Who goes on, told ahead: against the published fit, by law, and how often the limits hold."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy import optimize

from helpers import stats

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
"""Fader & Hardie (2007), table 1: customers of the "High End" segment by year, of a thousand."""


def fitted(*cohorts: list[int], level: float = 0.95) -> stats.Renewals:
    found = stats.shifted_beta_geometric(cohorts, level)
    assert found is not None
    return found


def test_the_published_fit_and_forecast_are_met() -> None:
    found = fitted(HIGH_END)
    assert found.alpha == pytest.approx(0.6680883728764352, rel=1e-6)
    assert found.beta == pytest.approx(3.806095381726049, rel=1e-6)
    assert found.log_likelihood == pytest.approx(-1611.1581473911551, abs=1e-8)
    assert 100 * found.surviving(12).value == pytest.approx(37.7999, abs=1e-4)
    assert (found.degrees, found.n) == (5, 1000)


def test_cohorts_add_up_to_one() -> None:
    """The curve depends on who went on at each age, wherever they stand."""
    halves = fitted([500, 434, 371, 326], [500, 435, 372, 327])
    whole = fitted([1000, 869, 743, 653])
    assert halves.alpha == pytest.approx(whole.alpha, rel=1e-6)
    assert halves.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-8)
    assert (halves.degrees, whole.degrees) == (4, 1)


def test_the_dispersion_is_pearsons_over_the_cells() -> None:
    cohorts = [[200, 120, 100, 90], [200, 80, 60], [200, 110]]
    found, total = fitted(*cohorts), 0.0
    for cohort in cohorts:
        for age, (before, after) in enumerate(pairwise(cohort), 1):
            goes_on = (found.beta + age - 1) / (found.alpha + found.beta + age - 1)
            total += (after - before * goes_on) ** 2 / (before * goes_on * (1 - goes_on))
    assert found.dispersion == pytest.approx(total / 4, rel=1e-9)
    assert found.dispersion > 1
    near = fitted([1000, 500, 333, 250, 200])  # as alpha = beta = 1 has it
    assert near.dispersion == 1.0


def test_limits_are_those_of_the_profile_likelihood() -> None:
    """The least share of all curves whose likelihood is near enough, found by another way: a penalty."""
    found = fitted(HIGH_END)
    allowed = found.log_likelihood - found.dispersion * 6.607891 / 2  # F(.95; 1, 5)

    def share(logs: np.ndarray) -> float:
        alpha, beta = np.exp(logs)
        ages = np.arange(1, 13)
        return float(np.prod((beta + ages - 1) / (alpha + beta + ages - 1)))

    def height(logs: np.ndarray) -> float:
        alpha, beta = np.exp(logs)
        ages = np.arange(1, 8)
        goes_on = (beta + ages - 1) / (alpha + beta + ages - 1)
        rows = np.array(HIGH_END, float)
        return float(np.log(goes_on) @ rows[1:] + np.log(1 - goes_on) @ (rows[:-1] - rows[1:]))

    within = {"type": "ineq", "fun": lambda logs: height(logs) - allowed}
    start = np.log([found.alpha, found.beta])
    least = optimize.minimize(share, start, constraints=[within], method="SLSQP")
    most = optimize.minimize(lambda logs: -share(logs), start, constraints=[within], method="SLSQP")
    assert found.surviving(12).limits == pytest.approx((least.fun, -most.fun), abs=2e-4)


def test_a_share_falls_with_age_and_its_limits_hold_it() -> None:
    found = fitted(HIGH_END)
    course = [found.surviving(age) for age in range(13)]
    assert course[0].limits == (1.0, 1.0)
    for one, later in pairwise(course):
        assert later.value < one.value
        assert later.low is not None
        assert later.high is not None
        assert later.low < later.value < later.high
    wider = fitted(HIGH_END, level=0.99).surviving(9).limits
    narrow = fitted(HIGH_END).surviving(9).limits
    assert wider is not None
    assert narrow is not None
    assert wider[0] < narrow[0] < narrow[1] < wider[1]


def test_a_forecast_is_the_curve_from_where_people_are_and_allows_for_chance() -> None:
    found = fitted(HIGH_END)
    year = found.going_on([7], [491], periods=5)
    assert year.value == pytest.approx(found.surviving(12).value / found.surviving(7).value, rel=1e-9)
    next_one = found.going_on([0, 7], [300, 100])
    first, eighth = 1 - found.alpha / (found.alpha + found.beta), found.beta + 7
    eighth /= found.alpha + found.beta + 7
    assert next_one.value == pytest.approx((3 * first + eighth) / 4, rel=1e-9)
    few, many = found.going_on([7], [20]), found.going_on([7], [20_000_000])
    assert few.limits is not None
    assert many.limits is not None
    ages = fitted(HIGH_END).going_on([7], [20]).value
    chance = 2.570582 * math.sqrt(found.dispersion * ages * (1 - ages) / 20)  # t(.975; 5)
    reach = math.hypot(few.value - many.limits[0], chance)
    assert few.limits[0] == pytest.approx(max(0, few.value - reach), abs=1e-6)
    assert few.limits[1] == 1.0


def test_where_all_or_nobody_goes_on_the_limits_say_how_little_that_tells() -> None:
    every = fitted([50, 50, 50, 50], [50, 50, 50], [50, 50]).surviving(4)
    assert every.value > 0.999
    assert every.low is not None
    assert 0.5 < every.low < 0.99
    none = fitted([50, 0], [40, 0], [30, 1, 0]).surviving(2)
    assert none.high is not None
    assert none.value < 0.01 < none.high < 0.3


@pytest.mark.parametrize("cohorts", [[], [[10, 5, 3]], [[10, 5], [10, 4], [10, 3], [9, 2]], [[10], [4]]])
def test_too_little_tells_nothing(cohorts: list[list[int]]) -> None:
    assert stats.shifted_beta_geometric(cohorts) is None


@pytest.mark.parametrize("cohort", [[10, 11, 3, 2], [10, 5, -1]])
def test_counts_that_cannot_be_are_refused(cohort: list[int]) -> None:
    with pytest.raises(ValueError, match="more people in a period than in the one before"):
        stats.shifted_beta_geometric([cohort, [10, 5, 4]])
    with pytest.raises(ValueError, match="age == -1"):
        fitted(HIGH_END).surviving(-1)
    with pytest.raises(ValueError, match=r"sum\(people\) == 0"):
        fitted(HIGH_END).going_on([1], [0])


@pytest.mark.parametrize("repetitions", [pytest.param(400, marks=pytest.mark.slow), 5])
@pytest.mark.parametrize("together", [1, 5], ids=["alone", "five who stop together"])
def test_limits_hold_what_comes(together: int, repetitions: int) -> None:
    """Two intervals each: at 5 % there are 2 misses of 10 or fewer in 98 of 100 runs; long, one in eleven."""
    rng, missed = np.random.default_rng(4), 0
    for _ in range(repetitions):
        cohorts = []
        for periods in (5, 4, 3, 2, 1):
            stops = rng.geometric(rng.beta(1.0, 2.0, 300 // together))
            cohorts.append([int((stops > age).sum()) * together for age in range(periods + 1)])
        known = fitted(*(cohort[:-1] for cohort in cohorts))
        waiting = [cohort[-2] for cohort in cohorts]
        seen = known.going_on([4, 3, 2, 1, 0], waiting)
        expected = known.surviving(8)
        true = math.prod((2 + age) / (3 + age) for age in range(8))
        assert seen.low is not None
        assert seen.high is not None
        assert expected.low is not None
        assert expected.high is not None
        missed += not seen.low <= sum(cohort[-1] for cohort in cohorts) / sum(waiting) <= seen.high
        missed += not expected.low <= true <= expected.high
    assert missed <= (76 if repetitions == 400 else 2)
