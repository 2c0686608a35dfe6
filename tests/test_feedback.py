"""Feedback: scores, groups, themes, response and the what-if, on counted answers and the sample company."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from helpers.feedback.answers import Answers, Cell, Scope

from helpers import feedback, sample, sources
from helpers.findings import NoData
from helpers.periods import Period
from helpers.sample import STORIES
from helpers.stats import net_promoter_score

ROOT = Path(__file__).parent.parent
NOW = Period(2026, 3)


def cell(month: date, region: str | None, segment: str | None, *counts: int, survey: str = "nps") -> Cell:
    high, middle, low = counts
    return Cell(survey, month, region, segment, high, low, high + middle + low)


def counted(*cells: Cell, period: Period = NOW, region: str = "all", min_group: int = 5) -> Answers:
    return Answers(Scope(period, region, 0.95, min_group), cells)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("sample")
    sample.write(folder, as_of=date(2026, 11, 22), tables=["responses", "invitations", "tickets"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUARTERDECK_SAMPLE", str(folder))
        patch.setenv("QUARTERDECK_PARAMS", str(ROOT / "params"))
        yield folder


@pytest.fixture(scope="module")
def responses(company: Path) -> sources.LoadedTable:
    assert company.is_dir()
    return sources.load("responses")


@pytest.fixture
def two_quarters() -> Answers:
    return counted(
        cell(date(2026, 4, 1), "EMEA", "Enterprise", 400, 350, 250),
        cell(date(2026, 7, 1), "EMEA", "Enterprise", 300, 240, 160),
        cell(date(2026, 9, 1), "EMEA", "Enterprise", 150, 100, 50),
    )


class TestScores:
    def test_the_headline_is_the_score_with_its_change(self, two_quarters: Answers) -> None:
        (nps,) = feedback.headlines(two_quarters)
        assert nps.key == "nps"
        assert nps.headline
        assert nps.value == pytest.approx(24.0)
        assert nps.change is not None
        assert nps.change.period == "2026 Q2"
        assert nps.change.value == pytest.approx(9.0)
        assert nps.change.p == pytest.approx(0.01027895601015828)
        assert nps.change.verdict == "better"

    def test_all_time_has_no_preceding_period(self, two_quarters: Answers) -> None:
        everything = counted(*two_quarters.cells, period=Period())
        (nps,) = feedback.headlines(everything)
        assert nps.change is None
        assert nps.n == 2000

    def test_a_preceding_period_without_answers_is_no_change(self) -> None:
        (nps,) = feedback.headlines(counted(cell(date(2026, 7, 1), "EMEA", None, 5, 5, 5)))
        assert nps.change is None

    def test_too_few_answers_are_withheld(self) -> None:
        (nps,) = feedback.headlines(counted(cell(date(2026, 7, 1), "EMEA", None, 2, 1, 1)))
        assert nps.value is None
        assert "4 answers; 5 are needed" in nps.text.sentence

    def test_every_cell_of_the_table_is_a_finding(self) -> None:
        answers = counted(
            cell(date(2026, 4, 1), "EMEA", None, 10, 5, 5),
            cell(date(2026, 7, 1), "EMEA", None, 10, 5, 10),
            cell(date(2026, 7, 1), "LATAM", None, 20, 5, 0),
        )
        quarters = feedback.by_quarter(answers)
        values = {finding.key: finding.value for finding in quarters.findings}
        assert values == {
            "nps@period=2026q2": 25.0,
            "nps@period=2026q2,region=emea": 25.0,
            "nps@period=2026q3": 40.0,
            "nps@period=2026q3,region=emea": 0.0,
            "nps@period=2026q3,region=latam": 80.0,
        }
        assert quarters.rows == (("2026 Q2", 25.0, 25.0, None), ("2026 Q3", 40.0, 0.0, 80.0))

    def test_a_region_edition_has_all_regions_as_its_reference(self) -> None:
        answers = counted(
            cell(date(2026, 7, 1), "EMEA", None, 10, 5, 10),
            cell(date(2026, 7, 1), "LATAM", None, 20, 5, 0),
            region="EMEA",
        )
        trend = feedback.over_time(answers)
        assert trend.reference is not None
        assert trend.series.points[-1].estimate == net_promoter_score(10, 5, 10)
        assert trend.reference.points[-1].estimate == net_promoter_score(30, 10, 10)
        assert "NPS in EMEA" in feedback.headlines(answers)[0].label

    def test_a_fiscal_year_counts_its_own_months(self) -> None:
        fiscal = Period(2027, 1, fiscal_year_start=4)
        answers = counted(
            cell(date(2026, 3, 1), None, None, 0, 0, 50),
            cell(date(2026, 4, 1), None, None, 50, 0, 0),
            cell(date(2026, 7, 1), None, None, 0, 0, 50),
            period=fiscal,
        )
        assert feedback.headlines(answers)[0].value == 100

    def test_no_csat_is_said(self, two_quarters: Answers) -> None:
        with pytest.raises(NoData, match="no CSAT answers"):
            feedback.over_time(two_quarters, "csat")

    def test_csat_is_the_share_of_four_and_five(self) -> None:
        answers = counted(cell(date(2026, 7, 1), None, None, 81, 100, 82, survey="csat"))
        (csat,) = feedback.headlines(answers)
        assert (csat.value, csat.low, csat.high) == pytest.approx(
            (81 / 263, 0.2552885198782742, 0.36620957698280004)
        )


class TestGroups:
    def test_each_group_is_compared_with_all_others(self) -> None:
        answers = counted(
            cell(date(2026, 7, 1), "EMEA", None, 300, 350, 350),
            cell(date(2026, 7, 1), "AMER", None, 500, 300, 200),
            cell(date(2026, 7, 1), "APAC", None, 500, 300, 200),
        )
        groups = feedback.compared(answers)
        rows = {row.label: row for row in groups.groups[0].rows}
        assert rows["EMEA"].difference is not None
        assert rows["EMEA"].difference.value == pytest.approx(-5 - 30)
        assert rows["EMEA"].below
        assert groups.title == "AMER and APAC score above, EMEA scores below the other regions"

    def test_equal_groups_are_not_told_apart(self) -> None:
        same = [cell(date(2026, 7, 1), region, None, 50, 30, 20) for region in ("A", "B", "C")]
        groups = feedback.compared(counted(*same))
        assert groups.title == "No region stands clearly apart from the others"

    def test_small_groups_are_not_shown(self) -> None:
        answers = counted(
            cell(date(2026, 7, 1), "EMEA", "One", 50, 30, 20),
            cell(date(2026, 7, 1), "AMER", "One", 50, 30, 20),
            cell(date(2026, 7, 1), "Small", "One", 5, 5, 5),
            cell(date(2026, 7, 1), "Tiny", "One", 1, 1, 1),
        )
        groups = feedback.compared(answers)
        assert {row.label for row in groups.groups[0].rows} == {"EMEA", "AMER"}
        keys = {finding.key for finding in (*groups.findings, *feedback.by_quarter(answers).findings)}
        assert not any("tiny" in key for key in keys)
        assert not any("small" in key for key in keys), "the total would tell the tiny group by subtraction"

    def test_without_regions_and_segments_there_is_nothing_to_compare(self) -> None:
        with pytest.raises(NoData, match="neither regions nor segments"):
            feedback.compared(counted(cell(date(2026, 7, 1), None, None, 50, 30, 20)))


class TestSampleCompany:
    """The EMEA edition must find the planted fall and its theme; all regions the rest."""

    @pytest.fixture
    def emea(self, responses: sources.LoadedTable) -> Answers:
        return feedback.answers(responses, "last_complete", "EMEA", 0.95)

    @pytest.fixture
    def everywhere(self, responses: sources.LoadedTable) -> Answers:
        return feedback.answers(responses, "last_complete", "all", 0.95)

    def test_the_fall_is_found(self, emea: Answers) -> None:
        nps = feedback.headlines(emea)[0]
        assert nps.change is not None
        assert nps.change.verdict == "worse"
        assert nps.change.low is not None
        assert nps.change.low <= -STORIES["nps_fall"].fall <= nps.change.high  # type: ignore[attr-defined]
        assert feedback.over_time(emea).title.startswith("NPS in EMEA fell clearly since 2026 Q2")

    def test_its_theme_is_found(self, responses: sources.LoadedTable, emea: Answers) -> None:
        found = feedback.comments(responses, emea)
        themes = feedback.themes(found)
        slow = next(finding for finding in themes.findings if finding.key == "comments@theme=slow_exports")
        assert slow.change is not None
        assert slow.change.verdict == "worse"
        assert themes.title.startswith("More comments mention slow exports")
        assert "slow exports" in feedback.apart(found).title

    def test_the_region_stands_below_the_others(self, everywhere: Answers) -> None:
        rows = {row.label: row for group in feedback.compared(everywhere).groups for row in group.rows}
        assert rows["EMEA"].below
        assert rows["Enterprise"].below

    def test_under_response_is_found_and_weighted(self, everywhere: Answers) -> None:
        response = feedback.response(sources.load("invitations"), everywhere)
        assert response.title.startswith("Enterprise answers less often")
        values = {finding.key: finding.value for finding in response.findings}
        plain = feedback.headlines(everywhere)[0].value
        assert values["nps.weighted"] is not None
        assert plain is not None
        assert values["nps.weighted"] < plain

    def test_export_tickets_are_found(self, emea: Answers) -> None:
        areas = feedback.areas(feedback.tickets(sources.load("tickets"), emea))
        assert areas.title.startswith("More tickets on Exports")
        rows = {row.label: row for row in areas.rows}
        assert rows["Exports"].above

    def test_no_comment_is_in_any_result(self, responses: sources.LoadedTable, emea: Answers) -> None:
        found = feedback.comments(responses, emea)
        told = repr(
            (found, feedback.themes(found), feedback.apart(found), feedback.win_back(responses, emea))
        )
        assert "timeout" not in told.replace("'timeout*'", "")

    def test_as_measured_the_what_if_is_the_score(
        self, responses: sources.LoadedTable, emea: Answers
    ) -> None:
        nps = feedback.headlines(emea)[0]
        model = feedback.win_back(responses, emea)
        assert model.measured[0] == pytest.approx(nps.value, abs=1e-9)

    def test_winning_back_all_detractors_leaves_none(
        self, responses: sources.LoadedTable, emea: Answers
    ) -> None:
        model = feedback.win_back(responses, emea)
        all_back = {s.name: 1.0 for s in model.sliders if s.name not in ("passives", "heard")}
        score, promoters, detractors = (result.value for result in model.at(**all_back))
        assert detractors == pytest.approx(0, abs=1e-12)
        assert score == pytest.approx(100 * promoters)

    def test_winning_back_a_theme_moves_by_its_detractors(
        self, responses: sources.LoadedTable, emea: Answers
    ) -> None:
        found = feedback.comments(responses, emea)
        tally = emea.tally("nps", NOW, {"region": "EMEA"})
        model = feedback.win_back(responses, emea)
        moved = model.at(slow_exports=1.0)[0].value - model.measured[0]
        assert moved == pytest.approx(100 * found.count("slow_exports", detractor=True) / sum(tally))

    def test_an_unknown_region_is_no_data(self, responses: sources.LoadedTable) -> None:
        with pytest.raises(NoData, match="no answers in Atlantis"):
            feedback.answers(responses, "last_complete", "Atlantis", 0.95)
