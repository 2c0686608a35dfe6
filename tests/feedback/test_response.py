"""Response rates and weighting, on counted invitations."""

import pytest

from helpers import feedback
from helpers.stats import proportion, proportion_difference

from .conftest import JULY, NOW, cell, counted, invited

SENT = {"Enterprise": (30, 400), "Self-serve": (90, 600)}


def test_each_segment_is_compared_with_all_others() -> None:
    enterprise, self_serve = feedback.segment_response(invited(SENT))
    assert enterprise.now == proportion(30, 400)
    assert enterprise.reference == proportion(90, 600)
    assert enterprise.difference == proportion_difference(30, 400, 90, 600)
    assert enterprise.below
    assert self_serve.above


def test_a_segment_without_others_stands_alone() -> None:
    (alone,) = feedback.segment_response(invited({"Enterprise": (30, 400)}))
    assert alone.difference is None


def test_the_change_is_against_the_preceding_period() -> None:
    before = NOW.shift(-1)
    found = feedback.response_change(invited(SENT, {"Enterprise": (50, 400)}), before, "Enterprise")
    assert found.reference == proportion(50, 400)
    assert feedback.response_change(invited(SENT, {"Enterprise": (1, 4)}), before).difference is None


def test_a_segment_counts_as_often_as_it_was_invited() -> None:
    answers = counted(cell(JULY, None, "Enterprise", 5, 5, 10), cell(JULY, None, "Self-serve", 60, 30, 10))
    found = feedback.weighted_nps(invited({"Enterprise": (20, 100), "Self-serve": (100, 300)}), answers)
    assert found is not None
    assert found.value == pytest.approx((-25 * 100 + 50 * 300) / 400)


def test_too_few_answers_of_a_segment_are_not_weighted() -> None:
    answers = counted(cell(JULY, None, "Self-serve", 60, 30, 10))
    assert feedback.weighted_nps(invited(SENT), answers) is None
