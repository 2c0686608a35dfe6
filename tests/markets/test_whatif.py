"""The levers: catching up, growing."""

import pytest

from helpers import markets
from helpers.findings import NoData
from helpers.markets import MarketSums, MonthlySums, catch_up

from .conftest import ALL, JULY, summed


def test_as_measured_it_is_the_total(shares: MarketSums) -> None:
    model = markets.scenario(shares).model
    assert model.measured == pytest.approx((810 / 3000, 200 / 1000, 810))


def test_catching_up_gives_the_other_rate(shares: MarketSums) -> None:
    model = markets.scenario(shares).model
    total, behind, count = (result.value for result in model.at(closed=1))
    assert behind == pytest.approx(610 / 2000)
    assert (total, count) == pytest.approx((610 / 2000, 915))


def test_the_market_behind_has_most_to_gain(shares: MarketSums) -> None:
    pair = catch_up(shares)
    assert (pair.behind, pair.ahead, pair.rest) == ("Germany", "France", (0, 0))


def test_a_sum_grows_by_its_markets(amounts: MarketSums) -> None:
    model = markets.scenario(amounts).model
    assert model.measured[0] == pytest.approx(900.75)
    assert model.at(growth_0=1.0)[0].value == pytest.approx(900.75 + 700.5)


def test_one_market_has_nobody_to_catch_up_with() -> None:
    with pytest.raises(NoData, match="fewer than two markets"):
        markets.scenario(summed(MonthlySums("France", JULY, ALL, 300, 1000)))
