"""Intervals hold the truth as often as they say, or are said to decide nothing.

`pytest -s` prints the table: how often the difference and the relative lift hold the truth, and how often
the interval is withheld because its conditions are not met.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest
from scipy.stats import binom

from helpers import metrics
from helpers.experiments.effects.conditions import FEWEST, far_apart, unmet
from helpers.experiments.effects.estimation import ArmStatistics, arm_statistics
from helpers.experiments.observations.aggregates import DENOMINATOR, NUMERATOR, Observations
from helpers.experiments.observations.linear import linearized
from helpers.stats import Difference, difference_skewness
from helpers.stats.moments import Floats

from ..conftest import protocol, share

Generator = np.random.Generator
Draw = Callable[[Generator, int], Floats]
"""So many units of an arm: one column of values, or several that vary together (columns by units)."""

CORRELATION = 0.7
"""Of a value with all that was known before."""
PROMISED, ELSEWHERE = (0.94, 0.96), (0.94, 1.0)
"""Where the methods are meant for; where they must not claim too much."""
WITHHELD = 0.01
"""Most intervals that may be withheld where the methods are meant for."""


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

    def drawn(self, generator: Generator) -> tuple[ArmStatistics, bool]:
        """Both arms of one experiment, from the aggregates of its units; whether its interval is withheld."""
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
        plan = protocol(covariates=covariates, primary=self.metric, guard_rails=[])
        found = arm_statistics(plan, observed, metrics.get(self.metric))
        forms = linearized(plan, observed, self.metric)
        assert found is not None
        assert forms is not None
        own = [
            (form.moments, cubed(form.weights @ arm[[self.columns.index(name) for name in form.columns]]))
            for form, arm in zip(forms.arms, arms, strict=True)
        ]
        skewness = {("treatment", self.metric): difference_skewness(own[1], own[0])}
        return found, bool(unmet(plan, observed, skewness))


def cubed(values: Floats) -> float:
    """The skewness of values, with the spread that is their sample's."""
    away, spread = values - values.mean(), values.std(ddof=1)
    return float((away**3).mean() / spread**3) if spread else 0.0


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


def seldom(part: float) -> Callable[[float], Draw]:
    """Nothing for most units."""
    some = lognormal(1)
    return lambda mean: lambda generator, n: (generator.random(n) < part) * some(mean / part)(generator, n)


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
    (law("exponential", (30, 30), exponential, (10.0, 11.0)), ELSEWHERE),
    (law("exponential", (20, 200), exponential, (10.0, 11.0)), ELSEWHERE),
    (law("exponential", (50, 500), exponential, (10.0, 11.0)), ELSEWHERE),
    (law("Poisson, one in twenty", (50, 100), poisson, (0.05, 0.06)), ELSEWHERE),
    (law("lognormal, spread 1", (50, 500), lognormal(1), (10.0, 11.0)), ELSEWHERE),
    (law("lognormal, spread 2", (500, 500), lognormal(2), (10.0, 11.0)), ELSEWHERE),
    (law("lognormal, spread 3", (5, 5), lognormal(3), (10.0, 11.0)), ELSEWHERE),
    (law("one in fifty pays, lognormal", (50, 50), seldom(0.02), (10.0, 11.0)), ELSEWHERE),
    (law("one in fifty pays, lognormal", (200, 2000), seldom(0.02), (10.0, 11.0)), ELSEWHERE),
    (adjusted((30, 30), 10, skewed=False), ELSEWHERE),
    (adjusted((30, 300), 3, skewed=True), ELSEWHERE),
    (adjusted_share((60, 600), (0.6, 0.7)), ELSEWHERE),
    (orders_a_session((50, 50), heavy=False), ELSEWHERE),
    (orders_a_session((20, 20), heavy=True), ELSEWHERE),
    (orders_a_session((100, 100), heavy=True), ELSEWHERE),
    (orders_a_session((50, 500), heavy=True), ELSEWHERE),
    (orders_a_session((200, 2000), heavy=True), ELSEWHERE),
]


def holds(one: Difference | None, truth: float) -> bool:
    """Whether an interval holds the truth; one that is not estimable excludes nothing."""
    return one is None or one.low <= truth <= one.high


def told(name: str, held: tuple[float, float], withheld: float, together: tuple[float, float]) -> None:
    """A line of the table: holds, is withheld, holds or is withheld."""
    one, both = (f"{100 * pair[0]:.1f}% ({100 * pair[1]:.1f}%)" for pair in (held, together))
    print(f"| {name} | {one} | {100 * withheld:.1f}% | {both} |")  # noqa: T201


@pytest.mark.one_in(4)
@pytest.mark.parametrize("repetitions", [60, pytest.param(8000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("law", "band"), LAWS, ids=[law.name for law, _ in LAWS])
def test_intervals_of_means_hold_the_truth(law: Law, band: tuple[float, float], repetitions: int) -> None:
    """Welch and Fieller, plain, adjusted and of ratios; the short form allows for three standard errors."""
    generator, (control, treatment) = np.random.default_rng(5), law.truth
    draws = np.zeros((repetitions, 3), dtype=bool)
    for draw in draws:
        found, beyond = law.drawn(generator)
        draw[:] = (
            holds(found.difference(0.95), treatment - control),
            holds(found.lift(0.95), treatment / control - 1),
            beyond,
        )
    held, withheld = draws[:, :2], draws[:, 2]
    together = held | withheld[:, None]
    told(law.name, tuple(held.mean(axis=0)), withheld.mean(), tuple(together.mean(axis=0)))
    slack = max(0.0, 3 * np.sqrt(0.95 * 0.05 / repetitions) - 0.01)
    assert (band[0] - slack <= together.mean(axis=0)).all()
    if band == PROMISED:
        assert (held.mean(axis=0) <= band[1] + slack).all()
        assert withheld.mean() <= WITHHELD


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
    ((10, 10), (0.3, 0.5), ELSEWHERE),
    ((30, 30), (0.45, 0.4), ELSEWHERE),
    ((30, 30), (0.375, 0.005), ELSEWHERE),
    ((50, 50), (0.5, 0.5), ELSEWHERE),
    ((100, 100), (0.9, 0.95), ELSEWHERE),
    ((100, 100), (0.06, 0.94), ELSEWHERE),
    ((200, 200), (0.01, 0.02), ELSEWHERE),
    ((1000, 1000), (0.001, 0.001), ELSEWHERE),
    ((30, 300), (0.02, 0.02), ELSEWHERE),
]


@pytest.mark.parametrize(("trials", "shares", "band"), SHARES)
def test_intervals_of_shares_hold_the_truth(
    trials: tuple[int, int], shares: tuple[float, float], band: tuple[float, float]
) -> None:
    """Newcombe and MOVER-R, counted out over every table that can happen."""
    (control, treatment), everything = shares, np.zeros(6)
    both = (counts(n, base) for n, base in zip(trials, shares, strict=True))
    for (before, odds), (after, others) in product(*both):
        found = ArmStatistics("share", share(before, trials[0]), share(after, trials[1]))
        held = (
            holds(found.difference(0.95), treatment - control),
            holds(found.lift(0.95), treatment / control - 1),
        )
        withheld = far_apart(found) or min(trials) < FEWEST
        everything += odds * others * np.array((1, *held, withheld, *(one or withheld for one in held)))
    everything /= everything[0]
    held, together = tuple(everything[1:3]), tuple(everything[4:])
    told(
        f"shares {control} and {treatment}, {trials[0]} and {trials[1]} units", held, everything[3], together
    )
    assert min(together) >= band[0]
    if band == PROMISED:
        assert max(held) <= band[1]
        assert everything[3] <= WITHHELD


@pytest.mark.slow
@pytest.mark.parametrize("trials", [(30, 30), (40, 40), (30, 300), (100, 100)])
def test_no_two_shares_are_missed_more_often(trials: tuple[int, int]) -> None:
    """Every two of 19 shares from 0.005 to 0.995, counted out."""
    bases = np.array([0.005, 0.01, 0.02, *np.linspace(0.05, 0.95, 13), 0.98, 0.99, 0.995])
    truths = (np.subtract.outer(bases, bases).T, np.divide.outer(bases, bases).T - 1)
    likely = [binom.pmf(np.arange(n + 1), n, bases[:, None]) for n in trials]
    missed: Floats = np.zeros((2, len(bases), len(bases)))
    for before, after in product(range(trials[0] + 1), range(trials[1] + 1)):
        found = ArmStatistics("share", share(before, trials[0]), share(after, trials[1]))
        if far_apart(found):
            continue
        weight = np.outer(likely[0][:, before], likely[1][:, after])
        for at, one in enumerate((found.difference(0.95), found.lift(0.95))):
            if one is not None:
                missed[at] += weight * ((truths[at] < one.low) | (one.high < truths[at]))
    worst = float(np.max(missed))
    print(f"every two shares, {trials[0]} and {trials[1]} units: missed at most {100 * worst:.1f}%")  # noqa: T201
    assert worst <= 1 - ELSEWHERE[0]


@pytest.mark.parametrize("covariates", [1, 3])
@pytest.mark.parametrize("skewed", [False, True])
def test_cuped_shortens_the_interval_as_theory_says(covariates: int, skewed: bool) -> None:
    """The variance is what the covariates leave unexplained, 1 - R squared of 1 (Deng et al. 2013)."""
    units = 20_000
    found, _ = adjusted((units, units), covariates, skewed=skewed).drawn(np.random.default_rng(6))
    assert found.adjusted
    assert found.difference(0.95).se == pytest.approx(np.sqrt((1 - CORRELATION**2) * 2 / units), rel=0.03)
