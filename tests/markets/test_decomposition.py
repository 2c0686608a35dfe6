"""The change split in mix and rate."""

import pytest

from helpers.findings import NoData
from helpers.markets import MarketSums, decompositions


def test_the_change_is_split_without_remainder(admissions: MarketSums) -> None:
    found = decompositions(admissions)
    assert [each.market for each in found] == ["All markets", "France"]
    for each in found:
        assert each.split.mix == pytest.approx(0.17767391115224251)
        assert each.split.rate == pytest.approx(-0.03602848290570063)
        assert each.split.total == pytest.approx(0.1416454282465418)
        assert each.clear


def test_a_sum_has_no_rate_to_split(amounts: MarketSums) -> None:
    with pytest.raises(NoData, match="is a sum"):
        decompositions(amounts)


def test_without_segments_there_is_no_mix(shares: MarketSums) -> None:
    with pytest.raises(NoData, match="name no segment"):
        decompositions(shares)
