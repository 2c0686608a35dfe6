"""Asymptotic confidence sequences against an independent implementation."""

import pytest

from helpers.stats import Difference, confidence_sequence, sequential_sample_ratio

N = 44700 + 45489


def welch(value: float, se: float) -> Difference:
    return Difference(value, se, 0, 0, 0.95, None, "Welch")


def test_a_fixed_horizon_win_need_not_be_one_at_any_time() -> None:
    found = confidence_sequence(welch(-0.008201298315205913, 0.0025920140082940444), N, 5000)
    assert (found.low, found.high) == pytest.approx((-0.01681322465324816, 0.00041062802283633147), abs=1e-12)
    assert found.p == pytest.approx(0.08328426535857636, rel=1e-9)


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
