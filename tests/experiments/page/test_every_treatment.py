"""Of several treatments every one has its numbers, its guard-rails, its row and its part of the verdict."""

from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from helpers import experiments
from helpers.experiments.findings import effect_findings, primary_title
from helpers.experiments.observations.aggregates import Observations, VariantDay
from helpers.experiments.verdict.readout import Readout, conclude
from helpers.records import Finding
from helpers.stats import Moments, mean_difference, proportion_difference

from ..conftest import Load, protocol, share

N = 1500
ACTIVATED = {"control": 150, "short form": 195, "video": 155, "no form": 100}
CONTACTS = {"control": 0.25, "short form": 0.25, "video": 0.40, "no form": 0.25}
"""Short form ships, video harms support, no form is worse."""


def of_four(**changes: Any) -> Readout:
    cells = [
        VariantDay(
            arm,
            None,
            N // 2,
            N // 2,
            {
                "activated": share(ACTIVATED[arm] // 2 + (ACTIVATED[arm] % 2) * at, N // 2),
                "support_contacts": Moments(N // 2, CONTACTS[arm], 0.25),
            },
            parts={"region": region},
        )
        for arm in ACTIVATED
        for at, region in enumerate(("AMER", "EMEA"))
    ]
    plan = protocol(variants=dict.fromkeys(ACTIVATED, 1), **{"planned_sample": 4 * N, **changes})
    return conclude(plan, Observations.of(cells, {"activated"}))


def by_key(found: Readout) -> dict[str, Finding]:
    return {finding.key: finding for finding in effect_findings(found)}


def test_the_verdict_names_which_ship_and_which_harm() -> None:
    found = of_four()
    assert (found.verdict.decision, found.protocol.treatment) == ("Ship", "short form")
    assert found.verdict.sentence.endswith(
        "That is short form, the best of 3 treatments; the others: video (do not ship: no clear effect; "
        "Support contacts per unit harmed) and no form (do not ship: worse, −3.3\u00a0pts)."
    )


@pytest.mark.parametrize(("arm", "alpha"), [("short form", 0.05 / 3), ("video", 0.05), ("no form", 0.05 / 3)])
def test_every_arm_has_its_difference_at_the_rate_of_holm(arm: str, alpha: float) -> None:
    """Two are clear at alpha / 3 and stay there; the one that is left is read at alpha."""
    one = next(each for each in of_four().of_each if each.protocol.treatment == arm).primary
    expected = proportion_difference(ACTIVATED[arm], N, ACTIVATED["control"], N, 1 - alpha)
    assert one
    assert one.difference.value == pytest.approx(expected.value)
    assert (one.difference.low, one.difference.high) == pytest.approx((expected.low, expected.high))


def test_guard_rails_of_every_arm_are_read_at_alpha() -> None:
    found = of_four()
    for each in found.of_each:
        (rail,) = each.guard_rails
        arms = (Moments(N, CONTACTS[name], 0.25) for name in (each.protocol.treatment, "control"))
        expected = mean_difference(*(arm.as_mean(0.95) for arm in arms))
        assert rail.effect.difference.low == pytest.approx(expected.low, abs=1e-4)
        assert rail.effect.difference.high == pytest.approx(expected.high, abs=1e-4)
    shown = experiments.guard_rails(found)
    assert shown.data["result"].tolist() == ["holds", "breached", "holds"]
    assert shown.title == "Support contacts per unit with video may get worse by more than is accepted"


def test_findings_and_figures_have_every_arm() -> None:
    found = of_four()
    findings = by_key(found)
    assert findings["activated.difference"].value == pytest.approx(0.03)
    assert findings["activated.difference@variant=video"].value == pytest.approx(5 / N)
    assert findings["activated.difference@variant=no_form"].value == pytest.approx(-50 / N)
    assert findings["support_contacts.difference@variant=video"].value == pytest.approx(0.15)
    assert findings["activated.lift@variant=no_form"].value == pytest.approx(-1 / 3)
    assert findings["activated@variant=no_form"].value == pytest.approx(1 / 15)
    chart = experiments.primary_metric(found)
    assert chart.data["group"].tolist() == ["short form", "video", "no form", "control"]
    assert chart.data["value"].tolist() == pytest.approx([0.13, 155 / N, 1 / 15, 0.1])
    metrics = experiments.all_metrics(found).data["metric"].tolist()
    assert [f"Activation, {arm}" in metrics for arm in ACTIVATED] == [False, True, True, True]
    parts = experiments.segment_table(found).data
    assert sorted(set(parts["treatment"])) == ["no form", "short form", "video"]
    assert len(parts) == 6


def test_the_title_says_what_each_arm_did() -> None:
    found = of_four()
    assert found.primary
    assert primary_title(found, found.primary) == (
        "Activation: higher with short form; no clear difference with video; lower with no form"
    )


def test_while_the_test_runs_no_arm_is_called_better() -> None:
    found = of_four(planned_sample=40_000)
    assert found.verdict.decision == "Keep running"
    assert found.primary
    assert primary_title(found, found.primary).startswith("Not to be read as an effect yet")
    assert "not to be read" not in experiments.primary_metric(found).title


def test_treatments_are_compared_with_each_other_where_asked() -> None:
    """Holm among the pairs: two are clear at alpha / 3, which leaves alpha to the last."""
    found = of_four(compare="all")
    told = {(pair.treatment, pair.other): pair for pair in found.pairs}
    read_with = {("short form", "video"): 1, ("short form", "no form"): 3, ("video", "no form"): 3}
    for (one, other), pairs in read_with.items():
        expected = proportion_difference(ACTIVATED[one], N, ACTIVATED[other], N, 1 - 0.05 / pairs)
        shown = told[one, other].effect.difference
        assert (shown.low, shown.high) == pytest.approx((expected.low, expected.high))
    assert [pair.better for pair in found.pairs] == ["short form", "short form", "video"]
    assert found.verdict.sentence.endswith(
        "Between treatments: short form is better than video by 2.7\u00a0pts; short form is better than no "
        "form by 6.3\u00a0pts; video is better than no form by 3.7\u00a0pts."
    )
    key = "activated.difference@variant=short_form,against=no_form"
    assert by_key(found)[key].value == pytest.approx(95 / N)
    assert "Activation, short form less no form" in experiments.all_metrics(found).data["metric"].tolist()
    assert not of_four().pairs


def test_variants_of_a_pool_are_read_as_one_arm(supplied: Load) -> None:
    """Units, sums and squares of both are put together; the split within the pool is looked at by itself."""
    arms = [arm for arm, units in {"control": 400, "short": 300, "long": 100}.items() for _ in range(units)]
    ids = [f"u{at}" for at in range(800)]
    activated = [at % 4 == 0 for at in range(400)] + [at % 2 == 0 for at in range(400)]
    tables = supplied(
        assignments=pd.DataFrame({"experiment": "checkout", "unit_id": ids, "variant": arms}),
        outcomes=pd.DataFrame({"unit_id": ids, "activated": activated}),
    )
    plan = protocol(
        variants={"control": 2, "short": 1, "long": 1},
        pools={"any form": ["short", "long"]},
        guard_rails=[],
        planned_sample=800,
    )
    found = experiments.read(plan, **{name: tables[name] for name in ("assignments", "outcomes", "totals")})
    assert found.protocol.arms == ("control", "any form")
    assert found.primary
    expected = proportion_difference(200, 400, 100, 400)
    assert (found.primary.difference.low, found.primary.difference.high) == pytest.approx(
        (expected.low, expected.high)
    )
    checks = {check.key: check for check in found.checks}
    assert checks["sample_ratio"].passed
    assert not checks["pools"].passed
    assert "any form: 300 to 100 (short to long, p" in checks["pools"].text


@pytest.mark.parametrize(
    ("pools", "message"),
    [
        ({"any": ["short form", "voice"]}, "voice is none of the variants"),
        ({"any": ["short form", "video"], "all": ["video"]}, "video stands twice"),
        ({"video": ["short form", "no form"]}, "video is a variant, too"),
        ({"any": ["short form", "control"]}, "control 'control' is none of the variants any, video, no form"),
        ({"any": list(ACTIVATED)}, "nothing to compare"),
    ],
)
def test_pools_that_make_no_sense_are_refused(pools: dict[str, list[str]], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        of_four(pools=pools)
