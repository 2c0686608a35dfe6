"""The sample company: its planted stories are found, its periods are those of its data."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from helpers import markets, sample, sources
from helpers.findings import NoData
from helpers.markets import MarketSums
from helpers.scope import Scope

from .conftest import NOW

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def market_metrics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sources.LoadedTable]:
    folder = tmp_path_factory.mktemp("sample")
    sample.write(folder, as_of=date(2026, 11, 22), tables=["market_metrics"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUARTERDECK_SAMPLE", str(folder))
        patch.setenv("QUARTERDECK_PARAMS", str(ROOT / "params"))
        yield sources.load("market_metrics")


def summed(table: sources.LoadedTable, period: str, metric: str = "conversion") -> MarketSums:
    return markets.market_sums(table, metric, Scope.of(table, period))


def test_the_planted_reversal_is_found(market_metrics: sources.LoadedTable) -> None:
    pairs = markets.reversals(summed(market_metrics, "2026Q3"))
    assert ("Germany", "France") in {(pair.market, pair.against) for pair in pairs}


def test_the_fall_of_germany_is_mix(market_metrics: sources.LoadedTable) -> None:
    found = markets.decompositions(summed(market_metrics, "2026Q3"))
    germany = next(each.split for each in found if each.market == "Germany")
    assert germany.total < -0.03
    assert germany.mix < -0.03
    assert abs(germany.rate) < 0.01


def test_the_last_quarter_is_the_one_whose_months_are_all_there(
    market_metrics: sources.LoadedTable,
) -> None:
    assert summed(market_metrics, "last_complete").scope.period == NOW


def test_an_unknown_period_is_no_data(market_metrics: sources.LoadedTable) -> None:
    with pytest.raises(NoData, match=r"no rows in 1999; they are of 1 Oct 2023 to 30 Sep 2026"):
        summed(market_metrics, "1999")


def test_a_mean_of_units_is_refused(market_metrics: sources.LoadedTable) -> None:
    with pytest.raises(ValueError, match="nps is a mean of units"):
        summed(market_metrics, "2026Q3", "nps")


def test_no_region_can_be_asked_for(market_metrics: sources.LoadedTable) -> None:
    with pytest.raises(NoData, match="no column region"):
        Scope.of(market_metrics, "2026Q3", region="EMEA")
