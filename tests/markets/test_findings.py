"""Keys, values and verdicts of the findings."""

import pytest

from helpers.markets import MarketSums, decompositions, over_quarters, reversals
from helpers.markets.findings import (
    decomposition_findings,
    level_findings,
    quarter_findings,
    reversal_findings,
)


def test_findings_name_the_whole_and_each_market(shares: MarketSums) -> None:
    found = {finding.key: finding for finding in level_findings(shares)}
    assert list(found) == ["conversion", "conversion@market=france", "conversion@market=germany"]
    assert found["conversion"].headline
    change = found["conversion@market=germany"].change
    assert change is not None
    assert change.verdict == "worse"


def test_a_sum_is_told_by_its_values_and_its_growth(amounts: MarketSums) -> None:
    found = level_findings(amounts)
    values = {finding.key: finding.value for finding in found}
    assert values["revenue@market=france"] == 700.5
    assert values["revenue.growth"] == pytest.approx(900.75 / 600 - 1)
    assert all(finding.change is None for finding in found)


def test_every_point_is_a_finding(amounts: MarketSums) -> None:
    series = tuple(over_quarters(amounts, market) for market in ("All markets", "France", "Germany"))
    values = {finding.key: finding.value for finding in quarter_findings(amounts, series)}
    assert values["revenue@period=2026q2"] == 600
    assert values["revenue@market=germany,period=2026q3"] == 200.25
    assert len(values) == 6


def test_the_parts_of_a_change_of_a_share_are_points(admissions: MarketSums) -> None:
    words, mix, rate = decomposition_findings(admissions, decompositions(admissions)[0])
    assert words.text.value == "Mix +17.77\u00a0pts, rates −3.60\u00a0pts"
    assert (mix.key, mix.unit) == ("conversion.mix_effect", "points")
    assert mix.value == pytest.approx(17.767391115224251)
    assert rate.value == pytest.approx(-3.602848290570063)


def test_a_reversal_is_told_by_both_differences(berkeley: MarketSums) -> None:
    found = {finding.key: finding for finding in reversal_findings(berkeley, reversals(berkeley))}
    assert found["conversion.reversal"].text.value == "Women above Men"
    assert found["conversion.gap@market=women,against=men"].value == pytest.approx(-0.1416454282465418)
    same_mix = found["conversion.gap_at_same_mix@market=women,against=men"]
    assert same_mix.value == pytest.approx(0.03602848290570063)
