"""Shares of comments that mention a theme, on counted comments."""

import pytest

from helpers import feedback
from helpers.findings import NoData
from helpers.periods import Period
from helpers.scope import Scope
from helpers.stats import proportion, proportion_difference

from .conftest import commented


def test_a_share_is_of_all_comments_and_against_the_preceding_period() -> None:
    found = feedback.theme_mentions(
        commented(
            (True, True, "price", 30),
            (True, False, "price mobile_app", 20),
            (True, False, "", 50),
            (False, False, "price", 20),
            (False, False, "", 60),
        )
    )
    price, mobile = found.rows
    assert found.themes == ("price", "mobile_app")
    assert price.now == proportion(50, 100)
    assert price.reference == proportion(20, 80)
    assert price.difference == proportion_difference(50, 100, 20, 80)
    assert mobile.now == proportion(20, 100)
    assert (found.comments, found.previous_comments, found.without_theme) == (100, 80, 50)


def test_too_few_comments_before_are_nothing_to_compare_with() -> None:
    found = feedback.theme_mentions(commented((True, True, "price", 30), (False, True, "price", 4)))
    assert found.previous_comments is None
    assert found.rows[0].difference is None


def test_all_time_has_nothing_to_compare_with() -> None:
    found = feedback.theme_mentions(commented((True, True, "price", 30), scope=Scope(Period())))
    assert found.previous_comments is None


def test_a_theme_of_too_few_comments_is_left_out() -> None:
    found = feedback.theme_mentions(commented((True, True, "price", 30), (True, True, "mobile_app", 4)))
    assert found.themes == ("price",)


def test_no_theme_to_show_is_said() -> None:
    with pytest.raises(NoData, match="No theme has comments enough"):
        feedback.theme_mentions(commented((True, True, "price", 4), (True, True, "", 40)))


def test_detractors_are_compared_with_all_others_who_wrote() -> None:
    found = feedback.detractor_mentions(
        commented(
            (True, True, "price", 30),
            (True, True, "", 10),
            (True, False, "price", 20),
            (True, False, "", 80),
            (False, True, "price", 99),
        )
    )
    (price,) = found.rows
    assert (found.detractors, found.others) == (40, 100)
    assert price.now == proportion(30, 40)
    assert price.difference == proportion_difference(30, 40, 20, 100)
    assert price.above


def test_too_few_detractors_are_said() -> None:
    with pytest.raises(NoData, match="too few comments by detractors"):
        feedback.detractor_mentions(commented((True, True, "price", 4), (True, False, "price", 40)))


def test_themes_that_too_few_detractors_mention_are_said() -> None:
    with pytest.raises(NoData, match="comments enough by detractors"):
        feedback.detractor_mentions(
            commented((True, True, "", 40), (True, True, "price", 4), (True, False, "price", 40))
        )
