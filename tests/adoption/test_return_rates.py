"""Who comes back by age: counted again in plain Python, masked where nobody was watched, over accounts."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from helpers import adoption, sources, stats
from helpers.adoption import AdoptionRule, Returning, Usage
from helpers.findings import NoData
from helpers.periods import Period
from helpers.scope import Scope

from .conftest import Days

Company = dict[str, tuple[date, set[date]]]


def company(users: int, seed: int) -> Company:
    """Users who sign up over two quarters and come on days of their own, until the last of September."""
    rng, found, end = np.random.default_rng(seed), Company(), date(2026, 9, 30)
    for number in range(users):
        start = date(2026, 4, 1) + timedelta(int(rng.integers(0, 183)))
        days = {start + timedelta(int(after)) for after in rng.choice(120, 12, replace=False)}
        found[f"u{number}"] = start, {day for day in days if day <= end}
    found["other"] = date(2020, 1, 1), {end}
    return found


def usage_of(company: Company, accounts: int = 0) -> Usage:
    users = [
        {"user_id": name, "signed_up_at": datetime(day.year, day.month, day.day, 9)}
        | ({"account_id": f"a{at % accounts}"} if accounts else {})
        for at, (name, (day, _)) in enumerate(company.items())
    ]
    events = [
        {"user_id": name, "occurred_at": datetime(day.year, day.month, day.day, hour), "event": "open"}
        for name, (_, days) in company.items()
        for day in days
        for hour in (10, 11)
    ]
    tables = sources.of_rows("users", users), sources.of_rows("events", events)
    return adoption.usage(*tables, Scope(Period(2026, 3), min_group=1), AdoptionRule())


def by_hand(company: Company, opens: int, closes: int | None) -> tuple[int, int]:
    """Users of the third quarter watched through a window, and those of them who came in it."""
    summer = [one for one in company.values() if date(2026, 7, 1) <= one[0] <= date(2026, 9, 30)]
    last = opens if closes is None else closes - 1
    watched = [one for one in summer if one[0] + timedelta(last) <= date(2026, 9, 30)]
    stop = closes or 10_000
    came = [one for one in watched if any(opens <= (day - one[0]).days < stop for day in one[1])]
    return len(came), len(watched)


@pytest.mark.parametrize(
    "returning",
    [
        Returning("day"),
        Returning("week"),
        Returning("month"),
        Returning("week", "unbounded"),
        Returning("day", "rolling"),
    ],
    ids=lambda one: f"{one.unit} {one.reading}",
)
def test_every_age_is_what_counting_by_hand_gives(returning: Returning) -> None:
    made = company(150, seed=3)
    shares = adoption.return_rates(usage_of(made), returning)[0].shares
    days = {"day": 1, "week": 7, "month": 30}[returning.unit]
    last = {"day": 30, "week": 12, "month": 11}[returning.unit]
    for age in range(last + 1):
        opens, closes = age * days, (age + 1) * days
        span: tuple[int, int | None] = (opens, closes)
        if returning.reading == "unbounded":
            span = (opens, None)
        if returning.reading == "rolling":
            span = (max(0, closes - 7), closes)
        came, watched = by_hand(made, *span)
        expected = stats.proportion(came, watched) if watched else None
        assert shares.get(age) == expected, age


def test_over_accounts_the_interval_is_that_of_the_clusters() -> None:
    made = company(120, seed=5)
    share = adoption.return_rates(usage_of(made, accounts=20), Returning("week"))[0].shares[2]
    assert share.method == "Wilson, clusters"
    rows: dict[int, list[bool]] = {}
    for at, (start, days) in enumerate(made.values()):
        if date(2026, 7, 1) <= start <= date(2026, 9, 10):
            rows.setdefault(at % 20, []).append(any(14 <= (day - start).days < 21 for day in days))
    n, y = np.array([len(row) for row in rows.values()], float), np.array([sum(row) for row in rows.values()])
    spread = np.cov(y, n)
    moments = stats.PairMoments(len(rows), y.mean(), n.mean(), spread[0, 0], spread[1, 1], spread[0, 1])
    expected = stats.clustered_proportion(moments)
    assert share.n == n.sum()
    assert share.value == pytest.approx(y.sum() / n.sum())
    assert share.limits == pytest.approx(expected.limits)


def test_the_page_tells_a_stated_age_of_the_period_beside_the_one_before(used: Callable[..., Usage]) -> None:
    days: Days = {f"n{n}": ("2026-07-01", ["2026-07-30"] * (n < 6)) for n in range(20)}
    days |= {f"o{n}": ("2026-04-01", ["2026-05-01"] * (n < 9)) for n in range(20)}
    days["end"] = ("2020-01-01", ["2026-04-01", "2026-09-30"])
    chart = adoption.return_curve(used(days, "2026Q3"), Returning("week"))
    assert chart.title == "30% of those who signed up in 2026 Q3 used the product in week 4 after sign-up"
    (finding,) = chart.findings
    assert (finding.key, finding.value, finding.n) == ("returned_bounded.week_4", 0.3, 20)
    assert set(chart.data.group) == {"2026 Q3", "2026 Q2"}
    month = adoption.return_curve(used(days, "2026Q3"), Returning("month", "unbounded"))
    assert month.title.endswith("used the product in month 1 after sign-up or later")


def test_other_features_are_no_return_and_a_small_group_is_no_share() -> None:
    start = datetime(2026, 7, 1, 9)
    users = [{"user_id": f"u{n}", "signed_up_at": start} for n in range(5)]
    events = [
        {"user_id": f"u{n}", "occurred_at": start + timedelta(day), "event": "open", "feature": feature}
        for n in range(5)
        for day, feature in ((0, "dashboards"), (8, "reports"), (91, "reports"))
    ]
    tables = sources.of_rows("users", users), sources.of_rows("events", events)

    def shares(min_group: int) -> dict[int, float]:
        scope = Scope(Period(2026, 3), min_group=min_group)
        usage = adoption.usage(*tables, scope, AdoptionRule("dashboards", 1, 1))
        found = adoption.return_rates(usage, Returning("week"))[0].shares
        return {age: share.value for age, share in list(found.items())[:3]}

    assert shares(5) == {0: 1.0, 1: 0.0, 2: 0.0}
    with pytest.raises(NoData):
        shares(6)


def test_nobody_watched_for_a_unit_is_said(used: Callable[..., Usage]) -> None:
    days: Days = {"late": ("2026-09-28", ["2026-09-30"]), "old": ("2026-04-01", ["2026-05-01"])}
    with pytest.raises(NoData, match="none was watched for a week"):
        adoption.return_rates(used(days, "2026Q3"), Returning("week"))
