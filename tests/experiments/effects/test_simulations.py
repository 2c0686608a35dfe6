"""What the methods promise, held to simulations: short ones always, long ones by `make bench`."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pytest

from helpers import metrics
from helpers.experiments.effects.estimation import arm_statistics
from helpers.experiments.observations.aggregates import Observations, VariantDay
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust.interference import interaction
from helpers.experiments.verdict.readout import conclude
from helpers.stats import Moments, proportion_lift

from ..conftest import START, moments, protocol, share

ALPHA = 0.05
LONG = pytest.param(1500, marks=pytest.mark.slow)
"""Repetitions of the long form."""


def at_most(rate: float, repetitions: int) -> float:
    """The most false claims that a rate may show by chance: three standard errors."""
    return float(rate + 3 * np.sqrt(rate * (1 - rate) / repetitions))


def of_shares(generator: np.random.Generator, units: int) -> Moments:
    return share(int(generator.binomial(units, 0.3)), units)


def of_revenue(generator: np.random.Generator, units: int) -> Moments:
    return moments(generator.exponential(20, units))


DRAWN = {"activated": of_shares, "revenue": of_revenue}
"""How the units of either arm are drawn: two metrics that no treatment moves."""


def weekly_effects(generator: np.random.Generator, metric: str, days: int, daily: int) -> Observations:
    """Two equal arms over days."""
    cells = [
        VariantDay(arm, START + timedelta(days=day), daily, daily, {metric: DRAWN[metric](generator, daily)})
        for day in range(days)
        for arm in ("control", "treatment")
    ]
    return Observations.of(cells, {"activated"} & {metric})


@dataclass(frozen=True)
class Peeked:
    """What somebody saw who read the verdict every day: a clear interval once, `Ship` once."""

    clear: bool
    shipped: bool


def peeked(plan: Protocol, observed: Observations) -> Peeked:
    """The readout of every day, from the aggregates up to it, until one of them says `Ship`."""
    clear = False
    for day in observed.days:
        found = conclude(plan, observed.until(day))
        clear = clear or (found.primary is not None and found.primary.clear)
        if found.verdict.decision == "Ship":
            return Peeked(clear, shipped=True)
    return Peeked(clear, shipped=False)


def rates(plan: Protocol, days: int, daily: int, repetitions: int) -> tuple[float, float]:
    """How often equal arms were told apart, and how often they were shipped, among so many experiments."""
    generator = np.random.default_rng(2)
    found = [peeked(plan, weekly_effects(generator, plan.primary, days, daily)) for _ in range(repetitions)]
    clear = float(np.mean([one.clear for one in found]))
    shipped = float(np.mean([one.shipped for one in found]))
    what = f"{plan.design}, {plan.primary}, {days} looks, {repetitions} experiments"
    print(f"{what}: told apart {clear:.4f}, shipped {shipped:.4f}")  # noqa: T201  (shown by `pytest -s`)
    return clear, shipped


@pytest.mark.parametrize("repetitions", [80, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("metric", list(DRAWN))
def test_equal_arms_are_told_apart_as_seldom_as_alpha_says(metric: str, repetitions: int) -> None:
    plan = protocol(primary=metric, guard_rails=[], planned_sample=1000)
    clear, shipped = rates(plan, 1, 500, repetitions)
    assert clear <= at_most(ALPHA, repetitions)
    assert shipped <= at_most(ALPHA / 2, repetitions)


DAYS = 14


@pytest.mark.parametrize("repetitions", [8, LONG])
@pytest.mark.parametrize("metric", list(DRAWN))
@pytest.mark.parametrize("design", ["sequential", "group-sequential"])
def test_daily_peeking_makes_no_more_false_claims(design: str, metric: str, repetitions: int) -> None:
    looks = [START + timedelta(days=day) for day in range(DAYS - 1)] if design == "group-sequential" else []
    plan = protocol(primary=metric, guard_rails=[], planned_sample=DAYS * 400, design=design, looks=looks)
    clear, shipped = rates(plan, DAYS, 200, repetitions)
    assert clear <= at_most(ALPHA, repetitions)
    assert shipped <= at_most(ALPHA / 2, repetitions)


@pytest.mark.parametrize("repetitions", [32, LONG])
def test_a_fixed_horizon_refuses_what_peeking_would_believe(repetitions: int) -> None:
    """Its interval, looked at daily, is clear some day far more often than alpha; the verdict waits."""
    clear, shipped = rates(protocol(guard_rails=[], planned_sample=DAYS * 400), DAYS, 200, repetitions)
    assert clear > at_most(ALPHA, repetitions)
    assert shipped <= at_most(ALPHA / 2, repetitions)


MANY = pytest.param(5000, marks=pytest.mark.slow)


@pytest.mark.parametrize("repetitions", [60, MANY])
def test_harm_as_large_as_the_margin_seldom_ships(repetitions: int) -> None:
    """The guard-rail is one-sided non-inferiority at alpha / 2, whatever the primary metric gains."""
    generator, plan, units = np.random.default_rng(3), protocol(planned_sample=1000), 500
    margin = plan.guard_rails[0].margin

    def cell(arm: str, base: float, contacts: float) -> VariantDay:
        known = {
            "activated": share(int(generator.binomial(units, base)), units),
            "support_contacts": moments(generator.poisson(contacts, units).astype(float)),
        }
        return VariantDay(arm, None, units, units, known)

    shipped = 0
    for _ in range(repetitions):
        cells = [cell("control", 0.3, 0.25), cell("treatment", 0.5, 0.25 + margin)]
        shipped += conclude(plan, Observations.of(cells, {"activated"})).verdict.decision == "Ship"
    print(f"Harm as large as the margin: shipped {shipped} of {repetitions}")  # noqa: T201
    assert shipped / repetitions <= at_most(ALPHA / 2, repetitions)


@pytest.mark.parametrize("repetitions", [60, MANY])
def test_of_several_equal_treatments_any_is_claimed_as_seldom_as_alpha_says(repetitions: int) -> None:
    generator, units = np.random.default_rng(4), 500
    variants = ("control", "blue", "green", "red")
    plan = protocol(variants=dict.fromkeys(variants, 1), guard_rails=[], planned_sample=4 * units)
    claims = 0
    for _ in range(repetitions):
        cells = [
            VariantDay(arm, None, units, units, {"activated": share(int(successes), units)})
            for arm, successes in zip(variants, generator.binomial(units, 0.3, 4), strict=True)
        ]
        found = conclude(plan, Observations.of(cells, {"activated"}))
        claims += any(
            one.primary is not None and one.primary.clear for one in (found, *found.other_treatments)
        )
    print(f"Three equal treatments: any claimed in {claims} of {repetitions}")  # noqa: T201
    assert claims / repetitions <= at_most(ALPHA, repetitions)


@pytest.mark.parametrize("repetitions", [30, MANY])
def test_a_list_of_metrics_that_nothing_moves_has_a_claim_as_seldom_as_alpha_says(repetitions: int) -> None:
    generator, units = np.random.default_rng(5), 300
    listed = ["orders", "revenue", "sessions", "support_contacts"]
    plan = protocol(guard_rails=[], secondary=listed, planned_sample=2 * units)
    claims = 0
    for _ in range(repetitions):
        cells = [
            VariantDay(
                arm,
                None,
                units,
                units,
                {"activated": of_shares(generator, units)}
                | {name: moments(generator.exponential(3, units)) for name in listed},
            )
            for arm in ("control", "treatment")
        ]
        found = conclude(plan, Observations.of(cells, {"activated"}))
        assert len(found.others) == len(listed)
        claims += any(one.clear for one in found.others)
    print(f"Four other metrics: any claimed in {claims} of {repetitions}")  # noqa: T201
    assert claims / repetitions <= at_most(ALPHA, repetitions)


@pytest.mark.parametrize("repetitions", [150, pytest.param(20_000, marks=pytest.mark.slow)])
def test_effects_that_add_up_are_seldom_called_an_interaction(repetitions: int) -> None:
    generator, units, arms = np.random.default_rng(6), 400, ("control", "treatment")
    bases = {(own, other): 0.3 + 0.05 * (own + other).count("treatment") for own in arms for other in arms}
    seen = 0
    for _ in range(repetitions):
        four = {key: share(int(generator.binomial(units, base)), units) for key, base in bases.items()}
        found = interaction(four, arms, arms, 1 - ALPHA)
        assert found is not None
        seen += found.clear
    print(f"No interaction: seen in {seen} of {repetitions}")  # noqa: T201
    assert seen / repetitions <= at_most(ALPHA, repetitions)


def arms(control: Moments, treatment: Moments, *, shares: bool = False) -> Observations:
    cells = [
        VariantDay(arm, None, one.n, one.n, {"activated" if shares else "revenue": one})
        for arm, one in (("control", control), ("treatment", treatment))
    ]
    return Observations.of(cells, {"activated"} if shares else ())


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
    found = arm_statistics(
        protocol(), arms(share(*control), share(*treatment), shares=True), metrics.get("activated")
    )
    assert found is not None
    one = found.difference(0.95)
    assert one.low < one.high
    lift = proportion_lift(found.arms(0.95)[1], found.arms(0.95)[0])
    assert (lift is None) == (control[0] == 0)
    assert lift is None or lift.low < 0 < lift.high
