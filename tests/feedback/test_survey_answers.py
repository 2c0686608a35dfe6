"""Counted answers: tallies of any part, groups that may be shown; nothing where there are none."""

from datetime import date

import pytest

from helpers import feedback, sources
from helpers.findings import NoData
from helpers.periods import Period
from helpers.scope import Scope

from .conftest import JULY, NOW, cell, counted


def test_a_tally_adds_up_the_months_and_groups_of_its_part() -> None:
    answers = counted(
        cell(JULY, "EMEA", "One", 1, 2, 3),
        cell(date(2026, 9, 1), "EMEA", "Two", 10, 20, 30),
        cell(date(2026, 10, 1), "EMEA", "One", 100, 100, 100),
        cell(JULY, "AMER", "One", 100, 100, 100),
        cell(JULY, "EMEA", "One", 100, 100, 100, survey="csat"),
    )
    assert answers.tally("nps", NOW, {"region": "EMEA"}) == (11, 22, 33)
    assert answers.tally("nps", NOW, {"region": "EMEA", "segment": "Two"}) == (10, 20, 30)


def test_groups_that_the_total_would_tell_are_not_shown() -> None:
    answers = counted(
        *(cell(JULY, name, None, size, 0, 0) for name, size in (("A", 50), ("B", 40), ("C", 9), ("D", 2)))
    )
    assert answers.shown("region", NOW, {}) == ("A", "B")
    assert answers.groups("region", "nps") == ("A", "B", "C", "D")


def test_a_survey_without_answers_is_said() -> None:
    with pytest.raises(NoData, match="no CSAT answers in all regions"):
        counted(cell(JULY, None, None, 50, 30, 20)).need("csat")


def test_the_trend_of_all_time_has_every_quarter() -> None:
    answers = counted(
        cell(date(2022, 1, 1), None, None, 5, 5, 5), cell(JULY, None, None, 5, 5, 5), period=Period()
    )
    assert len(answers.quarters) == 19


def test_an_unknown_region_is_no_data(responses: sources.LoadedTable) -> None:
    with pytest.raises(NoData, match="no answers in Atlantis"):
        feedback.answers(responses, Scope.of(responses, "last_complete", region="Atlantis"))
