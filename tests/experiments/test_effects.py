"""Effects from aggregates equal those of tea-tasting and statsmodels from the rows."""

import numpy as np
import pandas as pd
import pytest
import tea_tasting as tt
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from helpers import metrics
from helpers.experiments.effects import Effect, corrected, effect
from helpers.experiments.observations import Cell, Observations
from helpers.stats import Moments

from .conftest import observed, protocol, share


def of_arms(control: Moments, treatment: Moments, metric: str, *, shares: bool = False) -> Effect:
    cells = tuple(
        Cell(arm, None, one.n, one.n, {metric: one})
        for arm, one in (("control", control), ("treatment", treatment))
    )
    seen = Observations(cells, frozenset({metric} if shares else ()))
    found = effect(protocol(), seen, metrics.get(metric), "primary")
    assert found is not None
    return found


def moments(values: np.ndarray) -> Moments:
    return Moments(len(values), float(values.mean()), float(values.var(ddof=1)))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 300), st.integers(3, 300))
def test_means_equal_tea_tasting(seed: int, n: int, m: int) -> None:
    generator = np.random.default_rng(seed)
    control, treatment = generator.gamma(2, 10, n), generator.gamma(2, 11, m)
    found = of_arms(moments(control), moments(treatment), "revenue")
    frame = pd.DataFrame(
        {"variant": [0] * n + [1] * m, "revenue": np.concatenate([control, treatment])},
    )
    other = tt.Experiment(revenue=tt.Mean("revenue", use_t=True, equal_var=False)).analyze(frame)["revenue"]
    assert found.difference.value == pytest.approx(other.effect_size, rel=1e-9)
    assert found.difference.low == pytest.approx(other.effect_size_ci_lower, rel=1e-9)
    assert found.difference.high == pytest.approx(other.effect_size_ci_upper, rel=1e-9)
    assert found.published == pytest.approx(other.pvalue, rel=1e-9)


@given(
    st.integers(2, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(2, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
)
def test_shares_equal_statsmodels_newcombe(control: tuple[int, int], treatment: tuple[int, int]) -> None:
    found = of_arms(share(*control), share(*treatment), "activated", shares=True)
    low, high = confint_proportions_2indep(*treatment, *control, method="newcomb")
    assert (found.difference.low, found.difference.high) == pytest.approx((low, high), abs=1e-12)


def test_revenue_of_tea_tastings_example() -> None:
    frame = tt.make_users_data(seed=42, n_users=1000, return_type="pandas")
    control, treatment = (
        moments(frame.loc[frame["variant"] == variant, "revenue"].to_numpy()) for variant in (0, 1)
    )
    found = of_arms(control, treatment, "revenue")
    assert found.difference.value == pytest.approx(0.6745281630138686, rel=1e-9)
    assert (found.difference.low, found.difference.high) == pytest.approx(
        (-0.5305166473863276, 1.879572973414065), rel=1e-9
    )
    assert found.published == pytest.approx(0.2722820895773397, rel=1e-9)


def test_a_sequential_design_widens_the_interval_that_decides() -> None:
    metric = metrics.get("activated")
    fixed = effect(protocol(), observed(), metric, "primary")
    sequential = effect(protocol(design="sequential"), observed(), metric, "primary")
    assert fixed is not None
    assert sequential is not None
    assert sequential.difference.low < fixed.difference.low
    assert sequential.published == fixed.published


@pytest.mark.parametrize(
    ("control", "treatment"),
    [
        (Moments(2, 1e15, 2.0), Moments(2, 1e15 + 4, 2.0)),
        (Moments(5, 0.0, 0.0), Moments(5, 0.0, 0.0)),
        (Moments(5, 3.0, 0.0), Moments(5, 3.0, 0.0)),
        (Moments(2, -1.0, 0.5), Moments(3, 1.0, 0.1)),
    ],
    ids=["huge", "all zero", "constant", "negative"],
)
def test_degenerate_means_give_finite_numbers_or_none(control: Moments, treatment: Moments) -> None:
    found = of_arms(control, treatment, "revenue")
    numbers = [found.difference.value, found.difference.low, found.difference.high]
    numbers += [found.lift.low, found.lift.high] if found.lift else []
    assert np.isfinite(numbers).all()


def test_one_value_an_arm_gives_no_effect() -> None:
    cells = tuple(
        Cell(arm, None, 1, 1, {"revenue": Moments(1, 3.0, 0.0)}) for arm in ("control", "treatment")
    )
    assert effect(protocol(), Observations(cells, frozenset()), metrics.get("revenue"), "primary") is None


def test_a_list_of_metrics_is_corrected_together() -> None:
    one = of_arms(Moments(100, 10, 25), Moments(100, 11.5, 25), "revenue")
    two = of_arms(Moments(100, 10, 25), Moments(100, 10.1, 25), "revenue")
    first, second = corrected([one, two])
    assert one.published is not None
    assert first.p_adjusted == pytest.approx(2 * one.published)
    assert second.p_adjusted == pytest.approx(two.published)
