"""A metric from rows of orders: accounts' totals of a whole period, currencies apart, refunds added."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from helpers import markets, sources, stats
from helpers.findings import NoData
from helpers.markets import MarketSums, difference_from, difference_from_others, estimate
from helpers.markets.page import NEEDED
from helpers.periods import Period
from helpers.scope import Scope
from helpers.stats import ThirdMoments

NOW, BEFORE = Period(2026, 3), Period(2026, 2)
REVENUE = "revenue"


def order(market: str, account: str | None, amount: float, month: int = 7, **more: Any) -> dict[str, Any]:
    return {
        "market": market,
        "ordered_at": date(2026, month, 2),
        "amount": amount,
        "account_id": account,
        **more,
    }


def of(rows: list[dict[str, Any]], metric: str = REVENUE) -> MarketSums:
    table = sources.of_rows("orders", rows)
    return markets.market_sums(table, metric, Scope(NOW))


def spread(market: str, amounts: list[float], month: int = 7) -> list[dict[str, Any]]:
    return [order(market, f"{market}{at}", amount, month) for at, amount in enumerate(amounts)]


def moments(values: list[float]) -> ThirdMoments:
    found = np.array(values)
    gaps = found - found.mean()
    return ThirdMoments(len(values), float(found.mean()), float((gaps**2).sum()), float((gaps**3).sum()))


FRANCE, SPAIN = [10.0, 30.0, 20.0, 25.0, 90.0], [5.0, 6.0, 8.0, 4.0, 7.0, 30.0]


def test_an_account_counts_once_in_a_period_however_often_it_orders() -> None:
    often = [
        order("France", f"France{at}", each / 3, month)
        for at, each in enumerate(FRANCE)
        for month in (7, 8, 9)
    ]
    for rows in (spread("France", FRANCE), often):
        found = estimate(of(rows), NOW, "France")
        expected = stats.skewed_mean(moments(FRANCE))
        assert found is not None
        assert found.n == 5
        assert found.limits == pytest.approx(expected.limits)


def test_a_market_is_compared_with_the_accounts_of_all_others() -> None:
    rows = [*spread("France", FRANCE), *spread("Spain", SPAIN), *spread("Italy", FRANCE)]
    found = difference_from_others(of(rows), "Spain")
    expected = stats.skewed_mean_difference(moments(SPAIN), moments([*FRANCE, *FRANCE]))
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx(
        (expected.value, expected.low, expected.high)
    )


def test_accounts_that_order_in_both_periods_are_known() -> None:
    then = [each * 1.1 for each in FRANCE]
    sums = of([*spread("France", FRANCE), *spread("France", then, 4)])
    assert sums.accounts is not None
    assert sums.accounts.correlation(NOW, BEFORE, "France") == pytest.approx(1)
    assert sums.accounts.correlation(NOW, BEFORE) == pytest.approx(1)
    same = difference_from(sums, BEFORE, "France")
    others = of(
        [*spread("France", FRANCE), *[order("France", f"x{at}", one, 4) for at, one in enumerate(then)]]
    )
    apart = difference_from(others, BEFORE, "France")
    assert same is not None
    assert apart is not None
    assert same.value == pytest.approx(apart.value)
    assert same.high - same.low < apart.high - apart.low
    assert (same.se or 0) < 0.2 * (apart.se or 0)
    assert others.accounts is not None
    assert others.accounts.correlation(NOW, BEFORE) == 0


def test_refunds_are_added_and_may_leave_an_account_below_zero() -> None:
    rows = [*spread("France", FRANCE), order("France", "France0", -50.0, 9)]
    assert of(rows).sums(NOW, "France") == pytest.approx((125.0, 5.0))


def test_another_currency_is_never_added_and_is_told() -> None:
    rows = [order("France", f"a{at}", one, currency="usd") for at, one in enumerate(FRANCE)]
    rows += [order("France", "b", 1e6, currency="EUR"), order("France", "c", 1e6, currency=None)]
    sums = of(rows)
    assert sums.sums(NOW, "France") == (175.0, 5.0)
    assert sums.left_out == "Not counted: 2 orders in another currency than USD, or in none named."


def test_orders_that_name_no_account_are_told() -> None:
    sums = of([*spread("France", FRANCE), order("France", None, 700.0)])
    assert sums.sums(NOW, "France") == (175.0, 5.0)
    assert sums.left_out == "Not counted: 1 order without an account."


def test_money_by_account_needs_accounts() -> None:
    rows = [
        {key: value for key, value in one.items() if key != "account_id"} for one in spread("France", FRANCE)
    ]
    with pytest.raises(NoData, match="no column account_id"):
        of(rows)


def test_a_share_cannot_be_made_of_orders() -> None:
    with pytest.raises(ValueError, match="conversion is a share, which orders cannot hold"):
        of(spread("France", FRANCE), "conversion")


def test_markets_of_too_few_accounts_are_not_shown() -> None:
    rows = [*spread("France", FRANCE), *spread("Spain", SPAIN), *spread("Malta", [5.0])]
    sums = of(rows)
    assert "Malta" not in sums.markets
    assert "accounts" in sums.left_out


def test_segments_are_those_of_an_accounts_first_order_and_parts_add_up() -> None:
    rows = [order("France", f"a{at}", one, 7, segment="SMB") for at, one in enumerate(FRANCE)]
    rows += [order("France", "a0", 40.0, 9, segment="Large")]
    rows += [order("France", f"a{at}", one, 4, segment="Large") for at, one in enumerate(FRANCE)]
    sums = of(rows)
    assert sums.by_segment(NOW, "France") == {"SMB": (215.0, 5.0)}
    split = markets.decompositions(sums)[0].split
    assert split.mix + split.rate == pytest.approx(215 / 5 - 175 / 5)


def test_equal_markets_of_the_same_accounts_every_month_are_seldom_told_apart() -> None:
    """From the spread between months 61 % of equal markets stood above or below."""
    rng, told = np.random.default_rng(17), 0
    for _ in range(40):
        one, other = (moments(list(rng.lognormal(3, 1, 80))) for _ in range(2))
        told += stats.skewed_mean_difference(one, other).excludes_zero
    assert told <= 6


def test_from_months_alone_no_market_is_called_above_and_what_is_needed_is_said(ratios: MarketSums) -> None:
    shown = markets.ranking(ratios)
    assert shown.title == "Revenue by market, as counted"
    assert not any(row.clear or row.difference for row in markets.against_others(ratios))
    assert NEEDED in shown.heading.note
    assert NEEDED not in markets.ranking(of(spread("France", FRANCE))).heading.note


def test_a_market_that_sells_by_few_orders_is_shown_in_a_sum(amounts: MarketSums) -> None:
    few = replace(amounts, cells=(*amounts.cells, replace(amounts.cells[0], market="Malta", denominator=1)))
    assert "Malta" in few.markets


def test_too_few_accounts_are_told_from_no_orders() -> None:
    with pytest.raises(NoData, match=r"Too few accounts ordered in 2026 Q3 to show revenue of them\."):
        of(spread("France", [10.0, 20.0]))
    with pytest.raises(NoData, match=r"There are no orders of revenue in 2026 Q3\."):
        of(spread("France", FRANCE, month=4))
