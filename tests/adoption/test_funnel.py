"""The steps to adoption: each is a part of the one before, counted by hand, over accounts too."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from helpers import adoption, sources, stats
from helpers.adoption import AdoptionRule, Eligible, Usage
from helpers.findings import NoData
from helpers.periods import Period
from helpers.scope import Scope

from .conftest import Days

USERS: Days = {
    "never": ("2026-07-01", []),
    "once": ("2026-07-01", ["2026-07-02"]),
    "twice a day": ("2026-07-01", ["2026-07-02", "2026-07-02"]),
    "far apart": ("2026-07-01", ["2026-07-02", "2026-08-02", "2026-09-02"]),
    "adopts": ("2026-07-01", ["2026-07-02", "2026-07-03", "2026-07-08"]),
    "a day late": ("2026-07-01", ["2026-07-02", "2026-07-03", "2026-07-09"]),
    "over the end": ("2026-04-01", ["2026-06-29", "2026-06-30", "2026-07-01"]),
    "two days": ("2026-07-01", ["2026-07-02", "2026-07-20"]),
    "earlier": ("2026-01-01", ["2026-04-02", "2026-04-03", "2026-04-04"]),
    "last": ("2026-07-01", ["2026-09-30"]),
}


def counted(usage: Usage) -> list[tuple[str, int, int]]:
    return [(step.name, step.users, step.lost) for step in adoption.funnel(usage)]


def test_each_step_is_counted_within_the_period_and_holds_the_next(used: Callable[..., Usage]) -> None:
    usage = used(USERS, "2026Q3")
    assert counted(usage) == [("eligible", 9, 0), ("tried", 8, 1), ("again", 4, 4), ("adopted", 1, 3)]
    shares = [step.of_before for step in adoption.funnel(usage)]
    assert shares == [None, stats.proportion(8, 9), stats.proportion(4, 8), stats.proportion(1, 4)]
    assert counted(used(USERS, "all")) == [
        ("eligible", 10, 0),
        ("tried", 9, 1),
        ("again", 6, 3),
        ("adopted", 3, 3),
    ]


def test_a_second_day_is_no_step_where_the_rule_needs_no_more(used: Callable[..., Usage]) -> None:
    usage = used(USERS, "2026Q3", days_needed=2)
    assert counted(usage) == [("eligible", 9, 0), ("tried", 8, 1), ("adopted", 2, 6)]


def test_who_is_not_eligible_stands_in_no_step(used: Callable[..., Usage]) -> None:
    usage = used(USERS, "2026Q3", eligible=Eligible("active"))
    assert counted(usage)[:2] == [("eligible", 8, 0), ("tried", 8, 0)]
    early = {"before sign-up": ("2026-10-01", ["2026-09-01", "2026-09-09"])}
    usage = used(USERS | early, "2026Q3", eligible=Eligible("signed_up"))
    assert counted(usage)[:3] == [("eligible", 10, 0), ("tried", 8, 2), ("again", 4, 4)]


def test_the_title_names_the_step_at_which_most_are_lost(used: Callable[..., Usage]) -> None:
    table = adoption.funnel_table(used(USERS, "2026Q3"))
    assert table.title == "Most are lost between the first day of use and the second: 4 of 8"
    assert [row[4] for row in table.rows] == pytest.approx([1, 8 / 9, 4 / 9, 1 / 9])
    assert [finding.key for finding in table.findings] == ["funnel.tried", "funnel.again", "funnel.adopted"]
    later = adoption.funnel_table(used(USERS, "2026Q3", days_needed=2, window=2))
    assert later.title == "Most are lost between the first day of use and adoption: 6 of 8"
    every = adoption.funnel_table(used({"one": USERS["adopts"]}, "2026Q3"))
    assert every.title == "All 1 adopted the product"


def test_nobody_eligible_is_said(used: Callable[..., Usage]) -> None:
    usage = used(USERS | {"end": ("2020-01-01", ["2026-12-31"])}, "2026Q3")
    nobody = usage.at(Period(2025, 1))
    with pytest.raises(NoData, match="There are no users who signed up or did anything in 2025 Q1"):
        adoption.funnel_table(nobody)


def test_users_of_one_account_go_on_together() -> None:
    """Twenty accounts of five; in half of them everybody comes again, in the others nobody."""
    names = [(account, user) for account in range(20) for user in range(5)]
    start = datetime(2026, 7, 6, 9)
    users = [
        {"user_id": f"{account}-{user}", "signed_up_at": start, "account_id": f"a{account}"}
        for account, user in names
    ]
    events = [
        {"user_id": f"{account}-{user}", "occurred_at": start + timedelta(days=day), "event": "open"}
        for account, user in names
        for day in range(3 if account % 2 else 1)
    ]
    scope = Scope(Period(2026, 3), min_group=1)
    tables = sources.of_rows("users", users), sources.of_rows("events", events)
    again = adoption.funnel(adoption.usage(*tables, scope, AdoptionRule()))[2].of_before
    assert again is not None
    assert (again.value, again.n, again.method) == (0.5, 100, "Wilson, clusters")
    plain = stats.proportion(50, 100)
    assert again.low is not None
    assert plain.low is not None
    assert 0.5 - again.low > 1.9 * (0.5 - plain.low)
