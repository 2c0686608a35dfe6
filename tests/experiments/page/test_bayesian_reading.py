"""Chances and losses stand beside the verdict where the protocol asks for them, and change nothing else."""

from typing import Any

import pytest
from scipy.stats import norm

from helpers import experiments
from helpers.experiments.observations.aggregates import Observations, VariantDay
from helpers.experiments.verdict.readout import Readout, conclude
from helpers.findings import NoData
from helpers.tables import Table

from ..conftest import observed, protocol, share

ASKED: dict[str, Any] = {"reading": "bayesian", "guard_rails": []}


def reading(readout: Readout) -> Table:
    shown = experiments.bayesian_reading(readout)
    assert shown is not None
    return shown


def test_the_posterior_of_the_measured_difference_is_shown() -> None:
    found = conclude(protocol(**ASKED, prior_sd=0.05), observed((800, 2000), (860, 2000)))
    noise = 0.4 * 0.6 / 2000 + 0.43 * 0.57 / 2000
    mean, sd = 0.03 * 0.05**2 / (0.05**2 + noise), (noise * 0.05**2 / (0.05**2 + noise)) ** 0.5
    shown = reading(found)
    assert (
        shown.title == f"Activation: treatment is the best with a chance of {100 * norm.cdf(mean / sd):.0f}%"
    )
    assert "two in three within 5.0\u00a0pts" in shown.subtitle
    _, _, low, high, *_ = shown.data.columns
    row = shown.data.iloc[1]
    assert row["gain"] == pytest.approx(mean, abs=2e-4)
    assert (row[low], row[high]) == pytest.approx(norm.interval(0.95, mean, sd), abs=5e-4)
    assert shown.data["expected_loss"].tolist()[0] == pytest.approx(-mean, abs=3e-4)


def test_without_a_prior_of_its_own_it_is_the_effect_planned_for() -> None:
    plan = protocol(**ASKED)
    assert (plan.minimum_effect, plan.prior_spread) == (0.02, 0.02)
    assert "within 2.0\u00a0pts" in reading(conclude(plan, observed())).subtitle


def test_the_verdict_is_the_same_with_and_without() -> None:
    seen = observed((800, 2000), (832, 2000))
    asked, not_asked = conclude(protocol(**ASKED), seen), conclude(protocol(guard_rails=[]), seen)
    assert asked.verdict == not_asked.verdict
    assert experiments.bayesian_reading(not_asked) is None


def test_a_gain_of_less_is_a_gain() -> None:
    plan = protocol(**ASKED, primary="support_contacts", minimum_effect=0.02)
    shown = reading(conclude(plan, observed(contacts=(0.25, 0.20))))
    assert shown.data["gain"][1] > 0
    assert shown.title.startswith("Support contacts per unit: treatment is the best")


def test_of_several_treatments_chances_add_up_and_the_control_comes_first() -> None:
    counts = {"control": 4000, "green": 4150, "blue": 4160}
    cells = [
        VariantDay(arm, None, 10_000, 10_000, {"activated": share(n, 10_000)}) for arm, n in counts.items()
    ]
    plan = protocol(**ASKED, variants={"control": 1, "green": 1, "blue": 1}, planned_sample=30_000)
    data = reading(conclude(plan, Observations.of(cells, {"activated"}))).data
    assert data["variant"].tolist() == ["control", "green", "blue"]
    chances = [int(text.removesuffix("%")) for text in data["best_of_all"][1:]]
    assert data["best_of_all"][0] == "less than 1%"
    assert sum(chances) == pytest.approx(100, abs=2)
    assert chances[1] > chances[0] > 35


def test_it_is_withheld_with_the_effect_itself() -> None:
    with pytest.raises(NoData, match="a trust check failed"):
        experiments.bayesian_reading(conclude(protocol(**ASKED), observed((800, 2000), (900, 1600))))
