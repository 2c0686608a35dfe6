"""What feedback says as records: keys, values, changes and verdicts, on counted answers."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from helpers import feedback
from helpers.coverage import Coverage
from helpers.feedback import Answers
from helpers.feedback.findings import (
    group_findings,
    quarterly_findings,
    response_findings,
    score_findings,
    theme_findings,
    ticket_findings,
)
from helpers.periods import Period
from helpers.records import Finding

from .conftest import JULY, cell, commented, counted, invited, opened


def by_key(found: tuple[Finding, ...]) -> dict[str, Finding]:
    assert len({one.key for one in found}) == len(found)
    return {one.key: one for one in found}


class TestScores:
    def test_the_headline_is_the_score_with_its_change(self, two_quarters: Answers) -> None:
        (nps,) = score_findings(two_quarters)
        assert nps.key == "nps"
        assert nps.headline
        assert nps.value == pytest.approx(24.0)
        assert nps.change is not None
        assert nps.change.period == "2026 Q2"
        assert nps.change.value == pytest.approx(9.0)
        assert nps.change.p == pytest.approx(0.010308351063595128)
        assert nps.change.verdict == "better"

    def test_all_time_has_no_preceding_period(self, two_quarters: Answers) -> None:
        (nps,) = score_findings(counted(*two_quarters.cells, period=Period()))
        assert [change.against for change, _ in nps.changes] == ["target"]
        assert nps.n == 2000

    def test_a_preceding_period_without_answers_is_no_change(self) -> None:
        (nps,) = score_findings(counted(cell(JULY, "EMEA", None, 5, 5, 5)))
        assert [change.against for change, _ in nps.changes] == ["target"]

    def test_too_few_answers_are_withheld(self) -> None:
        (nps,) = score_findings(counted(cell(JULY, "EMEA", None, 2, 1, 1)))
        assert nps.value is None
        assert "4 answers; 5 are needed" in nps.text.sentence

    def test_a_region_is_named(self) -> None:
        (nps,) = score_findings(counted(cell(JULY, "EMEA", None, 10, 5, 10), region="EMEA"))
        assert "NPS in EMEA" in nps.label

    def test_csat_is_told_beside_nps(self) -> None:
        found = by_key(
            score_findings(
                counted(
                    cell(JULY, None, None, 81, 100, 82, survey="csat"), cell(JULY, None, None, 45, 34, 21)
                )
            )
        )
        assert {key: finding.value for key, finding in found.items()} == {"nps": 24.0, "csat": 81 / 263}

    def test_every_cell_of_the_table_is_a_finding(self) -> None:
        found = by_key(
            quarterly_findings(
                feedback.quarterly_scores(
                    counted(
                        cell(JULY.replace(month=4), "EMEA", None, 10, 5, 5),
                        cell(JULY, "EMEA", None, 10, 5, 10),
                        cell(JULY, "LATAM", None, 20, 5, 0),
                    )
                )
            )
        )
        assert {key: finding.value for key, finding in found.items()} == {
            "nps@period=2026q2": 25.0,
            "nps@period=2026q2,region=emea": 25.0,
            "nps@period=2026q3": 40.0,
            "nps@period=2026q3,region=emea": 0.0,
            "nps@period=2026q3,region=latam": 80.0,
        }

    def test_small_groups_are_not_told(self) -> None:
        answers = counted(
            cell(JULY, "EMEA", "One", 50, 30, 20),
            cell(JULY, "AMER", "One", 50, 30, 20),
            cell(JULY, "Small", "One", 5, 5, 5),
            cell(JULY, "Tiny", "One", 1, 1, 1),
        )
        told = (*group_findings(answers), *quarterly_findings(feedback.quarterly_scores(answers)))
        keys = {finding.key for finding in told}
        assert not any("tiny" in key for key in keys)
        assert not any("small" in key for key in keys), "the total would tell the tiny group by subtraction"

    def test_a_region_edition_tells_its_segments_alone(self) -> None:
        parts = product(("EMEA", "AMER"), ("One", "Two"))
        cells = [cell(JULY, region, segment, 50, 30, 20) for region, segment in parts]
        assert list(by_key(group_findings(counted(*cells, region="EMEA")))) == [
            "nps@segment=one",
            "nps@segment=two",
        ]
        assert list(by_key(group_findings(counted(*cells)))) == [
            "nps@region=amer",
            "nps@region=emea",
            "nps@segment=one",
            "nps@segment=two",
        ]


class TestOfOtherTables:
    def test_the_clearest_theme_is_a_headline(self) -> None:
        comments = commented(
            (True, False, "price", 120),
            (True, False, "mobile_app", 60),
            (True, False, "", 120),
            (False, False, "price", 40),
            (False, False, "mobile_app", 60),
            (False, False, "", 200),
        )
        found = by_key(theme_findings(comments, feedback.theme_mentions(comments)))
        price = found["comments@theme=price"]
        assert price.label == "Share of comments on price"
        assert price.value == pytest.approx(0.4)
        assert price.change is not None
        assert price.change.verdict == "changed"
        assert price.headline
        assert not found["comments@theme=mobile_app"].headline

    def test_weekly_tickets_are_told_of_all_areas_and_each(self) -> None:
        tickets = opened({"Exports": (9, 10, 11) * 4}, {"Exports": (4, 5, 6) * 4})
        found = by_key(ticket_findings(tickets))
        assert list(found) == ["tickets_a_week", "tickets_a_week@area=exports"]
        change = found["tickets_a_week@area=exports"].change
        assert change is not None
        assert change.verdict == "worse"

    def test_response_is_a_headline_and_weighted_nps_comes_last(self) -> None:
        enterprise = cell(JULY, None, "Enterprise", 5, 5, 10)
        answers = counted(enterprise, cell(JULY, None, "Self-serve", 60, 30, 10))
        sent = {"Enterprise": (20, 500), "Self-serve": (100, 500)}
        found = by_key(response_findings(invited(sent), answers))
        assert [(key, finding.headline) for key, finding in found.items()] == [
            ("response_rate", True),
            ("response_rate@segment=enterprise", False),
            ("response_rate@segment=self-serve", False),
            ("nps.weighted", False),
        ]
        assert found["response_rate"].value == pytest.approx(0.12)
        assert found["nps.weighted"].value == pytest.approx(12.5)

    def test_without_enough_answers_of_a_segment_nothing_is_weighted(self) -> None:
        answers = counted(cell(JULY, None, "Self-serve", 60, 30, 10))
        found = response_findings(invited({"Enterprise": (0, 500), "Self-serve": (100, 500)}), answers)
        assert "nps.weighted" not in by_key(found)


def test_a_part_of_a_period_is_called_so_where_it_is_compared_with(two_quarters: Answers) -> None:
    """NPS rose clearly since 2017 Q4 was said of a quarter of 21 days."""
    scope = replace(two_quarters.scope, coverage=Coverage.between(date(2026, 6, 1), date(2026, 9, 30)))
    nps = next(one for one in score_findings(replace(two_quarters, scope=scope)) if one.key == "nps")
    assert nps.change is not None
    assert nps.change.period == "2026 Q2 (30 of 91 days)"
    assert nps.text.sentence == "NPS rose to 24.0 from 15.0 in 2026 Q2 (30 of 91 days)."
