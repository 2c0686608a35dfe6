"""Each market against all others together."""

from dataclasses import replace

import pytest

from helpers.findings import PageCorrection
from helpers.markets import MarketSums, against_others, concentration
from helpers.markets.changes import market_changes, total_changes


def test_markets_are_ranked_and_tested(shares: MarketSums) -> None:
    rows = against_others(shares)
    assert [(row.label, row.above, row.below) for row in rows] == [
        ("France", True, False),
        ("Germany", False, True),
    ]


def test_a_sum_is_ranked_without_a_test(amounts: MarketSums) -> None:
    rows = against_others(amounts)
    assert [row.label for row in rows] == ["France", "Germany"]
    assert not any(row.clear or row.difference for row in rows)


def test_the_fewest_markets_that_make_more_than_half(amounts: MarketSums) -> None:
    found = concentration(amounts)
    assert found.markets == ("France",)
    assert found.share == pytest.approx(700.5 / 900.75)


def test_each_list_of_the_page_is_read_at_its_own_rate(shares: MarketSums) -> None:
    rates = {"total:previous": 0.04, "markets:previous": 0.03, "markets:others": 0.02}
    sums = replace(shares, scope=replace(shares.scope, correction=PageCorrection(0.05, rates)))
    lists = {
        "total:previous": total_changes(sums).judged(sums.scope.correction).first,
        "markets:previous": market_changes(sums).judged(sums.scope.correction).first,
        "markets:others": against_others(sums),
    }
    for name, rows in lists.items():
        levels = [row.difference.level for row in rows if row.difference]
        assert levels == pytest.approx([1 - rates[name]] * len(levels)), name
