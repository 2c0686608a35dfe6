"""Other experiments on the same units are found, whatever the metric and the unit."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from helpers import experiments
from helpers.experiments.trust.interference import interaction, overlaps
from helpers.experiments.verdict.readout import Readout, read
from helpers.findings import NoData
from helpers.stats import Moments, two_sided_p

from ..conftest import Load, protocol

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
    (pair,) = overlaps(protocol(**PLAN), tables["assignments"], tables["outcomes"])
    own, theirs = (assignments.query("experiment == @name")["variant"].to_numpy() for name in EXPERIMENTS)
    total, variance = 0.0, 0.0
    for mine, other, sign in SIGNS:
        rows = outcomes[(own == mine) & (theirs == other)]
        value = rows["orders"].mean() / rows["sessions"].mean()
        total += sign * value
        variance += (
            (rows["orders"] - value * rows["sessions"]).var() / rows["sessions"].mean() ** 2 / len(rows)
        )
    (one,) = pair.interactions
    assert (one.difference.value, one.difference.se) == pytest.approx((total, variance**0.5), rel=1e-9)
    assert pair.clear == (one,)


def test_units_of_an_excluded_experiment_are_found_though_its_clusters_are_not_tested(ratio: Load) -> None:
    assignments, outcomes = beside()
    tables = ratio(assignments=assignments, outcomes=outcomes)
    plan = protocol(**PLAN, cluster="account", exclusive_with=["home_feed"])
    found = read(plan, **tables)
    (pair,) = found.diagnostics.overlaps
    assert (pair.shared, pair.p_independent, pair.interactions) == (2000, None, ())
    assert found.verdict.decision == "No verdict"
    (check,) = [check for check in found.checks if check.key == "kept_apart"]
    assert check.severity == "stop"
    assert check.text.startswith("2,000 users are also in home_feed, which the protocol excludes. Whether")
    (agreement,) = [check for check in found.checks if check.key == "protocol"]
    assert "2,000 users also in home_feed, which it excludes" in agreement.text


def test_an_experiment_of_three_variants_may_lean_on_this_one_too(ratio: Load) -> None:
    assignments, outcomes = beside(variants=3)
    tables = ratio(assignments=assignments, outcomes=outcomes)
    (fair,) = overlaps(protocol(**PLAN), tables["assignments"], tables["outcomes"])
    assert fair.p_independent is not None
    assert fair.p_independent > 0.001
    other = assignments["experiment"] == "home_feed"
    treated = assignments.loc[~other, "variant"].to_numpy() == "treatment"
    assignments.loc[other, "variant"] = np.where(treated, "third", assignments.loc[other, "variant"])
    tables = ratio(assignments=assignments, outcomes=outcomes)
    (leaning,) = overlaps(protocol(**PLAN), tables["assignments"], tables["outcomes"])
    assert leaning.p_independent is not None
    assert leaning.p_independent < 1e-9
    assert [one.treatment for one in leaning.interactions] == []


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
    (pair,) = read(protocol(guard_rails=[]), **tables).diagnostics.overlaps
    (one,) = pair.interactions
    found = one.difference
    assert found.value == pytest.approx(-0.02, abs=1e-12)
    error = 0.01978383178254405 * (1000 / 999) ** 0.5
    assert found.se == pytest.approx(error, rel=1e-9)
    assert found.p == pytest.approx(two_sided_p(-1.0109265090722555 * (999 / 1000) ** 0.5), rel=1e-9)
    assert found.p == pytest.approx(0.31205160520215636, abs=3e-4)


def dated(first: str | None) -> pd.Series:
    """Five days of assignment of 2,000 units from the first one on; none where it is not known."""
    return pd.Series(pd.Timestamp(first or "NaT") + pd.to_timedelta(np.arange(2000) % 5, "D"))


@pytest.mark.parametrize(
    ("theirs", "concurrent"),
    [("2024-01-10", False), ("2026-07-01", False), ("2026-07-02", True), ("2026-07-11", False), (None, True)],
)
def test_only_experiments_that_assigned_on_the_same_days_are_looked_at(
    ratio: Load, theirs: str | None, concurrent: bool
) -> None:
    assignments, outcomes = beside()
    own = assignments["experiment"] == "checkout"
    assignments = assignments.assign(
        assigned_at=np.where(own, np.tile(dated("2026-07-06"), 2), np.tile(dated(theirs), 2))
    ).astype({"assigned_at": "datetime64[us]"})
    tables = ratio(assignments=assignments, outcomes=outcomes)
    found = read(protocol(**PLAN, exclusive_with=["home_feed"]), **tables)
    (check,) = [check for check in found.checks if check.key == "kept_apart"]
    assert check.passed != concurrent
    assert [pair.other for pair in found.diagnostics.overlaps] == ["home_feed"] * concurrent
    if not concurrent:
        assert check.text == "No unit is in home_feed at the same time, as the protocol asks."
        with pytest.raises(NoData, match="No experiment of the same days"):
            experiments.interactions(found)


def test_an_experiment_without_dates_is_concurrent_with_all(ratio: Load) -> None:
    assignments, outcomes = beside()
    own = assignments["experiment"] == "checkout"
    assignments["assigned_at"] = pd.Timestamp("2024-01-10")
    assignments.loc[own, "assigned_at"] = pd.NaT
    tables = ratio(assignments=assignments, outcomes=outcomes)
    (pair,) = overlaps(protocol(**PLAN), tables["assignments"], tables["outcomes"])
    assert pair.other == "home_feed"


def test_earlier_experiments_do_not_widen_the_intervals_of_concurrent_ones(ratio: Load) -> None:
    assignments, outcomes = beside()
    assignments["assigned_at"] = pd.Timestamp("2026-07-06")
    theirs = assignments[assignments["experiment"] == "home_feed"]
    earlier = [
        theirs.assign(experiment=f"old_{at}", assigned_at=pd.Timestamp("2024-01-10")) for at in range(3)
    ]
    levels = []
    for frame in (assignments, pd.concat([assignments, *earlier])):
        tables = ratio(assignments=frame, outcomes=outcomes)
        (pair,) = overlaps(protocol(**PLAN), tables["assignments"], tables["outcomes"])
        levels.append(pair.interactions[0].difference.level)
    assert levels == [0.95, 0.95]


def three(load: Load) -> Readout:
    """Another experiment turns the effect of green round, and leaves that of blue alone."""
    generator = np.random.default_rng(8)
    ids = [f"u{at}" for at in range(9000)]
    own = np.array(["control", "blue", "green"])[generator.integers(0, 3, 9000)]
    theirs = np.array(["control", "treatment"])[generator.integers(0, 2, 9000)]
    green, treated = own == "green", theirs == "treatment"
    activated = generator.random(9000) < 0.3 + 0.15 * (green & ~treated) - 0.1 * (green & treated)
    tables = load(
        assignments=pd.concat(
            pd.DataFrame({"experiment": name, "unit_id": ids, "variant": variant})
            for name, variant in (("checkout", own), ("home_feed", theirs))
        ),
        outcomes=pd.DataFrame({"unit_id": ids, "activated": activated}),
    )
    plan = protocol(variants={"control": 1, "blue": 1, "green": 1}, guard_rails=[], planned_sample=100)
    return read(plan, **tables)


def test_the_treatment_that_another_experiment_turns_round_is_named(supplied: Load) -> None:
    found = three(supplied)
    (pair,) = found.diagnostics.overlaps
    assert [one.treatment for one in pair.interactions] == ["blue", "green"]
    assert [one.treatment for one in pair.clear] == ["green"]
    assert {one.difference.level for one in pair.interactions} == {0.975}
    (check,) = [check for check in found.checks if check.key == "overlap_home_feed"]
    assert check.severity == "warn"
    assert "Activation differs under green by +" in check.text
    assert "under blue" not in check.text
    sheet = experiments.interactions(found)
    assert sheet.title == "home_feed changes what green does"
    assert [row[0] for row in sheet.rows] == [
        "home_feed: blue with treatment",
        "home_feed: green with treatment",
    ]


def test_each_treatment_of_the_other_experiment_is_compared_with_its_control(ratio: Load) -> None:
    assignments, outcomes = beside(variants=3)
    tables = ratio(assignments=assignments, outcomes=outcomes)
    (pair,) = overlaps(protocol(**PLAN), tables["assignments"], tables["outcomes"])
    assert [list(one.under) for one in pair.interactions] == [["control", "third"], ["control", "treatment"]]
    assert {one.difference.level for one in pair.interactions} == {0.975}
    assert len(pair.clear) == 2


def test_a_broken_protocol_of_another_experiment_does_not_stop_this_one(ratio: Load, tmp_path: Path) -> None:
    assignments, outcomes = beside()
    tables = ratio(assignments=assignments, outcomes=outcomes)
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments/home_feed.yaml").write_text("id: [", encoding="utf-8")
    (pair,) = overlaps(protocol(**PLAN), tables["assignments"], tables["outcomes"])
    assert [list(one.under) for one in pair.interactions] == [["control", "treatment"]]


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


def test_a_stray_variant_of_another_experiment_leaves_its_control_in_place(
    supplied: Load, tmp_path: Path
) -> None:
    """By its protocol `old` is the control, though `new` comes first in the alphabet."""
    cells = dict(zip([(mine, other) for mine, other, _ in SIGNS], (500, 300, 300, 300), strict=True))
    assignments, outcomes = four_of(cells, 1000)
    theirs = assignments["experiment"] == "home_feed"
    names = {"control": "old", "treatment": "new"}
    assignments.loc[theirs, "variant"] = assignments.loc[theirs, "variant"].map(names)
    assignments.loc[assignments.index[theirs & (assignments.index % 1000 == 0)], "variant"] = "a test"
    (tmp_path / "experiments").mkdir()
    plan = protocol(id="home_feed", variants={"old": 1, "new": 1}, control="old", guard_rails=[])
    (tmp_path / "experiments/home_feed.yaml").write_text(yaml.safe_dump(plan.model_dump(mode="json")))
    tables = supplied(assignments=assignments, outcomes=outcomes)
    (pair,) = overlaps(protocol(guard_rails=[]), tables["assignments"], tables["outcomes"])
    (one,) = pair.interactions
    assert list(one.under) == ["old", "new"]
    assert one.difference.value == pytest.approx(0.2, abs=0.01)
    assert pair.p_independent is not None
    assert pair.p_independent > 0.001


@pytest.mark.parametrize(("fewest", "told"), [(29, False), (30, True)])
def test_an_interaction_is_told_from_thirty_units_in_each_group(fewest: int, told: bool) -> None:
    sizes = {("control", "treatment"): 500, ("control", "control"): 500, ("treatment", "control"): 500}
    four = {key: Moments(n, 1.0, 1.0) for key, n in sizes.items()}
    four["treatment", "treatment"] = Moments(fewest, 2.0, 1.0)
    own = other = ("control", "treatment")
    assert (interaction(four, own, other, 0.95) is not None) == told
