"""Asymptotic confidence sequences against an independent implementation."""

from dataclasses import replace

import pytest

from helpers.stats import (
    Difference,
    Estimate,
    anytime_critical,
    confidence_sequence,
    lift,
    mean,
    mean_difference,
    sequential_sample_ratio,
)

N = 44700 + 45489


def welch(value: float, se: float) -> Difference:
    return Difference(value, se, 0, 0, 0.95, None, "Welch")


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
    ("now", "units", "limits", "p"),
    [
        (CATS_7, (N, 5000), (-0.01681322465324816, 0.00041062802283633147), 0.08328426535857636),
        (CATS_1, (N, 5000), (-0.016902235549187627, 0.00509189597450471), 1.0),
        (GAIN, (6461, 5000), (-0.16011652842982782, 0.6288698617631612), 0.7601250075467714),
        (GAIN_LIFT, (6461, 1000), (-0.5584405051077315, 1.5651626768202032), 1.0),
        (BUYERS_LIFT, (6461, 5000), (0.4009784966859415, 0.6067482066783576), 5.174716682839778e-44),
    ],
    ids=["retention after 7 days", "after a day", "revenue", "lift of revenue", "lift of buyers"],
)
def test_confidence_sequences_equal_their_reference(
    now: Difference, units: tuple[int, int], limits: tuple[float, float], p: float
) -> None:
    """Relative differences by the delta method, as GrowthBook has them; ours are Fieller's at that level."""
    found = confidence_sequence(now, *units)
    assert (found.low, found.high) == pytest.approx(limits, abs=1e-12)
    assert found.p == pytest.approx(p, rel=1e-9)


def test_what_they_stand_on_equals_its_reference() -> None:
    assert CATS_7.se == pytest.approx(0.0025920140082940444, rel=1e-12)
    values = [GAIN.value, GAIN_LIFT.value, BUYERS_LIFT.value]
    assert values == pytest.approx([0.23437666666666668, 0.5033610858562358, 0.5038633516821496], rel=1e-12)


def test_a_fixed_horizon_win_need_not_be_one_at_any_time() -> None:
    assert CATS_7.high < 0 < confidence_sequence(CATS_7, N, 5000).high


def test_it_is_tightest_near_the_sample_it_is_tuned_at() -> None:
    widths = [
        confidence_sequence(welch(0, 0.01), 10_000, tuned).high
        for tuned in (1000, 10_000, 100_000, 1_000_000)
    ]
    assert min(widths) == widths[1]


def test_it_is_wider_than_the_fixed_interval() -> None:
    assert confidence_sequence(welch(0, 0.01), 10_000, 10_000).high > 1.96 * 0.01


def test_p_is_below_alpha_exactly_when_zero_is_excluded() -> None:
    for value in (0.01, 0.02, 0.029, 0.031, 0.05):
        found = confidence_sequence(welch(value, 0.01), 5000, 5000)
        assert found.p is not None
        assert (found.low > 0) == (found.p < 0.05)


BATCHES = ((12, 8), (10, 14), (15, 5), (20, 9), (18, 6))


def test_the_sequential_sample_ratio_equals_lindon_and_malek() -> None:
    found = sequential_sample_ratio(BATCHES, (1, 1))
    expected = (1, 1, 0.9982228454715292, 0.9829271573112408, 0.9531248401924737)
    assert found == pytest.approx(expected, rel=1e-9)
    assert sequential_sample_ratio([(44700, 45489)], (1, 1)) == pytest.approx(
        (0.14163000256914118,), rel=1e-8
    )
    assert sequential_sample_ratio([(821588, 815482)], (1, 1)) == pytest.approx(
        (0.00015595044160537978,), rel=1e-6
    )


def test_a_batch_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="batches"):
        sequential_sample_ratio([(1, 2, 3)], (1, 1))


def test_the_level_asked_for_is_the_level_given() -> None:
    found = confidence_sequence(replace(welch(0.02, 0.01), level=0.8), 4000, 5000)
    half = 0.01 * anytime_critical(4000, 5000, 0.2)
    assert (found.low, found.high) == pytest.approx((0.02 - half, 0.02 + half))
    assert half < 0.01 * anytime_critical(4000, 5000, 0.05)


def test_without_spread_there_is_no_test() -> None:
    found = confidence_sequence(welch(0.02, 0.0), 4000, 5000)
    assert (found.low, found.high, found.p) == (0.02, 0.02, None)


def test_what_was_once_unlikely_stays_so() -> None:
    first, second = sequential_sample_ratio([(9000, 8000), (8000, 9000)], (1, 1))
    assert first < 1e-6
    assert second == first


@pytest.mark.parametrize(("n", "tuned_at"), [(0, 10), (10, 0)])
def test_no_units_have_no_critical_value(n: int, tuned_at: int) -> None:
    with pytest.raises(ValueError, match="n, tuned_at =="):
        anytime_critical(n, tuned_at)


def test_a_split_without_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match="split =="):
        sequential_sample_ratio([(1, 2)], (1, 0))
