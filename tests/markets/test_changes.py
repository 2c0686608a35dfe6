"""What moved since the previous period."""

import pytest

from helpers.findings import NoData
from helpers.markets import MarketSums, against_previous, growth


def test_the_whole_stands_before_the_markets(shares: MarketSums) -> None:
    rows = against_previous(shares)
    assert [row.label for row in rows] == ["All markets", "France", "Germany"]
    assert [row.label for row in rows if row.below] == ["All markets", "Germany"]


def test_the_whole_is_corrected_by_itself(shares: MarketSums) -> None:
    whole, *markets = against_previous(shares)
    assert whole.difference is not None
    assert whole.p_adjusted == whole.difference.p
    assert markets[1].difference is not None
    assert markets[1].p_adjusted == pytest.approx(2 * (markets[1].difference.p or 0))


def test_a_sum_moves_without_a_claim_about_chance(amounts: MarketSums) -> None:
    assert not any(row.clear for row in against_previous(amounts))


def test_the_growth_of_a_sum_is_counted(amounts: MarketSums, shares: MarketSums) -> None:
    found = growth(amounts)
    assert found is not None
    assert found.value == pytest.approx(900.75 / 600 - 1)
    assert found.low is None
    assert growth(shares) is None


def test_without_a_previous_period_nothing_moved(ratios: MarketSums) -> None:
    with pytest.raises(NoData, match="no period before 2026 Q3"):
        against_previous(ratios)
