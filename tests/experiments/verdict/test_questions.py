"""Other questions than "is it better": no worse than a margin, and one side alone."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import norm

from helpers import experiments
from helpers.experiments.findings import looks_title, primary_title
from helpers.experiments.verdict.readout import Readout, conclude
from helpers.experiments.whatif import plan_model
from helpers.stats import proportion_difference

from ..conftest import observed, protocol, share
from ..effects.test_simulations import LONG, at_most

MARGIN: dict[str, Any] = {"minimum_effect": None, "margin": 0.02, "guard_rails": []}


def of_activation(control: int, treatment: int, units: int = 2000, **plan: Any) -> Readout:
    whole = protocol(**{"planned_sample": 2 * units, "guard_rails": [], **plan})
    return conclude(whole, observed((control, units), (treatment, units)))


@pytest.mark.parametrize(
    ("treatment", "decision", "sentence"),
    [
        (4000, "Ship", "which rules out a harm of 2.0\u00a0pts, the largest accepted."),
        (3990, "Ship", "which rules out a harm of 2.0\u00a0pts, the largest accepted."),
        (3930, "Do not ship", "and a harm of 2.0\u00a0pts, the largest accepted, is not ruled out."),
        (3600, "Do not ship", "which is worse by more than the 2.0\u00a0pts accepted."),
    ],
)
def test_a_test_of_non_inferiority_ships_what_is_no_worse(
    treatment: int, decision: str, sentence: str
) -> None:
    """The lower limit against the margin: at 10,000 an arm it lies 1.36 points below the difference."""
    found = of_activation(4000, treatment, 10_000, **MARGIN)
    assert found.verdict.decision == decision
    assert found.verdict.sentence.endswith(sentence)
    assert found.primary
    assert (found.primary.difference.low > -0.02) == (decision == "Ship")


def test_what_is_worse_within_the_margin_says_what_it_may_cost() -> None:
    found = of_activation(4000, 3990, 10_000, **MARGIN)
    assert (
        "Activation may get worse by 1.5\u00a0pts (146 for every 10,000 users), less than the 2.0\u00a0pts"
        in (found.verdict.stake.sentence)
    )
    assert found.primary
    assert (
        primary_title(found, found.primary)
        == "Activation: a harm of 2.0\u00a0pts is ruled out with treatment"
    )
    assert looks_title(found, found.primary).endswith("is ruled out at the end")
    table = experiments.protocol_table(found).data
    assert (
        dict(zip(table["protocol"], table["as_agreed"], strict=True))["Largest harm accepted"]
        == "2.0\u00a0pts"
    )


def test_a_metric_of_which_less_is_better_is_no_worse_up_to_the_margin() -> None:
    seen = observed(contacts=(0.25, 0.26))
    plan = protocol(primary="support_contacts", guard_rails=[], minimum_effect=None, margin=0.05)
    assert conclude(plan, seen).verdict.decision == "Ship"
    assert conclude(plan.model_copy(update={"margin": 0.02}), seen).verdict.decision == "Do not ship"


def test_several_treatments_pay_for_their_number_against_the_margin() -> None:
    """At alpha / 2 the limit of the second lies beyond the margin; once the first is claimed, within it."""
    from helpers.experiments.observations.aggregates import Observations, VariantDay

    cells = [
        VariantDay(arm, None, 10_000, 10_000, {"activated": share(successes, 10_000)})
        for arm, successes in {"control": 4000, "green": 4000, "blue": 3938}.items()
    ]
    plan = protocol(**MARGIN, variants={"control": 1, "green": 1, "blue": 1}, planned_sample=30_000)
    found = conclude(plan, Observations.of(cells, {"activated"}))
    levels = {one.protocol.treatment: one.primary.difference.level for one in found.of_each if one.primary}
    assert levels == {"green": pytest.approx(0.975), "blue": pytest.approx(0.95)}
    assert "blue (ship: no worse than accepted)" in found.verdict.sentence


@pytest.mark.parametrize("design", ["sequential", "group-sequential"])
def test_a_monitored_test_of_non_inferiority_stops_once_the_harm_is_ruled_out(design: str) -> None:
    plan = protocol(**MARGIN, planned_sample=60_000, design=design)
    assert conclude(plan, observed((8000, 20_000), (8400, 20_000), days=20)).verdict.decision == "Ship"
    open_ = conclude(plan, observed((800, 2000), (790, 2000), days=20)).verdict
    assert open_.decision == "Keep running"
    assert open_.sentence.endswith("a harm of 2.0\u00a0pts is not ruled out yet.")


def test_one_side_reads_the_limit_that_decides_at_alpha() -> None:
    """+2.6 points of 2,000: z = 1.68, which is clear on one side at 5% and not on two."""
    both, one = (of_activation(800, 852, sides=sides) for sides in ("two", "one"))
    assert (both.verdict.decision, one.verdict.decision) == ("Do not ship", "Ship")
    assert one.primary
    expected = proportion_difference(852, 2000, 800, 2000, 0.90)
    assert (one.primary.difference.low, one.primary.difference.high) == (expected.low, expected.high)
    assert "As far" not in one.verdict.sentence
    assert "as far as the 90% interval tells" in one.verdict.stake.sentence
    shown = experiments.primary_metric(one)
    assert shown.heading.subtitle.startswith("Activation by variant, 90% intervals")
    assert "each limit by itself holds at 95%" in shown.heading.note


def test_guard_rails_and_other_metrics_stay_as_they_were_on_one_side() -> None:
    rails = [{"metric": "support_contacts", "margin": 0.05}]
    both, one = (of_activation(800, 852, sides=sides, guard_rails=rails) for sides in ("two", "one"))
    assert one.guard_rails[0].effect.difference == both.guard_rails[0].effect.difference


def test_the_sample_of_a_test_on_one_side_is_smaller() -> None:
    both, one = (plan_model(of_activation(800, 800, sides=sides)).measured[4] for sides in ("two", "one"))
    expected = (norm.ppf(0.95) + norm.ppf(0.8)) ** 2 / (norm.ppf(0.975) + norm.ppf(0.8)) ** 2
    assert one / both == pytest.approx(expected, rel=1e-3)


def test_the_sample_of_non_inferiority_rules_the_margin_out() -> None:
    model = plan_model(of_activation(800, 800, **MARGIN))
    assert model.sliders[2].label == "Largest harm accepted, in points"
    assert [output.label for output in model.outputs][1:] == [
        "Power to rule that harm out",
        "Users in the test",
        "Users to rule that harm out in 80% of tests",
    ]
    by_hand = 4 * 0.4 * 0.6 * (norm.ppf(0.975) + norm.ppf(0.8)) ** 2 / 0.02**2
    assert model.measured[3] == pytest.approx(by_hand, rel=2e-3)


@pytest.mark.parametrize(
    "wrong", [{"minimum_effect": None}, {"margin": 0.01}, {"sides": "one", "alpha": 0.5}, {"sides": "three"}]
)
def test_a_question_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"margin|sides"):
        protocol(**wrong)


@pytest.mark.parametrize("repetitions", [300, LONG])
@pytest.mark.parametrize(
    ("plan", "harm", "rate"),
    [
        ({"sides": "one"}, 0.0, 0.05),
        (MARGIN, 0.02, 0.025),
        ({**MARGIN, "sides": "one"}, 0.02, 0.05),
    ],
    ids=["one side", "no worse", "no worse on one side"],
)
def test_what_is_no_better_than_the_question_asks_ships_as_seldom_as_alpha_says(
    plan: dict[str, Any], harm: float, rate: float, repetitions: int
) -> None:
    """No effect at all, or a harm as large as the margin: the limit that decides errs at its own rate."""
    generator, units, shipped = np.random.default_rng(11), 1000, 0
    for _ in range(repetitions):
        control, treatment = (int(generator.binomial(units, base)) for base in (0.3, 0.3 - harm))
        shipped += of_activation(control, treatment, units, **plan).verdict.decision == "Ship"
    print(f"{plan}: shipped {shipped / repetitions:.4f} of {repetitions}")  # noqa: T201  (`pytest -s`)
    assert shipped / repetitions <= at_most(rate, repetitions)
