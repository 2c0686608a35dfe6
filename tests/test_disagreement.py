"""Where the period before and a year ago disagree, a season and a mix are named only where they are seen."""

from dataclasses import replace
from datetime import date

import pytest

from helpers.coverage import Coverage
from helpers.feedback import AnswerCell, Answers
from helpers.feedback.findings import score_findings
from helpers.periods import Period
from helpers.scope import Scope

NOW = Period(2026, 3)
SINCE_2023 = Coverage.between(date(2023, 1, 1), date(2026, 9, 30))


def said(
    highs: dict[str, int], *, coverage: Coverage = SINCE_2023, mix: tuple[float, float] = (0.5, 0.5)
) -> str:
    """The sentence on CSAT of 1,000 answers a quarter, so many of them high, 700 where nothing is said.

    `mix` is the share of the segment SMB, which answers higher by 40 points, before and now.
    """
    cells = []
    for quarter in NOW.last(15):
        smb = round(1000 * mix[quarter == NOW])
        total = highs.get(quarter.text, 700)
        of_smb = round(smb * (total / 1000 + 0.4 * (1 - smb / 1000)))
        for segment, n, high in (("SMB", smb, of_smb), ("Large", 1000 - smb, total - of_smb)):
            cells.append(AnswerCell("csat", quarter.start, high, 0, n, segment=segment))
    [found] = score_findings(Answers(Scope(NOW, coverage=coverage), tuple(cells)))
    told = found.text.certainty
    return told[told.find("Against") :]


FALLS = {"2024Q3": 600, "2025Q3": 600, "2026Q3": 600}


def test_a_step_that_earlier_years_made_too_is_a_season() -> None:
    assert said(FALLS) == (
        "Against 2025 Q3 there is no clear change. From the period before it fell in 2024 Q3 and 2025 Q3 "
        "too: that is its season."
    )


@pytest.mark.parametrize(
    "highs",
    [
        {"2025Q3": 600, "2026Q3": 600},
        {"2024Q3": 690, "2025Q3": 600, "2026Q3": 600},
        {**FALLS, "2023Q3": 800},
    ],
    ids=["one year", "a year that is not clear", "a year that went the other way"],
)
def test_less_than_that_is_no_season(highs: dict[str, int]) -> None:
    told = said(highs)
    assert told == "Against 2025 Q3 there is no clear change. Why is not known."


def test_a_year_that_is_not_whole_shows_nothing() -> None:
    begins = Coverage.between(date(2024, 8, 1), date(2026, 9, 30))
    assert said(FALLS, coverage=begins).endswith("Why is not known.")


def test_another_mix_is_named_by_the_part_that_it_makes() -> None:
    """SMB falls from 50 to 25 % of the answers: a quarter of 40 points."""
    told = said({"2025Q3": 600, "2026Q3": 600}, mix=(0.5, 0.25))
    assert told.endswith("−10.0\u00a0pts of the change since 2026 Q2 come from another mix of segments.")


def test_where_both_tell_the_same_nothing_is_explained() -> None:
    assert "known" not in said({"2026Q3": 600})
    assert "known" not in said({})


def test_a_number_without_known_days_has_no_season() -> None:
    told = said(FALLS, coverage=replace(SINCE_2023, first=date(2026, 1, 1)))
    assert "season" not in told
