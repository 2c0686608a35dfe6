"""Lost tracking is found, and quiet days that chance explains are not called an outage."""

from datetime import date, timedelta

import numpy as np
import pytest

from helpers.adoption.outages import checks, silent

START = date(2026, 7, 1)


def daily(rate: float, days: int = 92, lost: tuple[int, int] = (0, 0), seed: int = 1) -> dict[date, int]:
    counts = np.random.default_rng(seed).poisson(rate, days)
    return {
        START + timedelta(days=day): int(count)
        for day, count in enumerate(counts)
        if count and not lost[0] <= day < lost[1]
    }


def found(counts: dict[date, int], days: int = 92) -> list[tuple[date, int]]:
    gaps = silent("ios", counts, START, START + timedelta(days=days - 1))
    return [(gap.first, gap.days) for gap in gaps]


@pytest.mark.parametrize("lost", [(0, 9), (40, 49), (83, 92)], ids=["at the start", "within", "at the end"])
def test_nine_silent_days_are_found(lost: tuple[int, int]) -> None:
    assert found(daily(200, lost=lost)) == [(START + timedelta(days=lost[0]), 9)]


def test_one_silent_day_of_a_busy_platform_is_an_outage() -> None:
    assert found(daily(50, lost=(30, 31))) == [(START + timedelta(days=30), 1)]


def test_a_quiet_platform_has_silent_days_by_chance() -> None:
    false_alarms = sum(bool(found(daily(1.0, seed=seed))) for seed in range(200))
    assert false_alarms <= 1


def test_no_outage_is_a_check_that_passed() -> None:
    (check,) = checks(())
    assert check.passed


def test_an_outage_says_that_use_is_undercounted() -> None:
    (check,) = checks(silent("ios", daily(225, lost=(40, 49)), START, START + timedelta(days=91)))
    assert not check.passed
    assert "No event of ios from 10 Aug 2026 to 18 Aug 2026 (9\u00a0days)" in check.text
    assert "undercounted" in check.text
