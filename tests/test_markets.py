"""Markets: estimates by kind of metric, comparisons, mix against rate, what-if; the sample company."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from helpers import markets, sample, sources
from helpers.findings import Measure, NoData
from helpers.markets.measurements import Cell, Measurements, Scope
from helpers.metrics import Kind
from helpers.periods import Period
from helpers.stats import clustered_ratio, proportion, proportion_difference

ROOT = Path(__file__).parent.parent
NOW = Period(2026, 3)
JULY, AUGUST, APRIL, MAY = (date(2026, month, 1) for month in (7, 8, 4, 5))
CONVERSION = Measure("conversion", "Conversion", "share", "higher", 2)
REVENUE = Measure("revenue", "Revenue", "currency:USD", "higher", 0)
ALL = "all"


def measured(*cells: Cell, kind: Kind = "share", period: Period = NOW) -> Measurements:
    measure = CONVERSION if kind == "share" else REVENUE
    return Measurements(Scope(measure, kind, period, 0.95, 5), cells)


@pytest.fixture
def shares() -> Measurements:
    return measured(
        Cell("France", JULY, ALL, 300, 1000),
        Cell("France", AUGUST, ALL, 310, 1000),
        Cell("Germany", JULY, ALL, 200, 1000),
        Cell("Germany", APRIL, ALL, 300, 1000),
        Cell("France", APRIL, ALL, 600, 2000),
    )


@pytest.fixture
def sums() -> Measurements:
    return measured(
        Cell("France", JULY, ALL, 700.5, 30),
        Cell("Germany", JULY, ALL, 200.25, 20),
        Cell("Germany", APRIL, ALL, 300, 20),
        Cell("France", APRIL, ALL, 300, 20),
        kind="sum",
    )


@pytest.fixture
def ratios() -> Measurements:
    france = [(1200.0, 100.0), (1450.0, 110.0), (1380.0, 130.0)]
    germany = [(900.0, 90.0), (1010.0, 95.0), (1100.0, 120.0)]
    cells = [
        Cell(market, date(2026, month, 1), ALL, *pair)
        for market, pairs in (("France", france), ("Germany", germany))
        for month, pair in zip((7, 8, 9), pairs, strict=True)
    ]
    return measured(*cells, kind="ratio")


class TestEstimates:
    def test_a_share_has_wilsons_interval(self, shares: Measurements) -> None:
        assert shares.estimate(NOW, "France") == proportion(610, 2000)
        assert shares.estimate(NOW) == proportion(810, 3000)

    def test_a_ratio_has_months_as_clusters(self, ratios: Measurements) -> None:
        assert ratios.estimate(NOW, "France") == replace(
            clustered_ratio([(1200, 100), (1450, 110), (1380, 130)]), n=340
        )

    def test_a_sum_has_no_interval(self, sums: Measurements) -> None:
        total = sums.estimate(NOW)
        assert total is not None
        assert (total.value, total.low, total.high) == (900.75, None, None)
        assert sums.against_others("France") is None
        assert sums.change("France") is None

    def test_others_are_the_whole_less_the_market(self, shares: Measurements) -> None:
        assert shares.against_others("Germany") == proportion_difference(200, 1000, 610, 2000)

    def test_change_is_against_the_preceding_period(self, shares: Measurements) -> None:
        assert shares.change("Germany") == proportion_difference(200, 1000, 300, 1000)

    def test_too_few_trials_are_not_shown(self) -> None:
        sizes = {"France": 4, "Spain": 40, "Italy": 50, "Chile": 60}
        found = measured(*(Cell(market, JULY, ALL, size / 2, size) for market, size in sizes.items()))
        assert found.estimate(NOW, "France") is None
        assert found.markets == ("Chile", "Italy"), "the total would tell France by subtraction"

    def test_all_time_has_every_quarter_and_no_change(self, shares: Measurements) -> None:
        everything = measured(*shares.cells, period=Period())
        assert [quarter.text for quarter in everything.quarters] == ["2026Q2", "2026Q3"]
        assert everything.change() is None


class TestStanding:
    def test_markets_are_told_apart_by_their_tests(self, shares: Measurements) -> None:
        standing = markets.standing(shares)
        assert standing.title == "France stands above the others; Germany stands below the others"
        assert [row.label for row in standing.groups[0].rows] == ["France", "Germany"]

    def test_findings_name_the_whole_and_each_market(self, shares: Measurements) -> None:
        found = {finding.key: finding for finding in markets.standing(shares).findings}
        assert list(found) == ["conversion", "conversion@market=france", "conversion@market=germany"]
        assert found["conversion"].headline
        change = found["conversion@market=germany"].change
        assert change is not None
        assert change.verdict == "worse"

    def test_a_sum_is_told_by_its_parts_and_its_growth(self, sums: Measurements) -> None:
        standing = markets.standing(sums)
        assert standing.title == "France makes up 78% of revenue"
        values = {finding.key: finding.value for finding in standing.findings}
        assert values["revenue@market=france"] == 700.5
        assert values["revenue.growth"] == pytest.approx(900.75 / 600 - 1)
        assert all(finding.change is None for finding in standing.findings)

    def test_a_sum_moves_without_a_claim_about_chance(self, sums: Measurements) -> None:
        changes = markets.changes(sums)
        assert changes.title == "1 of 2 markets grew since 2026 Q2"
        assert not any(row.clear for row in changes.rows)

    def test_changes_are_told_by_their_tests(self, shares: Measurements) -> None:
        changes = markets.changes(shares)
        assert changes.title == "Conversion fell clearly in Germany since 2026 Q2"

    def test_without_a_preceding_period_nothing_moved(self, ratios: Measurements) -> None:
        with pytest.raises(NoData, match="no period before 2026 Q3"):
            markets.changes(ratios)

    def test_every_cell_of_the_table_is_a_finding(self, sums: Measurements) -> None:
        quarters = markets.by_quarter(sums)
        values = {finding.key: finding.value for finding in quarters.findings}
        assert values["revenue@period=2026q2"] == 600
        assert values["revenue@market=germany,period=2026q3"] == 200.25
        assert len(values) == 6

    def test_the_total_is_a_trend(self, shares: Measurements) -> None:
        trends = markets.over_time(shares)
        assert [point.at for point in trends.total.points] == ["2026 Q2", "2026 Q3"]
        assert trends.largest_title == "France leads the 2 largest markets"


class TestComposition:
    """Berkeley's departments as segments, women and men as two markets."""

    MEN = ((512, 825), (353, 560), (120, 325), (138, 417), (53, 191), (22, 373))
    WOMEN = ((89, 108), (17, 25), (202, 593), (131, 375), (94, 393), (24, 341))

    @pytest.fixture
    def berkeley(self) -> Measurements:
        sides = (("Men", self.MEN), ("Women", self.WOMEN))
        return measured(
            *(
                Cell(market, JULY, department, *counts)
                for market, pairs in sides
                for department, counts in zip("ABCDEF", pairs, strict=True)
            )
        )

    def test_the_reversal_is_found(self, berkeley: Measurements) -> None:
        found = markets.reversal(berkeley)
        (pair,) = found.pairs
        assert (pair.market, pair.against) == ("Women", "Men")
        assert pair.overall.value == pytest.approx(-0.1416454282465418)
        assert pair.equal_mix.value == pytest.approx(0.03602848290570063)
        assert found.title == "Women is below Men overall, yet above it for the same mix of customers"
        values = {finding.key: finding.value for finding in found.findings}
        assert values["conversion.gap_at_same_mix@market=women,against=men"] == pytest.approx(
            0.03602848290570063
        )

    def test_the_change_is_split_without_remainder(self) -> None:
        cells = [
            Cell("France", month, department, *counts)
            for month, pairs in ((APRIL, self.WOMEN), (JULY, self.MEN))
            for department, counts in zip("ABCDEF", pairs, strict=True)
        ]
        rows = markets.drivers(measured(*cells)).rows
        assert [row.label for row in rows] == ["All markets", "France"]
        for row in rows:
            assert dict(row.parts) == pytest.approx(
                {"Mix of customers": 0.17767391115224251, "Rate within segments": -0.03602848290570063}
            )
            assert row.total == pytest.approx(0.1416454282465418)

    def test_equal_mixes_turn_nothing_round(self) -> None:
        cells = [
            Cell(market, JULY, segment, rate * 1000, 1000)
            for (market, rate), segment in product((("France", 0.3), ("Spain", 0.2)), ("A", "B"))
        ]
        with pytest.raises(NoData, match="No pair of markets"):
            markets.reversal(measured(*cells))

    def test_a_sum_has_no_rate_to_split(self, sums: Measurements) -> None:
        with pytest.raises(NoData, match="is a sum"):
            markets.drivers(sums)

    def test_without_segments_there_is_no_mix(self, shares: Measurements) -> None:
        with pytest.raises(NoData, match="no column segment"):
            markets.drivers(shares)


class TestScenario:
    def test_as_measured_it_is_the_total(self, shares: Measurements) -> None:
        model = markets.scenario(shares)
        assert model.measured == pytest.approx((810 / 3000, 200 / 1000, 810))

    def test_catching_up_gives_the_other_rate(self, shares: Measurements) -> None:
        model = markets.scenario(shares)
        total, behind, count = (result.value for result in model.at(closed=1))
        assert behind == pytest.approx(610 / 2000)
        assert (total, count) == pytest.approx((610 / 2000, 915))

    def test_a_sum_grows_by_its_markets(self, sums: Measurements) -> None:
        model = markets.scenario(sums)
        assert model.measured[0] == pytest.approx(900.75)
        assert model.at(growth_0=1.0)[0].value == pytest.approx(900.75 + 700.5)

    def test_one_market_has_nobody_to_catch_up_with(self) -> None:
        with pytest.raises(NoData, match="fewer than two markets"):
            markets.scenario(measured(Cell("France", JULY, ALL, 300, 1000)))


@pytest.fixture(scope="module")
def market_metrics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sources.LoadedTable]:
    folder = tmp_path_factory.mktemp("sample")
    sample.write(folder, as_of=date(2026, 11, 22), tables=["market_metrics"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUARTERDECK_SAMPLE", str(folder))
        patch.setenv("QUARTERDECK_PARAMS", str(ROOT / "params"))
        yield sources.load("market_metrics")


class TestSampleCompany:
    def test_the_planted_reversal_is_found(self, market_metrics: sources.LoadedTable) -> None:
        found = markets.measurements(market_metrics, "2026Q3", "conversion", 0.95)
        pairs = {(pair.market, pair.against) for pair in markets.reversal(found).pairs}
        assert ("Germany", "France") in pairs

    def test_the_fall_of_germany_is_mix(self, market_metrics: sources.LoadedTable) -> None:
        found = markets.measurements(market_metrics, "2026Q3", "conversion", 0.95)
        germany = next(row for row in markets.drivers(found).rows if row.label == "Germany")
        parts = dict(germany.parts)
        assert germany.total < -0.03
        assert parts["Mix of customers"] < -0.03
        assert abs(parts["Rate within segments"]) < 0.01

    def test_the_last_quarter_is_the_one_whose_months_are_all_there(
        self, market_metrics: sources.LoadedTable
    ) -> None:
        found = markets.measurements(market_metrics, "last_complete", "conversion", 0.95)
        assert found.scope.period == NOW

    def test_an_unknown_period_is_no_data(self, market_metrics: sources.LoadedTable) -> None:
        with pytest.raises(NoData, match="no measurements of conversion in 1999"):
            markets.measurements(market_metrics, "1999", "conversion", 0.95)
