"""Cohorts: how fast they adopt, who comes back, how often; cells that cannot be known stay blank."""

from collections.abc import Callable

import pytest

from helpers import adoption
from helpers.adoption import Usage

from .conftest import every_day


def test_an_open_cohort_is_named(used: Callable[..., Usage]) -> None:
    usage = used(
        {
            "old": ("2026-01-05", every_day("2026-01-10", 3)),
            "new": ("2026-07-05", every_day("2026-09-28", 3)),
        },
        "2026Q3",
    )
    first, last = adoption.cohorts(usage)
    assert (first.open, last.open) == (False, True)
    check = adoption.follow_up((first, last))
    assert not check.passed
    assert "2026 Q3" in check.text
    assert adoption.by_cohort(usage, (first, last)).rows[-1][-1] == "still open"


def test_the_curve_allows_for_those_watched_for_less(used: Callable[..., Usage]) -> None:
    usage = used(
        {
            "adopts": ("2026-07-01", every_day("2026-07-10", 3)),
            "waits": ("2026-07-01", ["2026-09-30"]),
            "too new": ("2026-09-30", ["2026-09-30"]),
        },
        "2026Q3",
    )
    (cohort,) = adoption.cohorts(usage)
    assert cohort.so_far.value == pytest.approx(1 / 3)
    reached = cohort.by_horizon()
    assert reached is not None
    assert reached.value == pytest.approx(1 / 2)


def test_the_triangle_is_blank_where_a_quarter_is_not_over(used: Callable[..., Usage]) -> None:
    usage = used(
        {
            "a": ("2026-01-05", ["2026-01-05", "2026-05-01", "2026-08-01"]),
            "b": ("2026-02-05", ["2026-02-05"]),
            "c": ("2026-04-05", ["2026-04-05", "2026-08-20"]),
        }
    )
    found = adoption.triangle(usage)
    assert [row.active for row in found.rows] == [(2, 1, None), (1, None)]
    cells = adoption.retention_cells(usage, found)
    assert cells.values == ((1.0, 0.5, None), (1.0, None, None))


def test_cohorts_are_added_up_not_averaged(used: Callable[..., Usage]) -> None:
    days = {f"a{n}": ("2026-01-05", ["2026-01-05"] + ["2026-05-01"] * (n < 2)) for n in range(10)}
    days |= {f"b{n}": ("2026-04-05", ["2026-04-05"]) for n in range(100)}
    days["last"] = ("2026-01-06", ["2026-09-30"])
    usage = used(days, "2026")
    found = adoption.retained(usage, adoption.triangle(usage))
    assert found is not None
    assert found.now.value == pytest.approx(2 / 111)


def test_stickiness_is_daily_over_monthly_active_users(used: Callable[..., Usage]) -> None:
    usage = used(
        {
            "daily": ("2026-06-01", every_day("2026-06-01", 122)),
            "once a month": ("2026-06-01", ["2026-07-03", "2026-08-03", "2026-09-03"]),
        },
        "2026Q3",
    )
    found = adoption.stickiness(usage).now
    assert found is not None
    assert found.value == pytest.approx((3 + 1 / 31 + 1 / 31 + 1 / 30) / 6)


def test_months_that_are_not_whole_are_left_out(used: Callable[..., Usage]) -> None:
    usage = used({name: ("2026-06-10", every_day("2026-06-10", 40)) for name in "ab"})
    assert adoption.stickiness(usage).now is None
