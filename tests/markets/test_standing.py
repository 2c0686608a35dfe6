"""Each market against all others together."""

import pytest

from helpers.markets import MarketSums, against_others, concentration


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
