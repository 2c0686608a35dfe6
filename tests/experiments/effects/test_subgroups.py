"""Parts are told apart only where a test says so, and a whole that misleads is named."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import norm

from helpers import experiments
from helpers.experiments.effects.subgroups import FEWEST, Subgroups, subgroups
from helpers.experiments.observations.aggregates import NOT_KNOWN, Observations, VariantDay
from helpers.experiments.verdict.readout import Readout, conclude
from helpers.findings import NoData
from helpers.stats import Difference, heterogeneity

from ..conftest import protocol, share

Counts = tuple[int, int]


def readout(parts: dict[str, tuple[Counts, Counts]], **changes: object) -> Readout:
    """Activation by region: successes of units in control and treatment."""
    cells = [
        VariantDay(arm, None, units, units, {"activated": share(successes, units)}, {"region": region})
        for region, arms in parts.items()
        for arm, (successes, units) in zip(("control", "treatment"), arms, strict=True)
    ]
    plan = {"guard_rails": [], "planned_sample": 100, **changes}
    return conclude(protocol(**plan), Observations.of(cells, {"activated"}))


def split_of(found: Readout) -> tuple[Subgroups, ...]:
    return subgroups(found.protocol, found.observed)


ALIKE = {
    "AMER": ((400, 1000), (450, 1000)),
    "APAC": ((410, 1000), (455, 1000)),
    "EMEA": ((390, 1000), (445, 1000)),
}
APART = {"AMER": ((400, 1000), (600, 1000)), "EMEA": ((400, 1000), (390, 1000))}


def test_parts_that_do_not_differ_are_drawn_to_the_common_effect() -> None:
    found = readout(ALIKE)
    (by_region,) = split_of(found)
    assert not by_region.differs
    assert len({round(part.shrunk.value, 6) for part in by_region.parts}) == 1
    assert (
        experiments.segment_effects(found).title
        == "No clear difference in the effect on Activation between regions"
    )
    assert by_region.found == heterogeneity([part.measured for part in by_region.parts])


def test_parts_that_differ_are_said_to_and_keep_more_of_their_own() -> None:
    found = readout(APART)
    (by_region,) = split_of(found)
    assert by_region.differs
    low, high = sorted(part.shrunk.value for part in by_region.parts)
    assert high - low > 0.15
    assert experiments.segment_effects(found).title == "The effect on Activation differs by region"


def test_two_ways_to_split_are_two_chances_to_find_a_difference() -> None:
    successes = {
        ("AMER", "ios"): (200, 250),
        ("AMER", "web"): (200, 252),
        ("EMEA", "ios"): (200, 217),
        ("EMEA", "web"): (200, 220),
    }
    cells = [
        VariantDay(
            arm, None, 500, 500, {"activated": share(n, 500)}, {"region": region, "platform": platform}
        )
        for (region, platform), counts in successes.items()
        for arm, n in zip(("control", "treatment"), counts, strict=True)
    ]
    plan = protocol(guard_rails=[], planned_sample=100)
    found = conclude(plan, Observations.of(cells, {"activated"}))
    by = {one.part: one for one in split_of(found)}
    assert by["region"].found.p < 0.05 < by["region"].p
    assert by["region"].p == pytest.approx(2 * by["region"].found.p)
    assert by["platform"].p == by["platform"].found.p > 0.5
    assert not by["region"].differs


def test_parts_are_read_at_the_level_that_the_number_of_clear_ones_allows() -> None:
    """Two of three are clear: Benjamini-Hochberg reads all at two thirds of 5%."""
    counts = {"AMER": ((400, 1000), (600, 1000)), "APAC": ((400, 1000), (590, 1000)), "EMEA": APART["EMEA"]}
    found = readout(counts)
    (by_region,) = split_of(found)
    for part, shrunk in zip(by_region.parts, by_region.found.shrunk, strict=True):
        assert part.shrunk.level == pytest.approx(1 - 0.05 * 2 / 3)
        half = norm.ppf(1 - 0.05 / 3) * (shrunk.se or 0)
        assert (part.shrunk.low, part.shrunk.high) == pytest.approx(
            (shrunk.value - half, shrunk.value + half)
        )
    chart = experiments.segment_effects(found)
    assert chart.data["clear"].tolist() == [True, True, False]
    assert "96.67% intervals" in chart.heading.note


Arms = Callable[[np.random.Generator, tuple[int, ...]], tuple[np.ndarray, np.ndarray]]


def normal(generator: np.random.Generator, size: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Means and variances of arms of the fewest units."""
    spread = generator.chisquare(FEWEST - 1, size) / (FEWEST - 1)
    return generator.normal(0, FEWEST**-0.5, size), spread


def exponential(generator: np.random.Generator, size: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    values = generator.exponential(size=(*size, FEWEST))
    return values.mean(axis=-1), values.var(axis=-1, ddof=1)


def shares(generator: np.random.Generator, size: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    means = generator.binomial(FEWEST, 0.3, size) / FEWEST
    return means, means * (1 - means)


@pytest.mark.parametrize("draws", [2000, pytest.param(20_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("values", [normal, exponential, shares])
def test_twenty_parts_that_are_alike_and_as_small_as_may_be_seldom_differ(values: Arms, draws: int) -> None:
    generator, found = np.random.default_rng(7), 0
    for _ in range(draws // 1000):
        means, variances = values(generator, (1000, 20, 2))
        effects, errors = np.diff(means, axis=-1)[..., 0], np.sqrt(variances.sum(axis=-1) / FEWEST)
        for row in zip(effects, errors, strict=True):
            parts = [Difference(value, se, 0, 0, 0.95, None, "") for value, se in zip(*row, strict=True)]
            found += heterogeneity(parts).p < 0.05
    assert found / draws <= 0.06 + 3 * (0.06 * 0.94 / draws) ** 0.5


def mixed(times: int) -> Readout:
    """Regions in which the treatment does worse, mixed so that the whole says better; no check asked."""
    regions = {"AMER": ((450, 500), (1780, 2000)), "EMEA": ((440, 2000), (100, 500))}
    counts = {
        region: tuple((times * successes, times * units) for successes, units in arms)
        for region, arms in regions.items()
    }
    found = readout(counts, variants={"control": 1, "treatment": 1})  # type: ignore[arg-type]
    assert not found.trusted
    return Readout(**{**vars(found), "checks": ()})


def test_a_whole_that_points_the_other_way_than_its_parts_is_called_misleading() -> None:
    found = mixed(10)
    assert found.primary is not None
    assert found.primary.difference.value > 0
    (by_region,) = split_of(found)
    assert by_region.within.high < 0
    errors = [part.measured.se or 0 for part in by_region.parts]
    assert by_region.within.se == pytest.approx(math.hypot(*errors) / 2)
    assert experiments.segment_table(found).title.startswith("The effect turns round within region")


def test_a_reversal_within_chance_is_not_called_one() -> None:
    found = mixed(1)
    (by_region,) = split_of(found)
    assert by_region.within.value < 0 < by_region.within.high
    assert "turns round" not in experiments.segment_table(found).title


def test_parts_of_a_monitored_test_are_read_with_its_boundary() -> None:
    fixed, monitored = (
        split_of(readout(ALIKE, design=design, planned_sample=12000))[0].parts[0].shrunk
        for design in ("fixed-horizon", "sequential")
    )
    assert monitored.high - monitored.low > 1.3 * (fixed.high - fixed.low)
    assert monitored.level == fixed.level


def test_parts_are_not_told_apart_before_the_data_are_trusted() -> None:
    found = readout({"AMER": ((400, 1000), (450, 1000)), "EMEA": ((400, 1000), (300, 600))})
    assert experiments.segment_effects(found).title == "Not to be read as an effect: a trust check failed"
    assert not experiments.segment_effects(found).data["clear"].any()


def test_parts_of_few_units_and_units_of_no_known_part_are_left_out() -> None:
    parts = {**ALIKE, "LATAM": ((40, 99), (60, 1000)), NOT_KNOWN: ((400, 1000), (450, 1000))}
    (by_region,) = split_of(readout(parts))
    assert [part.value for part in by_region.parts] == ["AMER", "APAC", "EMEA"]


def test_one_part_alone_is_no_split() -> None:
    with pytest.raises(NoData, match="no region, segment or platform"):
        split_of(readout({"AMER": ((400, 1000), (450, 1000))}))
