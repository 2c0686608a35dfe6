"""What means hide: by the engine as by numpy, for means, adjusted ones, ratios and clusters."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.experiments.observations.aggregates import Mask
from helpers.experiments.observations.unit_tables import observe
from helpers.experiments.trust.distribution import Distributions, Tails, value_distributions
from helpers.stats.moments import Floats

from ..conftest import Load, protocol

UNITS = 900


def drawn(part: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Assignments and outcomes of skewed values, so much of the units in treatment."""
    generator = np.random.default_rng(4)
    ids = [f"u{at}" for at in range(UNITS)]
    variant = np.where(np.arange(UNITS) < UNITS * part, "treatment", "control")
    before, sessions = (
        generator.exponential(3.0, UNITS),
        1 + generator.poisson(generator.gamma(0.5, 8, UNITS)),
    )
    outcomes = pd.DataFrame(
        {
            "unit_id": ids,
            "activated": generator.random(UNITS) < 0.3,
            "revenue": generator.lognormal(2.0, 1.0, UNITS) + before,
            "pre_revenue": before,
            "sessions": sessions.astype(float),
            "orders": generator.binomial(sessions, 0.2).astype(float),
        }
    )
    clusters = generator.integers(0, 60, UNITS) * 2 + (variant == "treatment")
    named = {"experiment": "checkout", "unit_id": ids, "variant": variant, "cluster_id": clusters.astype(str)}
    return pd.DataFrame(named), outcomes


def found(
    load: Load, part: float, change: Callable[[pd.DataFrame], None] = lambda _: None, **changes: Any
) -> tuple[Distributions, pd.DataFrame]:
    """The distributions, and the rows they are of."""
    assignments, outcomes = drawn(part)
    change(outcomes)
    tables = load(assignments=assignments, outcomes=outcomes)
    plan = protocol(variants={"control": 1 - part, "treatment": part}, guard_rails=[], **changes)
    observed = observe(plan, tables["assignments"], tables["outcomes"])
    return (
        value_distributions(plan, tables["assignments"], tables["outcomes"], observed),
        assignments.merge(outcomes, on="unit_id"),
    )


def expected(adds: Floats, treated: Mask) -> float:
    """Skewness of the difference of two means whose values have the shape of all deviations together."""
    away = np.where(treated, adds - adds[treated].mean(), adds - adds[~treated].mean())
    n, other = treated.sum(), (~treated).sum()
    shape = (away**3).mean() / ((away**2).sum() / (len(away) - 2)) ** 1.5
    return float(shape * (1 / n**2 - 1 / other**2) / (1 / n + 1 / other) ** 1.5)


def near(value: float) -> Any:
    """As near as bins can tell."""
    return pytest.approx(value, rel=1e-3)


def per_unit(above: Floats, below: Floats, treated: Mask) -> Floats:
    """What a unit adds to the ratio of its arm, linearized."""
    adds = np.zeros(len(above))
    for arm in (treated, ~treated):
        ratio = above[arm].mean() / below[arm].mean()
        adds[arm] = (above[arm] - ratio * below[arm]) / below[arm].mean()
    return adds


def test_differences_of_arms_of_one_size_lie_evenly_and_shares_are_not_looked_at(ratio: Load) -> None:
    seen = found(ratio, 0.5)[0].skewness
    assert seen
    assert all(abs(one) < 1e-9 for one in seen.values())
    assert ("treatment", "activated") not in seen


def test_means_and_ratios_are_as_skewed_as_their_rows_say(ratio: Load) -> None:
    seen, rows = found(ratio, 0.1)
    treated = (rows["variant"] == "treatment").to_numpy()
    assert seen.skewness["treatment", "revenue"] == pytest.approx(
        expected(rows["revenue"].to_numpy(), treated), rel=1e-3
    )
    adds = per_unit(rows["orders"].to_numpy(), rows["sessions"].to_numpy(), treated)
    assert seen.skewness["treatment", "orders_per_session"] == pytest.approx(
        expected(adds, treated), rel=1e-3
    )


def test_what_was_adjusted_is_as_skewed_as_what_is_left(ratio: Load) -> None:
    seen, rows = found(ratio, 0.1, covariates=["pre_revenue"])
    treated = (rows["variant"] == "treatment").to_numpy()
    both = np.cov(rows["revenue"], rows["pre_revenue"])
    left = rows["revenue"] - both[0, 1] / both[1, 1] * rows["pre_revenue"]
    assert seen.skewness["treatment", "revenue"] == pytest.approx(
        expected(left.to_numpy(), treated), rel=1e-3
    )


def test_a_share_that_is_adjusted_is_looked_at_as_the_mean_it_is(ratio: Load) -> None:
    assert ("treatment", "activated") in found(ratio, 0.2, covariates=["pre_revenue"])[0].skewness
    assert ("treatment", "activated") not in found(ratio, 0.2)[0].skewness


def test_every_treatment_has_its_own_skewness(supplied: Load) -> None:
    generator = np.random.default_rng(2)
    variant = np.repeat(["control", "blue", "green"], [700, 100, 100])
    revenue = generator.exponential(3.0, variant.size)
    ids = [f"u{at}" for at in range(variant.size)]
    tables = supplied(
        assignments=pd.DataFrame({"experiment": "checkout", "unit_id": ids, "variant": variant}),
        outcomes=pd.DataFrame({"unit_id": ids, "revenue": revenue}),
    )
    plan = protocol(variants={"control": 7, "blue": 1, "green": 1}, guard_rails=[], primary="revenue")
    arguments = plan, tables["assignments"], tables["outcomes"]
    seen = value_distributions(*arguments, observe(*arguments))
    for treatment in ("blue", "green"):
        pair = (variant == "control") | (variant == treatment)
        treated = variant[pair] == treatment
        assert seen.skewness[treatment, "revenue"] == near(expected(revenue[pair], treated))


def test_clusters_are_looked_at_as_one_each(ratio: Load) -> None:
    seen, rows = found(ratio, 0.1, cluster="account")
    sums = rows.groupby(["variant", "cluster_id"])[["orders", "sessions"]].sum().reset_index()
    treated = (sums["variant"] == "treatment").to_numpy()
    adds = per_unit(sums["orders"].to_numpy(), sums["sessions"].to_numpy(), treated)
    assert seen.skewness["treatment", "orders_per_session"] == pytest.approx(
        expected(adds, treated), rel=1e-3
    )


def of(metric: str, seen: Distributions) -> Tails:
    (one,) = [tail for tail in seen.tails if tail.metric == metric]
    return one


def revenue(rows: pd.DataFrame) -> list["pd.Series[float]"]:
    return [rows.loc[rows["variant"] == arm, "revenue"] for arm in ("control", "treatment")]


def difference(values: list["pd.Series[float]"]) -> float:
    return float(values[1].mean() - values[0].mean())


def test_a_value_that_stands_apart_is_left_out_and_taken_in(ratio: Load) -> None:
    def one_robot(outcomes: pd.DataFrame) -> None:
        outcomes.loc[5, "revenue"] = 90_000.0

    seen, rows = found(ratio, 0.5, one_robot)
    tail, values = of("revenue", seen), revenue(rows)
    assert tail.influential
    assert max(tail.farthest) == 90_000
    assert tail.left_out == (0, 1)
    limits = rows["revenue"].quantile([0.01, 0.99])
    capped = [each.clip(*limits) for each in values]
    assert tail.winsorized.value == pytest.approx(difference(capped), rel=1e-9)
    assert tail.without.value == pytest.approx(difference([each[each < 90_000] for each in values]), rel=1e-9)
    assert tail.mean.value == pytest.approx(difference(values), rel=1e-9)
    for p, (control, treatment, _) in tail.quantiles.items():
        assert control.value == pytest.approx(values[0].quantile(p), rel=1e-3)
        assert treatment.value == pytest.approx(values[1].quantile(p), rel=1e-3)


def test_several_robots_do_not_hide_each_other_at_either_end(ratio: Load) -> None:
    def robots(outcomes: pd.DataFrame) -> None:
        outcomes.loc[[3, 4, 800], "revenue"] = [50_000.0, 50_100.0, -40_000.0]

    seen, rows = found(ratio, 0.5, robots)
    tail, values = of("revenue", seen), revenue(rows)
    assert tail.influential
    assert tail.left_out == (1, 2)
    without = [each[each.between(-1000, 1000)] for each in values]
    assert tail.without.value == pytest.approx(difference(without), rel=1e-9)
    assert tail.ordinary == pytest.approx((min(map(min, without)), max(map(max, without))))


def test_without_one_that_stands_apart_the_farthest_is_left_out(ratio: Load) -> None:
    seen, rows = found(ratio, 0.5)
    tail, values = of("revenue", seen), revenue(rows)
    assert not tail.outlying
    assert sum(tail.left_out) == 1
    without = [each[each < rows["revenue"].max()] for each in values]
    assert tail.without.value == pytest.approx(difference(without), rel=1e-9)


def test_a_unit_that_sways_a_ratio_is_found(ratio: Load) -> None:
    def one_robot(outcomes: pd.DataFrame) -> None:
        outcomes.loc[5, ["orders", "sessions"]] = [4_000.0, 4_000.0]

    assert not of("orders_per_session", found(ratio, 0.5)[0]).influential
    seen, rows = found(ratio, 0.5, one_robot)
    tail = of("orders_per_session", seen)
    assert tail.influential
    assert tail.left_out == (0, 1)
    treated = (rows["variant"] == "treatment").to_numpy()
    adds = per_unit(rows["orders"].to_numpy(), rows["sessions"].to_numpy(), treated)
    arms = [rows.loc[mask, "orders"].sum() / rows.loc[mask, "sessions"].sum() for mask in (~treated, treated)]
    pseudo = np.delete(adds[treated] + arms[1], 5)
    assert tail.without.value == pytest.approx(pseudo.mean() - arms[0], rel=1e-6)


@pytest.mark.parametrize("shape", [1.0, *(pytest.param(one, marks=pytest.mark.slow) for one in (0.5, 1.5))])
def test_few_heavy_tails_without_a_robot_are_called_swayed(ratio: Load, shape: float) -> None:
    """Of 20 draws of lognormal values, at most two have one more than 3 times as far out as all others."""
    influential = 0
    for seed in range(20):

        def heavy(outcomes: pd.DataFrame, seed: int = seed) -> None:
            outcomes["revenue"] = np.random.default_rng(seed).lognormal(2.0, shape, UNITS)

        influential += of("revenue", found(ratio, 0.5, heavy)[0]).influential
    assert influential <= 2


def test_each_treatment_has_its_own_tails(ratio: Load) -> None:
    assignments, outcomes = drawn(0.5)
    arms = np.array(["control", "blue", "green"])[np.arange(UNITS) % 3]
    outcomes.loc[5, "revenue"] = 90_000.0
    tables = ratio(assignments=assignments.assign(variant=arms), outcomes=outcomes)
    plan = protocol(variants={"control": 1, "blue": 1, "green": 1}, guard_rails=[])
    observed = observe(plan, tables["assignments"], tables["outcomes"])
    seen = value_distributions(plan, tables["assignments"], tables["outcomes"], observed)
    influential = {one.treatment for one in seen.tails if one.metric == "revenue" and one.influential}
    assert influential == {"green"}
    rows = assignments.assign(variant=arms).merge(outcomes, on="unit_id")
    means = rows.groupby("variant")["revenue"].mean()
    for one in seen.tails:
        if one.metric == "revenue":
            assert one.mean.value == pytest.approx(means[one.treatment] - means["control"], rel=1e-9)


def test_a_unit_in_two_variants_is_no_part_of_any_distribution(ratio: Load) -> None:
    assignments, outcomes = drawn(0.5)
    outcomes.loc[5, "revenue"] = 90_000.0
    other = assignments.iloc[[5]].assign(variant="control")
    tables = ratio(assignments=pd.concat([assignments, other]), outcomes=outcomes)
    plan = protocol(guard_rails=[])
    observed = observe(plan, tables["assignments"], tables["outcomes"])
    tail = of("revenue", value_distributions(plan, tables["assignments"], tables["outcomes"], observed))
    assert observed.crossed == 1
    assert not tail.influential
    assert max(tail.farthest) < 90_000


@pytest.mark.slow
@pytest.mark.parametrize(("spread", "units", "told"), [(1.0, 200, 0.05), (2.0, 200, 0.3), (2.0, 2000, 0.22)])
def test_clean_heavy_tails_are_seldom_called_outliers_and_hardly_ever_stop(
    ratio: Load, spread: float, units: int, told: float
) -> None:
    """Of 200 A/A tests; a verdict is stopped where the difference reads otherwise without the value."""
    generator, plan, found = np.random.default_rng(9), protocol(guard_rails=[], primary="revenue"), []
    for _ in range(200):
        ids = [f"u{at}" for at in range(2 * units)]
        variant = np.repeat(["control", "treatment"], units)
        tables = ratio(
            assignments=pd.DataFrame({"experiment": "checkout", "unit_id": ids, "variant": variant}),
            outcomes=pd.DataFrame({"unit_id": ids, "revenue": generator.lognormal(0, spread, 2 * units)}),
        )
        arguments = plan, tables["assignments"], tables["outcomes"]
        found.append(of("revenue", value_distributions(*arguments, observe(*arguments))))
    influential, turned = (
        sum(flags) / 200 for flags in zip(*((one.influential, one.decisive) for one in found), strict=True)
    )
    print(f"lognormal {spread}, {units} units an arm: told {influential:.3f}, stopped {turned:.3f}")  # noqa: T201
    assert influential <= told
    assert turned <= 0.01 + 3 * (0.01 * 0.99 / 200) ** 0.5
