"""What charts and tables say, and what they leave unsaid."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportions_ztest

from helpers import experiments
from helpers.experiments.findings import effect_findings
from helpers.experiments.observations.aggregates import Observations, VariantDay
from helpers.experiments.trust.checks import Diagnostics
from helpers.experiments.trust.interference import Interaction, Overlap
from helpers.experiments.verdict.readout import Readout, conclude, effects_at_looks, weekly_effects
from helpers.findings import NoData
from helpers.stats import Difference, Moments

from ..conftest import START, Load, observed, protocol, share


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
    assert str(rows["Design"]) == "fixed-horizon, two-sided, alpha 5%, power 80%"
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
        "Not estimable: Support contacts per unit (not clearly above zero in the control)."
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
    with pytest.raises(NoData, match="no day of assignment"):
        experiments.effect_over_time(conclude(protocol(), observed()))
