"""The finished charts and tables: what they are called, what they show, which findings they carry."""

import pytest

from helpers import feedback
from helpers.feedback import Answers
from helpers.findings import NoData
from helpers.stats import net_promoter_score

from .conftest import APRIL, JULY, cell, commented, counted, invited, opened


def test_a_region_edition_has_all_regions_as_its_reference() -> None:
    answers = counted(cell(JULY, "EMEA", None, 10, 5, 10), cell(JULY, "LATAM", None, 20, 5, 0), region="EMEA")
    data = feedback.nps_over_time(answers).data
    assert list(data["group"]) == ["EMEA", "All regions"]
    assert list(data["value"]) == [
        net_promoter_score(10, 5, 10).value,
        net_promoter_score(30, 10, 10).value,
    ]


def test_no_csat_is_said(two_quarters: Answers) -> None:
    with pytest.raises(NoData, match="no CSAT answers"):
        feedback.satisfaction_over_time(two_quarters)


def test_the_newest_of_four_quarters_may_be_the_lowest() -> None:
    fall = [
        cell(month, None, None, 500 - 100 * at, 300, 200 + 100 * at)
        for at, month in enumerate((JULY.replace(year=2025), JULY.replace(year=2025, month=10)))
    ]
    answers = counted(*fall, cell(APRIL, None, None, 300, 300, 400), cell(JULY, None, None, 100, 300, 600))
    assert feedback.nps_over_time(answers).title == (
        "NPS fell clearly since 2026 Q2, to its lowest of 4 quarters"
    )


def test_the_table_by_quarter_leaves_out_what_is_not_there() -> None:
    table = feedback.nps_by_quarter(
        counted(
            cell(APRIL, "EMEA", None, 10, 5, 5),
            cell(JULY, "EMEA", None, 10, 5, 10),
            cell(JULY, "LATAM", None, 20, 5, 0),
        )
    )
    assert table.rows == (("2026 Q2", 25.0, 25.0, None), ("2026 Q3", 40.0, 0.0, 80.0))
    assert table.title == "NPS by quarter and region"
    assert len(table.findings) == 5


def test_groups_stand_above_and_below_the_others() -> None:
    chart = feedback.scores_by_group(
        counted(
            cell(JULY, "EMEA", None, 300, 350, 350),
            cell(JULY, "AMER", None, 500, 300, 200),
            cell(JULY, "APAC", None, 500, 300, 200),
        )
    )
    assert chart.title == "AMER and APAC score above, EMEA scores below the other regions"
    assert list(chart.data["clear"]) == [True, True, True]


def test_equal_groups_are_not_told_apart() -> None:
    same = [cell(JULY, region, None, 50, 30, 20) for region in ("A", "B", "C")]
    assert feedback.scores_by_group(counted(*same)).title == "No region stands clearly apart from the others"


def test_proper_names_keep_their_letters() -> None:
    cells = [
        cell(JULY, "EMEA", "eBay", 300, 350, 350),
        cell(JULY, "EMEA", "Others", 500, 300, 200),
    ]
    assert feedback.scores_by_group(counted(*cells, region="EMEA")).title == (
        "Others scores above, eBay scores below the other segments in EMEA"
    )
    cells = [cell(JULY, None, "eBay", 500, 300, 200), cell(JULY, None, "Others", 450, 300, 250)]
    assert feedback.scores_by_group(counted(*cells)).title.startswith("eBay scores above")


def test_themes_without_a_period_before_name_the_most_mentioned() -> None:
    assert feedback.theme_shares(commented((True, True, "price", 30), (True, True, "", 30))).title == (
        "Price is mentioned most"
    )
    tied = commented((True, True, "price", 30), (True, True, "mobile_app", 30))
    assert feedback.theme_shares(tied).title == "Mobile app and Price are mentioned most"


def test_what_detractors_write_less_about_is_told_where_there_is_nothing_more() -> None:
    comments = commented((True, True, "price", 10), (True, True, "", 190), (True, False, "price", 200))
    assert feedback.detractor_themes(comments).title == (
        "Detractors write about price clearly less than others do"
    )


def test_tickets_without_a_period_before_name_the_busiest_area() -> None:
    tickets = opened({"Exports": (9, 10, 11) * 4, "Billing": (1, 1, 1)}, {})
    assert feedback.tickets_by_area(tickets).title == "Exports is the busiest area"


def test_a_segment_that_is_not_clearly_heard_less_is_not_named() -> None:
    assert feedback.response_by_segment(invited({"One": (30, 400), "Two": (31, 400)})).title == (
        "Invitations and answers by segment"
    )


def test_nobody_answered() -> None:
    table = feedback.response_by_segment(invited({"One": (0, 400), "Two": (0, 400)}))
    assert [row[-1] for row in table.rows] == [None, None]


def test_without_nps_groups_are_compared_by_csat() -> None:
    answers = counted(
        cell(JULY, "EMEA", None, 300, 350, 350, survey="csat"),
        cell(JULY, "AMER", None, 500, 300, 200, survey="csat"),
    )
    chart = feedback.scores_by_group(answers)
    assert chart.heading.name == "csat_by_group"
    assert chart.title == "AMER scores above, EMEA scores below the other regions"
    assert [one.key for one in chart.findings] == ["csat@region=amer", "csat@region=emea"]
    assert list(chart.data["value"]) == [0.5, 0.3]


def test_with_nps_groups_are_compared_by_nps() -> None:
    groups = [cell(JULY, region, None, 50, 30, 20) for region in ("AMER", "EMEA")]
    answers = counted(*groups, cell(JULY, "AMER", None, 90, 5, 5, survey="csat"))
    assert answers.leading == "nps"
    assert feedback.scores_by_group(answers).heading.name == "nps_by_group"
