"""Who comes back: cells that cannot be known stay blank, cohorts are added up."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from helpers import adoption
from helpers.adoption import Usage
from helpers.periods import Period

from .conftest import Days, every_day


def test_the_triangle_is_blank_where_a_quarter_is_not_over(used: Callable[..., Usage]) -> None:
    usage = used(
        {
            "a": ("2026-01-05", ["2026-01-05", "2026-05-01", "2026-08-01"]),
            "b": ("2026-02-05", ["2026-02-05"]),
            "c": ("2026-04-05", ["2026-04-05", "2026-08-20"]),
        }
    )
    found = adoption.retention_triangle(usage)
    assert [cohort.active for cohort in found.cohorts] == [(2, 1, None), (1, None)]
    rows = adoption.retention_table(usage).rows
    assert [row[2:] for row in rows] == [(1.0, 0.5, None), (1.0, None, None)]


def test_cohorts_are_added_up_not_averaged(used: Callable[..., Usage]) -> None:
    days = {f"a{n}": ("2026-01-05", ["2026-01-05"] + ["2026-05-01"] * (n < 2)) for n in range(10)}
    days |= {f"b{n}": ("2026-04-05", ["2026-04-05"]) for n in range(100)}
    days["last"] = ("2026-01-06", ["2026-09-30"])
    usage = used(days, "2026")
    found = adoption.retained(usage)
    assert found is not None
    assert found.now.value == pytest.approx(2 / 111)


def came_back(*counts: tuple[int, int]) -> Days:
    """Cohorts of one quarter after another: how many come back in the next, of how many."""
    days: Days = {"always": ("2025-01-01", [*every_day("2025-01-01", 640)[::20], "2026-09-30"])}
    for at, (back, users) in enumerate(counts):
        start = Period(2025, 1).shift(at)
        after = start.shift(1).start.isoformat()
        days |= {
            f"c{at}u{n}": (start.start.isoformat(), [after] * (n < back)) for n in range(users - (at == 0))
        }
    return days


def test_each_cohort_is_compared_with_the_one_before_at_one_age(used: Callable[..., Usage]) -> None:
    usage = adoption.corrected(used(came_back((30, 100), (32, 100), (70, 100), (35, 100)), "2026Q3"))
    table = adoption.cohort_comparison(usage)
    found = [(row[0], row[1], round(float(row[2]), 2), round(float(row[3]), 2), row[6]) for row in table.rows]  # type: ignore[arg-type]
    assert found == [
        ("2025 Q2", 100, 0.32, 0.31, "no clear change"),
        ("2025 Q3", 100, 0.7, 0.32, "more"),
        ("2025 Q4", 100, 0.35, 0.7, "fewer"),
    ]
    assert table.title == (
        "More of those who signed up in 2025 Q3, fewer of those who signed up in 2025 Q4 came back than of "
        "the cohort before"
    )
    assert table.rows[1][4] == pytest.approx(0.38)
    assert table.rows[1][5] == pytest.approx((0.213, 0.515), abs=0.05)  # Newcombe's, corrected with the page
    assert table.note.startswith("Over all these cohorts there is no clear trend")


def test_a_trend_over_cohorts_is_told(used: Callable[..., Usage]) -> None:
    usage = adoption.corrected(
        used(came_back((20, 100), (33, 100), (47, 100), (60, 100), (73, 100)), "2026Q3")
    )
    assert "Over all these cohorts the share rises clearly, by" in adoption.cohort_comparison(usage).note


def test_cohorts_whose_next_quarter_is_not_over_or_that_are_small_are_compared_with_none(
    used: Callable[..., Usage],
) -> None:
    usage = used(came_back((30, 100), (3, 4), (30, 100), (30, 100), (30, 100), (30, 100), (0, 100)), "2026Q3")
    usage = usage.within(replace(usage.scope, min_group=5))
    labels = [row.label for row in adoption.cohort_changes(usage)]
    assert labels == ["2025 Q4", "2026 Q1", "2026 Q2"]


def test_cohorts_from_before_anybody_used_the_feature_are_compared_with_none(
    used: Callable[..., Usage],
) -> None:
    usage = used(came_back((0, 101), (0, 100), (30, 100), (40, 100)), "2026Q3")
    assert [row.label for row in adoption.cohort_changes(usage)] == ["2025 Q2", "2025 Q3", "2025 Q4"]
    later = {f"o{n}": ("2025-01-01", ["2026-08-01"]) for n in range(9)}
    later |= {f"n{n}": ("2026-04-01", ["2026-08-02", "2026-09-30"]) for n in range(9)}
    assert adoption.cohort_changes(used(later, "2026Q3")) == ()


def test_users_from_before_the_first_event_are_named(used: Callable[..., Usage]) -> None:
    days: Days = {f"old{n}": ("2020-01-01", []) for n in range(600)}
    days |= {f"new{n}": ("2026-04-02", every_day("2026-04-02", 182)[n::9]) for n in range(9)}
    usage = used(days, "2026Q3", days_needed=1, window=1)
    told = "Not among them: 600 users who signed up before 2026 Q2, of whose first days there are no events"
    for table in (adoption.retention_table(usage), adoption.cohort_table(usage)):
        assert told in table.note


def test_flows_are_counted_by_hand_and_add_up(used: Callable[..., Usage]) -> None:
    usage = used(
        {
            "stays": ("2025-10-01", ["2025-10-01", "2026-01-05", "2026-04-05", "2026-07-05"]),
            "comes back": ("2025-10-01", ["2025-10-02", "2026-04-06", "2026-07-06"]),
            "leaves": ("2025-10-01", ["2025-10-03", "2026-01-06"]),
            "late": ("2025-10-01", ["2026-07-07", "2026-09-30"]),
        },
        "2026Q3",
    )
    flows = adoption.user_flows(usage)
    found = [(f.quarter.text, f.active, f.new, f.returning, f.resurrected, f.dormant) for f in flows]
    assert found == [
        ("2026Q1", 2, 0, 2, 0, 1),
        ("2026Q2", 2, 0, 1, 1, 1),
        ("2026Q3", 3, 1, 2, 0, 0),
    ]
    assert adoption.flow_table(usage).title == "1 came to the product in 2026 Q3, and 0 stayed away"
    for before, now in pairwise(flows):
        assert now.active == before.active + now.new + now.resurrected - now.dormant
