"""Other experiments on the same units are found, whatever the metric and the unit."""

import numpy as np
import pandas as pd
import pytest

from helpers.experiments.interference import pairs
from helpers.experiments.readout import read
from helpers.stats import two_sided_p

from .conftest import Load, protocol

PLAN = {"primary": "orders_per_session", "guard_rails": [], "minimum_effect": 0.01, "planned_sample": 100}


EXPERIMENTS = ("checkout", "home_feed")
SIGNS = (
    ("treatment", "treatment", 1),
    ("control", "treatment", -1),
    ("treatment", "control", -1),
    ("control", "control", 1),
)


def beside(n: int = 2000, variants: int = 2) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Assignments of two experiments to the same units, and orders that both raise, but not together."""
    generator = np.random.default_rng(8)
    ids = [f"u{at}" for at in range(n)]
    treated = generator.integers(0, 2, n)
    theirs = generator.integers(0, variants, n)
    sessions = 1 + generator.poisson(3, n)
    orders = generator.binomial(sessions, 0.2 + 0.1 * (treated != (theirs > 0)))
    arms = np.array(["control", "treatment", "third"])
    assignments = pd.concat(
        pd.DataFrame({"experiment": name, "unit_id": ids, "variant": arms[which], "cluster_id": ids})
        for name, which in (("checkout", treated), ("home_feed", theirs))
    )
    return assignments, pd.DataFrame({"unit_id": ids, "orders": orders, "sessions": sessions})


def test_the_interaction_on_a_ratio_is_that_of_the_delta_method(ratio: Load) -> None:
    assignments, outcomes = beside()
    tables = ratio(assignments=assignments, outcomes=outcomes)
    (pair,) = pairs(protocol(**PLAN), tables["assignments"], tables["outcomes"])
    own, theirs = (assignments.query("experiment == @name")["variant"].to_numpy() for name in EXPERIMENTS)
    total, variance = 0.0, 0.0
    for mine, other, sign in SIGNS:
        rows = outcomes[(own == mine) & (theirs == other)]
        value = rows["orders"].mean() / rows["sessions"].mean()
        total += sign * value
        variance += (
            (rows["orders"] - value * rows["sessions"]).var() / rows["sessions"].mean() ** 2 / len(rows)
        )
    assert pair.interaction is not None
    assert (pair.interaction.value, pair.interaction.se) == pytest.approx((total, variance**0.5), rel=1e-9)
    assert pair.interacts


def test_units_of_an_excluded_experiment_are_found_though_its_clusters_are_not_tested(ratio: Load) -> None:
    assignments, outcomes = beside()
    tables = ratio(assignments=assignments, outcomes=outcomes)
    plan = protocol(**PLAN, cluster="account", exclusive_with=["home_feed"])
    found = read(plan, **tables)
    (pair,) = found.around.pairs
    assert (pair.shared, pair.p_independent, pair.interaction) == (2000, None, None)
    assert found.verdict.decision == "No verdict"
    (check,) = [check for check in found.checks if check.key == "kept_apart"]
    assert check.severity == "stop"
    assert check.text.startswith("2,000 users are also in home_feed, which the protocol excludes. Whether")
    (agreement,) = [check for check in found.checks if check.key == "protocol"]
    assert "2,000 users also in home_feed, which it excludes" in agreement.text


def test_an_experiment_of_three_variants_may_lean_on_this_one_too(ratio: Load) -> None:
    assignments, outcomes = beside(variants=3)
    tables = ratio(assignments=assignments, outcomes=outcomes)
    (fair,) = pairs(protocol(**PLAN), tables["assignments"], tables["outcomes"])
    assert fair.p_independent is not None
    assert fair.p_independent > 0.001
    other = assignments["experiment"] == "home_feed"
    treated = assignments.loc[~other, "variant"].to_numpy() == "treatment"
    assignments.loc[other, "variant"] = np.where(treated, "third", assignments.loc[other, "variant"])
    tables = ratio(assignments=assignments, outcomes=outcomes)
    (leaning,) = pairs(protocol(**PLAN), tables["assignments"], tables["outcomes"])
    assert leaning.p_independent is not None
    assert leaning.p_independent < 1e-9
    assert leaning.interaction is None


def four_of(successes: dict[tuple[str, str], int], n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two experiments on the same units: so many successes of n, by own variant and the other's."""
    rows = [(mine, other, at < hits) for (mine, other), hits in successes.items() for at in range(n)]
    own, theirs, activated = zip(*rows, strict=True)
    ids = [f"u{at}" for at in range(len(rows))]
    assignments = pd.concat(
        pd.DataFrame({"experiment": name, "unit_id": ids, "variant": which})
        for name, which in zip(EXPERIMENTS, (own, theirs), strict=True)
    )
    return assignments, pd.DataFrame({"unit_id": ids, "activated": activated})


def test_the_interaction_of_a_table_of_shares_equals_its_reference(supplied: Load) -> None:
    """The reference has the variance of the population, this that of the sample."""
    cells = dict(zip([(mine, other) for mine, other, _ in SIGNS], (110, 110, 120, 100), strict=True))
    assignments, outcomes = four_of(cells, 1000)
    tables = supplied(assignments=assignments, outcomes=outcomes)
    (pair,) = read(protocol(guard_rails=[]), **tables).around.pairs
    found = pair.interaction
    assert found is not None
    assert found.value == pytest.approx(-0.02, abs=1e-12)
    error = 0.01978383178254405 * (1000 / 999) ** 0.5
    assert found.se == pytest.approx(error, rel=1e-9)
    assert found.p == pytest.approx(two_sided_p(-1.0109265090722555 * (999 / 1000) ** 0.5), rel=1e-9)
    assert found.p == pytest.approx(0.31205160520215636, abs=3e-4)


def test_an_interaction_must_be_clearer_among_more_experiments(supplied: Load) -> None:
    """One of z = 2.2 is clear at 0.05, and is not at a third of it."""
    cells = dict(zip([(mine, other) for mine, other, _ in SIGNS], (100, 110, 120, 88), strict=True))
    assignments, outcomes = four_of(cells, 1000)
    at = np.arange(len(outcomes))
    unrelated = [
        pd.DataFrame(
            {
                "experiment": name,
                "unit_id": outcomes["unit_id"],
                "variant": np.where(at // every % 2, "treatment", "control"),
            }
        )
        for name, every in (("onboarding", 1), ("search", 2))
    ]
    found = []
    for others in ([], unrelated):
        tables = supplied(assignments=pd.concat([assignments, *others]), outcomes=outcomes)
        checks = {check.key: check for check in read(protocol(guard_rails=[]), **tables).checks}
        found.append(checks["overlap_home_feed"])
    alone, among = found
    assert (alone.passed, alone.severity) == (False, "warn")
    assert "the two changes act on each other" in alone.text
    assert among.passed
    assert "no interaction is clear" in among.text
