"""Who has adopted: the definition by hand, by brute force, and by period."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from helpers import adoption
from helpers.adoption import Definition, Usage
from helpers.findings import NoData
from helpers.periods import Period
from helpers.sources import LoadedTable

from .conftest import every_day, frames


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
    assert adoption.adopted(used({"a": ("2026-07-01", days)})).users == expected


def test_the_definition_equals_brute_force(supplied: Callable[..., tuple[LoadedTable, LoadedTable]]) -> None:
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
        definition = Definition(Period(), days_needed=needed, window=window)
        assert adoption.adopted(adoption.usage(*tables, definition)).users == expected


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
    found = adoption.adopted(usage)
    assert (found.users, found.now.n) == (1, 3)
    assert (found.users_before, found.kept) == (2, 1)


def test_over_all_time_every_user_counts(used: Callable[..., Usage]) -> None:
    found = adoption.adopted(
        used({"a": ("2026-04-01", every_day("2026-05-01", 3)), "never": ("2020-01-01", [])})
    )
    assert found.now.value == 0.5
    assert found.change is None


def test_a_quarter_without_a_covered_predecessor_has_no_change(used: Callable[..., Usage]) -> None:
    usage = used({"a": ("2026-07-01", every_day("2026-07-01", 92))}, "2026Q3")
    assert adoption.adopted(usage).change is None


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


def test_the_feature_and_the_region_narrow_the_scope(
    supplied: Callable[..., tuple[LoadedTable, LoadedTable]],
) -> None:
    users, events = frames({name: ("2026-07-01", every_day("2026-07-01", 3)) for name in "abcd"})
    users["region"] = ["EMEA", "EMEA", "APAC", "APAC"]
    events["feature"] = ["dashboards" if user == "a" else None for user in events["user_id"]]
    tables = supplied(users, events)
    emea = adoption.usage(*tables, Definition(Period(), "dashboards", "EMEA"))
    assert (adoption.adopted(emea).users, adoption.adopted(emea).now.n) == (1, 2)
    with pytest.raises(NoData, match="Nobody used dashboards in APAC"):
        adoption.usage(*tables, Definition(Period(), "dashboards", "APAC"))


def test_small_channels_are_not_shown(supplied: Callable[..., tuple[LoadedTable, LoadedTable]]) -> None:
    days = {f"u{n}": ("2026-07-01", every_day("2026-07-01", n % 5)) for n in range(25)}
    users, events = frames(days)
    users["channel"] = ["tiny"] * 3 + ["search"] * 10 + ["partner"] * 12
    usage = adoption.usage(*supplied(users, events, min_group=5), Definition(Period()))
    group = adoption.by_channel(usage)
    assert {row.label for row in group.rows} == {"search", "partner"}
    assert group.reference is not None
    assert group.reference.n == 25


def test_users_without_channels_switch_the_section_off(used: Callable[..., Usage]) -> None:
    with pytest.raises(NoData, match="no column channel"):
        adoption.by_channel(used({"a": ("2026-07-01", ["2026-07-01"])}))


@pytest.mark.parametrize(("days_needed", "window"), [(0, 7), (3, 2)])
def test_a_definition_without_meaning_is_refused(days_needed: int, window: int) -> None:
    with pytest.raises(ValueError, match="must be >="):
        Definition(Period(), days_needed=days_needed, window=window)


def test_events_of_unknown_users_do_not_count(
    supplied: Callable[..., tuple[LoadedTable, LoadedTable]],
) -> None:
    users, events = frames({"a": ("2026-07-01", ["2026-07-01"])})
    stranger = pd.DataFrame(
        {"user_id": ["x"], "occurred_at": [pd.Timestamp("2026-07-02")], "event": ["login"]}
    )
    tables = supplied(users, pd.concat([events, stranger]))
    (quarter,) = adoption.by_quarter(adoption.usage(*tables, Definition(Period())))
    assert quarter.active == 1
