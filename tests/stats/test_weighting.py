"""Post-stratified estimates: what known weights must and must not change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.stats import Estimate, net_promoter_score, proportion, weighted

groups = st.lists(
    st.tuples(
        st.floats(0.1, 100), st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
    ),
    min_size=1,
    max_size=6,
)


def test_weights_by_size_give_the_pooled_share() -> None:
    parts = [(20, 100), (90, 300)]
    estimate = weighted([(n, proportion(x, n)) for x, n in parts])
    assert estimate.value == pytest.approx(110 / 400)
    assert estimate.n == 400


def test_standard_error_is_that_of_independent_parts() -> None:
    estimate = weighted([(1, proportion(20, 100)), (3, proportion(90, 300))])
    expected = (0.25**2 * 0.2 * 0.8 / 100 + 0.75**2 * 0.3 * 0.7 / 300) ** 0.5
    assert estimate.value == pytest.approx(0.25 * 0.2 + 0.75 * 0.3)
    assert estimate.se == pytest.approx(expected)


def test_one_group_is_itself() -> None:
    score = net_promoter_score(40, 35, 25)
    estimate = weighted([(7, score)])
    assert (estimate.value, estimate.se) == pytest.approx((score.value, score.se))


@given(groups)
def test_the_average_lies_between_its_groups(found: list[tuple[float, tuple[int, int]]]) -> None:
    parts = [(weight, proportion(*counts)) for weight, counts in found]
    values = [estimate.value for _, estimate in parts]
    estimate = weighted(parts)
    assert min(values) - 1e-9 <= estimate.value <= max(values) + 1e-9
    assert weighted([(10 * weight, one) for weight, one in parts]).value == pytest.approx(estimate.value)


@pytest.mark.parametrize("weights", [(), (0.0,), (2.0, -1.0)])
def test_weights_that_cannot_be_scaled_are_refused(weights: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="weights must be"):
        weighted([(weight, proportion(1, 2)) for weight in weights])


def test_an_estimate_without_spread_cannot_enter() -> None:
    with pytest.raises(ValueError, match="standard errors"):
        weighted([(1.0, Estimate(3, None, None, None, 0.95, 1, "one value"))])


def test_limits_are_those_of_the_level_asked_for() -> None:
    estimate = weighted([(1, proportion(20, 100)), (3, proportion(90, 300))], level=0.8)
    half = 1.2815515655446004 * (estimate.se or 0)
    assert (estimate.low, estimate.high) == pytest.approx((estimate.value - half, estimate.value + half))
