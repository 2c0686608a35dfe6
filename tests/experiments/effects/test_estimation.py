"""Effects from aggregates equal those of tea-tasting and statsmodels from the rows."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import tea_tasting as tt
from hypothesis import Phase, assume, given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest
from tests.laws import examples

from helpers import metrics
from helpers.experiments.effects.estimation import Effect, corrected_effects, estimate_effect
from helpers.experiments.observations.aggregates import Observations, VariantDay
from helpers.experiments.observations.linear import linearized
from helpers.experiments.observations.unit_tables import observe
from helpers.experiments.verdict.readout import conclude
from helpers.experiments.whatif import plan_model
from helpers.metrics import Metric
from helpers.stats import Moments, mean_difference, two_sided_p

from ..conftest import Load, observed, protocol, share


def of_arms(control: Moments, treatment: Moments, metric: str, *, shares: bool = False) -> Effect:
    cells = tuple(
        VariantDay(arm, None, one.n, one.n, {metric: one})
        for arm, one in (("control", control), ("treatment", treatment))
    )
    seen = Observations.of(cells, frozenset({metric} if shares else ()))
    found = estimate_effect(protocol(), seen, metrics.get(metric), "primary")
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


@examples(6)
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
        found = estimate_effect(plan, seen, named(name), "primary")
        assert limits(found) == pytest.approx(tasted(other[name]), rel=1e-9, abs=1e-9)
        assert found is not None
        assert found.difference.method.endswith("CUPED")


@examples(6)
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
    published_p = {name: result.pvalue for name, result in other.items()}
    published_p["activated"] = proportions_ztest(successes, [n, m])[1]
    plan = protocol(covariates=["pre_orders"], guard_rails=[])
    seen = of_rows(arms, {"activated"}, ["pre_sessions", "pre_orders"])
    for name, p in published_p.items():
        found, plain = (estimate_effect(one, seen, named(name), "primary") for one in (plan, protocol()))
        assert found is not None
        assert plain is not None
        assert found.published_p == pytest.approx(p, rel=1e-9)
        assert (found.control, found.treatment) == (plain.control, plain.treatment)
        assert found.difference != plain.difference


def named(name: str) -> Metric:
    return Metric.model_validate({"name": name, "label": "Any", "unit": "ratio", "kind": "mean"})


@examples(4)
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
    found = estimate_effect(plan, seen, named("orders_per_session"), "primary")
    _, low, high = limits(found)
    assert high - low <= 1.01 * (other.effect_size_ci_upper - other.effect_size_ci_lower)


@pytest.mark.parametrize(("successes", "method"), [(29, "Newcombe"), (30, "Welch, CUPED"), (31, "Newcombe")])
def test_a_share_is_adjusted_from_30_units_with_and_30_without_in_each_arm(
    successes: int, method: str
) -> None:
    generator = np.random.default_rng(4)
    arms = {arm: drawn(generator, 60) for arm in ("control", "treatment")}
    for values in arms.values():
        values["activated"] = (np.arange(60) < 30).astype(float)
    arms["treatment"]["activated"] = (np.arange(60) < successes).astype(float)
    plan = protocol(covariates=["pre_orders"], guard_rails=[])
    found = estimate_effect(
        plan, of_rows(arms, {"activated"}, ["pre_orders"]), metrics.get("activated"), "primary"
    )
    assert found is not None
    assert (found.difference.method, found.adjusted) == (method, method != "Newcombe")


@pytest.mark.parametrize(("left", "varies"), [(0.0, False), (1e-5, True)])
def test_what_is_wholly_foretold_does_not_vary_and_what_is_nearly_so_does(left: float, varies: bool) -> None:
    """A tenth of three times the covariate is not told from it by more than rounding."""
    generator = np.random.default_rng(9)
    arms = {}
    for arm in ("control", "treatment"):
        before = generator.normal(5, 1, 200)
        arms[arm] = {"revenue": 0.1 * before * 3 + left * generator.normal(size=200), "pre_orders": before}
    plan = protocol(covariates=["pre_orders"], guard_rails=[])
    found = estimate_effect(plan, of_rows(arms, set(), ["pre_orders"]), metrics.get("revenue"), "primary")
    assert found is not None
    assert ((found.difference.se or 0) > 0) == varies
    assert found.difference.se == pytest.approx(left * (2 / 200) ** 0.5, rel=0.15)


@pytest.mark.parametrize(
    ("control", "treatment", "told"), [(5, 5, True), (4, 50, False), (50, 4, False), (50, 5, True)]
)
def test_a_lift_of_shares_wants_five_successes_in_each_arm(control: int, treatment: int, told: bool) -> None:
    found = of_arms(share(control, 400), share(treatment, 400), "activated", shares=True)
    assert (found.lift is not None) == told


def test_a_gain_is_counted_in_the_good_direction() -> None:
    fewer = of_arms(Moments(100, 3.0, 1.0), Moments(100, 2.0, 1.0), "support_contacts")
    assert metrics.get("support_contacts").good == "lower"
    assert fewer.sign == -1
    assert fewer.gain == (-fewer.difference.high, -fewer.difference.low)
    assert fewer.gain[0] > 0
    more = of_arms(Moments(100, 2.0, 1.0), Moments(100, 3.0, 1.0), "revenue")
    assert more.gain == (more.difference.low, more.difference.high)


def test_an_interval_that_ends_at_zero_does_not_exclude_it() -> None:
    alike = of_arms(Moments(50, 3.0, 0.0), Moments(50, 3.0, 0.0), "revenue")
    assert (alike.difference.low, alike.difference.high) == (0, 0)
    assert not alike.clear


def small_arms() -> st.SearchStrategy[list[tuple[int, int, int, int]]]:
    """Units of one arm: a value, sessions, half of them or more with an order, and what was known before.

    tea-tasting divides by what is left of the control's figure after adjusting: none is near 0.
    """
    unit = st.integers(1, 9).flatmap(
        lambda sessions: st.tuples(
            st.integers(-20, 20), st.just(sessions), st.integers(sessions // 2, sessions), st.integers(-9, 9)
        )
    )
    return st.lists(unit, min_size=6, max_size=25)


@examples(10, phases=[Phase.reuse, Phase.generate])  # shrinking takes minutes
@given(small_arms(), small_arms(), st.sampled_from([1e-3, 1.0, 1e6]), st.sampled_from([40, 300]))
def test_means_ratios_and_what_is_adjusted_equal_tea_tasting_whatever_the_data(
    control: list[tuple[int, int, int, int]],
    treatment: list[tuple[int, int, int, int]],
    scale: float,
    distance: int,
) -> None:
    above, below = "orders_per_session.numerator", "orders_per_session.denominator"
    arms = {}
    for arm, rows in (("control", control), ("treatment", treatment)):
        value, sessions, orders, before = np.array(rows, dtype=float).T
        revenue, past = scale * (value + before + distance), scale * before + distance
        arms[arm] = {"revenue": revenue, above: orders, below: sessions, "pre_orders": past}
    assume(all(np.ptp(arm[name]) > 0 for arm in arms.values() for name in ("revenue", above)))
    frame = pd.concat([pd.DataFrame(arm).assign(variant=at) for at, arm in enumerate(arms.values())])
    other = tt.Experiment(
        mean=tt.Mean("revenue"),
        ratio=tt.RatioOfMeans(above, below),
        adjusted_mean=tt.Mean("revenue", "pre_orders"),
        adjusted_ratio=tt.RatioOfMeans(above, below, "pre_orders"),
    ).analyze(frame)
    seen = of_rows(arms, set(), ["pre_orders"])
    plain, adjusted = (protocol(covariates=names, guard_rails=[]) for names in ([], ["pre_orders"]))
    for plan, metric, key, size in (
        (plain, "revenue", "mean", scale),
        (plain, "orders_per_session", "ratio", 1.0),
        (adjusted, "revenue", "adjusted_mean", scale),
        (adjusted, "orders_per_session", "adjusted_ratio", 1.0),
    ):
        value, low, high = tasted(other[key])
        if not high - low > 1e-3 * size:  # nothing but rounding is left after adjusting
            continue
        found = estimate_effect(plan, seen, named(metric), "primary")
        assert limits(found) == pytest.approx((value, low, high), rel=1e-9, abs=1e-9 * size)
        assert found is not None
        assert found.difference.p == pytest.approx(other[key].pvalue, rel=1e-9, abs=1e-9)


@given(
    st.integers(2, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(2, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
)
def test_shares_equal_statsmodels_newcombe(control: tuple[int, int], treatment: tuple[int, int]) -> None:
    found = of_arms(share(*control), share(*treatment), "activated", shares=True)
    low, high = confint_proportions_2indep(*treatment, *control, method="newcomb")
    assert (found.difference.low, found.difference.high) == pytest.approx((low, high), abs=1e-12)


def test_a_sequential_design_widens_the_interval_that_decides() -> None:
    metric = metrics.get("activated")
    fixed = estimate_effect(protocol(), observed(), metric, "primary")
    sequential = estimate_effect(protocol(design="sequential"), observed(), metric, "primary")
    assert fixed is not None
    assert sequential is not None
    assert sequential.difference.low < fixed.difference.low
    assert sequential.published_p == fixed.published_p
    assert sequential.lift is not None
    assert fixed.lift is not None
    assert sequential.lift.low < fixed.lift.low
    assert (sequential.control, sequential.treatment) == (fixed.control, fixed.treatment)
    told = (sequential.difference, sequential.lift)
    assert [one.level for one in told] == [0.95, 0.95]
    assert [one.method for one in told] == ["Newcombe, confidence sequence", "MOVER-R, confidence sequence"]


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
        VariantDay(arm, None, 1, 1, {"revenue": Moments(1, 3.0, 0.0)}) for arm in ("control", "treatment")
    )
    assert (
        estimate_effect(protocol(), Observations.of(cells, frozenset()), metrics.get("revenue"), "primary")
        is None
    )


def test_a_list_of_metrics_is_corrected_together() -> None:
    """Two of four p values lie below 2 / 4 of 5%, one of them below 1 / 4."""
    control = Moments(1000, 10, 25)
    arms = [Moments(1000, value, 25) for value in (10.83, 10.53, 10.19, 10.06)]
    listed = [of_arms(control, arm, "revenue") for arm in arms]
    ps = [one.difference.p for one in listed]
    assert ps == pytest.approx([0.0002, 0.018, 0.4, 0.8], rel=0.1)
    found = corrected_effects(protocol(), observed(), listed)
    assert [one.clear for one in found] == [True, True, False, False]
    assert [one.clear for one in found] == multipletests(ps, method="fdr_bh")[0].tolist()
    for one, arm in zip(found, arms, strict=True):
        assert one.difference == mean_difference(arm.as_mean(0.975), control.as_mean(0.975))


def test_registered_metrics_are_not_diluted_by_those_that_are_not() -> None:
    exploratory = {name: Moments(1000, 5.0, 25.0) for name in ("sessions", "revenue", "nps")}
    known = {"activated": share(400, 1000), "support_contacts": Moments(1000, 0.25, 0.25)}
    cells = [
        VariantDay(arm, None, 1000, 1000, {**known, "orders": Moments(1000, orders, 25.0), **exploratory})
        for arm, orders in (("control", 10.0), ("treatment", 10.5))
    ]
    plan = protocol(secondary=["orders"], planned_sample=2000)
    orders, *others = conclude(plan, Observations.of(cells, {"activated"})).others
    assert (orders.role, orders.difference.level, orders.clear) == ("secondary", 0.95, True)
    assert {one.role for one in others} == {"exploratory"}
    assert [one.difference.level for one in others] == pytest.approx([1 - 0.05 / 3] * 3)


def users(seed: int, n: int) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """tea-tasting's example, as rows and as the tables of an experiment."""
    frame = tt.make_users_data(rng=seed, n_users=n, covariates=True, return_type="pandas")
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
        found = estimate_effect(plan, seen, metrics.get(metric), "primary")
        assert limits(found) == pytest.approx(tasted(other[key]), rel=1e-9, abs=1e-12)
        assert found is not None
        raw = {"cuped": "orders"}.get(key, key.removesuffix("_cuped"))
        assert found.published_p == pytest.approx(other[raw].pvalue, rel=1e-9)


TASTED = {
    ("orders", ()): (0.05984615446156055, -0.04250085957925258, 0.1621931685023737, 0.2514679130720924),
    ("revenue", ()): (0.6745281630138686, -0.5305166473863276, 1.879572973414065, 0.2722820895773397),
    ("orders_per_session", ()): (
        *(0.038540819910682894, -0.01033401980908917, 0.08741565963045496),
        0.12207687937778022,
    ),
    ("orders", ("pre_orders",)): (
        *(0.07544279560699874, -0.010372367734900523, 0.161257958948898),
        0.08480860103763022,
    ),
    ("revenue", ("pre_revenue",)): (
        *(0.7703182554923993, -0.28882679073039785, 1.8294633017151964),
        0.153830293162294,
    ),
}
"""Difference, its limits and p of tea-tasting's example (1,000 users, 42), by metric and covariates."""


@pytest.mark.parametrize(("metric", "covariates"), TASTED)
def test_published_values_of_tea_tastings_example(
    ratio: Load, metric: str, covariates: tuple[str, ...]
) -> None:
    _, rows = users(42, 1000)
    tables = ratio(**rows)
    plan = protocol(covariates=covariates)
    found = estimate_effect(
        plan, observe(plan, tables["assignments"], tables["outcomes"]), metrics.get(metric), "primary"
    )
    assert found is not None
    assert (*limits(found), found.difference.p) == pytest.approx(TASTED[metric, covariates], rel=1e-9)
    assert found.statistics.adjusted == bool(covariates)


def test_the_parts_of_tea_tastings_example_equal_their_reference(ratio: Load) -> None:
    """What every unit had in each arm, a ratio's error and its normal test, theta pooled over both arms."""
    _, rows = users(42, 1000)
    tables = ratio(**rows)
    plan = protocol(covariates=["pre_orders"])
    seen = observe(plan, tables["assignments"], tables["outcomes"])
    plain, adjusted = (
        estimate_effect(one, seen, metrics.get(metric), "primary")
        for one, metric in ((protocol(), "orders_per_session"), (plan, "orders"))
    )
    orders = estimate_effect(protocol(), seen, metrics.get("orders"), "primary")
    form = linearized(plan, seen, "orders")
    assert plain is not None
    assert adjusted is not None
    assert orders is not None
    assert form is not None
    assert (orders.control.value, orders.treatment.value) == pytest.approx(
        (0.4572564612326044, 0.5171026156941649), rel=1e-9
    )
    assert (plain.control.value, plain.treatment.value) == pytest.approx(
        (0.22504892367906068, 0.2635897435897436), rel=1e-9
    )
    error = plain.difference.se or 0
    assert error == pytest.approx(0.02490635864075537, rel=1e-9)
    assert two_sided_p(plain.difference.value / error) == pytest.approx(0.12175984957959442, rel=1e-9)
    assert orders.difference.value / (orders.difference.se or 0) == pytest.approx(
        1.1474570025875932, rel=1e-9
    )
    assert -form.control.weights[-1] == -form.treatment.weights[-1]
    assert -form.control.weights[-1] == pytest.approx(0.4807076706434764, rel=1e-9)
    assert (adjusted.difference.se or 0) < 0.9 * (orders.difference.se or 0)


def test_a_ratio_adjusted_by_a_past_ratio_is_tea_tastings_but_for_where_that_is_linearized() -> None:
    """tea-tasting takes a past ratio for one covariate, linearized in each arm about that arm's own ratio.

    Given such a column of the two arms this gives the same, but for theta, which is then of that column over
    all. A column cannot know the arm: linearized about the ratio of all, or given as two columns, it differs
    by a small part of the standard error; two columns have two thetas and no wider an interval.
    """
    frame, _ = users(42, 1000)
    frame = frame.astype(float)
    by_arm = frame.groupby("variant")[["orders_covariate", "sessions_covariate"]].transform("mean")
    of_all = frame[["orders_covariate", "sessions_covariate"]].mean()

    def past(means: pd.DataFrame | pd.Series) -> pd.Series:
        """What a unit adds to the past ratio, about these means."""
        above, below = means["orders_covariate"], means["sessions_covariate"]
        about = frame["orders_covariate"] - above / below * frame["sessions_covariate"]
        return above / below + about / below

    named_as = {
        "orders": "orders_per_session.numerator",
        "sessions": "orders_per_session.denominator",
        "orders_covariate": "pre_orders",
        "sessions_covariate": "pre_sessions",
    }
    frame = frame.assign(pre_ratio_of_arm=past(by_arm), pre_ratio_of_all=past(of_all)).rename(
        columns=named_as
    )
    arms = {
        arm: {
            name: frame.loc[frame["variant"] == at, name].to_numpy()
            for name in (*named_as.values(), "pre_ratio_of_arm", "pre_ratio_of_all")
        }
        for at, arm in enumerate(("control", "treatment"))
    }

    def adjusted_by(*covariates: str) -> Effect:
        columns = [*list(named_as.values())[:2], *covariates]
        seen = of_rows(
            {arm: {name: one[name] for name in columns} for arm, one in arms.items()}, set(), list(covariates)
        )
        plan = protocol(covariates=covariates, guard_rails=[])
        found = estimate_effect(plan, seen, named("orders_per_session"), "primary")
        assert found is not None
        return found

    reference = (0.035215458460372634, -0.005302139472003323, 0.07573305639274859)
    same, of_both = adjusted_by("pre_ratio_of_arm"), adjusted_by("pre_orders", "pre_sessions")
    assert limits(same) == pytest.approx(reference, abs=1e-7)
    assert same.difference.p == pytest.approx(0.08840268646210066, abs=1e-6)
    for found in (of_both, adjusted_by("pre_ratio_of_all")):
        error = found.difference.se or 0
        assert limits(found) == pytest.approx(reference, abs=0.005 * error)
        assert found.difference.high - found.difference.low < reference[2] - reference[1]
    assert of_both.difference.value == pytest.approx(0.035165390738814306, rel=1e-9)


def test_the_power_of_a_longer_test_equals_tea_tastings(ratio: Load) -> None:
    """A twentieth more orders from 5,000 users and a tenth more from 20,000; it takes t, this the normal."""
    _, rows = users(42, 1000)
    tables = ratio(**rows)
    plan = protocol(primary="orders", guard_rails=[], planned_sample=1000)
    model = plan_model(conclude(plan, observe(plan, tables["assignments"], tables["outcomes"])))
    average = rows["outcomes"]["orders"].mean()
    powers = [
        model.sheet.at({"length": length, "split": 0.5, "worth": part * average})[1]
        for length, part in ((5, 0.05), (20, 0.1))
    ]
    assert powers == pytest.approx([0.181022, 0.986594], abs=5e-4)


def test_the_interval_of_a_sequential_design_equals_the_confidence_sequence() -> None:
    """GrowthBook's revenue: the same but for t, which 6,000 degrees of freedom make a little wider."""
    control = Moments(3000, 1396.87 / 3000, (52377.9767 - 1396.87**2 / 3000) / 2999)
    treatment = Moments(3461, 2422.7 / 3461, (134698.29 - 2422.7**2 / 3461) / 3460)
    cells = [
        VariantDay(arm, None, one.n, one.n, {"revenue": one})
        for arm, one in (("control", control), ("treatment", treatment))
    ]
    plan = protocol(design="sequential", planned_sample=5000)
    found = estimate_effect(plan, Observations.of(cells, ()), metrics.get("revenue"), "primary")
    value, low, high = limits(found)
    assert value == pytest.approx(0.23437666666666668, rel=1e-9)
    assert (low, high) == pytest.approx((-0.16011652842982782, 0.6288698617631612), abs=2e-3)
    assert high > 0.6288698617631612


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
        effects.append(limits(estimate_effect(plan, seen, metrics.get("revenue"), "primary")))
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
    found = estimate_effect(plan, seen, metrics.get("revenue"), "primary")
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
