"""How skewed a difference is: by the engine as by numpy, for means, adjusted ones, ratios and clusters."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import skew

from helpers.experiments.gathering import observe
from helpers.experiments.observations import Mask
from helpers.experiments.shape import of_difference, skewness
from helpers.stats import Moments
from helpers.stats.moments import Floats

from .conftest import Load, moments, protocol

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


def found(load: Load, part: float, **changes: Any) -> tuple[Mapping[tuple[str, str], float], pd.DataFrame]:
    """The skewness of every difference, and the rows it is of."""
    assignments, outcomes = drawn(part)
    tables = load(assignments=assignments, outcomes=outcomes)
    plan = protocol(variants={"control": 1 - part, "treatment": part}, guard_rails=[], **changes)
    observed = observe(plan, tables["assignments"], tables["outcomes"])
    return (
        skewness(plan, tables["assignments"], tables["outcomes"], observed),
        assignments.merge(outcomes, on="unit_id"),
    )


def expected(adds: Floats, treated: Mask) -> float:
    """Skewness of the difference of two means whose values have the shape of all deviations together."""
    away = np.where(treated, adds - adds[treated].mean(), adds - adds[~treated].mean())
    n, other = treated.sum(), (~treated).sum()
    shape = (away**3).mean() / ((away**2).sum() / (len(away) - 2)) ** 1.5
    return float(shape * (1 / n**2 - 1 / other**2) / (1 / n + 1 / other) ** 1.5)


def per_unit(above: Floats, below: Floats, treated: Mask) -> Floats:
    """What a unit adds to the ratio of its arm, linearized."""
    adds = np.zeros(len(above))
    for arm in (treated, ~treated):
        ratio = above[arm].mean() / below[arm].mean()
        adds[arm] = (above[arm] - ratio * below[arm]) / below[arm].mean()
    return adds


def test_arms_of_one_size_and_shares_are_not_looked_at(ratio: Load) -> None:
    assert found(ratio, 0.5)[0] == {}
    assert ("treatment", "activated") not in found(ratio, 0.1)[0]


def test_means_and_ratios_are_as_skewed_as_their_rows_say(ratio: Load) -> None:
    skewed, rows = found(ratio, 0.1)
    treated = (rows["variant"] == "treatment").to_numpy()
    assert skewed["treatment", "revenue"] == pytest.approx(expected(rows["revenue"].to_numpy(), treated))
    adds = per_unit(rows["orders"].to_numpy(), rows["sessions"].to_numpy(), treated)
    assert skewed["treatment", "orders_per_session"] == pytest.approx(expected(adds, treated))


def test_what_was_adjusted_is_as_skewed_as_what_is_left(ratio: Load) -> None:
    skewed, rows = found(ratio, 0.1, covariates=["pre_revenue"])
    treated = (rows["variant"] == "treatment").to_numpy()
    both = np.cov(rows["revenue"], rows["pre_revenue"])
    left = rows["revenue"] - both[0, 1] / both[1, 1] * rows["pre_revenue"]
    assert skewed["treatment", "revenue"] == pytest.approx(expected(left.to_numpy(), treated))


def test_a_share_that_is_adjusted_is_looked_at_as_the_mean_it_is(ratio: Load) -> None:
    assert ("treatment", "activated") in found(ratio, 0.2, covariates=["pre_revenue"])[0]
    assert ("treatment", "activated") not in found(ratio, 0.2)[0]


def test_what_does_not_vary_is_not_skewed() -> None:
    assert of_difference((Moments(50, 1.0, 0.0), 0.0), (Moments(20, 1.0, 0.0), 0.0)) == 0


def test_every_treatment_is_looked_at(supplied: Load) -> None:
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
    skewed = skewness(*arguments, observe(*arguments))
    for treatment in ("blue", "green"):
        pair = (variant == "control") | (variant == treatment)
        treated = variant[pair] == treatment
        assert skewed[treatment, "revenue"] == pytest.approx(expected(revenue[pair], treated))


def test_clusters_are_looked_at_as_one_each(ratio: Load) -> None:
    skewed, rows = found(ratio, 0.1, cluster="account")
    sums = rows.groupby(["variant", "cluster_id"])[["orders", "sessions"]].sum().reset_index()
    treated = (sums["variant"] == "treatment").to_numpy()
    adds = per_unit(sums["orders"].to_numpy(), sums["sessions"].to_numpy(), treated)
    assert skewed["treatment", "orders_per_session"] == pytest.approx(expected(adds, treated))


def test_the_skewness_is_that_of_many_differences() -> None:
    """The formula against 40,000 differences of means of 20 and 200 exponential values."""
    generator = np.random.default_rng(1)
    few, many = (generator.exponential(1.0, (40_000, n)).mean(axis=1) for n in (20, 200))
    large = moments(generator.exponential(1.0, 100_000))
    told = of_difference(
        (type(large)(200, large.mean, large.variance), 2.0),
        (type(large)(20, large.mean, large.variance), 2.0),
    )
    assert told == pytest.approx(float(skew(few - many)), abs=0.04)
    assert told > 0.3
