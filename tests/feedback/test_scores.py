"""Scores: any part over quarters, by quarter and region, group against group, on counted answers."""

from itertools import product

import pytest

from helpers import feedback
from helpers.feedback import Answers
from helpers.findings import NoData
from helpers.periods import Period
from helpers.stats import net_promoter_difference, net_promoter_score

from .conftest import APRIL, JULY, NOW, cell, counted


class TestOfAPart:
    def test_it_is_the_score_of_its_tally(self) -> None:
        answers = counted(cell(JULY, "EMEA", None, 10, 5, 10), cell(JULY, "LATAM", None, 20, 5, 0))
        assert feedback.score(answers, "nps", NOW, {"region": "EMEA"}) == net_promoter_score(10, 5, 10)

    def test_too_few_answers_have_none(self) -> None:
        assert feedback.score(counted(cell(JULY, None, None, 2, 1, 1)), "nps", NOW, {}) is None

    def test_its_change_is_that_against_the_preceding_period(self, two_quarters: Answers) -> None:
        found = feedback.score_change(two_quarters, "nps", {}, NOW.shift(-1))
        assert found.now == net_promoter_score(450, 340, 210)
        assert found.reference == net_promoter_score(400, 350, 250)
        assert found.difference == net_promoter_difference((450, 340, 210), (400, 350, 250))

    def test_too_few_answers_before_are_no_change(self) -> None:
        answers = counted(cell(JULY, None, None, 20, 10, 10), cell(APRIL, None, None, 2, 1, 1))
        found = feedback.score_change(answers, "nps", {}, NOW.shift(-1))
        assert found.now is not None
        assert found.reference is None
        assert found.difference is None

    def test_csat_is_the_share_of_four_and_five(self) -> None:
        answers = counted(cell(JULY, None, None, 81, 100, 82, survey="csat"))
        found = feedback.score(answers, "csat", NOW, {})
        assert found is not None
        assert (found.value, found.low, found.high) == pytest.approx(
            (81 / 263, 0.2552885198782742, 0.36620957698280004)
        )

    def test_a_fiscal_year_counts_its_own_months(self) -> None:
        fiscal = Period(2027, 1, fiscal_year_start=4)
        answers = counted(
            cell(APRIL.replace(month=3), None, None, 0, 0, 50),
            cell(APRIL, None, None, 50, 0, 0),
            cell(JULY, None, None, 0, 0, 50),
            period=fiscal,
        )
        found = feedback.score(answers, "nps", fiscal, {})
        assert found is not None
        assert found.value == 100


class TestByQuarter:
    @pytest.fixture
    def answers(self) -> Answers:
        return counted(
            cell(APRIL, "EMEA", None, 10, 5, 5),
            cell(JULY, "EMEA", None, 10, 5, 10),
            cell(JULY, "LATAM", None, 20, 5, 0),
        )

    def test_all_regions_come_first_and_a_region_without_answers_is_none(self, answers: Answers) -> None:
        found = feedback.quarterly_scores(answers)
        assert found.regions == ("EMEA", "LATAM")
        values = {
            quarter.label: tuple(each.value if each else None for each in scores)
            for quarter, scores in found.scores.items()
        }
        assert values == {"2026 Q2": (25.0, 25.0, None), "2026 Q3": (40.0, 0.0, 80.0)}

    def test_a_region_edition_has_its_region_beside_the_whole(self, answers: Answers) -> None:
        found = feedback.quarterly_scores(counted(*answers.cells, region="EMEA"))
        assert found.regions == ("EMEA",)

    def test_a_series_has_a_point_a_quarter(self, answers: Answers) -> None:
        series = feedback.score_series(answers, "nps", "LATAM", {"region": "LATAM"})
        assert [point.at for point in series.points] == ["2026 Q2", "2026 Q3"]
        assert [point.estimate for point in series.points] == [None, net_promoter_score(20, 5, 0)]

    def test_without_nps_there_is_none(self) -> None:
        with pytest.raises(NoData, match="no NPS answers"):
            feedback.quarterly_scores(counted(cell(JULY, None, None, 8, 1, 1, survey="csat")))


class TestGroups:
    def test_each_group_is_compared_with_all_others(self) -> None:
        found = feedback.group_scores(
            counted(
                cell(JULY, "EMEA", None, 300, 350, 350),
                cell(JULY, "AMER", None, 500, 300, 200),
                cell(JULY, "APAC", None, 500, 300, 200),
            )
        )
        rows = {row.label: row for row in found.regions}
        assert rows["EMEA"].difference is not None
        assert rows["EMEA"].difference.value == pytest.approx(-5 - 30)
        assert rows["EMEA"].below
        assert rows["AMER"].above
        assert found.segments == ()

    def test_the_highest_score_comes_first(self) -> None:
        found = feedback.group_scores(
            counted(cell(JULY, "EMEA", None, 30, 35, 35), cell(JULY, "AMER", None, 50, 30, 20))
        )
        assert [row.label for row in found.regions] == ["AMER", "EMEA"]

    def test_equal_groups_are_not_told_apart(self) -> None:
        same = [cell(JULY, region, None, 50, 30, 20) for region in ("A", "B", "C")]
        assert not any(row.clear for row in feedback.group_scores(counted(*same)).regions)

    def test_a_region_edition_compares_the_segments_within_it(self) -> None:
        parts = product(("EMEA", "AMER"), ("One", "Two"))
        cells = [cell(JULY, region, segment, 50, 30, 20) for region, segment in parts]
        found = feedback.group_scores(counted(*cells, region="EMEA"))
        assert {row.label: row.focus for row in found.regions} == {"AMER": False, "EMEA": True}
        assert found.all_regions == net_promoter_score(200, 120, 80)
        assert found.all_segments == net_promoter_score(100, 60, 40)

    def test_small_groups_are_not_shown(self) -> None:
        found = feedback.group_scores(
            counted(
                cell(JULY, "EMEA", "One", 50, 30, 20),
                cell(JULY, "AMER", "One", 50, 30, 20),
                cell(JULY, "Small", "One", 5, 5, 5),
                cell(JULY, "Tiny", "One", 1, 1, 1),
            )
        )
        assert {row.label for row in found.regions} == {"EMEA", "AMER"}

    def test_without_regions_and_segments_there_is_nothing_to_compare(self) -> None:
        with pytest.raises(NoData, match="neither regions nor segments"):
            feedback.group_scores(counted(cell(JULY, None, None, 50, 30, 20)))
