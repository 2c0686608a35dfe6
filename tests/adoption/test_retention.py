"""Who comes back: cells that cannot be known stay blank, cohorts are added up."""

from collections.abc import Callable

import pytest

from helpers import adoption
from helpers.adoption import Usage


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
