"""What a report says first, and the same where a platform that was silent never was."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

from helpers import adoption
from helpers.adoption import TrackingOutage, Usage
from helpers.sources import LoadedTable

from .conftest import every_day, frames, usage_of


@pytest.mark.parametrize("period", ["2026Q3", "2026"])
def test_without_a_silent_platform_the_figures_are_those_of_a_company_that_never_had_it(
    supplied: Callable[..., tuple[LoadedTable, LoadedTable]], period: str
) -> None:
    dice = np.random.default_rng(5)
    days = {
        f"u{n}": (first.isoformat(), sorted({(first + timedelta(int(at))).isoformat() for at in used}))
        for n in range(300)
        for first in [date(2024, 10, 1) + timedelta(int(dice.integers(0, 700)))]
        for used in [dice.integers(0, 250, 40)]
    }
    users, events = frames(days)
    events["platform"] = np.where(dice.random(len(events)) < 0.4, "ios", "web")
    silent = TrackingOutage("ios", date(2026, 8, 1), date(2026, 8, 9), 9.0)
    elsewhere = adoption.outside_outages(usage_of(supplied(users, events), period), (silent,))
    web = events[events["platform"] == "web"]
    never = usage_of(supplied(users, web), period)
    assert elsewhere is not None
    assert adoption.adopted(elsewhere) == adoption.adopted(never)
    assert adoption.retained(elsewhere) == adoption.retained(never)
    assert adoption.stickiness(elsewhere).change == adoption.stickiness(never).change


def test_without_an_outage_there_is_nothing_outside(used: Callable[..., Usage]) -> None:
    found = adoption.key_metrics(used({n: ("2026-07-01", every_day("2026-07-01", 92)) for n in "ab"}))
    assert (found.outages, found.outside_outages) == ((), None)
    assert found.adopted is not None
    assert found.adopted.now.value == 1
