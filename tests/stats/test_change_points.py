"""Change points: none in series without a change, however they move; planted ones at their place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from helpers.stats import change_points

WEEK = np.array([1.3, 1.35, 1.3, 1.25, 1.1, 0.38, 0.32])
DAYS = 365
KINDS = {
    "few": {"mean": 2.0},
    "many": {"mean": 200.0, "disp": 0.1},
    "like their neighbours": {"mean": 200.0, "disp": 0.1, "rho": 0.6},
    "seasons": {"mean": 200.0, "season": 0.3},
    "growing": {"mean": 50.0, "growth": 4.0},
}


def counts(  # how a series of days may move by itself
    rng: np.random.Generator,
    mean: float,
    *,
    days: float = DAYS,
    disp: float = 0.0,
    rho: float = 0.0,
    season: float = 0.0,
    growth: float = 1.0,
) -> np.ndarray:
    day = np.arange(int(days))
    noise = lfilter([np.sqrt(1 - rho**2)], [1, -rho], rng.standard_normal(day.size + 50))[50:]
    yearly = 1 + season * np.sin(2 * np.pi * (day / 365.25 + rng.random()))
    expected = mean * WEEK[day % 7] * yearly * np.linspace(1, growth, day.size) * np.exp(disp * noise)
    return np.asarray(rng.poisson(expected), float)


def raised(series: np.ndarray, at: int, by: float) -> np.ndarray:
    return np.where(np.arange(series.size) < at, series, np.round(series * (1 + by)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_series_without_a_change_seldom_shows_one(kind: str) -> None:
    """At most one in a hundred: more than three of forty would come once in 1,500 tries."""
    rng = np.random.default_rng([20260914, len(kind)])
    assert sum(bool(change_points(counts(rng, **KINDS[kind]))) for _ in range(40)) <= 3


@pytest.mark.parametrize("n", [2, 20])
def test_a_share_of_few_or_many_without_a_change_seldom_shows_one(n: int) -> None:
    rng = np.random.default_rng([20260915, n])
    sizes = rng.poisson(n, (40, DAYS))
    assert sum(bool(change_points(rng.binomial(each, 0.9), each)) for each in sizes) <= 3


@pytest.mark.slow
@pytest.mark.parametrize("days", [182, 1095])
@pytest.mark.parametrize("kind", KINDS)
def test_one_in_a_hundred_series_at_most_shows_a_change(kind: str, days: int) -> None:
    """More than 12 of 500 at a true rate of 1 % would come in one of 500 tries."""
    rng = np.random.default_rng([20260916, len(kind), days])
    assert sum(bool(change_points(counts(rng, days=days, **KINDS[kind]))) for _ in range(500)) <= 12


def test_a_lasting_change_is_placed_where_it_was_planted() -> None:
    """Half as much again, four times the scatter of a day: found, and placed within a day of its first."""
    rng = np.random.default_rng(20260917)
    found = []
    for at in rng.integers(60, DAYS - 60, 40):
        changes = change_points(raised(counts(rng, mean=200.0, disp=0.1), int(at), 0.5))
        found.append([change.at - at for change in changes])
    assert sum(any(abs(gap) <= 1 for gap in gaps) for gaps in found) >= 38
    assert sum(len(gaps) > 1 for gaps in found) <= 3


def test_growth_along_a_curve_is_no_change() -> None:
    """From two users a day to two hundred within half a year, as a feature spreads."""
    rng, day = np.random.default_rng(20260927), np.arange(DAYS)
    spread = 2 + 200 / (1 + np.exp(-(day - 200) / 28))
    assert not any(change_points(rng.poisson(spread * WEEK[day % 7])) for _ in range(12))


def test_a_change_in_the_last_weeks_is_placed_where_it_was_planted() -> None:
    rng = np.random.default_rng(20260928)
    (rise,) = change_points(raised(counts(rng, mean=200.0), DAYS - 10, 1.0))
    assert rise.at == DAYS - 10


def test_levels_and_sign_are_those_of_the_change() -> None:
    rng = np.random.default_rng(20260918)
    (fall,) = change_points(raised(counts(rng, mean=400.0), 200, -0.5))
    assert fall.times_usual < -5
    assert (fall.before, fall.after) == pytest.approx((400, 200), rel=0.15)


def test_a_mean_changes_where_its_own_level_does_and_not_with_how_many_it_is_of() -> None:
    rng = np.random.default_rng(20260919)
    sizes = np.where(np.arange(DAYS) < 120, 30, 90)
    share = np.where(np.arange(DAYS) < 250, 0.5, 0.75)
    (rise,) = change_points(rng.binomial(sizes, share), sizes)
    assert abs(rise.at - 250) <= 1
    assert (rise.before, rise.after) == pytest.approx((0.5, 0.75), abs=0.06)
    assert [change.at for change in change_points(sizes)] == [120]


def test_both_ends_of_a_week_of_silence_are_found() -> None:
    series = counts(np.random.default_rng(20260920), mean=100.0)
    series[200:209] = 0
    assert [(change.at, change.times_usual > 0) for change in change_points(series)] == [
        (200, False),
        (209, True),
    ]


def test_a_single_day_is_no_level() -> None:
    series = counts(np.random.default_rng(20260921), mean=1000.0)
    series[100] = 0
    series[200] *= 3
    assert change_points(series) == ()


@pytest.mark.parametrize("series", [[0.0] * 300, [4.0] * 300, [], [7.0] * 55])
def test_what_never_moves_or_is_too_short_has_none(series: list[float]) -> None:
    assert change_points(series) == ()
    assert change_points(series, series) == ()


def test_days_without_any_answer_are_no_level() -> None:
    rng = np.random.default_rng(20260922)
    sizes = rng.poisson(20, DAYS)
    sizes[200:260] = 0
    assert change_points(rng.binomial(sizes, 0.6), sizes) == ()


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 1000), st.integers(0, 2**32))
def test_the_unit_of_a_mean_does_not_matter(times: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.poisson(20, 120)
    sums = rng.binomial(sizes, np.where(np.arange(120) < 60, 0.2, 0.8))
    one, other = change_points(sums, sizes), change_points(times * sums, sizes)
    assert [change.at for change in one] == [change.at for change in other]


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match=r"len\(sizes\) == 2, must be 3"):
        change_points([1, 2, 3], [1, 2])
    with pytest.raises(ValueError, match=r"windows == \(5,\), must be multiples of 7"):
        change_points([1, 2, 3], windows=(5,))
