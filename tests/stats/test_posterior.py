"""A Bayesian reading against closed forms, and against companies drawn from its own prior."""

import numpy as np
import pytest
from scipy.stats import norm

from helpers import stats


def test_one_treatment_is_as_the_closed_form_has_it() -> None:
    """Normal prior, normal likelihood (Gelman and others 2013, 2.5); losses by the normal loss integral."""
    seen = stats.posterior([0.03], [0.012], 0.009, prior_sd=0.02, level=0.9)
    noise, prior = 0.012**2 + 0.009**2, 0.02**2
    mean, sd = 0.03 * prior / (prior + noise), (prior * noise / (prior + noise)) ** 0.5
    assert seen.mean == pytest.approx((mean,))
    assert (seen.low[0], seen.high[0]) == pytest.approx(norm.interval(0.9, mean, sd))
    assert seen.better == pytest.approx((norm.cdf(mean / sd),))
    missed = sd * norm.pdf(mean / sd) + mean * norm.cdf(mean / sd)
    assert seen.loss == pytest.approx((missed, missed - mean), abs=1e-5)
    assert seen.best == pytest.approx((norm.cdf(-mean / sd), norm.cdf(mean / sd)), abs=0.002)


def test_a_wide_prior_leaves_the_estimate_and_a_narrow_one_takes_it_back() -> None:
    wide, narrow = (stats.posterior([0.03], [0.01], 0.01, prior_sd=sd) for sd in (100.0, 1e-6))
    assert wide.mean[0] == pytest.approx(0.03)
    assert wide.better[0] == pytest.approx(norm.cdf(0.03 / 2**0.5 / 0.01))
    assert abs(narrow.mean[0]) < 1e-9


def test_treatments_share_the_error_of_their_control() -> None:
    """Two that gained alike against a control of few units: neither tells which of both is better."""
    seen = stats.posterior([0.05, 0.05], [0.001, 0.001], 0.05, prior_sd=1.0)
    assert seen.better == pytest.approx((norm.cdf(1),) * 2, abs=0.01)
    assert sum(seen.best) == pytest.approx(1)
    assert seen.best[0] == pytest.approx(norm.cdf(-1), abs=0.01)
    assert seen.best[1] == pytest.approx(seen.best[2], abs=0.01)
    assert seen.loss[1] < 0.02 < seen.loss[0]


def test_chances_and_losses_are_kept_over_effects_drawn_from_the_prior() -> None:
    """Calibration: of effects called better at 80 to 90 %, as many are; a loss is lost on average."""
    generator = np.random.default_rng(4)
    said: list[float] = []
    true: list[bool] = []
    lost: list[float] = []
    expected: list[float] = []
    for _ in range(1500):
        effects = generator.normal(0, 0.02, 2)
        control = generator.normal(0, 0.01)
        gains = effects + generator.normal(0, 0.012, 2) - control
        seen = stats.posterior(gains.tolist(), [0.012, 0.012], 0.01, prior_sd=0.02)
        said += seen.better
        true += (effects > 0).tolist()
        choice = int(np.argmin(seen.loss))
        values = np.array([0, *effects])
        lost.append(values.max() - values[choice])
        expected.append(seen.loss[choice])
    within = [found for chance, found in zip(said, true, strict=True) if 0.8 <= chance < 0.9]
    assert np.mean(within) == pytest.approx(0.85, abs=0.06)
    assert np.mean(lost) == pytest.approx(np.mean(expected), rel=0.15)


@pytest.mark.parametrize("wrong", [([], [], 0.1, 1.0), ([1.0], [0.0], 0.1, 1.0), ([1.0], [0.1], 0.1, 0.0)])
def test_what_has_no_posterior_is_refused(wrong: tuple[list[float], list[float], float, float]) -> None:
    gains, errors, control, prior = wrong
    with pytest.raises(ValueError, match="above 0"):
        stats.posterior(gains, errors, control, prior_sd=prior)
