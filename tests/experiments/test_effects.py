"""Effects from aggregates equal those of tea-tasting and statsmodels from the rows."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import tea_tasting as tt
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from helpers import metrics
from helpers.experiments.effects import Effect, corrected, effect
from helpers.experiments.gathering import observe
from helpers.experiments.observations import Cell, Observations
from helpers.experiments.readout import conclude
from helpers.metrics import Metric
from helpers.stats import Moments, mean_difference

from .conftest import Load, observed, protocol, share


def of_arms(control: Moments, treatment: Moments, metric: str, *, shares: bool = False) -> Effect:
    cells = tuple(
        Cell(arm, None, one.n, one.n, {metric: one})
        for arm, one in (("control", control), ("treatment", treatment))
    )
    seen = Observations.of(cells, frozenset({metric} if shares else ()))
    found = effect(protocol(), seen, metrics.get(metric), "primary")
    assert found is not None
    return found


def moments(values: np.ndarray) -> Moments:
    return Moments(len(values), float(values.mean()), float(values.var(ddof=1)))


def of_rows(arms: dict[str, dict[str, np.ndarray]], shares: set[str], covariates: list[str]) -> Observations:
    """One cell an arm, with the covariances of all columns."""
    columns = tuple(next(iter(arms.values())))
    values = [np.stack([arm[name] for name in columns]) for arm in arms.values()]
    n = np.array([each.shape[1] for each in values])
    return Observations(
        variant=np.array(list(arms)),
        day=np.array([None] * len(arms), dtype="datetime64[D]"),
        parts={},
        units=n,
        with_outcome=n,
        columns=columns,
        n=np.repeat(n[:, None].astype(float), len(columns), axis=1),
        means=np.stack([each.mean(axis=1) for each in values]),
        covariances=np.stack([np.cov(each) for each in values]),
        shares=frozenset(shares),
        covariates=tuple(covariates),
    )


def drawn(generator: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    """A share, a mean and a ratio that all lean on what was known before."""
    eager = generator.gamma(2, 1, n)
    sessions = 1.0 + generator.poisson(3 * eager)
    return {
        "activated": (generator.random(n) < 0.2 + 0.15 * np.minimum(eager, 4)).astype(float),
        "revenue": 10 * eager + generator.gamma(2, 10, n),
        "orders_per_session.numerator": generator.binomial(sessions.astype(int), 0.3).astype(float),
        "orders_per_session.denominator": sessions,
        "pre_sessions": generator.poisson(3 * eager).astype(float),
        "pre_orders": generator.poisson(eager).astype(float),
    }


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(150, 400), st.integers(150, 400))
def test_adjusted_shares_means_and_ratios_equal_tea_tasting(seed: int, n: int, m: int) -> None:
    generator = np.random.default_rng(seed)
    arms = {"control": drawn(generator, n), "treatment": drawn(generator, m)}
    frame = pd.concat([pd.DataFrame(arm).assign(variant=at) for at, arm in enumerate(arms.values())])
    above, below = "orders_per_session.numerator", "orders_per_session.denominator"
    other = tt.Experiment(
        activated=tt.Mean("activated", "pre_orders"),
        revenue=tt.Mean("revenue", "pre_orders"),
        orders_per_session=tt.RatioOfMeans(above, below, "pre_orders"),
    ).analyze(frame)
    plan = protocol(covariates=["pre_orders"], guard_rails=[])
    seen = of_rows(arms, {"activated"}, ["pre_sessions", "pre_orders"])
    for name in ("activated", "revenue", "orders_per_session"):
        found = effect(plan, seen, named(name), "primary")
        assert limits(found) == pytest.approx(tasted(other[name]), rel=1e-9, abs=1e-9)
        assert found is not None
        assert found.difference.method.endswith("CUPED")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(150, 400), st.integers(150, 400))
def test_what_is_adjusted_is_published_with_its_arms_as_measured(seed: int, n: int, m: int) -> None:
    generator = np.random.default_rng(seed)
    arms = {"control": drawn(generator, n), "treatment": drawn(generator, m)}
    frame = pd.concat([pd.DataFrame(arm).assign(variant=at) for at, arm in enumerate(arms.values())])
    above, below = "orders_per_session.numerator", "orders_per_session.denominator"
    other = tt.Experiment(
        revenue=tt.Mean("revenue"), orders_per_session=tt.RatioOfMeans(above, below)
    ).analyze(frame)
    successes = [arm["activated"].sum() for arm in arms.values()]
    published = {name: result.pvalue for name, result in other.items()}
    published["activated"] = proportions_ztest(successes, [n, m])[1]
    plan = protocol(covariates=["pre_orders"], guard_rails=[])
    seen = of_rows(arms, {"activated"}, ["pre_sessions", "pre_orders"])
    for name, p in published.items():
        found, plain = (effect(one, seen, named(name), "primary") for one in (plan, protocol()))
        assert found is not None
        assert plain is not None
        assert found.published == pytest.approx(p, rel=1e-9)
        assert (found.control, found.treatment) == (plain.control, plain.treatment)
        assert found.difference != plain.difference


def named(name: str) -> Metric:
    return Metric.model_validate({"name": name, "label": "Any", "unit": "ratio", "kind": "mean"})


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_a_ratio_adjusted_by_both_its_past_columns_is_no_worse_than_by_their_ratio(seed: int) -> None:
    generator = np.random.default_rng(seed)
    arms = {arm: drawn(generator, 600) for arm in ("control", "treatment")}
    above, below = "orders_per_session.numerator", "orders_per_session.denominator"
    frame = pd.concat([pd.DataFrame(arm).assign(variant=at) for at, arm in enumerate(arms.values())])
    frame["pre_sessions"] += 1
    for arm in arms.values():
        arm["pre_sessions"] = arm["pre_sessions"] + 1
    other = tt.Experiment(
        ratio=tt.RatioOfMeans(above, below, "pre_orders", "pre_sessions", equal_var=False)
    ).analyze(frame)["ratio"]
    plan = protocol(covariates=["pre_orders", "pre_sessions"], guard_rails=[])
    seen = of_rows(arms, set(), ["pre_orders", "pre_sessions"])
    found = effect(plan, seen, named("orders_per_session"), "primary")
    _, low, high = limits(found)
    assert high - low <= 1.01 * (other.effect_size_ci_upper - other.effect_size_ci_lower)


def test_a_share_of_few_is_not_adjusted() -> None:
    generator = np.random.default_rng(4)
    arms = {arm: drawn(generator, 60) for arm in ("control", "treatment")}
    for values in arms.values():
        values["activated"] = (np.arange(60) < 29).astype(float)
    plan = protocol(covariates=["pre_orders"], guard_rails=[])
    found = effect(plan, of_rows(arms, {"activated"}, ["pre_orders"]), metrics.get("activated"), "primary")
    assert found is not None
    assert (found.difference.method, found.adjusted) == ("Newcombe", False)


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
    assert effect(protocol(), Observations.of(cells, frozenset()), metrics.get("revenue"), "primary") is None


def test_a_list_of_metrics_is_corrected_together() -> None:
    """Two of four p values lie below 2 / 4 of 5%, one of them below 1 / 4."""
    control = Moments(1000, 10, 25)
    arms = [Moments(1000, value, 25) for value in (10.83, 10.53, 10.19, 10.06)]
    listed = [of_arms(control, arm, "revenue") for arm in arms]
    ps = [one.difference.p for one in listed]
    assert ps == pytest.approx([0.0002, 0.018, 0.4, 0.8], rel=0.1)
    found = corrected(protocol(), observed(), listed)
    assert [one.clear for one in found] == [True, True, False, False]
    assert [one.clear for one in found] == multipletests(ps, method="fdr_bh")[0].tolist()
    for one, arm in zip(found, arms, strict=True):
        assert one.difference == mean_difference(arm.as_mean(0.975), control.as_mean(0.975))


def test_registered_metrics_are_not_diluted_by_those_that_are_not() -> None:
    exploratory = {name: Moments(1000, 5.0, 25.0) for name in ("sessions", "revenue", "nps")}
    known = {"activated": share(400, 1000), "support_contacts": Moments(1000, 0.25, 0.25)}
    cells = [
        Cell(arm, None, 1000, 1000, {**known, "orders": Moments(1000, orders, 25.0), **exploratory})
        for arm, orders in (("control", 10.0), ("treatment", 10.5))
    ]
    plan = protocol(secondary=["orders"], planned_sample=2000)
    orders, *others = conclude(plan, Observations.of(cells, {"activated"})).others
    assert (orders.role, orders.difference.level, orders.clear) == ("secondary", 0.95, True)
    assert {one.role for one in others} == {"exploratory"}
    assert [one.difference.level for one in others] == pytest.approx([1 - 0.05 / 3] * 3)


def users(seed: int, n: int) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """tea-tasting's example, as rows and as the tables of an experiment."""
    frame = tt.make_users_data(seed=seed, n_users=n, covariates=True, return_type="pandas")
    ids = frame["user"].astype(str)
    variant = frame["variant"].map({0: "control", 1: "treatment"})
    assignments = pd.DataFrame({"experiment": "checkout", "unit_id": ids, "variant": variant})
    names = {"orders_covariate": "pre_orders", "revenue_covariate": "pre_revenue"}
    columns = ["orders", "revenue", "sessions", *names]
    outcomes = frame[columns].astype(float).rename(columns=names).assign(unit_id=ids)
    return frame, {"assignments": assignments, "outcomes": outcomes}


def limits(found: Effect | None) -> tuple[float, float, float]:
    assert found is not None
    return found.difference.value, found.difference.low, found.difference.high


def tasted(result: Any) -> tuple[float, float, float]:
    return result.effect_size, result.effect_size_ci_lower, result.effect_size_ci_upper


@pytest.mark.parametrize(("seed", "n"), [(42, 1000), (7, 60)])
def test_ratios_and_cuped_equal_tea_tasting(ratio: Load, seed: int, n: int) -> None:
    frame, rows = users(seed, n)
    tables = ratio(**rows)
    plain, adjusted = protocol(), protocol(covariates=["pre_orders"])
    other = tt.Experiment(
        ratio=tt.RatioOfMeans("orders", "sessions"),
        orders=tt.Mean("orders"),
        cuped=tt.Mean("orders", "orders_covariate"),
        revenue=tt.Mean("revenue"),
        revenue_cuped=tt.Mean("revenue", "orders_covariate"),
        ratio_cuped=tt.RatioOfMeans("orders", "sessions", "orders_covariate"),
    ).analyze(frame)
    for plan, metric, key in (
        (plain, "orders_per_session", "ratio"),
        (plain, "orders", "orders"),
        (adjusted, "orders", "cuped"),
        (adjusted, "revenue", "revenue_cuped"),
        (adjusted, "orders_per_session", "ratio_cuped"),
    ):
        seen = observe(plan, tables["assignments"], tables["outcomes"])
        found = effect(plan, seen, metrics.get(metric), "primary")
        assert limits(found) == pytest.approx(tasted(other[key]), rel=1e-9, abs=1e-12)
        assert found is not None
        raw = {"cuped": "orders"}.get(key, key.removesuffix("_cuped"))
        assert found.published == pytest.approx(other[raw].pvalue, rel=1e-9)


def test_published_values_of_tea_tastings_example(supplied: Load) -> None:
    _, rows = users(42, 1000)
    tables = supplied(**rows)
    plan = protocol(covariates=["pre_orders"])
    seen = observe(plan, tables["assignments"], tables["outcomes"])
    found = effect(plan, seen, metrics.get("orders"), "primary")
    assert limits(found) == pytest.approx(
        (0.07544279560699874, -0.010372367734900523, 0.161257958948898), rel=1e-9
    )
    assert found is not None
    assert found.measured.adjusted
    unadjusted = effect(protocol(), seen, metrics.get("orders"), "primary")
    assert unadjusted is not None
    assert (found.difference.se or 0) < 0.9 * (unadjusted.difference.se or 0)


def test_more_covariates_equal_least_squares_and_constant_ones_change_nothing(supplied: Load) -> None:
    _, rows = users(3, 500)
    rows["outcomes"]["pre_constant"] = 1.0
    rows["outcomes"]["pre_twice"] = 2 * rows["outcomes"]["pre_orders"]
    tables = supplied(**rows)
    effects = []
    for covariates in (
        ["pre_orders", "pre_revenue"],
        ["pre_orders", "pre_revenue", "pre_constant", "pre_twice"],
    ):
        plan = protocol(covariates=covariates)
        seen = observe(plan, tables["assignments"], tables["outcomes"])
        effects.append(limits(effect(plan, seen, metrics.get("revenue"), "primary")))
    assert effects[0] == pytest.approx(effects[1], rel=1e-8)
    out, treated = rows["outcomes"], (rows["assignments"]["variant"] == "treatment").to_numpy()
    design = np.column_stack([np.ones(len(out)), out[["pre_orders", "pre_revenue"]]])
    theta = np.linalg.lstsq(design, out["revenue"].to_numpy(), rcond=None)[0]
    residual = (out["revenue"] - design @ theta).to_numpy()
    assert effects[0][0] == pytest.approx(residual[treated].mean() - residual[~treated].mean(), rel=1e-8)


def test_clusters_give_the_robust_error_of_least_squares(supplied: Load) -> None:
    generator = np.random.default_rng(5)
    account = np.repeat(np.arange(120), generator.integers(1, 9, 120))
    treated = account % 2
    value = 5 + generator.normal(0, 1, 120)[account] + generator.normal(0, 1, account.size)
    ids = [f"u{at}" for at in range(account.size)]
    variant = np.where(treated == 1, "treatment", "control")
    tables = supplied(
        assignments=pd.DataFrame(
            {"experiment": "checkout", "unit_id": ids, "variant": variant, "cluster_id": account.astype(str)}
        ),
        outcomes=pd.DataFrame({"unit_id": ids, "revenue": value}),
    )
    plan = protocol(cluster="account")
    seen = observe(plan, tables["assignments"], tables["outcomes"])
    found = effect(plan, seen, metrics.get("revenue"), "primary")
    fitted = sm.OLS(value, sm.add_constant(treated)).fit(
        cov_type="cluster", cov_kwds={"groups": account, "use_correction": False}
    )
    assert found is not None
    assert found.difference.value == pytest.approx(fitted.params[1], rel=1e-9)
    assert found.difference.se == pytest.approx(fitted.bse[1], rel=0.02)
    assert seen.assigned("control") == 60


def test_a_lift_is_fiellers_and_agrees_with_the_difference_where_the_delta_method_does_not() -> None:
    control = Moments(3407, 1396.87 / 3407, (52377.9767 - 1396.87**2 / 3407) / 3406)
    treatment = Moments(3461, 2422.7 / 3461, (134698.29 - 2422.7**2 / 3461) / 3460)
    found = of_arms(control, treatment, "revenue")
    assert limits(found) == pytest.approx((0.29, 0.04537789255929012, 0.5346221074407098), rel=1e-6)
    assert found.lift is not None
    assert (found.lift.low, found.lift.high) == pytest.approx((0.0941694631, 1.70840336887), rel=2e-3)
