"""Charts and tables: titles, and the findings that go with them."""

import pytest

from helpers import markets
from helpers.findings import NoData
from helpers.markets import MarketSums, MonthlySums

from .conftest import ALL, JULY, summed


def test_markets_are_ranked_by_their_tests(shares: MarketSums) -> None:
    chart = markets.ranking(shares)
    assert chart.title == "Conversion is highest in France and lowest in Germany"
    assert list(chart.data.group) == ["France", "Germany"]
    assert chart.findings[0].key == "conversion"


def test_a_sum_is_told_by_its_parts(amounts: MarketSums) -> None:
    assert markets.ranking(amounts).title == "France makes up 78% of revenue"


def test_changes_are_told_by_their_tests(shares: MarketSums) -> None:
    chart = markets.changes_since_previous(shares)
    assert chart.title == "Conversion fell clearly in Germany since 2026 Q2"


def test_a_sum_grows_without_a_test(amounts: MarketSums) -> None:
    assert markets.changes_since_previous(amounts).title == "1 of 2 markets grew since 2026 Q2"
    assert markets.total_over_time(amounts).title == "Revenue grew by 50.1% since 2026 Q2"


def test_the_total_is_told_by_its_test(shares: MarketSums) -> None:
    chart = markets.total_over_time(shares)
    assert chart.title == "Conversion fell clearly since 2026 Q2"
    assert list(chart.data.period) == ["2026 Q2", "2026 Q3"]


def test_the_largest_markets_are_told_by_their_tests(shares: MarketSums) -> None:
    chart = markets.largest_over_time(shares)
    assert chart.title == (
        "Of the largest markets, France stands above and Germany stands below all others together"
    )


def test_the_largest_sum_leads(amounts: MarketSums) -> None:
    assert markets.largest_over_time(amounts).title == "France leads the 2 largest markets"


def test_markets_that_are_all_too_small_have_no_lines() -> None:
    small = summed(*(MonthlySums(name, JULY, ALL, 1, 3) for name in ("France", "Spain", "Italy")))
    with pytest.raises(NoData, match="large enough"):
        markets.largest_over_time(small)


def test_every_cell_of_the_table_of_a_sum_is_a_finding(amounts: MarketSums, shares: MarketSums) -> None:
    table = markets.by_quarter(amounts)
    assert table.rows == (
        ("All markets", 600, 900.75),
        ("France", 300, 700.5),
        ("Germany", 300, 200.25),
    )
    assert len(table.findings) == 6
    assert len(markets.by_quarter(shares).findings) == 2, "only the whole is told"


def test_the_parts_of_a_change_are_drawn(admissions: MarketSums) -> None:
    chart = markets.mix_and_rate_effects(admissions)
    assert chart.title.startswith("All markets: +14.16\u00a0pts, +17.77\u00a0pts through mix and")
    assert [finding.key for finding in chart.findings] == [
        "conversion.drivers",
        "conversion.mix_effect",
        "conversion.rate_effect",
    ]


def test_a_reversal_is_shown_and_listed(berkeley: MarketSums) -> None:
    chart, table = markets.gap_at_same_mix(berkeley), markets.reversal_table(berkeley)
    assert chart.title == "Women is below Men overall, yet above it for the same mix of customers"
    assert len(chart.findings) == 3
    assert table.title == "1 pair of markets change their order with the same mix"
    assert table.data.iloc[0].tolist()[:3] == ["Women", "Men", pytest.approx(-0.1416454282465418)]


def test_without_a_reversal_there_is_nothing_to_show() -> None:
    cells = [MonthlySums("France", JULY, segment, 300, 1000) for segment in "AB"]
    for show in (markets.gap_at_same_mix, markets.reversal_table):
        with pytest.raises(NoData, match="No pair of markets"):
            show(summed(*cells))
