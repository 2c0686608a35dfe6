"""Who has adopted: the rule by hand, by brute force, and by period."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pytest

from helpers import adoption
from helpers.adoption import Adopted, Usage
from helpers.findings import NoData
from helpers.sources import LoadedTable

from .conftest import every_day, frames, usage_of


def counted(usage: Usage) -> Adopted:
    found = adoption.adopted(usage)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["2026-07-01", "2026-07-02", "2026-07-07"], 1),
        (["2026-07-01", "2026-07-02", "2026-07-08"], 0),
        (["2026-07-01", "2026-07-01", "2026-07-02"], 0),
        (["2026-07-01", "2026-07-20", "2026-07-21", "2026-07-22"], 1),
        (["2026-07-01", "2026-07-02"], 0),
    ],
    ids=["seventh day", "eighth day", "one day twice", "later on", "two days"],
)
def test_three_days_within_seven_calendar_days(
    used: Callable[..., Usage], days: list[str], expected: int
) -> None:
    assert counted(used({"a": ("2026-07-01", days)})).users == expected


def test_the_rule_equals_brute_force(supplied: Callable[..., tuple[LoadedTable, LoadedTable]]) -> None:
    generator = np.random.default_rng(3)
    start = date(2026, 1, 1)
    days = {
        f"u{user}": (
            "2026-01-01",
            [
                (start + timedelta(days=int(day))).isoformat()
                for day in np.unique(generator.integers(0, 60, generator.integers(1, 12)))
            ],
        )
        for user in range(80)
    }
    tables = supplied(*frames(days))
    for needed, window in ((1, 1), (2, 3), (3, 7), (4, 14)):
        expected = sum(
            any(
                (date.fromisoformat(group[-1]) - date.fromisoformat(group[0])).days <= window - 1
                for group in combinations(used_on, needed)
            )
            for _, used_on in days.values()
        )
        usage = usage_of(tables, days_needed=needed, window=window)
        assert counted(usage).users == expected


def test_a_quarter_counts_only_its_own_days_and_users(used: Callable[..., Usage]) -> None:
    usage = used(
        {
            "across": ("2026-04-01", ["2026-06-29", "2026-06-30", "2026-07-01"]),
            "before": ("2026-04-01", every_day("2026-05-01", 3)),
            "both": ("2026-04-01", [*every_day("2026-05-01", 3), *every_day("2026-08-01", 3)]),
            "new": ("2026-07-05", []),
            "later": ("2026-10-05", every_day("2026-10-05", 3)),
            "gone": ("2026-01-01", ["2026-01-01"]),
        },
        "2026Q3",
    )
    found = counted(usage)
    assert (found.users, found.now.n) == (1, 3)
    assert (found.users_before, found.kept) == (2, 1)


def test_over_all_time_every_user_counts(used: Callable[..., Usage]) -> None:
    found = counted(used({"a": ("2026-04-01", every_day("2026-05-01", 3)), "never": ("2020-01-01", [])}))
    assert found.now.value == 0.5
    assert found.change is None


def test_a_quarter_without_a_covered_predecessor_has_no_change(used: Callable[..., Usage]) -> None:
    usage = used({"a": ("2026-07-01", every_day("2026-07-01", 92))}, "2026Q3")
    assert counted(usage).change is None


def test_quarters_are_counted_by_hand(used: Callable[..., Usage]) -> None:
    usage = used(
        {
            "a": ("2026-04-02", [*every_day("2026-05-01", 3), "2026-07-01"]),
            "b": ("2026-07-02", every_day("2026-07-02", 2)),
        }
    )
    second, third = adoption.by_quarter(usage)
    assert (second.users, second.signed_up, second.active, second.events, second.adopted) == (1, 1, 1, 3, 1)
    assert (third.users, third.signed_up, third.active, third.events, third.adopted) == (2, 1, 2, 3, 0)


def test_small_channels_are_not_shown(supplied: Callable[..., tuple[LoadedTable, LoadedTable]]) -> None:
    days = {f"u{n}": ("2026-07-01", every_day("2026-07-01", n % 5)) for n in range(25)}
    users, events = frames(days)
    users["channel"] = ["tiny"] * 3 + ["search"] * 10 + ["partner"] * 12
    usage = usage_of(supplied(users, events, min_group=5))
    group = adoption.by_channel(usage)
    assert {row.label for row in group.rows} == {"search", "partner"}
    assert group.reference is not None
    assert group.reference.n == 25


def test_users_without_channels_switch_the_section_off(used: Callable[..., Usage]) -> None:
    with pytest.raises(NoData, match="no column channel"):
        adoption.by_channel(used({"a": ("2026-07-01", ["2026-07-01"])}))


def test_a_period_without_users_has_no_share(used: Callable[..., Usage]) -> None:
    usage = used({"gone": ("2026-01-01", ["2026-01-02"]), "new": ("2026-10-01", ["2026-10-02"])}, "2026Q3")
    assert adoption.adopted(usage) is None
