"""Users in an average day, week and month, and the days each came: counted by hand, over accounts too."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from helpers import adoption, sources, stats
from helpers.adoption import AdoptionRule, Usage
from helpers.findings import NoData
from helpers.periods import Period
from helpers.scope import Scope

from .conftest import Days, every_day

USERS: Days = {
    "every day": ("2026-01-01", every_day("2026-06-20", 103)),
    "once a month": ("2026-01-01", ["2026-07-05", "2026-08-05", "2026-09-05"]),
    "first day": ("2026-01-01", ["2026-06-30", "2026-07-01"]),
    "second day": ("2026-01-01", ["2026-07-02", "2026-07-08", "2026-07-09"]),
    "before": ("2026-01-01", ["2026-06-30"]),
}


def test_whole_days_weeks_and_months_are_averaged(used: Callable[..., Usage]) -> None:
    """92 days; 13 weeks, of which the first begins on 2 July; 3 months."""
    usage = used(USERS, "2026Q3")
    day, week, month = adoption.active_users(usage)
    assert [(one.span, one.spans) for one in (day, week, month)] == [("day", 92), ("week", 13), ("month", 3)]
    assert day.average.value == pytest.approx((92 + 3 + 1 + 3) / 92)
    assert week.average.value == pytest.approx((13 + 3 + 0 + 2) / 13)
    assert month.average.value == pytest.approx((3 + 3 + 1 + 1) / 3)
    assert day.average == stats.clustered_count(99 / 92, (92**2 + 9 + 1 + 9) / 92**2, 4)
    table = adoption.active_users_table(usage)
    assert table.title == "Active users of the product: 1 in an average day and 3 in an average month"
    assert [row[3] for row in table.rows] == pytest.approx([(99 / 92) / (8 / 3), (18 / 13) / (8 / 3), 1])
    assert [finding.key for finding in table.findings] == [
        "active_users.day",
        "active_users.week",
        "active_users.month",
    ]


def test_a_period_that_the_events_cover_in_part_has_its_whole_spans_alone(used: Callable[..., Usage]) -> None:
    days: Days = {"one": ("2026-07-01", ["2026-07-15", "2026-07-31", "2026-08-20"])}
    spans = {one.span: (one.spans, one.average.value) for one in adoption.active_users(used(days, "2026Q3"))}
    assert spans == {"day": (37, 3 / 37), "week": (5, 2 / 5)}


def test_days_of_use_fall_in_bands_that_add_up(used: Callable[..., Usage]) -> None:
    bands = adoption.active_days(used(USERS, "2026Q3"))
    assert [(band.first, band.last, band.users) for band in bands] == [
        (1, 1, 1),
        (2, 4, 2),
        (5, 12, 0),
        (13, 30, 0),
        (31, None, 1),
    ]
    assert bands[1].share == stats.proportion(2, 4)
    table = adoption.active_days_table(used(USERS, "2026Q3"))
    assert table.title == "50% of users of the product came on 2 to 4 days"
    assert [row[0] for row in table.rows][::4] == ["1 day", "31 days or more"]


def test_a_period_without_use_says_so(used: Callable[..., Usage]) -> None:
    usage = used(USERS, "2026Q3").at(Period(2026, 1))
    for measure in (adoption.active_users, adoption.active_days):
        with pytest.raises(NoData, match="Nobody used the product in 2026 Q1"):
            measure(usage)


def test_users_of_one_account_come_together() -> None:
    start = datetime(2026, 7, 6, 9)
    users = [{"user_id": f"u{n}", "signed_up_at": start, "account_id": f"a{n % 4}"} for n in range(40)]
    events = [
        {"user_id": f"u{n}", "occurred_at": start + timedelta(days=day), "event": "open"}
        for n in range(40)
        for day in range(10)
    ]
    tables = sources.of_rows("users", users), sources.of_rows("events", events)
    usage = adoption.usage(*tables, Scope(Period(2026, 3), min_group=1), AdoptionRule())
    day = adoption.active_users(usage)[0]
    assert day.average == stats.clustered_count(40.0, 400.0, 4)
