"""Sample sizes equal published calculators."""

import pytest
from scipy.stats import norm

from helpers.stats import units_for_means, units_for_shares, z_value


def test_shares_equal_power_prop_test() -> None:
    assert units_for_shares(0.5, 0.25, power=0.9) == pytest.approx(76.70692845177743, rel=1e-6)


@pytest.mark.parametrize(("effect", "units"), [(0.5, 63.76561058891169), (0.2, 393.4056930002526)])
def test_means_equal_statsmodels_but_for_the_t_distribution(effect: float, units: float) -> None:
    """t asks for about z squared over 4 units more than the normal distribution (Guenther 1981)."""
    assert units_for_means(1.0, effect) + z_value(0.95) ** 2 / 4 == pytest.approx(units, abs=0.02)


def test_less_power_needs_fewer_units() -> None:
    assert units_for_means(1.0, 0.2, power=0.5) == pytest.approx(2 * (z_value(0.95) / 0.2) ** 2)
    powers = [units_for_means(1.0, 0.2, power=power) for power in (0.3, 0.5, 0.7, 0.8)]
    assert powers == sorted(powers)


def test_the_effect_that_ten_thousand_units_an_arm_find_equals_its_reference() -> None:
    assert units_for_means(0.1 * 0.9, 0.011886119434798035) == pytest.approx(10_000, rel=1e-9)


def test_tea_tastings_orders_need_as_many_units() -> None:
    """Variance and mean of orders over its 1,000 users; it rounds up and takes t, this the normal."""
    variance, average = 0.6805115115115115, 0.487
    assert 2 * units_for_means(variance, 0.1 * average) == pytest.approx(9011, rel=5e-4)


@pytest.mark.parametrize(("base", "effect"), [(0.9, 0.2), (0.1, -0.2), (0.2, 0.0), (1.2, -0.4)])
def test_an_impossible_effect_is_refused(base: float, effect: float) -> None:
    with pytest.raises(ValueError, match="must"):
        units_for_shares(base, effect)


def test_a_stricter_test_needs_more_units() -> None:
    z = z_value(0.99)
    assert units_for_means(1.0, 0.2, 0.01, 0.5) == pytest.approx(2 * (z / 0.2) ** 2)
    assert units_for_shares(0.2, 0.1, 0.01, 0.5) == pytest.approx(2 * 0.25 * 0.75 * (z / 0.1) ** 2)


def test_what_does_not_vary_needs_none_and_no_less() -> None:
    assert units_for_means(0.0, 0.2) == 0
    with pytest.raises(ValueError, match="variance =="):
        units_for_means(-1.0, 0.2)


def test_a_share_may_begin_or_end_at_none_or_all() -> None:
    """All four say the same: of a share of 0 only the middle and the other share vary."""
    known = (norm.ppf(0.975) * (2 * 0.05 * 0.95) ** 0.5 + norm.ppf(0.8) * (0.1 * 0.9) ** 0.5) ** 2 / 0.1**2
    for base, effect in ((0.0, 0.1), (0.1, -0.1), (1.0, -0.1), (0.9, 0.1)):
        assert units_for_shares(base, effect) == pytest.approx(known, rel=1e-9)


@pytest.mark.parametrize("power", [0.05, 0.3, 0.5, 0.52, 0.8])
def test_any_power_counts_by_its_normal_quantile(power: float) -> None:
    known = 2 * (norm.ppf(0.975) + norm.ppf(power)) ** 2 / 0.2**2
    assert units_for_means(1.0, 0.2, power=power) == pytest.approx(known, rel=1e-9)
