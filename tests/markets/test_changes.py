"""What moved since the previous period."""

from dataclasses import replace
from datetime import date

import pytest

from helpers.coverage import Coverage
from helpers.findings import NoData
from helpers.markets import (
    MarketSums,
    against_previous,
    changes_since_previous,
    example_sums,
    growth,
    total_over_time,
)
from helpers.markets.findings import level_findings
from helpers.periods import Period


def test_the_whole_stands_before_the_markets(shares: MarketSums) -> None:
    rows = against_previous(shares)
    assert [row.label for row in rows] == ["All markets", "France", "Germany"]
    assert [row.label for row in rows if row.below] == ["All markets", "Germany"]


def test_the_whole_is_corrected_by_itself(shares: MarketSums) -> None:
    whole, *markets = against_previous(shares)
    assert whole.difference is not None
    assert whole.p_adjusted == pytest.approx(whole.difference.p)
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


@pytest.mark.parametrize(
    ("first", "last"), [(date(2026, 5, 1), date(2026, 9, 30)), (date(2026, 4, 1), date(2026, 9, 9))]
)
def test_a_part_of_a_period_gives_no_growth(first: date, last: date) -> None:
    """Revenue growth since 2010 Q4 is 134.6 % was said of one month against three."""
    whole = replace(example_sums(), kind="sum")
    assert growth(whole) is not None
    period = whole.scope.period
    assert period == Period(2026, 3)
    partly = replace(whole, scope=replace(whole.scope, coverage=Coverage.between(first, last)))
    assert growth(partly) is None
    assert changes_since_previous(partly).title.startswith("No growth is told: 2026 Q")
    assert "grew" not in total_over_time(partly).title
    assert not [one for one in level_findings(partly) if ".growth" in one.key]


def test_of_whole_periods_growth_is_told() -> None:
    whole = replace(example_sums(), kind="sum")
    assert changes_since_previous(whole).title == "1 of 2 markets grew since 2026 Q2"
