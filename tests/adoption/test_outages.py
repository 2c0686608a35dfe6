"""Lost tracking is found, and quiet days that chance explains are not called an outage."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

from helpers.adoption.findings import of_outages
from helpers.adoption.outages import outages, outages_of
from helpers.sources import LoadedTable

from .conftest import every_day, frames, usage_of

START = date(2026, 7, 1)


def daily(rate: float, days: int = 92, lost: tuple[int, int] = (0, 0), seed: int = 1) -> dict[date, int]:
    counts = np.random.default_rng(seed).poisson(rate, days)
    return {
        START + timedelta(days=day): int(count)
        for day, count in enumerate(counts)
        if count and not lost[0] <= day < lost[1]
    }


def found(counts: dict[date, int], days: int = 92) -> list[tuple[date, int]]:
    gaps = outages_of("ios", counts, START, START + timedelta(days=days - 1))
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
    (check,) = of_outages(())
    assert check.passed


def test_an_outage_says_that_use_is_undercounted() -> None:
    (check,) = of_outages(outages_of("ios", daily(225, lost=(40, 49)), START, START + timedelta(days=91)))
    assert not check.passed
    assert "No event of ios from 10 Aug 2026 to 18 Aug 2026 (9\u00a0days)" in check.text
    assert "undercounted" in check.text


def test_one_dark_platform_is_told_from_all_dark(
    supplied: Callable[..., tuple[LoadedTable, LoadedTable]],
) -> None:
    days = {f"u{n}": ("2026-07-01", every_day("2026-07-01", 60)) for n in range(12)}
    users, events = frames(days)
    events["platform"] = ["ios" if int(user[1:]) % 2 else "web" for user in events["user_id"]]
    day = events["occurred_at"]
    ios_lost = (events["platform"] == "ios") & day.between("2026-07-10", "2026-07-14")
    all_lost = day.between("2026-08-01", "2026-08-05")
    found = outages(usage_of(supplied(users, events[~ios_lost & ~all_lost]), "2026Q3"))
    assert [(one.platform, one.first.isoformat(), one.days) for one in found] == [
        ("all platforms", "2026-08-01", 5),
        ("ios", "2026-07-10", 5),
    ]


def test_events_without_platforms_are_looked_at_as_a_whole(
    supplied: Callable[..., tuple[LoadedTable, LoadedTable]],
) -> None:
    users, events = frames({f"u{n}": ("2026-07-01", every_day("2026-07-01", 60)) for n in range(20)})
    (found,) = outages(usage_of(supplied(users, events[events["occurred_at"] != "2026-07-20"])))
    assert (found.platform, found.days) == ("all platforms", 1)


def test_weekends_without_events_are_no_outage() -> None:
    counts = {day: count for day, count in daily(200).items() if day.weekday() < 5}
    assert found(counts) == []


def test_a_lost_week_is_found_where_weekends_are_empty_anyway() -> None:
    counts = {day: count for day, count in daily(200, lost=(33, 40)).items() if day.weekday() < 5}
    (gap,) = found(counts)
    assert gap[1] >= 7


def test_a_platform_of_any_name_has_a_check_of_its_own(
    supplied: Callable[..., tuple[LoadedTable, LoadedTable]],
) -> None:
    """A key has no `=`, `@` or `,` in a value; the text names the platform as it is."""
    days = every_day("2026-04-01", 183)
    users, events = frames({"a": ("2026-04-01", days * 9), "b": ("2026-04-01", days)})
    events["platform"] = ["os=ios@16, beta" if user == "a" else "web" for user in events["user_id"]]
    lost = (events["user_id"] == "a") & events["occurred_at"].between("2026-08-01", "2026-08-09")
    usage = usage_of(supplied(users, events[~lost]), "2026Q3")
    (check,) = of_outages(outages(usage))
    assert check.key == "outage@platform=os_ios_16__beta,first=2026-08-01"
    assert check.text.startswith("No event of os=ios@16, beta from 1 Aug 2026 to 9 Aug 2026")
