"""The same test, run otherwise: what it would tell, and when."""

import math
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from helpers import experiments, style
from helpers.experiments.observations.aggregates import Observations, VariantDay
from helpers.experiments.verdict.readout import Readout, conclude
from helpers.experiments.whatif import plan_model
from helpers.stats import Moments, anytime_critical
from helpers.whatif import Model

from .conftest import START, Load, observed, protocol


def users(known: float = 1.0, split: float = 0.5) -> dict[str, pd.DataFrame]:
    """Four hundred users on 17 days; the outcome of some is not known."""
    n = 400
    generator = np.random.default_rng(8)
    sessions = 1 + generator.poisson(3, n)
    day = pd.to_datetime(START) + pd.to_timedelta(np.arange(n) % 17, "D")
    ids = [f"u{at}" for at in range(n)]
    treated = generator.permutation(n) < split * n
    values = {
        "activated": (generator.random(n) < 0.1 * sessions).astype(float),
        "revenue": sessions + generator.gamma(2, 1 + treated, n),
        "orders": generator.binomial(sessions, 0.3).astype(float),
        "sessions": sessions.astype(float),
    }
    unknown = generator.permutation(n) >= known * n
    outcomes = pd.DataFrame({name: np.where(unknown, np.nan, column) for name, column in values.items()})
    outcomes["activated"] = outcomes["activated"].astype("boolean")
    variant = np.where(treated, "treatment", "control")
    return {
        "assignments": pd.DataFrame(
            {"experiment": "checkout", "unit_id": ids, "variant": variant, "assigned_at": day}
        ),
        "outcomes": outcomes.assign(unit_id=ids, pre_sessions=sessions + generator.normal(0, 1, n)),
    }


def of_means(deviations: tuple[float, float], units: tuple[int, int], **changes: Any) -> Readout:
    """Revenue on one day a variant, with these standard deviations."""
    cells = [
        VariantDay(arm, None, n, n, {"revenue": Moments(n, 10.0, spread**2)})
        for arm, spread, n in zip(("control", "treatment"), deviations, units, strict=True)
    ]
    plan = {"primary": "revenue", "minimum_effect": 0.5, "guard_rails": [], **changes}
    return conclude(protocol(**plan), Observations.of(cells, ()))


def told(model: Model, label: str, **sliders: float) -> str:
    """The text of the output whose label begins so."""
    at = next(at for at, output in enumerate(model.outputs) if output.label.startswith(label))
    return model.at(**sliders)[at].text


@pytest.mark.one_in(4)
@pytest.mark.parametrize("split", [0.5, 0.1])
@pytest.mark.parametrize("known", [1.0, 0.2])
@pytest.mark.parametrize("covariates", [[], ["pre_sessions"]])
@pytest.mark.parametrize("metric", ["activated", "revenue", "orders_per_session"])
def test_as_measured_the_half_width_is_that_of_the_interval_on_the_page(
    ratio: Load, metric: str, covariates: list[str], known: float, split: float
) -> None:
    variants = {"control": 1 - split, "treatment": split}
    plan = protocol(primary=metric, guard_rails=[], covariates=covariates, variants=variants)
    found = experiments.read(plan, **ratio(**users(known, split)))
    assert found.primary is not None
    interval = found.primary.difference
    scale = 100 if metric == "activated" else 1
    model = plan_model(found)
    assert model.measured[0] == pytest.approx(scale * (interval.high - interval.low) / 2, rel=1e-12)
    assert model.measured[3] == 400
    assert told(model, "Last day") == style.day(START + timedelta(days=16))


def test_another_split_is_that_of_the_units_in_treatment() -> None:
    model = plan_model(of_means((6, 2), (8000, 8000)))
    error = math.sqrt(6**2 / (16000 * 0.75) + 2**2 / (16000 * 0.25))
    assert model.sheet.at({"length": 1, "split": 0.25, "worth": 0.5})[0] == pytest.approx(
        norm.ppf(0.975) * error, rel=1e-3
    )
    assert model.at(split=0.25)[0].value < model.at(split=0.75)[0].value


def test_the_expected_gain_is_the_effect_times_the_chance_to_find_it() -> None:
    found = conclude(protocol(), observed((800, 2000), (810, 2000), days=28))
    model = plan_model(found)
    assert model.outputs[2].label == "Expected gain in Activation for 10,000 users"
    assert model.outputs[0].label == "Half-width of the interval, in points"
    for worth in (0.4, 2.0):
        _, power, gain, *_ = model.at(worth=worth)
        assert gain.value == pytest.approx(100 * worth * power.value)
    assert model.measured[1] < 0.5


def test_power_is_that_of_the_two_sided_normal_test() -> None:
    model = plan_model(of_means((4, 4), (5000, 5000)))
    error = 4 * math.sqrt(2 / 5000)
    critical = norm.ppf(0.975)
    by_hand = norm.cdf(0.2 / error - critical) + norm.cdf(-0.2 / error - critical)
    assert model.at(worth=0.2)[1].value == pytest.approx(by_hand, abs=1e-3)


def test_an_expected_gain_of_what_does_not_add_up_is_told_in_its_own_unit(ratio: Load) -> None:
    plan = protocol(primary="orders_per_session", guard_rails=[], minimum_effect=0.05)
    model = plan_model(experiments.read(plan, **ratio(**users())))
    gain = model.outputs[2]
    assert (gain.label, gain.unit) == ("Expected gain in Orders per session", "ratio")
    assert model.measured[2] == pytest.approx(0.05 * model.measured[1])


def test_an_expected_gain_is_promised_only_for_users_whose_outcome_is_known(supplied: Load) -> None:
    found = experiments.read(protocol(guard_rails=[]), **supplied(**users(known=0.2)))
    label = plan_model(found).outputs[2].label
    assert label == "Expected gain in Activation for 10,000 users with an outcome"


@pytest.mark.parametrize("days", [1, 3, 10, 17, 30, 100])
def test_the_length_is_counted_in_days_at_the_pace_of_the_data(days: int) -> None:
    found = conclude(
        protocol(planned_sample=200 * days),
        observed((40 * days, 100 * days), (44 * days, 100 * days), days=days),
    )
    model = plan_model(found)
    assert (model.sliders[0].label, model.sliders[0].value) == ("Days of assignment", days)
    assert told(model, "Last day") == style.day(START + timedelta(days=days - 1))
    assert told(model, "Users") == style.number(200 * days)
    assert told(model, "Last day", length=4 * days) == style.day(START + timedelta(days=4 * days - 1))
    assert told(model, "Users", length=4 * days) == style.number(800 * days)


def test_a_monitored_test_is_planned_with_its_own_boundary() -> None:
    seen = observed(days=28)
    fixed, sequential = (
        plan_model(conclude(protocol(design=design), seen)).measured
        for design in ("fixed-horizon", "sequential")
    )
    assert sequential[0] / fixed[0] == pytest.approx(anytime_critical(4000, 4000) / norm.ppf(0.975), rel=2e-3)
    assert sequential[1] < fixed[1]


def test_a_test_at_its_planned_end_is_planned_with_the_interval_that_it_has() -> None:
    found = conclude(protocol(design="sequential"), observed(days=20))
    assert found.primary is not None
    interval = found.primary.difference
    half = 100 * (interval.high - interval.low) / 2
    assert plan_model(found).measured[0] == pytest.approx(half, rel=1e-12)


def test_without_dates_there_is_no_end_to_tell() -> None:
    labels = [output.label for output in plan_model(conclude(protocol(), observed())).outputs]
    assert "Last day of assignment" not in labels


def test_twice_the_length_narrows_the_interval_by_the_root_of_two() -> None:
    model = plan_model(conclude(protocol(), observed()))
    (half, *_), (twice, *_) = model.at(), model.at(length=2)
    assert half.value / twice.value == pytest.approx(2**0.5, rel=1e-3)


def test_a_split_near_one_is_planned_as_it_was() -> None:
    found = of_means((4, 4), (9800, 200), variants={"control": 98, "treatment": 2}, planned_sample=10000)
    assert plan_model(found).sliders[1].value == 0.02


def test_few_units_are_planned_with_the_wider_limits_of_t_and_many_with_those_of_the_normal() -> None:
    model = plan_model(of_means((4, 4), (20, 20), planned_sample=40))
    four = plan_model(of_means((4, 4), (80, 80), planned_sample=160))
    assert model.at(length=4)[0].value == pytest.approx(four.measured[0], rel=1e-3)


@pytest.mark.parametrize("worth", [0.02, 0.002])
def test_the_sample_that_an_effect_needs_is_that_of_its_test(worth: float) -> None:
    """Both arms near 0.4: about 18,900 users for 2 points, a hundred times as many for a tenth of that."""
    found = conclude(protocol(guard_rails=[], minimum_effect=worth), observed((800, 2000), (800, 2000)))
    needed = told(plan_model(found), "Users to find that effect in 80% of tests")
    by_hand = 2 * 2 * 0.4 * 0.6 * (norm.ppf(0.975) + norm.ppf(0.8)) ** 2 / worth**2
    assert float(needed.replace(",", "")) == pytest.approx(by_hand, rel=2e-3)


def test_an_uneven_split_needs_more_units_for_the_same_effect() -> None:
    model = plan_model(of_means((4, 4), (8000, 8000)))
    even, uneven = (model.at(split=split)[4].value for split in (0.5, 0.1))
    assert even == pytest.approx(4 * 4**2 * (norm.ppf(0.975) + norm.ppf(0.8)) ** 2 / 0.5**2, rel=1e-3)
    assert uneven / even == pytest.approx((1 / 0.1 + 1 / 0.9) / 4, rel=1e-9)
    assert model.at(length=4)[4].value == pytest.approx(even, rel=1e-9)
