"""Actions stand beside the numbers that tell whether they helped."""

from pathlib import Path

import pytest

from helpers import actions, findings, stats
from helpers.findings import Measure, NoData
from helpers.records import SettingsError

NOTED = """
actions:
  - report: quarterly_feedback
    title: Exports time out
    status: planned
    heard: Large exports <b>never</b> finish.
    done: A queue, in 2026 Q4.
    owner: data platform
    finding: comments@theme=slow_exports
  - report: adoption_tracking
    title: Steps
    status: done
    heard: Where to begin?
    owner: growth
    finding: adopted
  - report: market_region_comparison
    about: germany
    title: Smaller customers
    status: watching
    heard: Partners bring small firms.
    owner: market insight
    finding: conversion
"""


@pytest.fixture
def noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(tmp_path))
    (tmp_path / "actions.yaml").write_text(NOTED)
    return tmp_path


def test_an_action_shows_its_number_as_this_edition_measures_it(noted: Path) -> None:
    measure = Measure("comments@theme=slow_exports", "Share of comments on slow exports", "share", "lower")
    findings.show(findings.measured(measure, stats.proportion(20, 100), "2026Q3"))
    (row,) = actions.taken("quarterly_feedback").rows
    assert row[0] == "Exports time out: planned"
    assert row[2] == "A queue, in 2026 Q4. (data platform)"
    assert row[3] == "Share of comments on slow exports is 20.0%, with an interval of 13.3 to 28.9."


def test_a_number_that_is_not_measured_is_said_to_be_so(noted: Path) -> None:
    (row,) = actions.taken("adoption_tracking").rows
    assert row[2:] == ("Nothing yet (growth)", "Not measured in this edition.")


def test_an_action_about_one_thing_stands_on_its_page_alone(noted: Path) -> None:
    (row,) = actions.taken("market_region_comparison", "germany").rows
    assert row[0] == "Smaller customers: watching"
    with pytest.raises(NoData, match="No action is noted for france"):
        actions.taken("market_region_comparison", "france")
    assert actions.taken("adoption_tracking", "dashboards").rows


def test_what_was_heard_is_text_and_never_markup(noted: Path) -> None:
    assert "&lt;b&gt;never&lt;/b&gt;" in actions.taken("quarterly_feedback").figure()


def test_a_report_without_actions_says_where_to_note_one(noted: Path) -> None:
    with pytest.raises(NoData, match=r"actions\.yaml"):
        actions.taken("experiment_readout")


def test_a_wrong_status_is_told_with_its_line(noted: Path) -> None:
    (noted / "actions.yaml").write_text(NOTED.replace("status: planned", "status: maybe"))
    with pytest.raises(SettingsError, match=r"actions\.yaml:5: actions\.0\.status"):
        actions.taken("quarterly_feedback")
