"""Sample sizes equal published calculators."""

import pytest

from helpers.stats import units_for_means, units_for_shares


def test_shares_equal_power_prop_test() -> None:
    assert units_for_shares(0.5, 0.25, power=0.9) == pytest.approx(76.70692845177743, rel=1e-6)


def test_means_equal_the_normal_formula() -> None:
    assert units_for_means(1.0, 0.2) == pytest.approx(393.4056930002526, rel=0.004)
    assert units_for_means(1.0, 0.2, power=0.5) < units_for_means(1.0, 0.2, power=0.8)


@pytest.mark.parametrize(("base", "effect"), [(0.9, 0.2), (0.1, -0.2), (0.2, 0.0)])
def test_an_impossible_effect_is_refused(base: float, effect: float) -> None:
    with pytest.raises(ValueError, match="must"):
        units_for_shares(base, effect)
