"""Boundaries equal published tables; an early stop is corrected to what half of all courses exceed."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from helpers.stats import boundaries, median_unbiased

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
    with pytest.raises(ValueError, match="criticals has"):
        median_unbiased(2.5, (0.4, 0.8), criticals)
