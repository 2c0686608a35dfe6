"""Star ratings without any other survey through the shipped notebook: figures, groups and themes."""

import pytest

from .conftest import Record

FOLDER = "alexa-reviews"

pytestmark = pytest.mark.real

LARGEST = {"black__dot": 516, "charcoal_fabric": 430, "configuration:_fire_tv_stick": 350}
"""Reviews of the three largest variations."""


def test_the_share_of_four_and_five_stars_is_that_of_the_set(record: Record) -> None:
    csat = record.findings["csat"]
    assert csat["n"] == 2913
    assert csat["value"] == pytest.approx(0.875386, abs=5e-7)
    assert csat["change"]["previous"] == pytest.approx(0.805907, abs=5e-7)


def test_ratings_alone_are_compared_by_group_and_theme(record: Record) -> None:
    assert {name: record.findings[f"csat@segment={name}"]["n"] for name in LARGEST} == LARGEST
    assert record.findings["comments@theme=music"]["n"] == 2836
    assert not {"Satisfaction and effort", "Who is satisfied", "What they talk about"} & {*record.gaps}


def test_what_is_missing_is_said_as_it_is(record: Record) -> None:
    assert record.gaps["Score over time"]["reason"].startswith("There are no NPS answers")
    assert record.gaps["Tickets"]["reason"] == "The table tickets is not supplied."
