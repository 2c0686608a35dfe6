"""One test over cohorts in their order: against statsmodels, by law, and how often it is wrong."""

import numpy as np
import pytest
import statsmodels.api as sm

from helpers import stats


def test_the_slope_is_that_of_weighted_least_squares_and_its_error_armitages() -> None:
    did, users = [100, 118, 117, 131, 150], [500, 520, 480, 510, 530]
    found = stats.trend_in_shares(did, users)
    assert found is not None
    share, weight = np.array(did) / users, np.array(users, float)
    fitted = sm.WLS(share, sm.add_constant(np.arange(5)), weights=weight).fit()
    assert found.value == pytest.approx(fitted.params[1], abs=1e-12)
    score = np.arange(5) - np.average(np.arange(5), weights=weight)
    pooled = sum(did) / sum(users)
    assert found.se == pytest.approx(np.sqrt(pooled * (1 - pooled) / (weight @ score**2)), rel=1e-9)


def test_cohorts_that_differ_anyway_make_a_trend_less_known() -> None:
    """About this line the shares lie further apart than chance makes them: least squares' own error."""
    did, users = [100, 160, 110, 170, 120], [500] * 5
    found = stats.trend_in_shares(did, users)
    assert found is not None
    fitted = sm.WLS(np.array(did) / 500, sm.add_constant(np.arange(5)), weights=np.full(5, 500.0)).fit()
    pooled = sum(did) / sum(users)
    variance = pooled * (1 - pooled)
    residual = float((500 * fitted.resid**2).sum()) / 3
    assert found.se == pytest.approx(np.sqrt(residual / (500 * 10)), rel=1e-9)
    assert residual > variance
    assert found.p is not None
    assert found.p > 0.3


def test_the_other_way_round_it_falls() -> None:
    found = stats.trend_in_shares([100, 110, 121, 129], [500] * 4)
    back = stats.trend_in_shares([129, 121, 110, 100], [500] * 4)
    assert found is not None
    assert back is not None
    assert (back.value, back.low, back.high) == pytest.approx((-found.value, -found.high, -found.low))


def test_two_cohorts_are_no_trend_and_nobody_is_none() -> None:
    assert stats.trend_in_shares([1, 2], [5, 5]) is None
    nobody = stats.trend_in_shares([0, 0, 0], [5, 5, 5])
    assert nobody is not None
    assert (nobody.value, nobody.p) == (0.0, None)


@pytest.mark.parametrize("apart", [0.0, 0.05], ids=["alike", "five points apart"])
def test_without_a_trend_it_is_seldom_clear(apart: float) -> None:
    """At 5 % a run of 200 has more than 19 in one of 250."""
    rng = np.random.default_rng(2)
    wrong = 0
    for _ in range(200):
        share = np.clip(0.3 + apart * rng.standard_normal(8), 0.01, 0.99)
        found = stats.trend_in_shares(rng.binomial(2000, share).tolist(), [2000] * 8)
        assert found is not None
        wrong += not found.low <= 0 <= found.high
    assert wrong <= 19
