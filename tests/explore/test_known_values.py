"""What a parameter may be: what the report's file lists, what settings name, what the data hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import ProjectFolder

from helpers.explore.known_values import choices, problem_of, refusals
from helpers.records.parameter_types import Value
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


def test_what_the_settings_name_holds_though_a_report_lists_another(
    company: ProjectFolder, schema: Schema
) -> None:
    company.write("params/demo.yaml", "title: Demo\nmatrix: {region: [all, EMAE]}")
    assert problem_of(schema, "region", "EMAE") == "region = EMAE is none of its choices. Did you mean EMEA?"


def test_what_the_data_hold_may_be_looked_at_though_no_edition_has_it(
    company: ProjectFolder, schema: Schema
) -> None:
    assert problem_of(schema, "feature", "search") == problem_of(schema, "feature", "templates") == ""


def test_a_name_that_nothing_lists_is_free_within_its_type(company: ProjectFolder, schema: Schema) -> None:
    assert problem_of(schema, "channel", "anything") == ""
    assert problem_of(schema, "channel", 7) == "channel (declared str): 7: input should be a valid string."
    assert "less than or equal to 0.999" in problem_of(schema, "confidence", 1.0)
    assert "is no period" in problem_of(schema, "period", "2026Q5")


OWN = """channel: str = "all"  # one channel
stage: str = "won"  # a stage
subject: str = "refund"  # a word to look for
owner: str = "all"  # who
regions: list[str] = ["AMER"]  # regions"""
TICKETS = "ticket_id,opened_at,channel,subject\n1,2026-01-01,chat,one\n2,2026-01-02,phone,two\n"
USERS = "user_id,signed_up_at,channel\na,2026-01-01,organic\nb,2026-01-02,partner\n"
DEALS = "deal,stage,owner\n" + "".join(f"{n},{'won' if n % 2 else 'lost'},owner {n}\n" for n in range(300))


@pytest.fixture
def look(company: ProjectFolder) -> Schema:
    """A free notebook that loads two of several tables, one of them without a contract."""
    for name, text in {"tickets": TICKETS, "users": USERS, "deals": DEALS}.items():
        company.write(f"{name}.csv", text)
    declared = "".join(f"  {name}: {{path: ../{name}.csv}}\n" for name in ("tickets", "users", "deals"))
    company.write("params/sources.yaml", f"tables:\n{declared}")
    path = company.notebook("look", 'users = sources.load("users")', 'sources.sql("select * from deals")')
    return schema_of(OWN, path, "cell 2")


def test_of_several_tables_those_that_the_notebook_loads_tell_what_there_is(look: Schema) -> None:
    assert choices(look)["channel"] == ["all", "organic", "partner"]
    assert problem_of(look, "channel", "organic") == problem_of(look, "channel", "all") == ""
    assert problem_of(look, "channel", "chat") == (
        "channel = chat is none of its choices. Its choices: all, organic, partner."
    )


def test_a_table_without_a_contract_tells_too(look: Schema) -> None:
    assert problem_of(look, "stage", "lost") == ""
    assert problem_of(look, "stage", "wom") == "stage = wom is none of its choices. Did you mean won?"


def test_of_a_column_with_too_many_values_to_list_each_is_looked_for(look: Schema) -> None:
    assert "owner" not in choices(look)
    assert problem_of(look, "owner", "owner 299") == problem_of(look, "owner", "all") == ""
    assert problem_of(look, "owner", "owner 300") == "owner = owner 300 stands in no row of deals."


def test_what_customers_wrote_is_no_choice(look: Schema) -> None:
    assert problem_of(look, "subject", "refund") == ""
    assert "subject" not in choices(look)


def test_each_text_of_a_list_is_judged(look: Schema) -> None:
    assert problem_of(look, "regions", ["EMEA", "all"]) == ""
    assert problem_of(look, "regions", ["EMEA", "EMAE"]) == (
        "regions = EMAE is none of its choices. Did you mean EMEA?"
    )


def test_a_run_judges_what_it_was_given_by_the_cell_that_declares_it(look: Schema) -> None:
    given: dict[str, Value] = {
        "channel": "chat",
        "stage": "won",
        "subject": "refund",
        "owner": "all",
        "regions": ["EMAE"],
    }
    assert list(refusals(OWN, str(look.notebook), given)) == ["channel", "regions"]
    assert refusals(OWN, str(look.notebook), {"channel": "partner"}) == {}


def test_without_a_project_only_the_type_counts(
    tmp_path: Path, schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QUARTERDECK_PARAMS", raising=False)
    assert problem_of(schema, "region", "EMAE") == ""
    assert choices(schema) == {}
