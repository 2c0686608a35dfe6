"""What the methods promise, held to simulations: short ones always, long ones by `make bench`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pytest

from helpers import metrics
from helpers.experiments.effects import effect, measured
from helpers.experiments.observations import Cell, Observations
from helpers.experiments.readout import conclude
from helpers.stats import Moments, PairMoments, lift, mean_difference, proportion_lift, ratio
from helpers.stats.moments import Floats

from .conftest import START, moments, protocol, share

ALPHA = 0.05
LONG = pytest.param(1500, marks=pytest.mark.slow)
"""Repetitions of the long form."""


def at_most(rate: float, repetitions: int) -> float:
    """The most false claims that a rate may show by chance: three standard errors."""
    return float(rate + 3 * np.sqrt(rate * (1 - rate) / repetitions))


def course(generator: np.random.Generator, days: int, daily: int) -> Observations:
    """Two equal arms over days."""
    cells = [
        Cell(arm, START + timedelta(days=day), daily, daily, {"activated": share(successes, daily)})
        for day in range(days)
        for arm, successes in zip(("control", "treatment"), generator.binomial(daily, 0.3, 2), strict=True)
    ]
    return Observations.of(cells, {"activated"})


@pytest.mark.parametrize("repetitions", [400, LONG])
def test_equal_arms_are_told_apart_as_seldom_as_alpha_says(repetitions: int) -> None:
    generator = np.random.default_rng(1)
    plan = protocol(guard_rails=[], planned_sample=1000)
    found = [conclude(plan, course(generator, 1, 500)) for _ in range(repetitions)]
    assert np.mean([one.primary is not None and one.primary.clear for one in found]) <= at_most(
        ALPHA, repetitions
    )
    assert np.mean([one.verdict.decision == "Ship" for one in found]) <= at_most(ALPHA / 2, repetitions)


@pytest.mark.parametrize("repetitions", [80, LONG])
@pytest.mark.parametrize("design", ["sequential", "group-sequential"])
def test_daily_peeking_makes_no_more_false_claims(design: str, repetitions: int) -> None:
    generator, days = np.random.default_rng(2), 14
    looks = [START + timedelta(days=day) for day in range(days - 1)] if design != "sequential" else []
    plan = protocol(guard_rails=[], planned_sample=days * 400, design=design, looks=looks)
    metric, claims = metrics.get("activated"), 0
    for _ in range(repetitions):
        observed = course(generator, days, 200)
        for day in observed.days:
            one = effect(plan, observed.until(day), metric, "primary")
            if one is not None and one.clear:
                claims += 1
                break
    assert claims / repetitions <= at_most(ALPHA, repetitions)


@dataclass(frozen=True)
class Law:
    """A pair of arms, drawn many times, and the truth that intervals should hold."""

    truth: float
    covers: Callable[[np.random.Generator], tuple[float, float]]


def arms(control: Moments, treatment: Moments, *, shares: bool = False) -> Observations:
    cells = [
        Cell(arm, None, one.n, one.n, {"activated" if shares else "revenue": one})
        for arm, one in (("control", control), ("treatment", treatment))
    ]
    return Observations.of(cells, {"activated"} if shares else ())


def of_means(draw: Callable[[np.random.Generator], Floats], gain: float) -> Law:
    def covers(generator: np.random.Generator) -> tuple[float, float]:
        found = measured(
            protocol(),
            arms(moments(draw(generator)), moments(draw(generator) + gain)),
            metrics.get("revenue"),
        )
        assert found is not None
        one = found.difference(0.95)
        return one.low, one.high

    return Law(gain, covers)


def of_shares(base: float, gain: float, n: int, *, relative: bool) -> Law:
    def covers(generator: np.random.Generator) -> tuple[float, float]:
        control, treatment = (share(int(k), n) for k in generator.binomial(n, (base, base + gain)))
        found = measured(protocol(), arms(control, treatment, shares=True), metrics.get("activated"))
        assert found is not None
        one = found.lift(0.95) if relative else found.difference(0.95)
        return (one.low, one.high) if one else (-np.inf, np.inf)

    return Law(gain / base if relative else gain, covers)


def of_fieller(n: int) -> Law:
    def covers(generator: np.random.Generator) -> tuple[float, float]:
        control, treatment = (moments(generator.exponential(scale, n)).as_mean(0.95) for scale in (10, 11))
        one = lift(treatment, control)
        assert one is not None
        return one.low, one.high

    return Law(0.1, covers)


def of_ratio(n: int) -> Law:
    def arm(generator: np.random.Generator) -> Moments:
        sessions = 1 + generator.poisson(4, n)
        orders = generator.binomial(sessions, 0.3)
        covariance = np.cov(orders, sessions)
        pair = PairMoments(
            n, orders.mean(), sessions.mean(), covariance[0, 0], covariance[1, 1], covariance[0, 1]
        )
        found = ratio(pair)
        return Moments(n, found.value, (found.se or 0) ** 2 * n)

    def covers(generator: np.random.Generator) -> tuple[float, float]:
        control, treatment = (arm(generator).as_mean(0.95) for _ in range(2))
        one = mean_difference(treatment, control)
        return one.low, one.high

    return Law(0.0, covers)


def observed_with_covariate(generator: np.random.Generator, n: int, correlation: float) -> Observations:
    """Revenue and what was known before, with a stated correlation; no effect."""
    before = generator.normal(0, 1, 2 * n)
    noise = generator.normal(0, np.sqrt(1 - correlation**2), 2 * n)
    values = np.stack([5 + correlation * before + noise, before])
    parts = [values[:, :n], values[:, n:]]
    return Observations(
        variant=np.array(["control", "treatment"]),
        day=np.array([None, None], dtype="datetime64[D]"),
        parts={},
        units=np.array([n, n]),
        with_outcome=np.array([n, n]),
        columns=("revenue", "pre_revenue"),
        n=np.full((2, 2), float(n)),
        means=np.stack([part.mean(axis=1) for part in parts]),
        covariances=np.stack([np.cov(part) for part in parts]),
        shares=frozenset(),
        covariates=("pre_revenue",),
    )


def of_cuped(n: int) -> Law:
    plan = protocol(covariates=["pre_revenue"])

    def covers(generator: np.random.Generator) -> tuple[float, float]:
        found = measured(plan, observed_with_covariate(generator, n, 0.7), metrics.get("revenue"))
        assert found is not None
        assert found.adjusted
        one = found.difference(0.95)
        return one.low, one.high

    return Law(0.0, covers)


LAWS = {
    "normal mean": of_means(lambda generator: generator.normal(5, 2, 300), 0.3),
    "exponential mean": of_means(lambda generator: generator.exponential(5, 300), 0.5),
    "share 0.1": of_shares(0.1, 0.03, 400, relative=False),
    "share 0.3": of_shares(0.3, 0.03, 400, relative=False),
    "share 0.5": of_shares(0.5, 0.0, 200, relative=False),
    "MOVER-R 0.1": of_shares(0.1, 0.03, 400, relative=True),
    "MOVER-R 0.4": of_shares(0.4, 0.05, 200, relative=True),
    "Fieller": of_fieller(200),
    "ratio": of_ratio(300),
    "CUPED": of_cuped(200),
}


@pytest.mark.parametrize("repetitions", [400, pytest.param(8000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", list(LAWS))
def test_intervals_hold_the_truth_as_often_as_they_say(name: str, repetitions: int) -> None:
    generator, law = np.random.default_rng(5), LAWS[name]
    limits = [law.covers(generator) for _ in range(repetitions)]
    coverage = float(np.mean([low <= law.truth <= high for low, high in limits]))
    chance = 3 * np.sqrt(0.95 * 0.05 / repetitions)
    print(f"{name}: {coverage:.4f} of {repetitions}")  # noqa: T201  (the table that `pytest -s` shows)
    assert 0.94 - max(0.0, chance - 0.01) <= coverage <= 0.96 + max(0.0, chance - 0.01)


def test_cuped_shortens_the_interval_as_theory_says() -> None:
    generator = np.random.default_rng(6)
    observed, metric = observed_with_covariate(generator, 4000, 0.7), metrics.get("revenue")
    plain, adjusted = (
        measured(protocol(covariates=names), observed, metric) for names in ([], ["pre_revenue"])
    )
    assert plain is not None
    assert adjusted is not None
    shorter = (adjusted.difference(0.95).se or 0) / (plain.difference(0.95).se or 1)
    assert shorter == pytest.approx(np.sqrt(1 - 0.7**2), rel=0.03)


@pytest.mark.parametrize(
    ("control", "treatment", "told"),
    [
        (Moments(0, 0.0, 0.0), Moments(0, 0.0, 0.0), "none"),
        (Moments(1, 3.0, 0.0), Moments(1, 4.0, 0.0), "none"),
        (Moments(1, 3.0, 0.0), Moments(50, 4.0, 1.0), "none"),
        (Moments(9, float("inf"), 1.0), Moments(9, 1.0, 1.0), "none"),
        (Moments(9, 1.0, float("inf")), Moments(9, 1.0, 1.0), "none"),
        (Moments(9, 1.0, float("nan")), Moments(9, 1.0, 1.0), "none"),
        (Moments(2, 3.0, 0.0), Moments(2, 4.0, 0.0), "no width"),
        (Moments(9, 0.0, 0.0), Moments(9, 0.0, 0.0), "no width"),
        (Moments(2, 3.0, 1.0), Moments(2, 4.0, 1.0), "interval"),
        (Moments(9, 1e15, 4.0), Moments(9, 1e15 + 8, 4.0), "interval"),
        (Moments(9, -2.0, 1.0), Moments(9, 1.0, 1.0), "interval"),
    ],
)
@pytest.mark.parametrize("design", ["fixed-horizon", "sequential", "group-sequential"])
def test_degenerate_inputs_give_a_typed_result(
    control: Moments, treatment: Moments, told: str, design: str
) -> None:
    plan = protocol(guard_rails=[], primary="revenue", design=design)
    found = conclude(plan, arms(control, treatment))
    if told == "none":
        assert found.primary is None
        assert found.verdict.decision == "No verdict"
        return
    assert found.primary is not None
    one = found.primary.difference
    assert np.isfinite([one.value, one.low, one.high]).all()
    assert (one.low < one.high) == (told == "interval")


@pytest.mark.parametrize(("control", "treatment"), [((0, 5), (0, 5)), ((5, 5), (5, 5)), ((0, 2), (2, 2))])
def test_shares_of_none_and_all_keep_a_width(control: tuple[int, int], treatment: tuple[int, int]) -> None:
    found = measured(
        protocol(), arms(share(*control), share(*treatment), shares=True), metrics.get("activated")
    )
    assert found is not None
    one = found.difference(0.95)
    assert one.low < one.high
    assert proportion_lift(found.arms(0.95)[1], found.arms(0.95)[0]) is None or control[0]
