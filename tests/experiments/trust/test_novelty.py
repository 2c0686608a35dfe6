"""Whether an effect lasts: by day since assignment, by day of assignment where all are followed alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import norm

from helpers import experiments
from helpers.experiments.observations.aggregates import DayCoverage, Observations, VariantDay
from helpers.experiments.observations.unit_tables import observe
from helpers.experiments.trust.checks import Diagnostics, all_checks
from helpers.experiments.trust.novelty import novelty
from helpers.experiments.verdict.readout import conclude, read
from helpers.findings import NoData
from helpers.records import Check

from ..conftest import START, Load, moments, protocol, share

DAYS, DAILY = 28, 400
"""Days of assignment, and units of an arm on each."""


def by_day(gain: Callable[[int], float], arms: tuple[str, ...] = ("control", "treatment")) -> Observations:
    """A share of 40% in control; `gain` is what a treatment adds for those assigned on a day."""
    cells = [
        VariantDay(
            arm,
            START + timedelta(days=day),
            DAILY,
            DAILY,
            {"activated": share(round(DAILY * (0.4 + (gain(day) if arm == arms[-1] else 0))), DAILY)},
        )
        for day in range(DAYS)
        for arm in arms
    ]
    return Observations.of(cells, {"activated"})


def effect_lasts(seen: Observations, **changes: object) -> Check:
    plan = protocol(guard_rails=[], planned_sample=2 * DAYS * DAILY, **changes)
    (check,) = [one for one in all_checks(plan, seen, Diagnostics()) if one.key == "lasting"]
    return check


def test_an_effect_that_is_the_same_on_every_day_passes() -> None:
    check = effect_lasts(by_day(lambda _: 0.05))
    assert check.passed
    assert "the same however long units were followed (0 to 27 days)" in check.text


def test_an_effect_that_fades_is_called_novelty_and_told() -> None:
    """Those assigned last, followed least, have the largest effect."""
    check = effect_lasts(by_day(lambda day: 0.005 * day))
    assert (check.passed, check.severity) == (False, "warn")
    assert "changes by −0.50 pts with every day since assignment" in check.text.replace("\u00a0", " ")
    assert "novelty" in check.text


def test_an_effect_that_grows_is_not_called_novelty() -> None:
    check = effect_lasts(by_day(lambda day: 0.1 - 0.005 * day))
    assert not check.passed
    assert "it takes time, or the metric adds up over days" in check.text
    assert "after 14 days on average" in check.text


def test_where_all_are_followed_alike_the_days_are_those_of_assignment() -> None:
    seen = replace(by_day(lambda day: 0.005 * day), followed_for=np.full(2 * DAYS, 14.0))
    check = effect_lasts(seen)
    assert not check.passed
    assert "with every day of assignment" in check.text
    assert "followed alike" in check.text
    assert "novelty" not in check.text


def test_of_daily_totals_the_days_are_those_of_the_test() -> None:
    seen = replace(by_day(lambda _: 0.05), day_coverage={"activated": DayCoverage(DAYS, DAYS)})
    assert (
        effect_lasts(seen).text
        == "The effect is the same from the first to the last day, as far as can be told."
    )


def test_every_treatment_is_looked_at() -> None:
    arms = ("control", "blue", "green")
    seen = by_day(lambda day: 0.005 * day, arms)
    assert not effect_lasts(seen, variants=dict.fromkeys(arms, 1)).passed
    assert effect_lasts(by_day(lambda _: 0.0, arms), variants=dict.fromkeys(arms, 1)).passed


def test_of_several_treatments_each_is_told_and_drawn_by_its_own_trend() -> None:
    """The effect of green fades; blue, which is better, is steady."""
    gains = {"control": lambda _: 0.0, "blue": lambda _: 0.3, "green": lambda day: 0.005 * day}
    cells = [
        VariantDay(arm, START + timedelta(days=day), DAILY, DAILY, {"activated": share(round(got), DAILY)})
        for day in range(DAYS)
        for arm, gain in gains.items()
        if (got := DAILY * (0.4 + gain(day)))
    ]
    plan = protocol(variants=dict.fromkeys(gains, 1), guard_rails=[], planned_sample=3 * DAYS * DAILY)
    found = conclude(plan, Observations.of(cells, {"activated"}))
    (check,) = [one for one in found.checks if one.key == "lasting"]
    assert check.text.startswith("The effect of green changes by −0.50")
    assert "blue" not in check.text
    assert found.protocol.treatment == "blue"
    shown = experiments.effect_since_assignment(found)
    assert shown.title == "The effect of blue on Activation is much the same on every day since assignment"
    assert shown.heading.note.startswith("The effect of blue is the same however long")
    fading = experiments.effect_since_assignment(
        replace(found.other_treatments[0], other_treatments=(found,))
    )
    assert fading.title == "The effect of green on Activation changes with the day since assignment"
    assert fading.heading.note.startswith("The effect of green changes by −0.50")


def test_steady_treatments_are_named_together() -> None:
    arms = ("control", "blue", "green")
    check = effect_lasts(by_day(lambda _: 0.0, arms), variants=dict.fromkeys(arms, 1))
    assert check.text.startswith("The effect of blue and green is the same however long")


def drawn(seed: int, units: int = 3000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Units of 21 days, each measured after its own number of days."""
    generator = np.random.default_rng(seed)
    ids = [f"u{at}" for at in range(units)]
    assigned = pd.Timestamp("2026-07-06") + pd.to_timedelta(generator.integers(0, 21, units), "D")
    after = generator.integers(0, 3, units) + np.asarray((pd.Timestamp("2026-08-10") - assigned).days)
    variant = generator.choice(["control", "treatment"], units)
    before = generator.normal(0, 1, units)
    outcomes = pd.DataFrame(
        {
            "unit_id": ids,
            "measured_at": assigned + pd.to_timedelta(after, "D"),
            "revenue": generator.normal(20, 3, units) + before + 0.02 * after * (variant == "treatment"),
            "pre_revenue": before,
        }
    )
    assignments = pd.DataFrame(
        {"experiment": "checkout", "unit_id": ids, "variant": variant, "assigned_at": assigned}
    )
    return assignments, outcomes


def test_days_are_counted_to_when_each_outcome_was_measured(supplied: Load) -> None:
    assignments, outcomes = drawn(1)
    tables = supplied(assignments=assignments, outcomes=outcomes)
    seen = observe(protocol(), tables["assignments"], tables["outcomes"])
    rows = assignments.merge(outcomes, on="unit_id")
    after = (rows["measured_at"] - rows["assigned_at"]).dt.days
    assert seen.days_followed == pytest.approx(after.mean())
    first = seen.on([seen.days[0]])
    assert first.days_followed == pytest.approx(
        after[rows["assigned_at"] == rows["assigned_at"].min()].mean()
    )


@pytest.mark.parametrize("covariates", [[], ["pre_revenue"]])
def test_the_trend_is_that_of_weighted_least_squares(supplied: Load, covariates: list[str]) -> None:
    """Daily differences of the values, less what was foretold, on mean days followed, by statsmodels."""
    assignments, outcomes = drawn(2)
    tables = supplied(assignments=assignments, outcomes=outcomes)
    plan = protocol(primary="revenue", guard_rails=[], covariates=covariates)
    found = novelty(plan, observe(plan, tables["assignments"], tables["outcomes"]), "revenue")
    assert found is not None
    assert found.axis == "since assignment"
    assert [round(span.last - span.first) for span in found.effects] == [6, 6, 6]
    rows = assignments.merge(outcomes, on="unit_id")
    rows["after"] = (rows["measured_at"] - rows["assigned_at"]).dt.days
    both = np.cov(rows["revenue"], rows["pre_revenue"])
    theta = both[0, 1] / both[1, 1] if covariates else 0.0
    rows["left"] = rows["revenue"] - theta * rows["pre_revenue"]
    spread = rows.groupby("variant")["left"].var()
    daily = rows.pivot_table(index="assigned_at", columns="variant", values="left", aggfunc=["mean", "count"])
    effect = daily["mean"]["treatment"] - daily["mean"]["control"]
    variance = sum(spread[arm] / daily["count"][arm] for arm in ("control", "treatment"))
    at = rows.groupby("assigned_at")["after"].mean()
    fitted = sm.WLS(effect, sm.add_constant(at.to_numpy()), weights=1 / variance).fit()
    error = np.sqrt(fitted.normalized_cov_params.iloc[1, 1])
    assert found.slope == pytest.approx(fitted.params.iloc[1], rel=1e-9)
    assert found.p == pytest.approx(2 * norm.sf(abs(found.slope) / error), abs=1e-9)
    weeks = [effect[::-1].iloc[first : first + 7] for first in (0, 7, 14)]
    tell = [(1 / variance)[::-1].iloc[first : first + 7] for first in (0, 7, 14)]
    means = [np.average(week, weights=weight) for week, weight in zip(weeks, tell, strict=True)]
    assert [span.effect.value for span in found.effects] == pytest.approx(means, abs=0.02)


def test_without_a_trend_few_are_flagged() -> None:
    """At 0.05 as at any level: 400 experiments of skewed values in days of ever fewer units."""
    generator, below = np.random.default_rng(3), 0
    for _ in range(400):
        cells = [
            VariantDay(
                arm, START + timedelta(days=day), n, n, {"revenue": moments(generator.lognormal(1, 1, n))}
            )
            for day, n in enumerate([200, 150, 100, 80, 60, 40, 20, 10, 5, 2])
            for arm in ("control", "treatment")
        ]
        found = novelty(protocol(primary="revenue", guard_rails=[]), Observations.of(cells, ()), "revenue")
        assert found is not None
        below += found.p < 0.05
    assert below <= 400 * 0.05 + 3 * np.sqrt(400 * 0.05 * 0.95)
    assert below >= 400 * 0.05 - 3 * np.sqrt(400 * 0.05 * 0.95)


def test_many_days_are_shown_by_weeks_and_none_twice() -> None:
    seen = by_day(lambda _: 0.05).until(START + timedelta(days=13))
    shown = experiments.effect_since_assignment(
        conclude(protocol(guard_rails=[], planned_sample=99_999), seen)
    )
    assert shown.data["period"].tolist()[:14] == [str(day) for day in range(14)]
    assert shown.title == "Not to be read as an effect yet: the test has not come to its planned end"
    assert shown.heading.note.startswith("Band: ")
    long = Observations.of(
        [
            VariantDay(arm, START + timedelta(days=day), 90, 90, {"activated": share(40, 90)})
            for day in range(40)
            for arm in ("control", "treatment")
        ],
        {"activated"},
    )
    weekly = experiments.effect_since_assignment(
        conclude(protocol(guard_rails=[], planned_sample=7200), long)
    )
    assert weekly.data["period"].tolist()[:6] == [
        "0 to 6", "7 to 13", "14 to 20", "21 to 27", "28 to 34", "35 to 39"
    ]  # fmt: skip
    assert weekly.title == "The effect on Activation is much the same on every day since assignment"


def test_without_dates_there_is_no_effect_by_day(supplied: Load) -> None:
    assignments, outcomes = drawn(1)
    tables = supplied(assignments=assignments.drop(columns="assigned_at"), outcomes=outcomes)
    found = read(protocol(primary="revenue", guard_rails=[]), **tables)
    (lasting,) = [check for check in found.checks if check.key == "lasting"]
    assert not lasting.looked
    with pytest.raises(NoData, match="no day of assignment"):
        experiments.effect_since_assignment(found)
