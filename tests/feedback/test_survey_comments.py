"""Counted comments: by theme, period and kind of answer; no comment among them."""

from helpers import feedback, sources
from helpers.feedback import Answers

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
