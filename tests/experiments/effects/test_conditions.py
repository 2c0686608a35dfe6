"""An interval that cannot hold what it says decides nothing: until there are more units, or at all."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers import experiments
from helpers.experiments.effects import conditions
from helpers.experiments.findings import effect_findings
from helpers.experiments.observations.aggregates import DENOMINATOR, NUMERATOR, Observations, VariantDay
from helpers.experiments.trust.checks import Diagnostics
from helpers.experiments.trust.distribution import Distributions
from helpers.experiments.verdict.readout import Readout, conclude, read
from helpers.experiments.whatif import plan_model
from helpers.findings import NoData
from helpers.stats import Moments

from ..conftest import Load, observed, protocol, share


def reasons(
    plan: Mapping[str, Any], seen: Observations, skewness: conditions.Skewness | None = None
) -> list[str]:
    found = conditions.unmet(protocol(**plan), seen, skewness or {})
    return [one.reason for one in found if one.decides]


def of(metric: str, control: Moments, treatment: Moments) -> Observations:
    cells = [
        VariantDay(arm, None, each.n, each.n, {metric: each})
        for arm, each in (("control", control), ("treatment", treatment))
    ]
    return Observations.of(cells, {"activated"} & {metric})


def ratio_of(spread: float) -> Observations:
    """Orders a session of 100 units an arm, whose sessions have such a standard deviation about 5."""
    above, below = Moments(100, 1.0, 1.0), Moments(100, 5.0, spread**2)
    metrics = {"revenue" + NUMERATOR: above, "revenue" + DENOMINATOR: below}
    cells = [VariantDay(arm, None, 100, 100, metrics) for arm in ("control", "treatment")]
    seen = Observations.of(cells, ())
    return replace(seen, covariances=np.nan_to_num(seen.covariances))


MEAN = {"primary": "revenue", "guard_rails": []}
FINE = Moments(30, 5.0, 4.0)


def test_enough_units_of_any_shape_but_a_skewed_one_meet_them() -> None:
    assert not reasons({}, observed())
    assert not reasons(MEAN, of("revenue", FINE, FINE))
    assert not reasons(MEAN, of("revenue", FINE, FINE), {("treatment", "revenue"): -0.2})
    assert not reasons(MEAN, ratio_of(5.0))
    below_zero = ratio_of(5.0)
    assert not reasons(MEAN, replace(below_zero, means=-below_zero.means))


@pytest.mark.parametrize(
    ("seen", "skewed", "said"),
    [
        (of("revenue", FINE, Moments(29, 5.0, 4.0)), 0.0, "is known of 29 users of treatment, fewer than 30"),
        (of("revenue", FINE, Moments(99, 5.0, 0.0)), 0.0, "does not vary in treatment"),
        (of("revenue", FINE, FINE), -0.21, "is too skewed for variants of 30 and 30 users"),
        (of("revenue", FINE, FINE), float("nan"), "is too skewed"),
        (
            ratio_of(5.1),
            0.0,
            "is divided by what varies so much between the users of control that its mean is",
        ),
    ],
)
def test_every_condition_that_is_not_met_is_named(seen: Observations, skewed: float, said: str) -> None:
    (reason,) = reasons(MEAN, seen, {("treatment", "revenue"): skewed})
    assert said in reason


def test_shares_far_apart_need_many_units_and_constant_ones_none() -> None:
    plan: Mapping[str, Any] = {"guard_rails": []}
    far = [of("activated", share(n // 20, n), share(n // 2, n)) for n in (980, 1000)]
    assert [len(reasons(plan, seen)) for seen in far] == [1, 0]


@pytest.mark.parametrize(("reached", "told"), [(0, "nobody"), (30, "everybody")])
def test_a_share_that_nobody_or_everybody_reached_tells_nothing_but_of_a_harm(
    reached: int, told: str
) -> None:
    seen = of("activated", share(reached, 30), share(reached, 30))
    assert reasons({"guard_rails": []}, seen) == [f"{told} in control and treatment reached Activation"]
    rail = {"primary": "orders", "guard_rails": [{"metric": "activated", "margin": 0.05}]}
    assert not reasons(rail, seen)
    assert not reasons({"guard_rails": []}, of("activated", share(abs(reached - 5), 30), share(reached, 30)))


@pytest.mark.parametrize(
    ("control", "treatment", "met"),
    [
        (share(10, 100), share(50, 100), True),
        (share(10, 100), share(51, 100), False),
        (share(51, 100), share(10, 100), False),
        (share(500, 5000), share(600, 999), False),
        (share(600, 999), share(500, 5000), False),
        (share(600, 1000), share(100, 1000), True),
    ],
    ids=["0.4 apart", "more", "fewer under treatment", "treatment of 999", "control of 999", "1,000 each"],
)
def test_shares_may_be_four_tenths_apart_or_of_a_thousand_units_in_each_arm(
    control: Moments, treatment: Moments, met: bool
) -> None:
    assert (not reasons({"guard_rails": []}, of("activated", control, treatment))) == met


def test_either_arm_may_have_too_uneven_a_denominator() -> None:
    even, uneven = ratio_of(5.0), ratio_of(5.1)
    treated = even.variant == "treatment"
    mixed = replace(even, covariances=np.where(treated[:, None, None], uneven.covariances, even.covariances))
    (reason,) = reasons(MEAN, mixed)
    assert "between the users of treatment that" in reason


def test_every_treatment_is_told_of_by_itself() -> None:
    plan = {**MEAN, "variants": {"control": 1, "blue": 1, "green": 1}}
    skewed = {("green", "revenue"): 0.5}

    def seen(blue: int) -> Observations:
        sizes = {"control": 30, "blue": blue, "green": 30}
        cells = [VariantDay(arm, None, n, n, {"revenue": replace(FINE, n=n)}) for arm, n in sizes.items()]
        return Observations.of(cells, ())

    (reason,) = reasons(plan, seen(blue=30), skewed)
    assert "is too skewed" in reason
    of_blue, of_green = conditions.unmet(protocol(**plan), seen(blue=29), skewed)
    assert (of_blue.treatment, of_green.treatment) == ("blue", "green")
    assert "is known of 29 users of blue" in of_blue.reason
    assert "is too skewed" in of_green.reason


def of_three(green: int, **changes: Any) -> Readout:
    """A clear effect of blue, of 2,000 units an arm; green has so many."""
    sizes = {"control": (800, 2000), "blue": (960, 2000), "green": (green // 2, green)}
    cells = [VariantDay(arm, None, n, n, {"activated": share(got, n)}) for arm, (got, n) in sizes.items()]
    weights = {"control": 2000, "blue": 2000, "green": green}
    plan = protocol(variants=weights, guard_rails=[], **{"planned_sample": 4000, **changes})
    return conclude(plan, Observations.of(cells, {"activated"}))


def test_a_treatment_of_few_units_goes_without_a_verdict_and_the_other_is_decided() -> None:
    found = of_three(green=10)
    (green,) = found.other_treatments
    (check,) = [one for one in found.checks if one.key == "interval"]
    assert (found.protocol.treatment, found.verdict.decision, found.caveat) == ("blue", "Ship", "")
    assert "the other: green (no verdict)" in found.verdict.sentence
    assert green.verdict.decision == "No verdict"
    assert "10 users of green, fewer than 30. That interval misses the truth" in green.verdict.sentence
    assert (
        green.caveat == "Not to be read as an effect: the interval misses the truth more often than it says"
    )
    assert (check.passed, check.severity) == (False, "warn")
    assert "fewer than 30 (green). That interval misses" in check.text
    assert "no verdict on green rests on that" in check.text
    sentences = {one.key: one.text.sentence for one in effect_findings(found)}
    assert "not to be read as an effect" in sentences["activated.difference@variant=green"]
    assert "not to be read" not in sentences["activated.difference"]


def test_no_treatment_is_decided_where_none_meets_a_condition() -> None:
    sizes = {"control": (8, 20), "blue": (400, 1000), "green": (400, 1000)}
    cells = [VariantDay(arm, None, n, n, {"activated": share(got, n)}) for arm, (got, n) in sizes.items()]
    plan = protocol(variants={"control": 1, "blue": 50, "green": 50}, guard_rails=[], planned_sample=2020)
    found = conclude(plan, Observations.of(cells, {"activated"}))
    (check,) = [one for one in found.checks if one.key == "interval"]
    assert check.severity == "stop"
    assert check.text.count("20 users of control, fewer than 30 (blue and green)") == 1
    assert "no verdict rests on that" in check.text
    assert found.verdict.decision == "No verdict"


def test_before_the_end_a_treatment_of_few_units_keeps_running() -> None:
    found = of_three(green=10, planned_sample=9000, design="sequential")
    assert found.verdict.decision == "Ship"
    assert [one.verdict.decision for one in found.other_treatments] == ["Keep running"]
    assert found.other_treatments[0].caveat.startswith("Not to be read as an effect yet: the interval misses")


@pytest.mark.parametrize(
    ("revenue", "told"),
    [
        (Moments(2000, 1e300, float("inf")), "Revenue per account has values too large to have a variance"),
        (Moments(1, 5.0, 0.0), "Revenue per account has too few values in control and treatment"),
        (None, "revenue was not measured"),
    ],
)
def test_why_a_metric_that_decides_has_no_interval_is_told(revenue: Moments | None, told: str) -> None:
    values = {"activated": share(800, 2000), **({"revenue": revenue} if revenue else {})}
    cells = [VariantDay(arm, None, 2000, 2000, values) for arm in ("control", "treatment")]
    plan = protocol(guard_rails=[{"metric": "revenue", "margin": 1}])
    found = conclude(plan, Observations.of(cells, {"activated"}))
    assert found.verdict.decision == "No verdict"
    assert found.verdict.sentence.startswith(f"No verdict: {told}. ")
    assert found.caveat == f"Not to be read as an effect: {told}"
    first = conclude(protocol(primary="revenue", guard_rails=[]), found.observed)
    with pytest.raises(NoData, match=told):
        experiments.primary_metric(first)
    with pytest.raises(NoData, match=told):
        plan_model(first)


def test_a_ratio_of_which_nothing_is_known_below_says_so() -> None:
    nothing = ratio_of(0.0)
    below = nothing.columns.index("revenue" + DENOMINATOR)
    means = nothing.means.copy()
    means[:, below] = 0.0
    found = conclude(protocol(**MEAN, planned_sample=200), replace(nothing, means=means))
    assert "Revenue per account is divided by zero in control and treatment" in found.verdict.sentence


def skewed_test(decides: bool, **changes: Any) -> Readout:
    """A clear effect on activation, with a guard-rail that may decide and that is too skewed."""
    rails = [{"metric": "support_contacts", "margin": 0.05}] if decides else []
    plan = protocol(guard_rails=rails, **changes)
    skewed = Distributions(skewness={("treatment", "support_contacts"): 0.5})
    return conclude(plan, observed(), Diagnostics(distributions=skewed))


def test_after_the_end_the_verdict_is_withheld() -> None:
    found = skewed_test(decides=True)
    assert found.verdict.decision == "No verdict"
    assert "support contacts per unit is too skewed" in found.verdict.sentence
    assert "Run longer" in found.verdict.sentence
    assert found.caveat == "Not to be read as an effect: a trust check failed"


def test_before_the_end_of_a_monitored_test_the_verdict_is_to_keep_running() -> None:
    found = skewed_test(decides=True, design="sequential", planned_sample=8000)
    assert found.verdict.decision == "Keep running"
    assert (
        "the interval decides nothing yet: Support contacts per unit is too skewed" in found.verdict.sentence
    )
    assert not experiments.relative_effects(found).data["clear"].any()
    assert "Not to be read as an effect yet" in experiments.primary_metric(found).title


def test_a_metric_that_does_not_decide_is_told_and_not_called_clear() -> None:
    found = skewed_test(decides=False)
    assert found.verdict.decision == "Ship"
    (check,) = [one for one in found.checks if one.key == "interval"]
    assert check.severity == "warn"
    assert "decides nothing" in check.text
    sentences = {one.key: one.text.sentence for one in effect_findings(found)}
    assert "not to be read as an effect: Support contacts" in sentences["support_contacts.difference"]
    assert "not to be read" not in sentences["activated.difference"]


def test_an_experiment_of_few_units_has_no_verdict(supplied: Load) -> None:
    generator = np.random.default_rng(1)
    ids = [f"u{at}" for at in range(40)]
    variant = np.repeat(["control", "treatment"], 20)
    tables = supplied(
        assignments=pd.DataFrame({"experiment": "checkout", "unit_id": ids, "variant": variant}),
        outcomes=pd.DataFrame(
            {"unit_id": ids, "revenue": generator.normal(5, 1, 40) + 3 * (variant == "treatment")}
        ),
    )
    plan = protocol(primary="revenue", guard_rails=[], planned_sample=40)
    found = read(plan, **tables)
    assert found.primary is not None
    assert found.primary.clear
    assert found.verdict.decision == "No verdict"
    assert "20 users of control, fewer than 30" in found.verdict.sentence
