"""Users who belong to accounts: the engine's sums are those of pandas, and every interval rests on them."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from tests.stats.test_clustered_shares import moments, shared

from helpers import adoption, stats
from helpers.adoption import Usage
from helpers.adoption.adopters import adoption_against, channels_against_others
from helpers.adoption.retention import retention_against
from helpers.periods import Period
from helpers.sources import LoadedTable

from .conftest import usage_of

Supplied = Callable[..., tuple[LoadedTable, LoadedTable]]
QUARTERS = {
    "2026Q1": ("2026-01-01", "2026-04-01"),
    "2026Q2": ("2026-04-01", "2026-07-01"),
    "2026Q3": ("2026-07-01", "2026-10-01"),
}
THEN = Period(2026, 2)


def company(alone: int = 5) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two hundred users of thirty accounts, whose accounts decide how much they do, and a few of none."""
    rng = np.random.default_rng(11)
    account = rng.integers(0, 30, 200)
    signed_up = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 260, 200), "D")
    users = pd.DataFrame({"user_id": [f"u{n}" for n in range(200)], "signed_up_at": signed_up})
    users["account_id"] = [f"a{one}" if n >= alone else None for n, one in enumerate(account)]
    users["channel"] = rng.choice(["search", "partner"], 200)
    busy = rng.beta(1, 4, 30)[account]
    days = pd.date_range("2026-01-01", "2026-09-30")
    rows = [
        (f"u{n}", day, "login")
        for n in range(200)
        for day in days[rng.random(len(days)) < busy[n] * 0.12]
        if day >= signed_up[n]
    ]
    rows += [("u199", day, "login") for day in (days[0], days[-1])]
    return users, pd.DataFrame(rows, columns=["user_id", "occurred_at", "event"])


def flags(users: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """A row a user: account, and for each quarter whether they stand in it and whether they did anything."""
    found = users.assign(account=users["account_id"].fillna(users["user_id"]))
    for name, (start, end) in QUARTERS.items():
        used = events.loc[events["occurred_at"].between(start, end, inclusive="left"), "user_id"]
        found[f"did_{name}"] = found["user_id"].isin(used)
        signed_up = found["signed_up_at"].between(start, end, inclusive="left")
        found[f"new_{name}"] = signed_up
        found[f"there_{name}"] = found[f"did_{name}"] | signed_up
    return found


def by_account(rows: pd.DataFrame, sides: dict[str, tuple[pd.Series, pd.Series]]) -> np.ndarray:
    """Accounts × (users now, who did it now, users of the other group, who did it there)."""
    sums = {
        f"{name}{at}": column.astype(int).groupby(rows["account"]).sum()
        for name, (there, did) in sides.items()
        for at, column in enumerate((there, there & did))
    }
    return np.array(pd.DataFrame(sums))


def expected(counts: np.ndarray) -> stats.Difference:
    users, did, users_then, did_then = counts.T
    return stats.clustered_proportion_difference(
        moments(did, users), moments(did_then, users_then), shared(counts)
    )


@pytest.fixture
def usage(supplied: Supplied) -> Usage:
    return usage_of(supplied(*company()), "2026Q3", days_needed=1, window=1)


def same(found: stats.Difference | None, wanted: stats.Difference) -> None:
    assert found is not None
    assert found.method == "MOVER, clusters"
    assert (found.value, found.low, found.high) == pytest.approx(
        (wanted.value, wanted.low, wanted.high), abs=1e-12
    )


def test_adoption_and_its_change_allow_for_accounts(usage: Usage) -> None:
    rows = flags(*company())
    counts = by_account(
        rows,
        {
            "now": (rows["there_2026Q3"], rows["did_2026Q3"]),
            "then": (rows["there_2026Q2"], rows["did_2026Q2"]),
        },
    )
    found = adoption_against(usage, THEN)
    same(found.difference, expected(counts))
    assert found.now is not None
    assert found.now.n == rows["there_2026Q3"].sum()
    assert found.now.value == pytest.approx(rows["did_2026Q3"].sum() / found.now.n)
    level = stats.proportion(int(rows["did_2026Q3"].sum()), found.now.n)
    assert found.now.high - found.now.low > 1.2 * (level.high - level.low)  # type: ignore[operator]


def test_retention_allows_for_accounts(usage: Usage) -> None:
    rows = flags(*company())
    counts = by_account(
        rows,
        {
            "now": (rows["new_2026Q2"], rows["did_2026Q3"]),
            "then": (rows["new_2026Q1"], rows["did_2026Q2"]),
        },
    )
    same(retention_against(usage, THEN).difference, expected(counts))


def test_channels_allow_for_accounts(usage: Usage) -> None:
    rows = flags(*company())
    there, did = rows["there_2026Q3"], rows["did_2026Q3"]
    for row in channels_against_others(usage):
        mine = rows["channel"] == row.label
        counts = by_account(rows, {"now": (there & mine, did), "then": (there & ~mine, did)})
        same(row.difference, expected(counts))


def test_stickiness_takes_the_account_as_the_unit(usage: Usage) -> None:
    accounts = usage.user_months[Period(2026, 3)]
    rows = flags(*company())
    assert accounts.n == rows.loc[rows["did_2026Q3"], "account"].nunique()


def test_the_share_of_accounts_with_an_adopter_stands_beside(usage: Usage) -> None:
    rows = flags(*company())
    found = {one.key: one for one in adoption.headlines(adoption.key_metrics(usage)).findings}[
        "adopted.accounts"
    ]
    there, did = (
        rows[rows["there_2026Q3"]]["account"].nunique(),
        rows[rows["did_2026Q3"]]["account"].nunique(),
    )
    assert found.value == pytest.approx(did / there)
    assert found.n == there
    assert f"That is {did} of {there} accounts." in found.text.sentence


def test_users_without_accounts_are_each_by_themselves(supplied: Supplied) -> None:
    users, events = company(alone=200)
    usage = usage_of(supplied(users, events), "2026Q3", days_needed=1, window=1)
    found = usage.account_adopters(THEN)
    assert found is not None
    assert found.now.n == usage.period_counts.users
    plain = usage_of(supplied(users.drop(columns="account_id"), events), "2026Q3", days_needed=1, window=1)
    with_accounts, without = (adoption_against(one, THEN).difference for one in (usage, plain))
    assert with_accounts is not None
    assert without is not None
    assert with_accounts.value == without.value
    assert with_accounts.se == pytest.approx(without.se, rel=0.02)
    assert without.method == "overlapping samples"
