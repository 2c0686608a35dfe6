"""What comes out of the engine equals what the rows say; what cannot count is left out and told."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from helpers.experiments.observations.daily_totals import observe_totals
from helpers.experiments.observations.unit_tables import observe
from helpers.experiments.trust.interference import interaction, overlaps
from helpers.experiments.verdict.readout import read
from helpers.findings import NoData
from helpers.records import SettingsError
from helpers.stats import Moments

from ..conftest import Load, observed, protocol


def units(count: int = 400, seed: int = 1, experiment: str = "checkout") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Assignments over ten days and their outcomes."""
    generator = np.random.default_rng(seed)
    ids = [f"u{n}" for n in range(count)]
    days = generator.integers(0, 10, count)
    assignments = pd.DataFrame(
        {
            "experiment": experiment,
            "unit_id": ids,
            "variant": generator.choice(["control", "treatment"], count),
            "assigned_at": pd.Timestamp("2026-07-06") + pd.to_timedelta(days, "D"),
        }
    )
    outcomes = pd.DataFrame(
        {
            "experiment": experiment,
            "unit_id": ids,
            "activated": generator.random(count) < 0.4,
            "revenue": generator.gamma(2, 10, count),
            "pre_orders": generator.integers(0, 4, count),
        }
    )
    return assignments, outcomes


def test_moments_equal_those_of_the_rows(supplied: Load) -> None:
    assignments, outcomes = units()
    tables = supplied(assignments=assignments, outcomes=outcomes)
    found = observe(protocol(), tables["assignments"], tables["outcomes"])
    rows = assignments.merge(outcomes, on="unit_id")
    for arm in ("control", "treatment"):
        part = rows[rows["variant"] == arm]
        assert found.assigned(arm) == found.followed(arm) == len(part)
        assert found.moments(arm, "activated").successes == part["activated"].sum()
        assert found.moments(arm, "revenue").mean == pytest.approx(part["revenue"].mean(), rel=1e-12)
        assert found.moments(arm, "revenue").variance == pytest.approx(part["revenue"].var(), rel=1e-9)
    assert found.shares == {"activated"}
    assert found.metrics == ("activated", "revenue")


def test_what_was_known_by_a_day_is_that_of_the_units_until_then(supplied: Load) -> None:
    assignments, outcomes = units()
    tables = supplied(assignments=assignments, outcomes=outcomes)
    found = observe(protocol(), tables["assignments"], tables["outcomes"]).until(date(2026, 7, 9))
    early = assignments[assignments["assigned_at"] < "2026-07-10"]
    assert sum(found.assigned(arm) for arm in found.variants) == len(early)


def test_days_are_known_on_which_nobody_was_assigned_to_this_experiment(supplied: Load) -> None:
    assignments, outcomes = units()
    other, other_outcomes = units(20, seed=2, experiment="home_feed")
    both = pd.concat([assignments, other.assign(assigned_at=pd.Timestamp("2026-08-01"))])
    outcomes = pd.concat([outcomes, other_outcomes])
    measured = outcomes.assign(measured_at=pd.Timestamp("2026-08-20 12:00"))
    measured.loc[3, "measured_at"] = pd.NaT
    for assigned, followed, until in (
        (both, outcomes, date(2026, 8, 1)),
        (both, measured, date(2026, 8, 20)),
        (both.drop(columns="assigned_at"), outcomes, None),
    ):
        tables = supplied(assignments=assigned, outcomes=followed)
        assert observe(protocol(), tables["assignments"], tables["outcomes"]).known_until == until


def test_a_look_knows_of_no_day_after_it() -> None:
    seen = observed(days=10, known_until=date(2026, 8, 1))
    assert seen.on(seen.days[:3]).known_until == date(2026, 8, 1)
    assert seen.until(date(2026, 7, 9)).known_until == date(2026, 7, 9)
    assert observed(days=10).until(date(2026, 7, 9)).known_until is None


def test_units_in_two_variants_are_left_out(supplied: Load) -> None:
    assignments, outcomes = units()
    other = assignments.head(7).assign(
        variant=lambda rows: rows["variant"].map({"control": "treatment", "treatment": "control"})
    )
    tables = supplied(assignments=pd.concat([assignments, other]), outcomes=outcomes)
    found = observe(protocol(), tables["assignments"], tables["outcomes"])
    assert found.crossed == 7
    assert sum(found.assigned(arm) for arm in found.variants) == 393


def test_outcomes_that_are_missing_do_not_count(supplied: Load) -> None:
    assignments, outcomes = units(10)
    outcomes = outcomes.head(8)
    outcomes.loc[0, "revenue"] = np.nan
    tables = supplied(assignments=assignments, outcomes=outcomes)
    found = observe(protocol(), tables["assignments"], tables["outcomes"])
    arms = ("control", "treatment")
    assert sum(found.assigned(arm) for arm in arms) == 10
    assert sum(found.followed(arm) for arm in arms) == 8
    assert sum(found.moments(arm, "revenue").n for arm in arms) == 7


def test_other_experiments_do_not_count_but_shared_units_are_told(supplied: Load) -> None:
    assignments, outcomes = units()
    other, other_outcomes = units(200, seed=2, experiment="home_feed")
    tables = supplied(
        assignments=pd.concat([assignments, other]), outcomes=pd.concat([outcomes, other_outcomes])
    )
    plan = protocol(exclusive_with=["home_feed"])
    found = observe(plan, tables["assignments"], tables["outcomes"])
    assert sum(found.assigned(arm) for arm in found.variants) == 400
    (pair,) = overlaps(plan, tables["assignments"], tables["outcomes"])
    assert (pair.other, pair.shared) == ("home_feed", 200)
    assert pair.p_independent is not None
    assert 0 < pair.p_independent <= 1
    assert [list(one.under) for one in pair.interactions] == [["control", "treatment"]]


def test_the_interaction_equals_that_of_least_squares(supplied: Load) -> None:
    assignments, outcomes = units(600)
    other = assignments.assign(
        experiment="home_feed", variant=np.random.default_rng(3).permutation(assignments["variant"])
    )
    tables = supplied(
        assignments=pd.concat([assignments, other]), outcomes=outcomes.drop(columns="experiment")
    )
    plan = protocol(primary="revenue", guard_rails=[])
    (pair,) = overlaps(plan, tables["assignments"], tables["outcomes"])
    one = (assignments["variant"] == "treatment").to_numpy(float)
    two = (other["variant"] == "treatment").to_numpy(float)
    design = np.column_stack([np.ones(600), one, two, one * two])
    fitted = np.linalg.lstsq(design, outcomes["revenue"].to_numpy(), rcond=None)[0]
    (one_here,) = pair.interactions
    assert one_here.difference.value == pytest.approx(fitted[3], rel=1e-9)


def test_the_published_two_by_two_table() -> None:
    means = {("c", "c"): 0.10, ("t", "c"): 0.12, ("c", "t"): 0.11, ("t", "t"): 0.11}
    four = {groups: Moments(1000, mean, mean * (1 - mean) * 1000 / 999) for groups, mean in means.items()}
    found = interaction(four, ("c", "t"), ("c", "t"), 0.95)
    assert found is not None
    assert found.difference.value == pytest.approx(-0.02)
    assert found.difference.se == pytest.approx(0.01978383178254405, rel=1e-3)
    assert found.difference.p == pytest.approx(0.31205160520215636, rel=2e-3)


def test_without_dates_there_is_one_cell_a_variant(supplied: Load) -> None:
    assignments, outcomes = units()
    tables = supplied(assignments=assignments.drop(columns="assigned_at"), outcomes=outcomes)
    found = observe(protocol(), tables["assignments"], tables["outcomes"])
    assert len(found.variant) == 2
    assert found.days == found.weeks == ()


def test_an_experiment_without_units_has_no_data(supplied: Load) -> None:
    assignments, outcomes = units()
    tables = supplied(assignments=assignments, outcomes=outcomes)
    with pytest.raises(NoData, match="other"):
        observe(protocol(id="other"), tables["assignments"], tables["outcomes"])


def totals(rows: list[tuple[str, str, int, int, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["variant", "metric", "day", "numerator", "denominator"])
    dates = [date(2026, 7, day) for day in frame["day"]]
    return frame.assign(experiment="checkout", date=dates).drop(columns="day")


def test_a_day_that_one_arm_lacks_counts_for_neither(supplied: Load) -> None:
    rows = [
        ("control", "activated", 1, 10, 100),
        ("treatment", "activated", 1, 12, 100),
        ("control", "activated", 2, 90, 100),
        ("control", "activated", 3, 11, 100),
        ("treatment", "activated", 3, 14, 100),
    ]
    found = observe_totals(protocol(), supplied(totals=totals(rows))["totals"])
    assert found.moments("control", "activated").successes == 21
    assert found.moments("treatment", "activated").successes == 26
    assert found.assigned("control") == found.assigned("treatment") == 200


def test_totals_of_other_experiments_tell_how_far_the_days_are_known(supplied: Load) -> None:
    rows = [("control", "activated", 1, 10, 100), ("treatment", "activated", 1, 12, 100)]
    later = totals([("control", "activated", 9, 10, 100)]).assign(experiment="home_feed")
    found = observe_totals(protocol(), supplied(totals=pd.concat([totals(rows), later]))["totals"])
    assert (found.days[-1], found.known_until) == (date(2026, 7, 1), date(2026, 7, 9))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("control", "activated", 1, 10, 100)], "lack treatment; they have control. Supply the rows"),
        (
            [("control", "activated", 1, 10, 100), ("treatment", "activated", 2, 12, 100)],
            "no day on which every variant knows a metric",
        ),
        (
            [("Control", "activated", 1, 10, 100), ("treatment", "activated", 1, 12, 100)],
            r'variant: \{from: …, map: \{"Control": control\}\} under totals',
        ),
    ],
)
def test_totals_that_compare_nothing_say_what_is_missing(
    supplied: Load, rows: list[tuple[str, str, int, int, int]], message: str
) -> None:
    tables = supplied(totals=totals(rows))
    with pytest.raises(SettingsError, match=message):
        observe_totals(protocol(), tables["totals"])
    with pytest.raises(NoData, match="There are no totals of the experiment other: check"):
        observe_totals(protocol(id="other"), tables["totals"])


def test_assignments_without_outcomes_say_that_outcomes_are_missing(supplied: Load) -> None:
    assignments, _ = units()
    with pytest.raises(SettingsError) as error:
        read(protocol(), **supplied(assignments=assignments))
    assert str(error.value) == (
        "The table outcomes is not supplied. The table totals is not supplied. The experiment checkout needs "
        "the assignments and outcomes of its units, or its daily totals. Declare them in sources.yaml."
    )


def test_more_successes_than_trials_are_refused(supplied: Load) -> None:
    rows = [("control", "activated", 1, 110, 100), ("treatment", "activated", 1, 12, 100)]
    tables = supplied(totals=totals(rows))
    with pytest.raises(ValueError, match="110 successes of 100 trials"):
        observe_totals(protocol(), tables["totals"])


@pytest.mark.parametrize(("days", "weeks"), [(7, [7]), (14, [7, 7]), (16, [7, 9]), (17, [7, 7, 3]), (2, [2])])
def test_days_are_grouped_by_sevens(days: int, weeks: list[int]) -> None:
    assert [len(week) for week in observed(days=days).weeks] == weeks
