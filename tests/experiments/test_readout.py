"""The whole readout: findings, what the charts say, and the verdicts on the sample company."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportions_ztest

from helpers import experiments, sample, sources, style
from helpers.experiments.findings import effect_findings, verdict_findings
from helpers.experiments.observations.aggregates import Observations, VariantDay
from helpers.experiments.observations.unit_tables import observe
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust.checks import Diagnostics
from helpers.experiments.trust.interference import Interaction, Overlap
from helpers.experiments.verdict.readout import Readout, conclude, effects_at_looks, read, weekly_effects
from helpers.findings import NoData
from helpers.records import Finding
from helpers.sources import LoadedTable
from helpers.stats import Difference, Moments

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
    told = effect_findings(found)
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
    said, stake = verdict_findings(conclude(protocol(), observed((800, 2000), (920, 2000))))
    assert (said.key, said.value, said.headline, said.text.value) == ("verdict", None, True, "Ship")
    assert (stake.key, stake.value, stake.headline) == ("verdict.stake", None, True)
    assert stake.text.value in stake.text.sentence


def test_the_first_words_say_whether_data_and_protocol_agree() -> None:
    agreed, _ = verdict_findings(conclude(protocol(), observed(days=10)))
    assert agreed.text.sentence.startswith("Data and protocol agree. Ship: Activation is ")
    early, _ = verdict_findings(conclude(protocol(start="2026-07-08", end="2026-07-09"), observed(days=10)))
    assert early.text.sentence.startswith(
        "Data depart from the protocol in 3 points: units from 6 Jul 2026, planned from 8 Jul 2026; 2,400 "
        "users assigned after 9 Jul 2026, when the plan was met, are left out; 1,600 users at the planned "
        "end, 4,000 planned. Ship: "
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
    plain = experiments.protocol_table(conclude(protocol(), observed()))
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
    rows = experiments.protocol_table(conclude(dated, observed(days=10))).rows
    assert ("Planned dates", "6 Jul 2026 to 15 Jul 2026") in rows
    assert ("Adjusted by", "pre_orders") in rows
    assert ("Kept apart from", "feed") in rows


def test_of_three_variants_the_whole_protocol_is_shown_and_the_share_of_all_units() -> None:
    cells = [
        VariantDay(arm, START + timedelta(days=day), 100, 100, {"activated": share(got, 100)})
        for day in range(20)
        for arm, got in (("control", 40), ("blue", 40), ("green", 60))
    ]
    plan = protocol(variants={"control": 1, "blue": 1, "green": 1}, guard_rails=[], planned_sample=6000)
    found = conclude(plan, Observations.of(cells, {"activated"}))
    assert found.plan == plan
    rows = {row[0]: row[1] for row in experiments.protocol_table(found).rows}
    assert rows["Variants"] == "control 33%, blue 33%, green 33%"
    assert rows["Planned sample"] == "6,000 users"
    assert str(rows["Reached"]).startswith("6,000 users, ")
    assert str(rows["Design"]).startswith("fixed-horizon, alpha 5%")
    chart = experiments.split_over_time(found)
    assert chart.title == "Units were split as planned, 33% to green"
    for line in ("green", "planned"):
        assert chart.data[chart.data["group"] == line]["value"].tolist() == [pytest.approx(1 / 3)] * 3


def test_a_broken_split_of_three_variants_is_not_put_on_one() -> None:
    cells = [
        VariantDay(arm, START + timedelta(days=day), units, units, {"activated": share(40, units)})
        for day in range(20)
        for arm, units in (("control", 100), ("blue", 150), ("green", 125))
    ]
    plan = protocol(variants={"control": 1, "blue": 1, "green": 1}, guard_rails=[], planned_sample=7500)
    chart = experiments.split_over_time(conclude(plan, Observations.of(cells, {"activated"})))
    assert chart.title == "The variants got a share of units that chance does not explain"


def test_while_a_planned_guard_rail_is_not_measured_nothing_is_called_an_effect() -> None:
    rails = [{"metric": name, "margin": 0.05} for name in ("support_contacts", "revenue")]
    found = conclude(protocol(guard_rails=rails), observed((800, 2000), (920, 2000), days=20))
    caveat = "Not to be read as an effect: revenue was not measured"
    views = (
        experiments.primary_metric,
        experiments.relative_effects,
        experiments.guard_rails,
        experiments.effect_over_time,
    )
    assert {view(found).title for view in views} == {caveat}
    assert experiments.guard_rails(found).rows[0][-1] == "not read"
    assert not experiments.relative_effects(found).data["clear"].any()


@pytest.mark.parametrize("changes", [{"planned_sample": 8000}, {"variants": {"control": 1, "treatment": 2}}])
def test_another_experiment_is_not_said_to_change_an_effect_that_may_not_be_read(
    changes: dict[str, Any],
) -> None:
    under = {
        arm: Difference(value, 0.01, value - 0.02, value + 0.02, 0.95, 0.0, "Welch")
        for arm, value in (("control", 0.05), ("treatment", -0.03))
    }
    gap = Difference(-0.08, 0.014, -0.11, -0.05, 0.95, None, "Wald")
    diagnostics = Diagnostics((Overlap("banner", 4000, 0.5, (Interaction("treatment", under, gap),)),))
    seen = observed((800, 2000), (920, 2000))
    assert experiments.interactions(conclude(protocol(), seen, diagnostics)).title == (
        "banner changes what this experiment does"
    )
    found = conclude(protocol(**changes), seen, diagnostics)
    assert experiments.interactions(found).title == found.caveat != ""
    (check,) = [one for one in found.checks if one.key == "overlap_banner"]
    assert "effect" not in check.text


def test_the_difference_tells_both_arms_and_the_relative_change() -> None:
    told = effect_findings(conclude(protocol(), observed((800, 2000), (920, 2000))))[0]
    assert told.text.sentence.startswith("Activation is 46.0% with treatment and 40.0% with control, a rel")
    assert [one.key for one in effect_findings(conclude(protocol(), observed())) if one.headline] == [
        "activated.difference"
    ]


def test_an_adjusted_difference_is_called_so_beside_variants_as_measured(supplied: Load) -> None:
    generator, n = np.random.default_rng(6), 4000
    treated, ids = np.arange(n) % 2 == 1, [f"u{at}" for at in range(n)]
    before = generator.normal(10, 3, n) - 0.2 * treated
    active = generator.random(n) < np.clip(0.04 * before + 0.05 * treated, 0.02, 0.98)
    contacts = generator.poisson(np.maximum(before, 0) / 40).astype(float)
    tables = supplied(
        assignments=pd.DataFrame(
            {
                "experiment": "checkout",
                "unit_id": ids,
                "variant": np.where(treated, "treatment", "control"),
                "region": np.where(np.arange(n) % 4 < 2, "AMER", "EMEA"),
            }
        ),
        outcomes=pd.DataFrame(
            {"unit_id": ids, "activated": active, "support_contacts": contacts, "pre_revenue": before}
        ),
    )
    found = experiments.read(protocol(covariates=["pre_revenue"]), **tables)
    assert found.primary is not None
    raw = active[treated].mean() - active[~treated].mean()
    assert found.primary.difference.value - raw > 0.005
    difference, treatment, control, lift, published_p = effect_findings(found)[:5]
    assert (treatment.value, control.value) == pytest.approx(
        (active[treated].mean(), active[~treated].mean())
    )
    assert difference.text.sentence.startswith(
        f"Activation is {treatment.text.value} with treatment and {control.text.value} with control as "
        f"measured; adjusted by pre_revenue, the difference is {difference.text.value}, a relative change of"
    )
    assert difference.label == "Activation (adjusted), treatment less control"
    assert lift.text.sentence.startswith("Activation (adjusted): the relative effect")
    successes = [active[arm].sum() for arm in (treated, ~treated)]
    assert published_p.value == pytest.approx(proportions_ztest(successes, [n / 2, n / 2])[1])
    assert "by the test that write-ups print (pooled z test of the values as measured);" in (
        published_p.text.sentence
    )
    assert "Activation (adjusted) is between" in found.verdict.sentence
    shown = experiments.primary_metric(found)
    assert shown.heading.subtitle.endswith(", as measured; the difference is adjusted by pre_revenue")
    drawn = shown.data.set_index("group").loc["treatment"]
    assert (drawn["value"], drawn["low"], drawn["high"], drawn["n"]) == (
        found.primary.treatment.value,
        found.primary.treatment.low,
        found.primary.treatment.high,
        found.primary.treatment.n,
    )
    assert experiments.relative_effects(found).heading.subtitle.endswith(
        "per cent of control, adjusted by pre_revenue"
    )
    for sheet, column in ((experiments.all_metrics(found), 4), (experiments.guard_rails(found), 3)):
        assert all(str(row[column]).endswith(", adjusted") for row in sheet.rows)
        assert "Adjusted: by pre_revenue, known before the start" in sheet.note
    by_part = experiments.segment_effects(found).heading, experiments.segment_table(found)
    assert all(shown.subtitle.endswith(", adjusted by pre_revenue") for shown in by_part)
    rail = found.guard_rails[0]
    plain = replace(rail.effect, statistics=rail.effect.raw)
    mixed = replace(found, guard_rails=(replace(rail, effect=plain),))
    assert experiments.relative_effects(mixed).heading.subtitle.endswith(
        ", Activation adjusted by pre_revenue"
    )
    unadjusted = experiments.distributions(experiments.read(protocol(), **tables))
    assert unadjusted.columns[2].label == "Mean"
    assert experiments.distributions(found).columns[2].label == "Mean, not adjusted"


def test_without_covariates_nothing_is_called_adjusted() -> None:
    found = conclude(protocol(), observed((800, 2000), (920, 2000)))
    sheets = (experiments.all_metrics(found), experiments.guard_rails(found))
    told = [one.text.sentence for one in effect_findings(found)]
    told += [
        experiments.primary_metric(found).heading.subtitle,
        experiments.relative_effects(found).heading.subtitle,
        found.verdict.sentence,
    ]
    told += [f"{sheet.rows} {sheet.note}" for sheet in sheets]
    assert not any("djusted" in text for text in told)


def test_an_untrusted_difference_is_never_called_an_effect() -> None:
    found = conclude(protocol(), observed((800, 2000), (900, 1600)))
    differences = [one for one in effect_findings(found) if one.key.endswith(".difference")]
    assert all("not to be read as an effect" in one.text.sentence for one in differences)
    assert not any(one.headline for one in differences)
    for shown in (
        experiments.primary_metric(found),
        experiments.relative_effects(found),
        experiments.guard_rails(found),
    ):
        assert shown.title == "Not to be read as an effect: a trust check failed"


def test_a_guard_rail_has_no_result_while_its_difference_may_not_be_read() -> None:
    worse = (0.25, 0.40)
    untrusted = conclude(protocol(), observed((800, 2000), (900, 1600), contacts=worse))
    early = conclude(protocol(planned_sample=8000), observed((800, 2000), (920, 2000), contacts=worse))
    whole = conclude(protocol(), observed((800, 2000), (920, 2000), contacts=worse))
    results = [experiments.guard_rails(found).rows[0][-1] for found in (untrusted, early, whole)]
    assert results == ["not read", "not read", "breached"]
    for found in (untrusted, early):
        assert experiments.all_metrics(found).subtitle.endswith(f"with intervals. {found.caveat}")
    assert experiments.all_metrics(whole).subtitle.endswith("with intervals")


def test_a_metric_whose_interval_cannot_be_read_is_named_beside_those_that_can() -> None:
    cells = [
        VariantDay(
            arm, None, 2000, 2000, {"activated": share(successes, 2000), "orders": Moments(20, 3.0, 2.0)}
        )
        for arm, successes in (("control", 800), ("treatment", 920))
    ]
    found = conclude(protocol(guard_rails=[]), Observations.of(cells, {"activated"}))
    sheet = experiments.all_metrics(found)
    assert not found.caveat
    assert sheet.note.endswith(
        "Not to be read as effects: Orders per unit is known of 20 users of control, fewer than 30."
    )


def test_what_was_not_registered_is_told_apart_in_titles() -> None:
    values = {"orders": (3.0, 3.5), "sessions": (3.0, 3.0), "revenue": (20.0, 25.0)}
    cells = [
        VariantDay(
            arm,
            None,
            2000,
            2000,
            {
                "activated": share(successes, 2000),
                **{name: Moments(2000, mean[at], 9.0) for name, mean in values.items()},
            },
        )
        for at, (arm, successes) in enumerate((("control", 800), ("treatment", 920)))
    ]
    seen = Observations.of(cells, {"activated"})
    found = conclude(protocol(guard_rails=[], secondary=["orders", "sessions"]), seen)
    assert experiments.relative_effects(found).title == (
        "Clear effects on Activation and Orders per unit; exploratory: Revenue per account"
    )
    assert experiments.all_metrics(found).title == "1 of 4 metrics was not registered: exploratory"
    alone = conclude(protocol(guard_rails=[], secondary=["sessions"]), seen)
    assert experiments.relative_effects(alone).title.startswith("A clear effect on Activation; exploratory: ")
    assert experiments.all_metrics(alone).title == "2 of 4 metrics were not registered: exploratory"
    sentence = next(one for one in effect_findings(alone) if one.key == "sessions.p_value").text.sentence
    assert sentence.endswith(
        "by the test that write-ups print (Welch's t test); the interval decides, not this."
    )


def test_a_relative_effect_that_cannot_be_told_is_named() -> None:
    found = conclude(protocol(), observed(contacts=(0.001, 0.002)))
    lifts = experiments.relative_effects(found)
    assert lifts.data["group"].tolist() == ["Activation"]
    assert lifts.heading.note.endswith(
        "Not estimable: Support contacts per unit; too near to zero to be divided by."
    )
    assert "Not estimable" not in experiments.relative_effects(conclude(protocol(), observed())).heading.note


def test_before_its_planned_end_no_difference_is_called_an_effect_yet() -> None:
    early = conclude(protocol(planned_sample=8000), observed((800, 2000), (920, 2000), days=21))
    caveat = "Not to be read as an effect yet: the test has not come to its planned end"
    views = (
        experiments.primary_metric,
        experiments.relative_effects,
        experiments.guard_rails,
        experiments.effect_over_time,
    )
    assert {view(early).title for view in views} == {caveat}
    assert not experiments.relative_effects(early).data["clear"].any()
    difference = effect_findings(early)[0]
    assert difference.headline
    assert difference.text.sentence.endswith(
        "not to be read as an effect yet: the test has not come to its planned end."
    )
    monitored = protocol(planned_sample=8000, design="sequential")
    assert (
        "higher with treatment"
        in experiments.primary_metric(conclude(monitored, observed((800, 2000), (950, 2000)))).title
    )


def early_lead(**plan: Any) -> Readout:
    """Ten points more in the first week, ten points less in the second."""
    cells = [
        VariantDay(arm, START + timedelta(days=day), 100, 100, {"activated": share(successes, 100)})
        for day in range(14)
        for arm, successes in (("control", 20 if day < 7 else 30), ("treatment", 30 if day < 7 else 20))
    ]
    plan = {"guard_rails": [], "planned_sample": 2800, **plan}
    return conclude(protocol(**plan), Observations.of(cells, {"activated"}))


def test_an_early_lead_that_did_not_last_is_called_so_where_the_design_allowed_that_look() -> None:
    named = {"design": "group-sequential", "looks": ["2026-07-12"]}
    for plan in ({"design": "sequential"}, named):
        found = early_lead(**plan)
        assert [then.clear for then in effects_at_looks(found)] == [True]
        course = experiments.effect_over_time(found)
        assert course.title == (
            "The effect on Activation was clear at an earlier look, and is not clear at the end"
        )


@pytest.mark.parametrize("plan", [{}, {"design": "group-sequential", "looks": ["2026-07-07"]}])
def test_a_look_that_the_design_does_not_allow_claims_nothing(plan: dict[str, Any]) -> None:
    """Under a fixed horizon no look but the last counts; of a group-sequential test those that it names."""
    found = early_lead(**plan)
    weekly = [then for _, then in weekly_effects(found) if then]
    assert [then.clear for then in weekly] == [True, False]
    course = experiments.effect_over_time(found)
    assert course.title == "The effect on Activation is not clear at the end"
    assert course.data["value"].tolist()[:2] == [pytest.approx(10.0), pytest.approx(0.0)]


def test_without_dates_the_course_says_why_it_is_absent() -> None:
    with pytest.raises(NoData, match="no dates"):
        experiments.effect_over_time(conclude(protocol(), observed()))


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


def difference_of(readout: Readout) -> Finding:
    return {one.key: one for one in effect_findings(readout)}["activated.difference"]


def test_an_effect_is_compared_with_the_last_look_recomputed_from_the_data() -> None:
    seen = observed((800, 2000), (960, 2000), days=20)
    found = conclude(protocol(guard_rails=[]), seen)
    then = conclude(protocol(guard_rails=[]), seen.until(date(2026, 7, 19)))
    change = difference_of(found).change
    assert change is not None
    assert found.primary is not None
    assert then.primary is not None
    now, before = found.primary.difference, then.primary.difference
    assert change.period == "the look of 19 Jul 2026"
    assert change.previous == before.value
    assert change.value == pytest.approx(now.value - before.value)
    assert change.low is not None
    assert change.high is not None
    se = ((before.se or 0) ** 2 - (now.se or 0) ** 2) ** 0.5
    assert change.high - change.low == pytest.approx(2 * 1.959964 * se, rel=1e-6)
    assert difference_of(found).text.verdict == "steady since that look"


@pytest.mark.parametrize(
    "seen", [observed((800, 2000), (960, 2000)), observed((800, 2000), (960, 2000), days=5)]
)
def test_without_an_earlier_look_or_a_reading_there_is_no_change(seen: Observations) -> None:
    assert difference_of(conclude(protocol(guard_rails=[]), seen)).change is None
    early = conclude(protocol(guard_rails=[], planned_sample=9999), observed(days=20))
    assert difference_of(early).change is None


def test_a_group_sequential_test_is_compared_with_the_look_that_the_protocol_names() -> None:
    plan = protocol(guard_rails=[], design="group-sequential", looks=["2026-07-10", "2026-07-15"])
    change = difference_of(conclude(plan, observed((800, 2000), (960, 2000), days=20))).change
    assert change is not None
    assert change.period == "the look of 15 Jul 2026"


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


def test_units_without_a_date_leave_no_course_and_no_last_look() -> None:
    undated = [
        VariantDay(arm, None, 25, 25, {"activated": share(11, 25)}) for arm in ("control", "treatment")
    ]
    dated = [
        VariantDay(arm, START + timedelta(days=day), 100, 100, {"activated": share(successes, 100)})
        for arm, successes in (("control", 40), ("treatment", 50))
        for day in range(20)
    ]
    plan = protocol(guard_rails=[], planned_sample=4000)
    found = conclude(plan, Observations.of([*dated, *undated], {"activated"}))
    assert found.verdict.decision == "Ship"
    assert difference_of(found).change is None
    with pytest.raises(NoData, match="50 units have no date of assignment"):
        experiments.effect_over_time(found)
    whole = conclude(plan, Observations.of(dated, {"activated"}))
    assert difference_of(whole).change is not None


def test_days_on_which_nobody_came_are_part_of_the_pace_of_an_open_test() -> None:
    plan, seen = protocol(guard_rails=[], planned_sample=8000), observed(days=10)
    assert conclude(plan, seen).outlook.days_left == 10
    idle = replace(seen, known_until=seen.days[-1] + timedelta(days=10))
    assert conclude(plan, idle).outlook.days_left == 20
