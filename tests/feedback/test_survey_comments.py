"""Counted comments: by theme, period and kind of answer; no comment among them."""

from datetime import date
from pathlib import Path
from typing import Any

from helpers import feedback, sources
from helpers.feedback import Answers
from helpers.scope import Scope

from .conftest import NOW, commented


def test_a_comment_with_several_themes_counts_for_each_and_once_in_all() -> None:
    comments = commented((True, True, "price mobile_app", 7), (True, False, "price", 5), (False, True, "", 3))
    assert comments.count() == 12
    assert comments.count("price") == 12
    assert comments.count("mobile_app", detractor=False) == 0
    assert comments.count(period=NOW.shift(-1)) == 3


def test_themes_come_most_mentioned_first() -> None:
    comments = commented((True, True, "mobile_app", 7), (True, False, "price", 9), (True, False, "other", 4))
    assert comments.shown == ("price", "mobile_app")
    assert comments.detractor_counts() == {"mobile_app": 7}


def test_no_comment_is_in_any_result(responses: sources.LoadedTable, emea: Answers) -> None:
    found = feedback.comments(responses, emea.scope)
    chart, other = feedback.theme_shares(found), feedback.detractor_themes(found)
    model = feedback.win_back(responses, emea).model
    told = repr((found, chart, chart.figure(), other, other.figure(), model, found.cells))
    assert "timeout" not in told.replace("'timeout*'", "")
    assert found.scope.period == NOW


def written(survey: str, score: int, comment: str, times: int) -> list[dict[str, Any]]:
    july = {"survey": survey, "submitted_at": date(2026, 7, 9), "score": score, "comment": comment}
    return [july] * times


def test_ratings_alone_have_their_comments_read_and_low_ones_are_one_and_two(company: Path) -> None:
    """Three of five stars is neither: it stands among the others."""
    assert company.is_dir()
    rows = [
        *written("csat", 2, "The export is slow", 6),
        *written("csat", 3, "The export is slow", 7),
        *written("csat", 5, "Fine", 8),
    ]
    found = feedback.comments(sources.of_rows("responses", rows), Scope(NOW))
    assert found.survey == "csat"
    assert (found.count(detractor=True), found.count(detractor=False)) == (6, 15)
    assert found.count("slow_exports", detractor=True) == 6
    chart = feedback.detractor_themes(found)
    assert chart.title == "Dissatisfied customers write about slow exports clearly more than others do"


def test_comments_on_another_survey_stay_apart_from_those_on_nps(company: Path) -> None:
    assert company.is_dir()
    rows = [*written("csat", 2, "The export is slow", 6), *written("nps", 6, "The export is slow", 5)]
    found = feedback.comments(sources.of_rows("responses", rows), Scope(NOW))
    assert (found.survey, found.count(), found.count(detractor=True)) == ("nps", 5, 5)
