"""When the next edition is due: hand-checked cases."""

from __future__ import annotations

from datetime import datetime

import pytest

from helpers.periods import Period
from quarterdeck.params.report import Schedule
from quarterdeck.schedule import next_due

QUARTERLY = "0 7 5 1,4,7,10 *"


@pytest.mark.parametrize(
    ("period", "start", "cron", "zone", "due"),
    [
        ("2026Q3", 1, QUARTERLY, "Europe/London", "2027-01-05T07:00:00+00:00"),
        ("2026Q1", 1, QUARTERLY, "Europe/London", "2026-07-05T07:00:00+01:00"),
        ("2026Q1", 4, QUARTERLY, "UTC", "2025-10-05T07:00:00+00:00"),
        ("2025", 1, QUARTERLY, "UTC", "2027-01-05T07:00:00+00:00"),
        ("2026Q3", 1, "0 0 1 1 *", "Asia/Tokyo", "2028-01-01T00:00:00+09:00"),
        ("2027Q3", 1, "0 9 29 2 *", "UTC", "2028-02-29T09:00:00+00:00"),
        ("2026Q4", 1, "0 7 L 3 *", "America/New_York", "2028-03-31T07:00:00-04:00"),
    ],
)
def test_the_next_edition_is_due_after_the_following_period_has_ended(
    period: str, start: int, cron: str, zone: str, due: str
) -> None:
    found = next_due(Schedule(cron=cron, timezone=zone), Period.parse(period, start))
    assert found is not None
    assert found.isoformat() == datetime.fromisoformat(due).isoformat()


def test_nothing_is_due_without_schedule_or_period() -> None:
    assert next_due(None, Period.parse("2026Q3")) is None
    assert next_due(Schedule(cron=QUARTERLY), None) is None
    assert next_due(Schedule(cron=QUARTERLY), Period.parse("all")) is None
