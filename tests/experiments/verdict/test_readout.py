"""The whole readout, and the verdicts on the sample company."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers import experiments, sample, sources, style
from helpers.experiments.findings import verdict_findings
from helpers.experiments.observations.unit_tables import observe
from helpers.experiments.protocol import Protocol
from helpers.experiments.verdict.readout import Readout, conclude, read
from helpers.sources import LoadedTable

from ..conftest import ROOT, Load, observed, protocol

SAMPLE = {
    "checkout_one_step": "Ship",
    "shorter_signup": "Do not ship",
    "annual_plan_first": "No verdict",
    "onboarding_checklist": "Do not ship",
    "search_ranking": "No verdict",
    "home_feed": "No verdict",
    "pricing_page": "Ship",
}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, ""),
        (
            {"revenue": [np.nan, *range(399)]},
            "revenue not adjusted by pre_orders (missing for 1 of 400 users)",
        ),
        (
            {"pre_orders": [3] * 400},
            "revenue, orders and activated not adjusted by pre_orders (no variation)",
        ),
        (
            {"activated": [True] * 40 + [False] * 360},
            "activated not adjusted by pre_orders (fewer than 30 users with or without in a variant)",
        ),
        (
            {"pre_orders": [1e200 * at for at in range(400)]},
            "revenue, orders and activated not adjusted by pre_orders (values too large to have a variance)",
        ),
    ],
)
def test_an_adjustment_that_was_planned_and_not_made_is_a_departure(
    supplied: Load, change: dict[str, Any], reason: str
) -> None:
    ids, generator = [f"u{at}" for at in range(400)], np.random.default_rng(5)
    before = generator.normal(10, 3, 400)
    outcomes = {
        "unit_id": ids,
        "revenue": before + generator.normal(0, 1, 400),
        "orders": generator.poisson(2, 400),
        "activated": generator.random(400) < 0.5,
        "pre_orders": before,
    }
    tables = supplied(
        assignments=pd.DataFrame(
            {"experiment": "checkout", "unit_id": ids, "variant": ["control", "treatment"] * 200}
        ),
        outcomes=pd.DataFrame({**outcomes, **change}),
    )
    plan = protocol(
        primary="revenue",
        guard_rails=[{"metric": "orders", "margin": 1}],
        secondary=["activated"],
        covariates=["pre_orders"],
    )
    check = next(one for one in read(plan, **tables).checks if one.key == "protocol")
    assert check.passed == (not reason)
    assert reason in check.text


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("company")
    names = ("assignments", "outcomes", "totals")
    sample.write(folder, as_of=date(2026, 11, 22), tables=names)
    declared = "".join(f"  {name}: {{path: {name}.parquet}}\n" for name in names)
    (folder / "sources.yaml").write_text(f"tables:\n{declared}", encoding="utf-8")
    for name in ("metrics.yaml", "project.yaml"):
        (folder / name).write_text((ROOT / "params" / name).read_text(encoding="utf-8"), encoding="utf-8")
    return str(folder)


@pytest.fixture
def tables(company: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[LoadedTable]]:

    monkeypatch.setenv("QUARTERDECK_PARAMS", company)
    return lambda: [sources.load(name) for name in ("assignments", "outcomes", "totals")]


@pytest.mark.parametrize(
    "design", [{"design": "sequential"}, {"design": "group-sequential", "looks": ["2026-07-14"]}]
)
def test_a_sample_experiment_that_stops_early_states_what_that_exaggerates(
    tables: Callable[[], list[LoadedTable]], design: dict[str, object]
) -> None:
    assignments, outcomes, _ = tables()
    shipped = experiments.load_protocol("checkout_one_step", ROOT / "params")
    plan = Protocol.model_validate({**shipped.model_dump(), **design, "planned_sample": 40_000})
    observed = observe(plan, assignments, outcomes)
    looks = [conclude(plan, observed.until(week[-1])) for week in observed.weeks]
    first = next(look for look in looks if look.verdict.decision == "Ship")
    assert first.exaggeration is not None
    assert 0 < first.exaggeration.corrected < first.exaggeration.observed * (1 + 1e-9)
    sentence = verdict_findings(first)[0].text.sentence
    assert "too far from zero on average; corrected" in sentence
    assert style.change(first.exaggeration.corrected, "share", 1) in sentence


def test_every_story_of_the_sample_company_gets_its_verdict(tables: Callable[[], list[LoadedTable]]) -> None:
    loaded = tables()
    for experiment, expected in SAMPLE.items():
        plan = experiments.load_protocol(experiment, ROOT / "params")
        found = experiments.read(plan, *loaded)
        assert found.verdict.decision == expected, experiment


def late(load: Load, **changes: Any) -> Readout:
    """2,000 sound units of 20 days, then what is added to the tables after the planned end, 25 July."""
    generator = np.random.default_rng(11)
    at = np.arange(2000)
    units = pd.DataFrame(
        {
            "unit_id": [f"u{each}" for each in at],
            "experiment": "checkout",
            "variant": np.where(at % 2, "treatment", "control"),
            "assigned_at": pd.Timestamp("2026-07-06 09:00") + pd.to_timedelta(at // 100, "D"),
            "cluster_id": [f"c{each}" for each in at],
        }
    )
    outcomes = pd.DataFrame({"unit_id": units["unit_id"], "activated": generator.random(2000) < 0.4})
    outcomes["activated"] |= (at % 2 == 1) & (generator.random(2000) < 0.2)
    change = changes.pop("change")
    units, outcomes = change(units, outcomes)
    plan = protocol(guard_rails=[], end="2026-07-25", planned_sample=2000, **changes)
    return read(plan, **load(assignments=units, outcomes=outcomes))


def rolled_out(units: pd.DataFrame, outcomes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Everyone gets the treatment after the test."""
    again = units.assign(variant="treatment", assigned_at=pd.Timestamp("2026-08-01"))
    return pd.concat([units, again]), outcomes


def whole_groups(units: pd.DataFrame, outcomes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Groups of ten, whole, after the test."""
    ids = [f"v{at}" for at in range(2000)]
    groups = [f"g{at // 10}" for at in range(2000)]
    more = units.assign(unit_id=ids, cluster_id=groups, assigned_at=pd.Timestamp("2026-08-01"))
    more["variant"] = np.where(np.arange(2000) // 10 % 2, "treatment", "control")
    return pd.concat([units, more]), outcomes


def another_test(units: pd.DataFrame, outcomes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """An experiment on the same users that began when this one was over, though units still came."""
    other = units.assign(experiment="home_feed", assigned_at=pd.Timestamp("2026-07-28"))
    tail = units.iloc[:50].assign(
        unit_id=[f"w{at}" for at in range(50)], assigned_at=pd.Timestamp("2026-07-29")
    )
    return pd.concat([units, other, tail]), outcomes


def measured_at_the_end(units: pd.DataFrame, outcomes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Units assigned later were measured on the same day as all others, before they came."""
    ids = [f"w{at}" for at in range(500)]
    more = units.iloc[:500].assign(unit_id=ids, assigned_at=pd.Timestamp("2026-08-20"))
    both = pd.concat([units, more])
    known = pd.DataFrame({"unit_id": ids, "activated": outcomes["activated"].iloc[:500].to_numpy()})
    return both, pd.concat([outcomes, known]).assign(measured_at=pd.Timestamp("2026-08-05"))


@pytest.mark.parametrize("change", [rolled_out, whole_groups, another_test, measured_at_the_end])
@pytest.mark.parametrize("exclusive", [[], ["home_feed"]])
def test_what_came_after_the_plan_stops_no_verdict(
    supplied: Load, change: Callable[..., Any], exclusive: list[str]
) -> None:
    found = late(supplied, change=change, exclusive_with=exclusive)
    assert not [check.text for check in found.checks if check.severity == "stop"]
    assert found.verdict.decision == "Ship"
    assert found.assigned == 2000


def test_a_test_whose_units_all_came_after_its_end_has_no_verdict(supplied: Load) -> None:
    def years_late(units: pd.DataFrame, outcomes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        return units.assign(assigned_at=units["assigned_at"] + pd.Timedelta(days=365)), outcomes

    found = late(supplied, change=years_late)
    assert found.verdict.decision == "No verdict"
    assert "no unit was assigned until the planned end, 25 Jul 2026" in found.verdict.sentence


def test_an_outcome_of_the_day_of_assignment_is_not_early(supplied: Load) -> None:
    def same_day(units: pd.DataFrame, outcomes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        return units, outcomes.assign(measured_at=units["assigned_at"].dt.floor("D"))

    found = late(supplied, change=same_day)
    assert found.observed.early == 0


def test_a_clock_that_is_wrong_ends_no_test(supplied: Load) -> None:
    def of_2099(units: pd.DataFrame, outcomes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        measured = pd.Series(pd.Timestamp("2026-07-22"), index=outcomes.index)
        measured.iloc[7] = pd.Timestamp("2099-01-01")
        kept = units["assigned_at"] < pd.Timestamp("2026-07-20")
        return units[kept], outcomes.assign(measured_at=measured)[kept.to_numpy()]

    found = late(supplied, change=of_2099)
    assert found.observed.known_until == date(2026, 7, 22)
    assert found.verdict.decision == "Keep running"


def test_days_followed_go_on_after_the_plan(supplied: Load) -> None:
    def another_later(units: pd.DataFrame, outcomes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        later = units.assign(experiment="other", assigned_at=pd.Timestamp("2026-08-24"))
        more = units.iloc[:9].assign(unit_id=[f"w{at}" for at in range(9)])
        return pd.concat([units, later, more.assign(assigned_at=pd.Timestamp("2026-07-30"))]), outcomes

    found = late(supplied, change=another_later)
    assert found.observed.beyond == 9
    (check,) = [one for one in found.checks if one.key == "lasting"]
    assert "(30 to 49 days)" in check.text, check.text


def test_days_on_which_nobody_came_are_part_of_the_pace_of_an_open_test() -> None:
    plan, seen = protocol(guard_rails=[], planned_sample=8000), observed(days=10)
    assert conclude(plan, seen).outlook.days_left == 10
    idle = replace(seen, known_until=seen.days[-1] + timedelta(days=10))
    assert conclude(plan, idle).outlook.days_left == 20
