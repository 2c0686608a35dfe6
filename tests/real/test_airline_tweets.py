"""Tweets that people judged, without a metric catalogue: shares, groups, themes of answers and mentions."""

import pytest

from .conftest import Record

FOLDER = "airline-tweets"

pytestmark = pytest.mark.real

TWEETS = 14_485
"""Different tweets; 155 rows repeat one."""
AIRLINES = {
    "american": 2604,
    "delta": 2222,
    "southwest": 2420,
    "us_airways": 2913,
    "united": 3822,
    "virgin_america": 504,
}


def test_the_share_of_positive_tweets_is_that_of_the_set(record: Record) -> None:
    csat = record.findings["csat"]
    assert (csat["label"], csat["n"]) == ("CSAT", TWEETS)
    assert csat["value"] == pytest.approx(2326 / TWEETS, abs=1e-12)
    assert {name: record.findings[f"csat@segment={name}"]["n"] for name in AIRLINES} == AIRLINES


def test_themes_are_the_same_in_comments_and_in_mentions(record: Record) -> None:
    for origin in ("comments", "mentions"):
        cancelled = record.findings[f"{origin}@theme=cancelled_flights"]
        thanks = record.findings[f"{origin}@theme=thanks"]
        assert cancelled["value"] == pytest.approx(998 / TWEETS, abs=1e-12)
        assert thanks["value"] == pytest.approx(1701 / TWEETS, abs=1e-12)


def test_what_is_missing_is_said_as_it_is(record: Record) -> None:
    assert record.gaps["Who changed their mind"]["reason"] == (
        "The table responses has no column respondent_id."
    )
    assert record.gaps["Tickets"]["reason"] == "The table tickets is not supplied."
    assert "What tickets and mentions are about" not in record.gaps
