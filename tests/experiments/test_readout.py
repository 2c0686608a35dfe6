"""The whole readout: findings, what the charts say, and the verdicts on the sample company."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers import experiments, sample, sources, style
from helpers.experiments.gathering import observe
from helpers.experiments.observations import Cell, Observations
from helpers.experiments.protocol import Protocol
from helpers.experiments.readout import conclude, read
from helpers.findings import NoData
from helpers.sources import Table
from helpers.stats import anytime_critical

from .conftest import ROOT, START, Load, observed, protocol, share

SAMPLE = {
    "checkout_one_step": "Ship",
    "shorter_signup": "Do not ship",
    "annual_plan_first": "No verdict",
    "onboarding_checklist": "Do not ship",
    "search_ranking": "No verdict",
    "home_feed": "No verdict",
    "pricing_page": "Ship",
}


def test_findings_have_one_key_each_and_no_gap() -> None:
    found = conclude(protocol(), observed())
    told = experiments.results(found)
    keys = [finding.key for finding in told]
    assert len(set(keys)) == len(keys)
    assert keys[:5] == [
        "activated.difference",
        "activated@variant=treatment",
        "activated@variant=control",
        "activated.lift",
        "activated.p_value",
    ]
    assert all(finding.value is not None for finding in told)


def test_the_verdict_is_said_first_and_has_no_number() -> None:
    said, stake = experiments.said(conclude(protocol(), observed((800, 2000), (920, 2000))))
    assert (said.key, said.value, said.headline, said.text.value) == ("verdict", None, True, "Ship")
    assert (stake.key, stake.value, stake.headline) == ("verdict.stake", None, True)
    assert stake.text.value in stake.text.sentence


def test_the_first_words_say_whether_data_and_protocol_agree() -> None:
    agreed, _ = experiments.said(conclude(protocol(), observed(days=10)))
    assert agreed.text.sentence.startswith("Data and protocol agree. Ship: Activation is ")
    early, _ = experiments.said(conclude(protocol(start="2026-07-08", end="2026-07-09"), observed(days=10)))
    assert early.text.sentence.startswith(
        "Data depart from the protocol in 2 points: units from 6 Jul 2026, planned from 8 Jul 2026; units "
        "until 15 Jul 2026, planned until 9 Jul 2026. Ship: "
    )


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


def test_the_protocol_is_shown_as_it_was_agreed() -> None:
    plain = experiments.agreed(conclude(protocol(), observed()))
    assert plain.title == "Data and protocol agree: variants, split and primary metric are as planned"
    assert [name for name, _ in plain.rows] == [
        "Hypothesis",
        "Variants",
        "Unit",
        "Primary metric",
        "Smallest effect worth having",
        "Planned sample",
        "Reached",
        "Design",
        "Owner",
    ]
    dated = protocol(start="2026-07-06", end="2026-07-15", covariates=["pre_orders"], exclusive_with=["feed"])
    rows = experiments.agreed(conclude(dated, observed(days=10))).rows
    assert ("Planned dates", "6 Jul 2026 to 15 Jul 2026") in rows
    assert ("Adjusted by", "pre_orders") in rows
    assert ("Kept apart from", "feed") in rows


def test_the_difference_tells_both_arms_and_the_relative_change() -> None:
    told = experiments.results(conclude(protocol(), observed((800, 2000), (920, 2000))))[0]
    assert told.text.sentence.startswith("Activation is 46.0% with treatment and 40.0% with control, a rel")
    assert [one.key for one in experiments.results(conclude(protocol(), observed())) if one.headline] == [
        "activated.difference"
    ]


def test_an_untrusted_difference_is_never_called_an_effect() -> None:
    found = conclude(protocol(), observed((800, 2000), (900, 1600)))
    differences = [one for one in experiments.results(found) if one.key.endswith(".difference")]
    assert all("not to be read as an effect" in one.text.sentence for one in differences)
    assert not any(one.headline for one in differences)
    for shown in (experiments.arms(found), experiments.lifts(found), experiments.guard_rails(found)):
        assert shown.title == "Not to be read as an effect: a trust check failed"


def test_a_relative_effect_that_cannot_be_told_is_named() -> None:
    found = conclude(protocol(), observed(contacts=(0.001, 0.002)))
    lifts = experiments.lifts(found)
    assert [row.label for row in lifts.rows] == ["Activation"]
    assert lifts.note.endswith("Not estimable: Support contacts per unit; too near to zero to be divided by.")
    assert "Not estimable" not in experiments.lifts(conclude(protocol(), observed())).note


def test_before_its_planned_end_no_difference_is_called_an_effect_yet() -> None:
    early = conclude(protocol(planned_sample=8000), observed((800, 2000), (920, 2000), days=21))
    doubt = "Not to be read as an effect yet: the test has not come to its planned end"
    views = (experiments.arms, experiments.lifts, experiments.guard_rails, experiments.over_time)
    assert {view(early).title for view in views} == {doubt}
    assert not any(row.clear for row in experiments.lifts(early).rows)
    difference = experiments.results(early)[0]
    assert difference.headline
    assert difference.text.sentence.endswith(
        "not to be read as an effect yet: the test has not come to its planned end."
    )
    monitored = protocol(planned_sample=8000, design="sequential")
    assert (
        "higher with treatment"
        in experiments.arms(conclude(monitored, observed((800, 2000), (950, 2000)))).title
    )


def test_an_early_lead_that_did_not_last_is_called_so() -> None:
    cells = [
        Cell(arm, START + timedelta(days=day), 100, 100, {"activated": share(successes, 100)})
        for day in range(14)
        for arm, successes in (("control", 20 if day < 7 else 30), ("treatment", 30 if day < 7 else 20))
    ]
    plan = protocol(guard_rails=[], planned_sample=2800)
    course = experiments.over_time(conclude(plan, Observations.of(cells, {"activated"})))
    assert course.title == "An early effect on Activation did not last"
    assert len(course.series.points) == 2


def test_without_dates_the_course_says_why_it_is_absent() -> None:
    with pytest.raises(NoData, match="no dates"):
        experiments.over_time(conclude(protocol(), observed()))


def test_the_same_test_again_would_be_as_precise_as_this_one() -> None:
    found = conclude(protocol(), observed(days=28))
    model = experiments.plan(found)
    half, power, _, units, _ = model.measured
    assert found.primary is not None
    interval = found.primary.difference
    assert half == pytest.approx(100 * (interval.high - interval.low) / 2, rel=0.01)
    assert units == found.assigned
    assert 0 < power < 1


@pytest.mark.parametrize("days", [28, 30])
def test_more_weeks_move_the_end_and_the_measured_end_is_the_last_day(days: int) -> None:
    model = experiments.plan(conclude(protocol(), observed((840, 2100), (945, 2100), days=days)))
    end, units = model.outputs[-1], model.outputs[-2]
    assert (end.label, units.label) == ("Last day of assignment", "Users needed")
    last = START + timedelta(days=days - 1)
    assert model.at()[-1].text == style.day(last)
    assert model.at(length=8)[-1].text == style.day(last + timedelta(days=days))


def test_a_monitored_test_is_planned_with_its_own_boundary() -> None:
    seen = observed(days=28)
    fixed, sequential = (
        experiments.plan(conclude(protocol(design=design), seen)).measured
        for design in ("fixed-horizon", "sequential")
    )
    assert sequential[0] / fixed[0] == pytest.approx(anytime_critical(4000, 4000) / 1.959964, rel=1e-4)
    assert sequential[1] < fixed[1]


def test_without_dates_there_is_no_end_to_tell() -> None:
    labels = [output.label for output in experiments.plan(conclude(protocol(), observed())).outputs]
    assert "Last day of assignment" not in labels


def test_twice_the_length_narrows_the_interval_by_the_root_of_two() -> None:
    model = experiments.plan(conclude(protocol(), observed()))
    (half, *_), (twice, *_) = model.at(), model.at(length=2)
    assert half.value / twice.value == pytest.approx(2**0.5)


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
def tables(company: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Table]]:

    monkeypatch.setenv("QUARTERDECK_PARAMS", company)
    return lambda: [sources.load(name) for name in ("assignments", "outcomes", "totals")]


@pytest.mark.parametrize(
    "design", [{"design": "sequential"}, {"design": "group-sequential", "looks": ["2026-07-14"]}]
)
def test_a_sample_experiment_that_stops_early_states_what_that_exaggerates(
    tables: Callable[[], list[Table]], design: dict[str, object]
) -> None:
    assignments, outcomes, _ = tables()
    shipped = experiments.protocol("checkout_one_step", ROOT / "params")
    plan = Protocol.model_validate({**shipped.model_dump(), **design, "planned_sample": 40_000})
    observed = observe(plan, assignments, outcomes)
    looks = [conclude(plan, observed.until(week[-1])) for week in observed.weeks]
    first = next(look for look in looks if look.verdict.decision == "Ship")
    assert first.exaggeration is not None
    assert 0 < first.exaggeration.corrected < first.exaggeration.observed * (1 + 1e-9)
    sentence = experiments.said(first)[0].text.sentence
    assert "too far from zero on average; corrected" in sentence
    assert style.change(first.exaggeration.corrected, "share", 1) in sentence


def test_every_story_of_the_sample_company_gets_its_verdict(tables: Callable[[], list[Table]]) -> None:
    loaded = tables()
    for experiment, expected in SAMPLE.items():
        plan = experiments.protocol(experiment, ROOT / "params")
        found = experiments.read(plan, *loaded)
        assert found.verdict.decision == expected, experiment
