"""Among whom adopters count: chosen, stated beside the share, and told where they moved it."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from helpers import adoption
from helpers.adoption import Eligible
from helpers.adoption.denominators import more_by_users
from helpers.adoption.eligibility import Denominator
from helpers.findings import NoData
from helpers.records import Finding
from helpers.sources import LoadedTable

from .conftest import every_day, frames, usage_of

Supplied = Callable[..., tuple[LoadedTable, LoadedTable]]


def headline(tables: tuple[LoadedTable, LoadedTable], period: str, **rule: Any) -> Finding:
    """What the page says first."""
    usage = adoption.corrected(usage_of(tables, period, days_needed=1, window=1, **rule))
    return adoption.headlines(adoption.key_metrics(usage)).findings[0]


def fewer_sign_ups() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same 60 users every quarter; 90 sign up in the second quarter of 2026, 20 in the third."""
    days = {f"old{n}": ("2025-11-01", every_day("2026-01-01", 273)[n % 15 :: 15]) for n in range(60)}
    days |= {f"spring{n}": ("2026-05-01", []) for n in range(90)}
    days |= {f"summer{n}": ("2026-08-01", []) for n in range(20)}
    return frames(days)


def test_a_share_that_fewer_users_raise_is_told_with_them(supplied: Supplied) -> None:
    told = headline(supplied(*fewer_sign_ups()), "2026Q3")
    assert told.text.sentence == (
        "Adoption rose to 75.0% from 40.0% in 2026 Q2, while users fell from 150 to 80 and adopters stayed "
        "at 60, which can explain it. That is 60 of 80 users who signed up or did anything in 2026 Q3, after "
        "60 of 150 in 2026 Q2."
    )
    key_metrics = adoption.key_metrics(
        adoption.corrected(usage_of(supplied(*fewer_sign_ups()), "2026Q3", days_needed=1, window=1))
    )
    assert adoption.adoption_over_time(key_metrics).title == (
        "Adoption rose clearly since 2026 Q2, while users fell from 150 to 80 and adopters stayed at 60"
    )


@pytest.mark.parametrize(
    ("users", "now", "before"),
    [
        ("period_users", (60, 80), (60, 150)),
        ("signed_up", (60, 170), (60, 150)),
        ("active", (60, 60), (60, 60)),
    ],
)
def test_only_the_declared_denominator_is_judged(
    supplied: Supplied, users: Denominator, now: tuple[int, int], before: tuple[int, int]
) -> None:
    eligible = Eligible(users)
    usage = usage_of(supplied(*fewer_sign_ups()), "2026Q3", days_needed=1, window=1, eligible=eligible)
    found = adoption.adopted(usage)
    assert found is not None
    assert found.before is not None
    assert (found.users, found.now.n) == now
    assert (found.users_before, found.before.n) == before
    assert found.change is not None
    assert found.change.value == pytest.approx(now[0] / now[1] - before[0] / before[1])
    quarters = {row.period.text: (row.adopted, row.users) for row in adoption.by_quarter(usage)}
    assert (quarters["2026Q3"], quarters["2026Q2"]) == (now, before)
    assert eligible.words in adoption.adoption_over_time(adoption.key_metrics(usage)).heading.note


def test_adopters_count_among_those_who_met_an_event(supplied: Supplied) -> None:
    days = {f"u{n}": ("2026-07-01", ["2026-07-01", "2026-09-30"]) for n in range(10)}
    users, events = frames(days)
    events["feature"] = ["exports" if int(user[1:]) < 6 else None for user in events["user_id"]]
    shown = [(f"u{n}", pd.Timestamp("2026-08-01"), "shown", None) for n in range(4, 9)]
    events = pd.concat([events, pd.DataFrame(shown, columns=events.columns)])
    tables = supplied(users, events)
    usage = usage_of(
        tables,
        "2026Q3",
        feature="exports",
        days_needed=1,
        window=1,
        eligible=Eligible("exposed", "all", "shown"),
    )
    found = adoption.adopted(usage)
    assert found is not None
    assert (found.users, found.now.n, found.active) == (2, 5, 6)
    sentence = adoption.headlines(adoption.key_metrics(usage)).findings[0].text.sentence
    assert "That is 2 of 5 users with the event shown in 2026 Q3." in sentence
    (quarter,) = adoption.by_quarter(usage)
    assert (quarter.adopted, quarter.users) == (2, 5)


def test_who_adopted_before_signing_up_is_not_among_the_signed_up(supplied: Supplied) -> None:
    days = {
        f"u{n}": ("2026-07-01" if n < 6 else "2026-11-01", ["2026-08-01", "2026-09-30"]) for n in range(10)
    }
    usage = usage_of(
        supplied(*frames(days)), "2026Q3", days_needed=1, window=1, eligible=Eligible("signed_up")
    )
    found = adoption.adopted(usage)
    assert found is not None
    assert (found.users, found.now.n) == (6, 6)
    (quarter,) = adoption.by_quarter(usage)
    assert (quarter.adopted, quarter.users) == (6, 6)


def test_one_event_of_a_feature_and_the_users_of_one_plan(supplied: Supplied) -> None:
    """Buying is use as well: who bought, of those on a plan."""
    days = {f"u{n}": ("2026-07-01", ["2026-07-01", "2026-09-30"]) for n in range(10)}
    users, events = frames(days)
    users["plan"] = ["Pro" if n < 7 else None for n in range(10)]
    events["event"] = ["bought" if int(user[1:]) % 2 else "looked" for user in events["user_id"]]
    tables = supplied(users, events)
    usage = usage_of(tables, "2026Q3", days_needed=1, window=1, event="bought", eligible=Eligible(plan="Pro"))
    found = adoption.adopted(usage)
    assert found is not None
    assert (found.users, found.now.n) == (3, 7)
    chart = adoption.adoption_over_time(adoption.key_metrics(usage))
    assert chart.heading.subtitle == (
        "Share of each quarter's users who used “bought” on at least one day, all regions, plan Pro"
    )
    assert usage.rule.of_feature == " of “bought” on the plan Pro"
    with pytest.raises(NoData, match="The table users has no column plan"):
        usage_of(supplied(*frames(days)), "2026Q3", eligible=Eligible(plan="Pro"))


def test_channels_count_the_same_users(supplied: Supplied) -> None:
    users, events = fewer_sign_ups()
    users["channel"] = ["search", "partner"] * (len(users) // 2)
    tables = supplied(users, events)
    for eligible, everyone in ((Eligible(), 80), (Eligible("signed_up"), 170), (Eligible("active"), 60)):
        usage = usage_of(tables, "2026Q3", days_needed=1, window=1, eligible=eligible)
        assert sum(row.users for row in usage.channels) == everyone
        assert sum(row.adopted for row in usage.channels) == 60


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        ((60, 80), (60, 150), True),
        ((55, 80), (60, 150), True),
        ((110, 1000), (60, 1040), False),
        ((60, 150), (60, 80), True),
        ((30, 160), (60, 150), False),
        ((120, 160), (60, 80), False),
        ((0, 80), (60, 150), False),
    ],
    ids=["fewer users", "both fell", "adopters rose", "more users", "adopters fell", "no change", "nobody"],
)
def test_which_of_both_moved_a_share(now: tuple[int, int], then: tuple[int, int], expected: bool) -> None:
    assert more_by_users(now, then) is expected


@pytest.mark.parametrize(("users", "event"), [("exposed", ""), ("active", "shown")])
def test_an_event_exposes_users_only_where_they_are_the_denominator(users: Denominator, event: str) -> None:
    with pytest.raises(ValueError, match='users is "exposed", and only there'):
        Eligible(users, exposed_by=event)
