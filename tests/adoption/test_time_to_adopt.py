"""How fast cohorts adopt, whatever time each has had."""

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
    table = adoption.cohort_table(usage)
    (check,) = table.checks
    assert not check.passed
    assert "2026 Q3" in check.text
    assert table.rows[-1][-1] == "still open"


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


def test_everyone_is_one_cohort_of_all_users(used: Callable[..., Usage]) -> None:
    days = {"a": ("2026-01-05", every_day("2026-01-10", 3)), "b": ("2026-04-05", ["2026-09-30"])}
    found = adoption.everyone(used(days))
    assert (found.label, found.users, found.adopted) == ("All users", 2, 1)
