"""Which market is highest and which lowest is said only where the numbers can tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from helpers import markets
from helpers.markets import MarketSums, MonthlySums, estimate
from helpers.markets.market_ranks import Ends, ends, market_ranks
from helpers.markets.standing import market_gaps
from helpers.periods import Period
from helpers.stats import Estimate, RankSet

from .conftest import ALL, JULY, summed


def shares(**counts: tuple[int, int]) -> MarketSums:
    return summed(*(MonthlySums(name, JULY, ALL, *pair) for name, pair in counts.items()))


def test_markets_that_differ_from_the_largest_alone_share_the_last_ranks() -> None:
    """Each of the three is unlike all others together, since one of these is a hundred times its size."""
    sums = shares(A=(3000, 10_000), B=(3010, 10_000), C=(3020, 10_000), Big=(320_000, 1_000_000))
    rows = markets.against_others(sums)
    assert {row.label: row.below for row in rows} == {"A": True, "B": True, "C": True, "Big": False}
    assert market_ranks(sums) == {
        "Big": RankSet(1, 1),
        "A": RankSet(2, 4),
        "B": RankSet(2, 4),
        "C": RankSet(2, 4),
    }
    assert ends(sums, rows) == Ends(highest=("Big",), lowest=("A", "B", "C"))
    assert markets.ranking(sums).title == "Conversion is highest in Big and lowest in A, B or C"


def test_of_two_that_are_alike_either_may_be_the_highest() -> None:
    sums = shares(A=(400, 1000), B=(410, 1000), C=(200, 1000), D=(210, 1000), E=(205, 1000), F=(195, 1000))
    assert markets.ranking(sums).title == "Conversion is highest in A or B"


def test_one_that_is_clear_alone_is_not_the_highest_of_many() -> None:
    """It differs from all others together, yet not from the next one."""
    sums = shares(A=(340, 1000), B=(300, 1000), C=(300, 1000), D=(300, 1000), E=(300, 1000))
    first = market_gaps(sums)[0]
    assert (first.label, first.difference is not None and first.difference.low > 0) == ("A", True)
    assert market_ranks(sums)["A"] == RankSet(1, 5)
    assert markets.ranking(sums).title == "Which market has the highest conversion is not clear"


def test_a_market_where_nobody_or_everybody_does_has_an_error_too() -> None:
    sums = shares(None_of=(0, 6), All=(6, 6), Many=(500, 1000))
    assert market_ranks(sums) == {"Many": RankSet(2, 2), "All": RankSet(1, 1), "None_of": RankSet(3, 3)}
    few = shares(None_of=(0, 6), Many=(50, 1000))
    assert market_ranks(few)["None_of"] == RankSet(1, 2)


def test_without_a_clear_row_in_the_list_of_the_page_no_end_is_named() -> None:
    sums = shares(A=(400, 1000), B=(200, 1000))
    assert ends(sums, markets.against_others(sums)) == Ends(("A",), ("B",))
    assert ends(sums, ()) == Ends((), ())


def test_one_without_an_interval_may_be_any(monkeypatch: pytest.MonkeyPatch) -> None:
    sums = shares(A=(400, 1000), B=(200, 1000), C=(300, 1000))

    def known(sums: MarketSums, period: Period, market: str) -> Estimate | None:
        found = estimate(sums, period, market)
        return replace(found, low=None, high=None) if found and market == "C" else found

    monkeypatch.setattr("helpers.markets.market_ranks.estimate", known)
    assert set(market_ranks(sums)) == {"A", "B"}
    assert ends(sums, markets.against_others(sums)) == Ends((), ())


@pytest.mark.parametrize("of", [4, 12])
def test_equal_markets_are_seldom_ranked(of: int) -> None:
    """At most 5 in 100 pages name an end: of 60, more than 7 come up once in a hundred such runs."""
    rng = np.random.default_rng(of)
    sizes = [int(20_000 / (one + 1)) for one in range(of)]
    named = 0
    for _ in range(60):
        counts = {f"M{at}": (int(rng.binomial(size, 0.2)), size) for at, size in enumerate(sizes)}
        sums = shares(**counts)
        found = ends(sums, markets.against_others(sums))
        named += bool(found.highest or found.lowest)
    assert named <= 7
