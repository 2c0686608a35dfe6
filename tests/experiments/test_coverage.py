"""Intervals hold the truth as often as they say; `pytest -s` prints the table (difference, relative lift)."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest
from scipy.stats import binom

from helpers import metrics
from helpers.experiments.effects import Measured, measured
from helpers.experiments.observations import DENOMINATOR, NUMERATOR, Observations
from helpers.stats import Difference
from helpers.stats.moments import Floats

from .conftest import protocol, share

Generator = np.random.Generator
Draw = Callable[[Generator, int], Floats]
"""So many units of an arm: one column of values, or several that vary together (columns by units)."""

CORRELATION = 0.7
"""Of a value with all that was known before."""
PROMISED, ELSEWHERE, BEYOND = (0.94, 0.96), (0.94, 1.0), (0.90, 1.0)
"""Where the methods are meant for; where they must not claim too much; where they are known to."""


@dataclass(frozen=True)
class Law:
    """How the units of both arms are drawn, and the truth: the control's value and the treatment's."""

    what: str
    units: tuple[int, int]
    truth: tuple[float, float]
    arms: tuple[Draw, Draw]
    metric: str = "revenue"
    columns: tuple[str, ...] = ("revenue",)
    is_share: bool = False

    @property
    def name(self) -> str:
        return f"{self.what}, {self.units[0]} and {self.units[1]} units"

    def drawn(self, generator: Generator) -> Measured:
        """Both arms of one experiment, from the aggregates of its units."""
        arms = [np.atleast_2d(arm(generator, n)) for arm, n in zip(self.arms, self.units, strict=True)]
        covariates = tuple(name for name in self.columns if name.startswith("pre_"))
        observed = Observations(
            variant=np.array(["control", "treatment"]),
            day=np.array([None, None], dtype="datetime64[D]"),
            parts={},
            units=np.array(self.units),
            with_outcome=np.array(self.units),
            columns=self.columns,
            n=np.repeat(np.array(self.units, dtype=float)[:, None], len(self.columns), axis=1),
            means=np.stack([arm.mean(axis=1) for arm in arms]),
            covariances=np.stack([np.atleast_2d(np.cov(arm)) for arm in arms]),
            shares=frozenset({self.metric} if self.is_share else ()),
            covariates=covariates,
        )
        found = measured(protocol(covariates=covariates), observed, metrics.get(self.metric))
        assert found is not None
        return found


def law(what: str, units: tuple[int, int], draw: Callable[[float], Draw], truth: tuple[float, float]) -> Law:
    """A law of means: `draw` gives the arm of a mean."""
    return Law(what, units, truth, (draw(truth[0]), draw(truth[1])))


def normal(mean: float) -> Draw:
    return lambda generator, n: generator.normal(mean, 2, n)


def exponential(mean: float) -> Draw:
    return lambda generator, n: generator.exponential(mean, n)


def poisson(mean: float) -> Draw:
    return lambda generator, n: generator.poisson(mean, n).astype(float)


def lognormal(spread: float) -> Callable[[float], Draw]:
    return lambda mean: lambda generator, n: generator.lognormal(np.log(mean) - spread**2 / 2, spread, n)


def known_before(covariates: int, *, skewed: bool) -> Callable[[float], Draw]:
    """Values of spread 1 with what was known of each unit before."""

    def arm(mean: float) -> Draw:
        def draw(generator: Generator, n: int) -> Floats:
            shape = covariates + 1, n
            noise = generator.exponential(1, shape) - 1 if skewed else generator.normal(0, 1, shape)
            foretold = noise[1:].sum(axis=0) * CORRELATION / np.sqrt(covariates)
            return np.vstack([mean + foretold + noise[0] * np.sqrt(1 - CORRELATION**2), noise[1:]])

        return draw

    return arm


def adjusted(units: tuple[int, int], covariates: int, *, skewed: bool) -> Law:
    what = f"CUPED by {covariates}, {'exponential' if skewed else 'normal'}"
    arm, truth = known_before(covariates, skewed=skewed), (5.0, 5.1)
    columns = ("revenue", *(f"pre_{at}" for at in range(covariates)))
    return Law(what, units, truth, (arm(truth[0]), arm(truth[1])), columns=columns)


def adjusted_share(units: tuple[int, int], truth: tuple[float, float]) -> Law:
    """A share that is higher for those who had done something before."""

    def arm(base: float) -> Draw:
        def draw(generator: Generator, n: int) -> Floats:
            before = generator.integers(0, 2, n)
            return np.stack([generator.random(n) < base + 0.1 * (2 * before - 1), before]).astype(float)

        return draw

    what, columns = f"CUPED by 1, shares {truth[0]} and {truth[1]}", ("activated", "pre_active")
    return Law(what, units, truth, (arm(truth[0]), arm(truth[1])), "activated", columns, is_share=True)


def orders_a_session(units: tuple[int, int], *, heavy: bool, known: bool = False) -> Law:
    """Orders of sessions: users differ in how many sessions they have and in how often they order.

    A user's rate is independent of their sessions, so that the ratio of the means is the mean rate. Five
    sessions from before may be known.
    """

    def arm(rate: float) -> Draw:
        def draw(generator: Generator, n: int) -> Floats:
            many = np.ceil(generator.lognormal(1, 1, n)) if heavy else 1 + generator.poisson(4, n)
            likely = 0.9 * generator.beta(5 / 3, 10 / 3, n)
            before = generator.binomial(5, likely)
            orders = generator.binomial(many.astype(int), likely * rate / 0.3)
            return np.stack([orders, many, before][: 3 if known else 2]).astype(float)

        return draw

    what = f"{'CUPED by 1, ' if known else ''}orders a session, {'heavy' if heavy else 'even'} use"
    columns = ("revenue" + NUMERATOR, "revenue" + DENOMINATOR, *(("pre_orders",) if known else ()))
    return Law(what, units, (0.3, 0.33), (arm(0.3), arm(0.33)), columns=columns)


LAWS: list[tuple[Law, tuple[float, float]]] = [
    (law("normal", (300, 300), normal, (5.0, 5.3)), PROMISED),
    (law("exponential", (200, 200), exponential, (10.0, 11.0)), PROMISED),
    (law("exponential", (300, 1200), exponential, (10.0, 11.0)), PROMISED),
    (adjusted((200, 200), 1, skewed=False), PROMISED),
    (adjusted((300, 300), 3, skewed=True), PROMISED),
    (adjusted_share((200, 200), (0.3, 0.35)), PROMISED),
    (adjusted_share((200, 200), (0.15, 0.16)), PROMISED),
    (orders_a_session((200, 200), heavy=False), PROMISED),
    (orders_a_session((200, 200), heavy=False, known=True), PROMISED),
    (orders_a_session((1000, 1000), heavy=True), PROMISED),
    (law("normal", (5, 5), normal, (5.0, 5.3)), ELSEWHERE),
    (law("exponential", (20, 20), exponential, (10.0, 11.0)), ELSEWHERE),
    (law("Poisson, one in twenty", (100, 100), poisson, (0.05, 0.06)), ELSEWHERE),
    (law("lognormal, spread 1", (200, 200), lognormal(1), (10.0, 11.0)), ELSEWHERE),
    (law("lognormal, spread 2", (500, 500), lognormal(2), (10.0, 11.0)), ELSEWHERE),
    (adjusted((10, 10), 3, skewed=False), ELSEWHERE),
    (orders_a_session((50, 50), heavy=False), ELSEWHERE),
    (law("exponential", (20, 200), exponential, (10.0, 11.0)), BEYOND),
    (law("lognormal, spread 1", (50, 500), lognormal(1), (10.0, 11.0)), BEYOND),
    (adjusted((20, 200), 1, skewed=True), BEYOND),
    (orders_a_session((20, 20), heavy=True), BEYOND),
]


def holds(one: Difference | None, truth: float) -> bool:
    """Whether an interval holds the truth; one that is not estimable excludes nothing."""
    return one is None or one.low <= truth <= one.high


def told(name: str, absolute: float, relative: float) -> None:
    print(f"| {name} | {100 * absolute:.1f}% | {100 * relative:.1f}% |")  # noqa: T201


@pytest.mark.parametrize("repetitions", [200, pytest.param(8000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("law", "band"), LAWS, ids=[law.name for law, _ in LAWS])
def test_intervals_of_means_hold_the_truth(law: Law, band: tuple[float, float], repetitions: int) -> None:
    """Welch and Fieller, plain, adjusted and of ratios; the short form allows for three standard errors."""
    generator, (control, treatment) = np.random.default_rng(5), law.truth
    held = np.zeros(2)
    for _ in range(repetitions):
        found = law.drawn(generator)
        held += (
            holds(found.difference(0.95), treatment - control),
            holds(found.lift(0.95), treatment / control - 1),
        )
    absolute, relative = held / repetitions
    told(law.name, absolute, relative)
    slack = max(0.0, 3 * np.sqrt(0.95 * 0.05 / repetitions) - 0.01)
    assert band[0] - slack <= absolute <= band[1] + slack
    assert band[0] - slack <= relative <= band[1] + slack


def counts(trials: int, base: float) -> list[tuple[int, float]]:
    """The counts that happen, all but one in a million, and how often each does."""
    first, last = (int(binom.ppf(tail, trials, base)) for tail in (5e-7, 1 - 5e-7))
    return [(successes, float(binom.pmf(successes, trials, base))) for successes in range(first, last + 1)]


SHARES = [
    ((200, 200), (0.1, 0.1), PROMISED),
    ((200, 200), (0.1, 0.12), PROMISED),
    pytest.param((200, 200), (0.3, 0.33), PROMISED, marks=pytest.mark.slow),
    pytest.param((200, 200), (0.5, 0.5), PROMISED, marks=pytest.mark.slow),
    pytest.param((200, 200), (0.5, 0.4), PROMISED, marks=pytest.mark.slow),
    pytest.param((200, 1000), (0.1, 0.12), PROMISED, marks=pytest.mark.slow),
    pytest.param((1000, 1000), (0.1, 0.12), PROMISED, marks=pytest.mark.slow),
    ((20, 20), (0.1, 0.2), ELSEWHERE),
    ((50, 50), (0.5, 0.5), ELSEWHERE),
    ((100, 100), (0.9, 0.95), ELSEWHERE),
    ((200, 200), (0.01, 0.02), ELSEWHERE),
    ((1000, 1000), (0.001, 0.001), ELSEWHERE),
    ((20, 200), (0.02, 0.02), ELSEWHERE),
    ((10, 10), (0.3, 0.5), BEYOND),
    ((100, 100), (0.06, 0.94), BEYOND),
]


@pytest.mark.parametrize(("trials", "shares", "band"), SHARES)
def test_intervals_of_shares_hold_the_truth(
    trials: tuple[int, int], shares: tuple[float, float], band: tuple[float, float]
) -> None:
    """Newcombe and MOVER-R, counted out over every table that can happen."""
    (control, treatment), held, all_of_them = shares, np.zeros(2), 0.0
    both = (counts(n, base) for n, base in zip(trials, shares, strict=True))
    for (before, odds), (after, others) in product(*both):
        found = Measured("share", share(before, trials[0]), share(after, trials[1]))
        weight = odds * others
        all_of_them += weight
        held += weight * np.array(
            (
                holds(found.difference(0.95), treatment - control),
                holds(found.lift(0.95), treatment / control - 1),
            )
        )
    absolute, relative = held / all_of_them
    told(f"shares {control} and {treatment}, {trials[0]} and {trials[1]} units", absolute, relative)
    assert band[0] <= absolute <= band[1]
    assert band[0] <= relative <= band[1]


@pytest.mark.parametrize("covariates", [1, 3])
@pytest.mark.parametrize("skewed", [False, True])
def test_cuped_shortens_the_interval_as_theory_says(covariates: int, skewed: bool) -> None:
    """The variance is what the covariates leave unexplained, 1 - R squared of 1 (Deng et al. 2013)."""
    units = 20_000
    found = adjusted((units, units), covariates, skewed=skewed).drawn(np.random.default_rng(6))
    assert found.adjusted
    assert found.difference(0.95).se == pytest.approx(np.sqrt((1 - CORRELATION**2) * 2 / units), rel=0.03)
