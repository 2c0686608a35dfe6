"""Pairs of markets whose order turns round with the same mix."""

from itertools import product

import pytest

from helpers.findings import NoData
from helpers.markets import MarketSums, MonthlySums, reversals, within_segments

from .conftest import JULY, summed


def test_the_reversal_of_berkeley_is_found(berkeley: MarketSums) -> None:
    (pair,) = reversals(berkeley)
    assert (pair.market, pair.against) == ("Women", "Men")
    assert pair.overall.value == pytest.approx(-0.1416454282465418)
    assert pair.same_mix.value == pytest.approx(0.03602848290570063)
    assert pair.p == max(pair.overall.p or 1, pair.same_mix.p or 1)


def test_a_pair_is_shown_with_its_segments(berkeley: MarketSums) -> None:
    rows = within_segments(berkeley, reversals(berkeley)[0])
    assert [row.label for row in rows] == ["As they are", "Same mix", *"ABCDEF"]
    assert [row.label for row in rows if row.focus] == ["Same mix"]
    assert rows[2].difference is not None
    assert rows[2].difference.value == pytest.approx(89 / 108 - 512 / 825)


def test_equal_mixes_turn_nothing_round() -> None:
    cells = [
        MonthlySums(market, JULY, segment, rate * 1000, 1000)
        for (market, rate), segment in product((("France", 0.3), ("Spain", 0.2)), ("A", "B"))
    ]
    assert reversals(summed(*cells)) == ()


def test_a_ratio_has_no_test_of_pairs(berkeley: MarketSums) -> None:
    with pytest.raises(NoData, match="no share of counted trials"):
        reversals(summed(*berkeley.cells, kind="ratio"))
