"""Boundaries equal published tables; intervals for any time equal an independent implementation."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from helpers.stats import (
    Difference,
    Estimate,
    anytime_critical,
    boundaries,
    lift,
    mean,
    mean_difference,
    median_unbiased,
)

PUBLISHED = {
    2: (2.962588, 1.968596),
    3: (3.710303, 2.511427, 1.993047),
    4: (4.332634, 2.963132, 2.359044, 2.014090),
    5: (4.876885, 3.357012, 2.680280, 2.289817, 2.031032),
}


@pytest.mark.parametrize("looks", list(PUBLISHED))
def test_equal_looks_equal_lan_and_demets(looks: int) -> None:
    found = boundaries(tuple((at + 1) / looks for at in range(looks)))
    assert found == pytest.approx(PUBLISHED[looks], abs=2e-6)


@pytest.mark.parametrize("alpha", [0.05, 0.01])
@pytest.mark.parametrize("information", [(0.5, 1.0), (0.2, 0.25, 0.7, 1.0), (0.3, 0.9, 1.2)])
def test_at_any_looks_as_much_is_spent_as_planned(information: tuple[float, ...], alpha: float) -> None:
    """Against the normal integral over all looks at once: z at looks s < t correlate by the root of s / t."""
    criticals = np.array(boundaries(information, alpha))
    at = np.array(information)
    correlation = np.sqrt(np.minimum.outer(at, at) / np.maximum.outer(at, at))
    for seen in range(1, len(at) + 1):
        inside = multivariate_normal.cdf(
            criticals[:seen],
            cov=correlation[:seen, :seen],
            lower_limit=-criticals[:seen],
            abseps=1e-7,
            releps=1e-7,
            rng=np.random.default_rng(1),
        )
        planned = 4 - 4 * norm.cdf(norm.ppf(1 - alpha / 4) / np.sqrt(min(at[seen - 1], 1.0)))
        assert 1 - inside == pytest.approx(planned, abs=2e-6)


def test_one_look_at_the_end_is_the_plain_test() -> None:
    assert boundaries((1.0,)) == pytest.approx((1.959963984540054,))
    assert boundaries((1.3,), 0.1) == pytest.approx((1.6448536269514722,))


def test_a_very_early_look_costs_nothing() -> None:
    assert boundaries((0.01, 1.0)) == pytest.approx((8.0, 1.959963984540054), abs=1e-6)


@pytest.mark.parametrize("information", [(), (0.0, 1.0), (0.5, 0.5), (0.9, 0.3)])
def test_looks_must_rise(information: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="must rise"):
        boundaries(information)


def test_without_earlier_looks_nothing_is_corrected() -> None:
    assert median_unbiased(2.5, (0.4,), ()) == pytest.approx(2.5, abs=1e-6)
    assert median_unbiased(-2.5, (0.4,), ()) == pytest.approx(-2.5, abs=1e-6)


def test_half_of_all_corrected_estimates_lie_above_the_truth() -> None:
    """Simulated courses under a true drift, stopped at the boundary: the raw estimate is too far out."""
    information, drift, courses = (0.25, 0.5, 0.75, 1.0), 2.5, 1500
    criticals = boundaries(information)
    steps = np.random.default_rng(11).normal(drift * 0.25, 0.5, (courses, 4)).cumsum(axis=1)
    raw, corrected = [], []
    for score in steps:
        z = score / np.sqrt(information)
        crossed = np.flatnonzero(np.abs(z) >= criticals)
        last = int(crossed[0]) if crossed.size else 3
        scale = np.sqrt(information[last])
        raw.append(z[last] / scale)
        found = median_unbiased(float(z[last]), information[: last + 1], criticals[:last])
        corrected.append(found / scale)
    above = np.mean(np.array(corrected) > drift)
    assert abs(above - 0.5) < 3 * np.sqrt(0.25 / courses)
    assert np.mean(raw) > drift + 0.1


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_an_impossible_error_rate_is_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha =="):
        boundaries((0.5, 1.0), alpha)


@pytest.mark.parametrize("criticals", [(), (3.0, 2.5)])
def test_each_look_before_the_last_needs_its_boundary(criticals: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"len\(criticals\) =="):
        median_unbiased(2.5, (0.4, 0.8), criticals)


N = 44700 + 45489


def at_any_time(now: Difference, n: int, tuned_at: int) -> tuple[float, float]:
    """The limits of a difference that hold at every look."""
    assert now.se is not None
    half = now.se * anytime_critical(n, tuned_at, 1 - now.level)
    return now.value - half, now.value + half


def share(successes: int, n: int) -> Estimate:
    """A share as a mean whose variance is that of the population, as the reference has it."""
    average = successes / n
    return mean(n, average, average * (1 - average))


def revenue(total: float, squares: float, n: int) -> Estimate:
    """GrowthBook's revenue, from sums."""
    return mean(n, total / n, (squares - total**2 / n) / (n - 1))


def known(found: Difference | None) -> Difference:
    assert found is not None
    return found


CATS_1 = mean_difference(share(20119, 45489), share(20034, 44700))
CATS_7 = mean_difference(share(8279, 45489), share(8502, 44700))
REVENUE = revenue(2422.7, 134698.29, 3461), revenue(1396.87, 52377.9767, 3000)
BUYERS = share(2422, 3461), share(1396, 3000)
GAIN, GAIN_LIFT, BUYERS_LIFT = mean_difference(*REVENUE), known(lift(*REVENUE)), known(lift(*BUYERS))


@pytest.mark.parametrize(
    ("now", "units", "limits"),
    [
        (CATS_7, (N, 5000), (-0.01681322465324816, 0.00041062802283633147)),
        (CATS_1, (N, 5000), (-0.016902235549187627, 0.00509189597450471)),
        (GAIN, (6461, 5000), (-0.16011652842982782, 0.6288698617631612)),
        (GAIN_LIFT, (6461, 1000), (-0.5584405051077315, 1.5651626768202032)),
        (BUYERS_LIFT, (6461, 5000), (0.4009784966859415, 0.6067482066783576)),
    ],
    ids=["retention after 7 days", "after a day", "revenue", "lift of revenue", "lift of buyers"],
)
def test_confidence_sequences_equal_their_reference(
    now: Difference, units: tuple[int, int], limits: tuple[float, float]
) -> None:
    """Relative differences by the delta method, as GrowthBook has them; ours are Fieller's at that level."""
    assert at_any_time(now, *units) == pytest.approx(limits, abs=1e-12)


def test_what_they_stand_on_equals_its_reference() -> None:
    assert CATS_7.se == pytest.approx(0.0025920140082940444, rel=1e-12)
    values = [GAIN.value, GAIN_LIFT.value, BUYERS_LIFT.value]
    assert values == pytest.approx([0.23437666666666668, 0.5033610858562358, 0.5038633516821496], rel=1e-12)


def test_a_fixed_horizon_win_need_not_be_one_at_any_time() -> None:
    assert CATS_7.high < 0 < at_any_time(CATS_7, N, 5000)[1]


def test_it_is_tightest_near_the_sample_it_is_tuned_at() -> None:
    widths = [anytime_critical(10_000, tuned) for tuned in (1000, 10_000, 100_000, 1_000_000)]
    assert min(widths) == widths[1]


def test_it_is_wider_than_the_fixed_interval() -> None:
    assert anytime_critical(10_000, 10_000) > 1.96


def test_a_looser_level_needs_fewer_standard_errors() -> None:
    assert anytime_critical(4000, 5000, 0.2) < anytime_critical(4000, 5000, 0.05)


@pytest.mark.parametrize(("n", "tuned_at"), [(0, 10), (10, 0)])
def test_no_units_have_no_critical_value(n: int, tuned_at: int) -> None:
    with pytest.raises(ValueError, match="n, tuned_at =="):
        anytime_critical(n, tuned_at)


def test_one_unit_is_enough_and_five_per_cent_the_usual_rate() -> None:
    assert anytime_critical(1, 1) == anytime_critical(1, 1, 0.05) > 1.96


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_an_error_rate_for_any_time_lies_within_zero_and_one(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha =="):
        anytime_critical(10, 10, alpha)
