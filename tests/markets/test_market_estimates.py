"""The interval follows the kind of the metric."""

from helpers.markets import (
    MarketSums,
    difference_from,
    difference_from_others,
    estimate,
    over_quarters,
)
from helpers.markets.changes import total_changes
from helpers.periods import Period
from helpers.stats import proportion, proportion_difference

from .conftest import NOW, summed


def test_a_share_has_wilsons_interval(shares: MarketSums) -> None:
    assert estimate(shares, NOW, "France") == proportion(610, 2000)
    assert estimate(shares, NOW) == proportion(810, 3000)


def test_a_ratio_from_months_is_a_level_without_interval_or_test(ratios: MarketSums) -> None:
    found = estimate(ratios, NOW, "France")
    assert found is not None
    assert (found.value, found.n, found.limits) == (4030 / 340, 340, None)
    assert difference_from_others(ratios, "France") is None
    assert difference_from(ratios, NOW.shift(-1), "France") is None


def test_a_sum_has_no_interval(amounts: MarketSums) -> None:
    total = estimate(amounts, NOW)
    assert total is not None
    assert (total.value, total.low, total.high) == (900.75, None, None)
    assert difference_from_others(amounts, "France") is None
    assert difference_from(amounts, NOW.shift(-1), "France") is None


def test_others_are_the_whole_less_the_market(shares: MarketSums) -> None:
    assert difference_from_others(shares, "Germany") == proportion_difference(200, 1000, 610, 2000)


def test_change_is_against_the_previous_period(shares: MarketSums) -> None:
    assert difference_from(shares, NOW.shift(-1), "Germany") == proportion_difference(200, 1000, 300, 1000)


def test_all_time_has_no_change(shares: MarketSums) -> None:
    assert not total_changes(summed(*shares.cells, period=Period())).against


def test_the_total_is_a_series_of_quarters(shares: MarketSums) -> None:
    series = over_quarters(shares)
    assert series.label == "All markets"
    assert [point.at for point in series.points] == ["2026 Q2", "2026 Q3"]
    assert series.points[0].estimate == proportion(900, 3000)
