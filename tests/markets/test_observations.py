"""Which markets and quarters there are, what is added up, what is too small to show."""

from helpers.markets import MarketSums, MonthlySums, estimate
from helpers.periods import Period

from .conftest import ALL, APRIL, JULY, NOW, summed


def test_a_period_is_added_up_over_its_months(shares: MarketSums) -> None:
    assert shares.sums(NOW, "France") == (610, 2000)
    assert shares.sums(NOW) == (810, 3000)
    assert shares.others(NOW, "Germany") == (610, 2000)


def test_markets_are_split_by_segment_and_the_whole_by_market_and_segment(berkeley: MarketSums) -> None:
    assert berkeley.by_segment(NOW, "Men")["A"] == (512, 825)
    assert berkeley.by_segment(NOW, "All markets")["Women, F"] == (24, 341)


def test_the_largest_market_comes_first(shares: MarketSums) -> None:
    assert shares.markets == ("France", "Germany")


def test_too_few_trials_are_not_shown() -> None:
    sizes = {"France": 4, "Spain": 40, "Italy": 50, "Chile": 60}
    sums = summed(*(MonthlySums(market, JULY, ALL, size / 2, size) for market, size in sizes.items()))
    assert not sums.shows(NOW, "France")
    assert estimate(sums, NOW, "France") is None
    assert sums.markets == ("Chile", "Italy"), "the total would tell France by subtraction"


def test_a_share_without_trials_is_not_shown_and_a_sum_is() -> None:
    cell = MonthlySums("France", JULY, ALL, 30, 0)
    assert not summed(cell).shows(NOW)
    assert summed(cell, kind="sum").shows(NOW)
    assert not summed(cell, kind="sum").shows(NOW.shift(-1)), "there are no data"


def test_all_time_has_every_quarter(shares: MarketSums) -> None:
    everything = summed(*shares.cells, period=Period())
    assert [quarter.text for quarter in everything.quarters] == ["2026Q2", "2026Q3"]


def test_a_table_of_one_segment_has_no_segments(shares: MarketSums, berkeley: MarketSums) -> None:
    assert not shares.has_segments
    assert berkeley.has_segments
    assert summed(MonthlySums("France", APRIL, "SMB", 1, 9)).has_segments
