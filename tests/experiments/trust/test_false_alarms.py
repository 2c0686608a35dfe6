"""Sound experiments are seldom called broken, however uneven the arms and however skewed the values."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from helpers.experiments.observations.aggregates import Observations, VariantDay
from helpers.experiments.trust.assignment import odds_of_means, split_of_parts
from helpers.experiments.trust.missing import outcomes_known
from helpers.experiments.trust.randomization import Randomization

from ..conftest import START, moments, protocol, share

Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]
LAWS: dict[str, Draw] = {
    "normal": lambda generator, n: generator.normal(3, 1, n),
    "exponential": lambda generator, n: generator.exponential(1, n),
    "lognormal, spread 1": lambda generator, n: generator.lognormal(0, 1, n),
    "lognormal, spread 2": lambda generator, n: generator.lognormal(0, 2, n),
    "one in a hundred": lambda generator, n: (generator.random(n) < 0.01).astype(float),
    "part of a cluster": lambda generator, n: (generator.random(n) < 0.02) * generator.random(n),
}


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("sizes", [(950, 50), pytest.param((1900, 100), marks=pytest.mark.slow)])
def test_arms_of_one_law_seldom_differ_before_the_start(law: str, sizes: tuple[int, int]) -> None:
    generator = np.random.default_rng(2)
    found = [odds_of_means(*(moments(LAWS[law](generator, n)) for n in sizes)) for _ in range(500)]
    assert np.mean(np.array(found) < 0.001) <= 0.002


@pytest.mark.parametrize(
    ("law", "times"),
    [("normal", 1.3), ("exponential", 2.0), ("lognormal, spread 1", 2.5)],
)
def test_arms_that_did_differ_are_found_though_one_is_small(law: str, times: float) -> None:
    generator = np.random.default_rng(3)
    found = [
        odds_of_means(moments(LAWS[law](generator, 1900)), moments(times * LAWS[law](generator, 100)))
        for _ in range(100)
    ]
    assert np.mean(np.array(found) < 0.001) >= 0.8


def test_a_flag_that_five_times_as_many_have_in_a_small_arm_is_found() -> None:
    assert odds_of_means(share(19, 1900), share(7, 100)) < 0.001
    assert odds_of_means(share(19, 1900), share(3, 100)) > 0.001


def with_outcomes(assigned: tuple[int, int], followed: tuple[int, int]) -> Observations:
    cells = [
        VariantDay(arm, None, n, known, {"activated": share(known // 2, known)})
        for arm, n, known in zip(("control", "treatment"), assigned, followed, strict=True)
    ]
    return Observations.of(cells, {"activated"})


def test_one_missing_outcome_stops_nothing_and_a_tenth_of_a_small_arm_does() -> None:
    plan = protocol(variants={"control": 95, "treatment": 5}, guard_rails=[])
    assert outcomes_known(plan, with_outcomes((1900, 100), (1900, 99))).passed
    assert not outcomes_known(plan, with_outcomes((1900, 100), (1895, 90))).passed


@pytest.mark.parametrize(("small", "missing"), [(0.05, 0.0005), (0.05, 0.002), (0.1, 0.001)])
def test_outcomes_missing_by_chance_seldom_stop(small: float, missing: float) -> None:
    generator = np.random.default_rng(7)
    plan = protocol(variants={"control": 1 - small, "treatment": small}, guard_rails=[])
    stopped = 0
    for _ in range(600):
        few = int(generator.binomial(2000, small))
        assigned = (2000 - few, few)
        followed = tuple(int(generator.binomial(n, 1 - missing)) for n in assigned)
        stopped += not outcomes_known(plan, with_outcomes(assigned, (followed[0], followed[1]))).passed
    assert stopped <= 2


@pytest.mark.parametrize(("groups", "units"), [(20, 10), (30, 5), (50, 8), (200, 8), (100, 2)])
def test_units_assigned_alone_seldom_seem_assigned_by_group(groups: int, units: int) -> None:
    """Exact: the chance of the numbers of groups in one variant that stop, of all that may be."""
    chance = 2 * 0.5**units
    together = np.arange(groups + 1)
    p = [
        Randomization(several=groups, together=at, expected=groups * chance).p_together
        for at in range(groups + 1)
    ]
    assert binom.pmf(together[np.array(p) < 0.001], groups, chance).sum() <= 0.001
    assert p[-1] < 0.001


def test_groups_of_many_sizes_assigned_alone_seldom_seem_assigned_whole() -> None:
    chances = 2 * 0.5 ** np.repeat([2, 4, 8, 12], [20, 100, 50, 30])
    together = (np.random.default_rng(1).random((20_000, chances.size)) < chances).sum(axis=1)
    seen, times = np.unique(together, return_counts=True)
    p = [Randomization(several=200, together=at, expected=chances.sum()).p_together for at in map(int, seen)]
    assert times[np.array(p) < 0.001].sum() <= 20


def test_whole_groups_are_found_in_a_small_arm_too() -> None:
    assert Randomization(several=200, together=200, expected=200 * 0.82).p_together < 1e-9
    assert Randomization(several=200, together=170, expected=200 * 0.82).p_together > 0.1
    assert Randomization().p_together == 1.0


def test_a_treatment_that_stands_in_one_small_segment_alone_is_named() -> None:
    units = [("control", 1000, "a"), ("control", 1000, "b"), ("control", 2, "c"), ("treatment", 45, "c")]
    cells = [
        VariantDay(arm, START, n, n, {"activated": share(n // 2, n)}, {"segment": segment})
        for arm, n, segment in units
    ]
    plan = protocol(variants={"control": 40, "treatment": 1})
    checks = {check.key: check for check in split_of_parts(plan, Observations.of(cells, {"activated"}))}
    assert checks["split_by_segment"].severity == "stop"
    assert "2 to 45 (control to treatment) on c" in checks["split_by_segment"].text
    assert not checks["split_by_day"].looked
