"""The skewness of a difference of means is that of many differences drawn."""

import numpy as np
import pytest
from scipy.stats import skew

from helpers.stats import Moments, difference_skewness


def test_it_is_that_of_many_differences() -> None:
    """The formula against 40,000 differences of means of 20 and 200 exponential values."""
    generator = np.random.default_rng(1)
    few, many = (generator.exponential(1.0, (40_000, n)).mean(axis=1) for n in (20, 200))
    found = difference_skewness((Moments(20, 1.0, 1.0), 2.0), (Moments(200, 1.0, 1.0), 2.0))
    assert found == pytest.approx(float(skew(few - many)), abs=0.04)
    assert found > 0.3


def test_sides_of_one_size_or_without_spread_have_none() -> None:
    side = Moments(50, 3.0, 4.0), 5.0
    assert difference_skewness(side, side) == 0
    assert difference_skewness((Moments(5, 3.0, 0.0), 0.0), (Moments(9, 3.0, 0.0), 0.0)) == 0


def test_the_sides_exchanged_turn_its_sign() -> None:
    one, other = (Moments(20, 1.0, 2.0), 3.0), (Moments(70, 5.0, 1.0), 1.5)
    assert difference_skewness(one, other) == pytest.approx(-difference_skewness(other, one))


def test_too_few_values_are_refused() -> None:
    with pytest.raises(ValueError, match="2 values"):
        difference_skewness((Moments(1, 1.0, 0.0), 0.0), (Moments(1, 1.0, 0.0), 0.0))
