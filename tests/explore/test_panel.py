"""What the panel shows of a notebook's parameters, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.conftest import ProjectFolder

from helpers import explore
from helpers.explore import drafting
from helpers.explore.panel import controls, read
from helpers.records.schema import schema_of

CELL = """period: Period = "last_complete"  # a quarter
region: str = "all"  # one region, or all
metric: Literal["nps", "csat"] = "nps"  # which score
days: int = 3  # separate days, 1 to 90
confidence: float = 0.95  # level, 0.5 to 0.999
weights: bool = False  # weighted or not
since: date = "2026-01-31"  # first day
areas: list[str] = ["Billing", "Mobile"]  # product areas"""
USERS = "user_id,signed_up_at,region\na,2025-12-01,EMEA\nb,2026-08-20,AMER\n"


@pytest.fixture
def company(project: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> ProjectFolder:
    notebook = project.notebook("demo", 'users = sources.load("users")', parameters=CELL)
    monkeypatch.setenv("JPY_SESSION_NAME", str(notebook))
    monkeypatch.delenv("QUARTERDECK_PARAMS", raising=False)
    monkeypatch.delenv("QUARTERDECK_RUN", raising=False)
    project.write("users.csv", USERS)
    project.write("params/sources.yaml", "tables: {users: {path: ../users.csv}}")
    project.report("demo", "title: Demo\nmatrix: {region: [all, EMEA]}\n")
    return project


@pytest.fixture
def shell(company: ProjectFolder) -> Iterator[InteractiveShell]:
    made = InteractiveShell.instance()
    made.run_cell("from helpers import explore\nfrom helpers.periods import Period\nexplore.watch()")
    made.run_cell("from datetime import date\nfrom typing import Literal")
    yield made
    InteractiveShell.clear_instance()


def asked(view: Any, ask: str, **texts: str) -> dict[str, Any]:
    answer: dict[str, Any] = view._answer(ask, {**view.values, **texts})
    return answer


def test_each_parameter_has_the_control_of_its_type(company: ProjectFolder) -> None:
    made = controls(schema_of(CELL, Path("demo.ipynb"), "cell 2"))
    assert {one["name"]: one["kind"] for one in made} == {
        "period": "period",
        "region": "choice",
        "metric": "choice",
        "days": "range",
        "confidence": "range",
        "weights": "truth",
        "since": "day",
        "areas": "text",
    }
    by_name = {one["name"]: one for one in made}
    assert by_name["region"]["choices"] == [["all"], ["EMEA"], ["AMER"]]
    assert by_name["days"] == {
        "name": "days",
        "label": "Days",
        "help": "separate days, 1 to 90",
        "kind": "range",
        "low": 1,
        "high": 90,
        "step": 1,
    }
    assert by_name["confidence"]["step"] == 0.001


def test_the_quarters_to_pick_from_are_those_that_the_data_cover(company: ProjectFolder) -> None:
    [period] = controls(schema_of(CELL.splitlines()[0], Path("demo.ipynb"), "cell 2"))
    groups = {group["label"]: [value for value, _ in group["options"]] for group in period["groups"]}
    assert groups == {
        "Whatever the date": ["last_complete", "previous", "all"],
        "Quarters": ["2026Q3", "2026Q2", "2026Q1", "2025Q4"],
        "Years": ["2026", "2025"],
    }


def test_values_are_read_as_the_command_line_reads_them(company: ProjectFolder) -> None:
    schema = schema_of(CELL, Path("demo.ipynb"), "cell 2")
    values, problems = read(schema, {"areas": "A, B", "days": "007", "region": "EMAE", "confidence": "2"})
    assert values == {"areas": ["A", "B"], "days": 7, "region": "EMAE"}
    assert problems["region"] == "region = EMAE is none of its choices. Did you mean EMEA?"
    assert "less than or equal to 0.999" in problems["confidence"]


def test_a_choice_holds_once_it_is_run_and_is_right(shell: InteractiveShell) -> None:
    shell.run_cell(CELL)
    view = shell.run_cell("explore.panel()").result
    assert view.values["areas"] == "Billing,Mobile"
    assert asked(view, "check", region="EMEA")["problems"] == {}
    assert shell.user_ns["region"] == "all"
    assert asked(view, "run", region="EMAE")["problems"]
    assert shell.user_ns["region"] == "all"
    told = asked(view, "run", region="EMEA", days="5")["said"]
    assert told.endswith("region = EMEA instead of all, days = 5 instead of 3.")
    assert (shell.user_ns["region"], shell.user_ns["days"], view.values["region"]) == ("EMEA", 5, "EMEA")


def test_what_was_made_before_the_choice_is_stale_after_it(shell: InteractiveShell) -> None:
    shell.run_cell(CELL)
    view = shell.run_cell("explore.panel()").result
    assert shell.run_cell("made = region * 2").success
    asked(view, "run", region="EMEA")
    assert isinstance(shell.run_cell("made").error_before_exec, explore.ParameterError)
    asked(view, "run", region="all")
    assert shell.run_cell("made").success


def test_the_panel_follows_the_cell_of_parameters(shell: InteractiveShell) -> None:
    shell.run_cell(CELL)
    view = shell.run_cell("explore.panel()").result
    shell.run_cell(CELL.replace('"all"', '"EMEA"'))
    assert (view.values["region"], view.refused) == ("EMEA", "")
    shell.run_cell(CELL.replace('"all"', '"EMAE"'))
    assert view.refused == "region = EMAE is none of its choices. Did you mean EMEA?"
    asked(view, "run")
    assert view.refused == ""


def test_another_panel_takes_the_place_of_the_first(shell: InteractiveShell) -> None:
    shell.run_cell(CELL)
    first, second = (shell.run_cell("explore.panel()").result for _ in range(2))
    shell.run_cell(CELL.replace('"all"', '"EMEA"'))
    assert first.comm is None
    assert second.values["region"] == "EMEA"


def test_a_draft_outlives_the_panel_that_made_it(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run All makes the panel anew; what it says of the draft holds as long as the values do."""
    answer = drafting.DraftAnswer("demo/2026q3~draft", "Draft made.")
    for errand in ("draft", "publish"):
        monkeypatch.setitem(drafting.ERRANDS, errand, lambda _asked, _values: answer)
    shell.run_cell(CELL)

    def panel() -> Any:
        return shell.run_cell("explore.panel()").result

    def done(view: Any, errand: str) -> None:
        asked(view, errand)
        view._answer.__self__.errand._thread.join(30)

    first = panel()
    assert first.drafted == {}
    done(first, "draft")
    expected = {"page": "", "title": "demo/2026q3~draft", "table": "", "made": True}
    assert panel().drafted == expected
    asked(panel(), "run", region="EMEA")
    assert panel().drafted == {}
    asked(panel(), "run", region="all")
    last = panel()
    assert last.drafted == expected
    done(last, "publish")
    assert panel().drafted == {}


def test_a_choice_is_kept_as_an_edition(shell: InteractiveShell, company: ProjectFolder) -> None:
    shell.run_cell(CELL)
    view = shell.run_cell("explore.panel()").result
    assert "line 2: region = AMER." in asked(view, "save", region="AMER")["said"]
    assert "[all, EMEA, AMER]" in (company.root / "params/demo.yaml").read_text(encoding="utf-8")
    company.report("demo", "title: [")
    assert asked(view, "save", region="AMER")["said"].startswith("Not kept: ")


def test_before_its_parameters_the_panel_says_what_to_run(shell: InteractiveShell) -> None:
    error = shell.run_cell("explore.panel()").error_in_exec
    assert str(error) == "There are no parameters yet. Run their cell, above this one, first."


def test_a_run_has_no_panel(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QUARTERDECK_RUN", str(tmp_path))
    assert shell.run_cell("explore.panel()").result is None
