"""Looking more than once: the level of each look, what is to come, what an early stop exaggerates."""

from datetime import timedelta

import pytest
from scipy.stats import norm

from helpers.experiments.effects.monitoring import (
    Exaggeration,
    Look,
    exaggeration,
    final_critical,
    looks,
    outlook,
    reading_level,
)
from helpers.experiments.observations.aggregates import Observations, VariantDay
from helpers.experiments.verdict.readout import conclude
from helpers.stats import Difference, boundaries, median_unbiased

from ..conftest import START, observed, protocol

EMPTY = Observations.of([VariantDay(arm, None, 0, 0, {}) for arm in ("control", "treatment")], ())
TWO_LOOKS = {"design": "group-sequential", "looks": ["2026-07-08", "2026-07-11"], "planned_sample": 8000}
"""Looks after 1,200 and 2,400 of 8,000 units, where 400 come a day; ten days make 4,000."""


def open_at(value: float, se: float = 0.02, critical: float = 3.0) -> Difference:
    return Difference(value, se, value - critical * se, value + critical * se, 0.95, None, "Newcombe")


def test_the_first_of_four_looks_is_read_at_its_boundary() -> None:
    plan = protocol(design="group-sequential", planned_sample=16_000)
    outside = 1 - reading_level(plan, observed(days=10), 0.05)
    assert outside == pytest.approx(2 * norm.sf(4.332634), rel=1e-4)


def test_without_units_nothing_is_told_from_certainty() -> None:
    level = reading_level(protocol(design="sequential"), EMPTY, 0.05)
    assert 1 - 1e-11 < level < 1
    now = outlook(protocol(), EMPTY, protocol())
    assert (now.units, now.ended, now.days_left, now.narrows_to) == (0, False, None, 1.0)


def test_a_planned_end_tells_the_days_and_the_units_to_come() -> None:
    plan = protocol(end=START + timedelta(days=29))
    now = outlook(plan, observed(days=10), plan)
    assert (now.units, now.weekly, now.ended, now.days_left) == (4000, 2800, False, 20)
    assert now.narrows_to == pytest.approx((4000 / 12_000) ** 0.5)


def test_part_of_a_day_to_come_is_a_day() -> None:
    plan = protocol(planned_sample=4100)
    now = outlook(plan, observed(days=10), plan)
    assert now.days_left == 1
    assert now.narrows_to == pytest.approx((4000 / 4100) ** 0.5)


def test_the_planned_end_is_read_after_the_looks_that_were_taken() -> None:
    assert final_critical(protocol(alpha=0.1), observed()) == pytest.approx(1.6448536269514722)
    after_two = final_critical(protocol(**TWO_LOOKS), observed(days=10))
    assert after_two == pytest.approx(boundaries((0.15, 0.3, 0.5, 1.0))[-1])
    at_the_end = final_critical(protocol(**{**TWO_LOOKS, "planned_sample": 4000}), observed(days=10))
    assert at_the_end == pytest.approx(boundaries((0.3, 0.6, 1.0))[-1])


def test_an_early_stop_is_corrected_by_the_boundaries_of_the_looks_that_could_have_stopped_it() -> None:
    plan, seen, now = protocol(**TWO_LOOKS), observed(days=10), open_at(0.07)
    taken = looks(plan, seen)
    assert [look.units for look in taken] == [1200, 2400, 4000]
    found = exaggeration(plan, seen, now, [(taken[1], open_at(0.05))])
    assert found is not None
    expected = median_unbiased(3.5, (0.3, 0.5), (boundaries((0.15, 0.3))[-1],)) * 0.02
    assert (found.observed, found.looks) == (0.07, 2)
    assert found.corrected == pytest.approx(expected, rel=1e-9)
    assert 0 < expected < 0.07


@pytest.mark.parametrize("earlier", [0.09, -0.09])
def test_a_stop_that_an_earlier_look_had_already_shown_is_not_corrected(earlier: float) -> None:
    plan, seen = protocol(**TWO_LOOKS), observed(days=10)
    before = (Look(START + timedelta(days=5), 2400), open_at(earlier))
    assert exaggeration(plan, seen, open_at(0.07), [before]) is None


def test_the_planned_end_is_no_early_stop() -> None:
    seen = observed((800, 2000), (900, 2000), days=10)
    sizes = {"early": 8000, "at its end": 4000}
    told = {
        when: conclude(protocol(**{**TWO_LOOKS, "guard_rails": [], "planned_sample": size}), seen)
        for when, size in sizes.items()
    }
    assert all(found.verdict.decision == "Ship" for found in told.values())
    assert [when for when, found in told.items() if found.exaggeration] == ["early"]


def test_an_exaggeration_is_told_as_a_part_of_what_is_left() -> None:
    assert Exaggeration(0.06, 0.05, 2).share == pytest.approx(0.2)
    assert Exaggeration(0.06, 0.0, 2).share == 0
