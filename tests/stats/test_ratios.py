"""Ratios by the delta method, from aggregates of the units."""

import numpy as np
import pytest

from helpers.stats import (
    PairMoments,
    lift,
    mean_difference,
    overlapping_difference,
    ratio,
    ratio_moments,
    two_sided_p,
)
from helpers.stats.overlapping import OverlappingCounts


def posthog(n: int, total: float, squares: float, denominator: float) -> PairMoments:
    """PostHog's fixture: main sum and squares, a denominator of 0 or 1, and their product sum."""
    mean, below = total / n, denominator / n
    return PairMoments(
        n,
        mean,
        below,
        (squares - n * mean**2) / (n - 1),
        (denominator - n * below**2) / (n - 1),
        (total - n * mean * below) / (n - 1),
    )


def test_a_difference_of_ratios_equals_posthogs() -> None:
    """The relative interval of the reference is the delta method's; ours is Fieller's."""
    treatment = ratio_moments(posthog(2034, 99673.9364269569, 11298745.182728939, 947))
    control = ratio_moments(posthog(1966, 94605.79858780127, 10463129.505392816, 936))
    assert treatment is not None
    assert control is not None
    arms = treatment.as_mean(0.95), control.as_mean(0.95)
    found, relative = mean_difference(*arms), lift(*arms)
    assert found.value == pytest.approx(4.1777376521718, rel=1e-12)
    assert found.se == pytest.approx(1.3892631386717398, rel=1e-12)
    assert (found.low, found.high) == pytest.approx((1.4540016505548228, 6.901473653788777), rel=1e-9)
    assert found.p == pytest.approx(0.002653526036389575, rel=1e-9)
    assert relative is not None
    assert relative.value == pytest.approx(0.04133322165029552, rel=1e-12)


def test_a_constant_denominator_gives_the_mean() -> None:
    found = ratio(PairMoments(100, 3.0, 2.0, 4.0, 0.0, 0.0))
    assert found.value == 1.5
    assert found.se == pytest.approx(2 / 2 / 10)


def test_the_interval_covers_the_true_ratio() -> None:
    generator = np.random.default_rng(11)
    hits = 0
    for _ in range(400):
        visits = generator.poisson(5, 300) + 1
        orders = generator.binomial(visits, generator.beta(2, 8, 300))
        covariance = np.cov(orders, visits)
        found = ratio(
            PairMoments(
                300, orders.mean(), visits.mean(), covariance[0, 0], covariance[1, 1], covariance[0, 1]
            )
        )
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 0.2 <= found.high
    assert 0.92 <= hits / 400 <= 0.98


@pytest.mark.parametrize(
    "units",
    [PairMoments(1, 1, 1, 0, 0, 0), PairMoments(5, 1, 0, 0, 0, 0)],
    ids=["one unit", "no denominator"],
)
def test_a_ratio_without_meaning_is_refused(units: PairMoments) -> None:
    with pytest.raises(ValueError, match=r"n ==|denominator =="):
        ratio(units)


def test_the_same_people_twice_give_the_paired_difference() -> None:
    generator = np.random.default_rng(5)
    before = generator.random(800) < 0.4
    now = np.where(generator.random(800) < 0.8, before, generator.random(800) < 0.5)
    found = overlapping_difference(
        OverlappingCounts(
            now.sum(), 800, before.sum(), 800, 800, now.sum(), before.sum(), (now & before).sum()
        )
    )
    change = now.astype(float) - before
    assert found.value == pytest.approx(change.mean())
    assert found.se == pytest.approx(change.std() / np.sqrt(800))


def test_separate_people_give_the_plain_difference() -> None:
    found = overlapping_difference(OverlappingCounts(40, 100, 30, 120, 0, 0, 0, 0))
    assert found.se == pytest.approx(np.sqrt(0.4 * 0.6 / 100 + 0.25 * 0.75 / 120))


def test_without_spread_there_is_no_test() -> None:
    assert overlapping_difference(OverlappingCounts(0, 5, 0, 5, 5, 0, 0, 0)).p is None


def test_a_change_has_its_limits_and_its_test() -> None:
    found = overlapping_difference(OverlappingCounts(40, 100, 30, 120, 50, 20, 15, 10), level=0.8)
    error = 0.4 * 0.6 / 100 + 0.25 * 0.75 / 120 - 2 * (10 / 50 - 0.4 * 0.3) * 50 / (100 * 120)
    assert found.se == pytest.approx(error**0.5)
    half = 1.2815515655446004 * error**0.5
    assert (found.low, found.high) == pytest.approx((0.15 - half, 0.15 + half))
    assert found.p == pytest.approx(two_sided_p(0.15 / error**0.5))


@pytest.mark.parametrize("trials", [(0, 5), (5, 0)])
def test_a_group_without_members_is_refused(trials: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="reference_trials =="):
        overlapping_difference(OverlappingCounts(0, trials[0], 0, trials[1], 0, 0, 0, 0))


def test_rounding_below_no_variance_is_none() -> None:
    """The same people answer alike, and a numerator is a multiple of its denominator: nothing varies."""
    for n in range(2, 60):
        for k in range(n + 1):
            assert (overlapping_difference(OverlappingCounts(k, n, k, n, n, k, k, k)).se or 0) < 1e-8
        spread = n / 7
        units = PairMoments(n, 0.3 * n, n, 0.09 * spread, spread, 0.3 * spread)
        assert (ratio(units).se or 0) < 1e-8


@pytest.mark.parametrize(
    "units",
    [PairMoments(1, 1, 1, 0, 0, 0), PairMoments(5, 1, 0, 1, 1, 0), PairMoments(5, 1, 1, float("inf"), 1, 0)],
    ids=["one unit", "no denominator", "too large"],
)
def test_a_ratio_without_meaning_has_no_moments(units: PairMoments) -> None:
    assert ratio_moments(units) is None
