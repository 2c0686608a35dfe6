"""What a parameter may be: what the report's file lists, what settings name, what the data hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import ProjectFolder

from helpers.explore.known_values import choices, problem_of
from helpers.records.schema import Schema, schema_of

CELL = """period: Period = "last_complete"  # a quarter
region: str = "all"  # one region, or all
feature: str = "all"  # one feature, or all
metric: str = "conversion"  # a metric
experiment: str = "one"  # id
channel: str = "web"  # any
confidence: float = 0.95  # level, 0.5 to 0.999"""
EVENTS = """user_id,occurred_at,event,feature
a,2026-01-01,opened,search
b,2026-01-02,opened,exports
c,2026-01-03,opened,
"""
METRICS = "market,period_start,metric,numerator\nDE,2026-01-01,conversion,1\nDE,2026-01-01,churn,1\n"
CATALOGUE = "metrics: {conversion: {label: Conversion, description: Share., unit: share, kind: share}}"


@pytest.fixture
def schema() -> Schema:
    return schema_of(CELL, Path("demo.ipynb"), "cell 2")


@pytest.fixture
def company(project: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> ProjectFolder:
    monkeypatch.setenv("JPY_SESSION_NAME", str(project.root / "notebooks" / "demo.ipynb"))
    monkeypatch.delenv("QUARTERDECK_PARAMS", raising=False)
    project.write("params/project.yaml", "regions: [AMER, EMEA]")
    project.write("params/demo.yaml", "title: Demo\nmatrix: {feature: [all, exports, templates]}")
    project.write("params/experiments/one.yaml", "id: one")
    project.write("params/metrics.yaml", CATALOGUE)
    project.write("events.csv", EVENTS)
    project.write("market_metrics.csv", METRICS)
    tables = "{events: {path: ../events.csv}, market_metrics: {path: ../market_metrics.csv}}"
    project.write("params/sources.yaml", f"tables: {tables}")
    return project


def test_the_report_the_settings_and_the_data_tell_what_can_be_chosen(
    company: ProjectFolder, schema: Schema
) -> None:
    assert choices(schema) == {
        "region": ["all", "AMER", "EMEA"],
        "feature": ["all", "exports", "templates", "search"],
        "metric": ["conversion"],
        "experiment": ["one"],
    }


def test_a_value_that_exists_nowhere_is_told_with_the_nearest(company: ProjectFolder, schema: Schema) -> None:
    told = "region = EMAE is none of its choices. Did you mean EMEA?"
    assert problem_of(schema, "region", "EMAE") == told
    assert "Did you mean search?" in problem_of(schema, "feature", "serch")
    assert "Its choices: one." in problem_of(schema, "experiment", "checkout")
    assert "Did you mean conversion?" in problem_of(schema, "metric", "conversions")


def test_what_the_data_hold_may_be_looked_at_though_no_edition_has_it(
    company: ProjectFolder, schema: Schema
) -> None:
    assert problem_of(schema, "feature", "search") == problem_of(schema, "feature", "templates") == ""


def test_a_name_that_nothing_lists_is_free_within_its_type(company: ProjectFolder, schema: Schema) -> None:
    assert problem_of(schema, "channel", "anything") == ""
    assert problem_of(schema, "channel", 7) == "channel (declared str): 7: input should be a valid string."
    assert "less than or equal to 0.999" in problem_of(schema, "confidence", 1.0)
    assert "is no period" in problem_of(schema, "period", "2026Q5")


def test_without_a_project_only_the_type_counts(
    tmp_path: Path, schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QUARTERDECK_PARAMS", raising=False)
    assert problem_of(schema, "region", "EMAE") == ""
    assert choices(schema) == {}
