"""What the report says of the sample company: the planted stories, and no claim across lost tracking."""

from collections.abc import Callable
from datetime import timedelta

from helpers import adoption
from helpers.periods import Period
from helpers.records import Finding
from helpers.sample import STORIES
from helpers.sources import LoadedTable

from .conftest import every_day, frames, usage_of


def found_of(company: tuple[LoadedTable, LoadedTable], feature: str) -> dict[str, Finding]:
    key_metrics = adoption.key_metrics(usage_of(company, "2026Q3", feature=feature))
    return {finding.key: finding for finding in adoption.headlines(key_metrics).findings}


def test_the_planted_outage_is_found_and_no_other(company: tuple[LoadedTable, LoadedTable]) -> None:
    story = STORIES["outage"]
    (found,) = adoption.outages(usage_of(company))
    assert found.platform == story.platform  # type: ignore[attr-defined]
    assert found.days == story.days == 9  # type: ignore[attr-defined]
    assert found.first == Period.parse("2026Q3").start + timedelta(days=story.starts_on)  # type: ignore[attr-defined]


def test_the_feature_that_takes_off_is_better(company: tuple[LoadedTable, LoadedTable]) -> None:
    finding = found_of(company, "dashboards")["adopted"]
    assert finding.change is not None
    assert finding.change.verdict == "better"
    assert "The same holds without ios" in finding.text.certainty


def test_the_feature_that_dies_is_worse(company: tuple[LoadedTable, LoadedTable]) -> None:
    finding = found_of(company, "classic_reports")["adopted"]
    assert finding.change is not None
    assert finding.change.verdict == "worse"


def test_a_fall_that_lost_tracking_explains_is_not_judged(
    supplied: Callable[..., tuple[LoadedTable, LoadedTable]],
) -> None:
    """Half are on ios, which loses the one week of the newest quarter in which users adopt."""
    weekly = {n: every_day("2026-04-01", 183)[n % 7 :: 7] for n in range(600)}
    bursts = [*every_day("2026-05-11", 3), *every_day("2026-08-10", 3)]
    days = {f"u{n}": ("2026-04-01", weekly[n] + bursts * (n % 5 < 3)) for n in weekly}
    users, events = frames(days)
    events["platform"] = ["ios" if int(user[1:]) % 2 else "web" for user in events["user_id"]]
    lost = (events["platform"] == "ios") & events["occurred_at"].between("2026-08-08", "2026-08-16")
    finding = found_of(supplied(users, events[~lost]), "all")["adopted"]
    assert finding.change is not None
    assert finding.change.high is not None
    assert finding.change.high < 0
    assert finding.change.verdict == "unclear"
    assert finding.text.verdict == "not judged"
    assert "without ios there is no clear change" in finding.text.sentence


def test_findings_of_quarters_cohorts_and_channels_have_one_key_each(
    company: tuple[LoadedTable, LoadedTable],
) -> None:
    usage = usage_of(company, "2026Q3")
    found = (
        *found_of(company, "all").values(),
        *adoption.quarter_table(usage).findings,
        *adoption.cohort_table(usage).findings,
        *adoption.adoption_by_channel(usage).findings,
    )
    keys = [finding.key for finding in found]
    assert len(set(keys)) == len(keys)
    assert len({key.partition("@")[0] for key in keys}) == 7
    assert all(finding.value is not None for finding in found)
    labels = {finding.key: finding.label for finding in found}
    assert labels["events@period=2026q1"] == "Events, 2026 Q1"
    assert labels["adopted@signed_up=2026q1"] == "Adopted so far, 2026 Q1"
