"""Bad input: each a paragraph that says what, where, what to do; the right status; nothing half-written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import ProjectFolder

DEMO = "title: Demo\nmatrix: {region: [all, EMEA]}\n"
SOURCES = "tables:\n  responses: {path: nps.csv}\n"


@dataclass(frozen=True)
class Row:
    """One kind of bad input: what is done to a good project, what is asked, and what the answer says."""

    name: str
    asked: tuple[str, ...]
    told: tuple[str, ...]
    spoil: Callable[[ProjectFolder], object] = lambda _project: None


def report(text: str) -> Callable[[ProjectFolder], object]:
    return lambda project: project.report("demo", text)


def settings(name: str, text: str) -> Callable[[ProjectFolder], object]:
    return lambda project: project.write(f"params/{name}", text)


ROWS = [
    Row("unknown report", ("run", "dmeo"), ("dmeo: there is no such report", "Did you mean demo?")),
    Row(
        "unknown parameter",
        ("run", "-p", "regoin=EMEA"),
        ("-p regoin=EMEA: demo has no parameter regoin.", "Did you mean region?"),
    ),
    Row(
        "unknown parameter in the file",
        ("run",),
        ("params/demo.yaml:2: demo has no parameter regoin.", "Did you mean region?"),
        report("title: Demo\nparameters: {regoin: EMEA}\n"),
    ),
    Row(
        "wrong type",
        ("run", "-p", "confidence=high"),
        ("-p confidence=high: confidence (declared float): 'high' is no number.",),
    ),
    Row(
        "wrong type in the file",
        ("run",),
        ("params/demo.yaml:2: confidence (declared float): 'high' is no number.",),
        report("title: Demo\nparameters: {confidence: high}\n"),
    ),
    Row(
        "value out of range",
        ("run", "-p", "confidence=0.2"),
        ("-p confidence=0.2: confidence (declared float): 0.2:", "greater than or equal to 0.5"),
    ),
    Row(
        "value that is no choice",
        ("run", "-p", "region=EMAE"),
        ("-p region=EMAE: region = EMAE is none of its choices.", "Did you mean EMEA?", "params/demo.yaml"),
    ),
    Row(
        "no period",
        ("run", "-p", "period=2026Q7"),
        ("'2026Q7' is no period: write 2026Q3, 2026, 2026H2, 2026-07, 2026W33, all, last_complete",),
    ),
    Row("half a parameter", ("run", "-p", "region"), ("-p region: write a parameter as NAME=VALUE",)),
    Row(
        "a parameter twice",
        ("run", "-p", "region=all", "-p", "region=EMEA"),
        ("region is given twice. Give each parameter once.",),
    ),
    Row(
        "broken YAML",
        ("run",),
        ("params/demo.yaml:2: this is no valid YAML", "Mend the line"),
        report("title: Demo\nmatrix: {region: [all, EMEA}\n"),
    ),
    Row(
        "broken project.yaml",
        ("run",),
        ("params/project.yaml:2: this is no valid YAML",),
        settings("project.yaml", "name: x\n\tmin_group: 5\n"),
    ),
    Row(
        "broken sources.yaml",
        ("run",),
        ("params/sources.yaml:2: this is no valid YAML",),
        settings("sources.yaml", "tables:\n  responses: {path: [a}\n"),
    ),
    Row(
        "unknown key of a report",
        ("run",),
        ("params/demo.yaml:2: unknown key matrx.", "Did you mean matrix?"),
        report("title: Demo\nmatrx: {}\n"),
    ),
    Row(
        "unknown key of the project",
        ("run",),
        ("params/project.yaml:1: unknown key min_gruop.", "Did you mean min_group?"),
        settings("project.yaml", "min_gruop: 5\n"),
    ),
    Row(
        "unknown key of the sources",
        ("check",),
        ("params/sources.yaml:2: unknown key tables.responses.pth.", "Did you mean path?"),
        settings("sources.yaml", "tables:\n  responses: {pth: nps.csv}\n"),
    ),
    Row(
        "notebook without a parameters cell",
        ("run",),
        ("notebooks/demo.ipynb: no cell is tagged parameters.", "Tag exactly one in JupyterLab"),
        lambda project: project.notebook("demo", "## One", "1", parameters=None),
    ),
    Row(
        "notebook that is none",
        ("run",),
        ("notebooks/demo.ipynb: this is no notebook that can be read", "Save it again"),
        lambda project: project.write("notebooks/demo.ipynb", "<html>"),
    ),
    Row(
        "output folder that cannot be written",
        ("run", "--outputs", "taken/outputs"),
        ("taken/outputs: nothing can be written there", "name another folder with --outputs"),
        lambda project: project.write("taken", "a file"),
    ),
    Row(
        "sample folder that cannot be written",
        ("sample", "taken/sample"),
        ("taken/sample: cannot be written", "Name another folder."),
        lambda project: project.write("taken", "a file"),
    ),
    Row("no such params", ("run", "--params", "parms"), ("parms: there is no such folder of params.",)),
    Row("no params for history", ("history", "--params", "parms"), ("Name another with --params.",)),
    Row(
        "no edition of that name", ("run", "--only", "2020*"), ("--only 2020*: no edition has such a name.",)
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_wrong_request_is_told_and_nothing_is_done(project: ProjectFolder, row: Row) -> None:
    project.notebook("demo", "## One", "1")
    project.report("demo", DEMO)
    row.spoil(project)
    result = project.quarterdeck(*row.asked)

    assert result.exit_code == 2
    for fragment in row.told:
        assert fragment in result.output
    assert "Traceback" not in result.output
    assert result.stderr.count("\n\n") == 0
    assert not (project.root / "outputs/runs").exists()
    assert not (project.root / "outputs/site").exists()


def test_outside_of_a_project_one_is_told_so(project: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = project.root / "templates"
    empty.unlink()
    empty.mkdir()
    (project.root / "params").rmdir()
    monkeypatch.chdir(empty)
    result = project.quarterdeck("run")
    assert result.exit_code == 2
    assert "no project here or above it (a folder with notebooks/ and params/)" in result.output


def test_debug_shows_the_traceback(project: ProjectFolder) -> None:
    project.notebook("demo", "1")
    project.report("demo", DEMO)
    result = project.quarterdeck("--debug", "run", "dmeo")
    assert "QuarterdeckError" in repr(result.exception)


DATA_ROWS: dict[str, tuple[str, bytes | None, str, tuple[str, ...]]] = {
    "missing_file": ("{path: nps.csv}", None, "", ("nps.csv",)),
    "missing_column": ("{path: nps.csv}", b"response_id,survey,score\n1,nps,9\n", "", ("submitted_at",)),
    "unreadable_encoding": (
        "{path: nps.csv}",
        b"response_id,submitted_at,survey,score,comment\n1,2026-07-01,nps,9,caf\xe9\n",
        "",
        ("nps.csv", "encoding"),
    ),
    "all_quarantined": (
        "{path: nps.csv}",
        b"response_id,submitted_at,survey,score\n1,2026-07-01,nps,99\n2,2026-07-02,nps,-4\n",
        "",
        ("responses", "score"),
    ),
    "unreachable_path": ("{path: taken/nps.csv}", None, "taken", ("taken/nps.csv",)),
}


@pytest.mark.parametrize("name", DATA_ROWS)
def test_bad_data_fail_the_run_with_the_table_and_the_reason(project: ProjectFolder, name: str) -> None:
    declared, content, taken, told = DATA_ROWS[name]
    project.notebook(
        "demo",
        'responses = sources.load("responses")',
        "## One",
        "responses.expr.count().execute()",
        setup="from helpers import sources\nfrom helpers.periods import Period",
    )
    project.report("demo", "title: Demo\n")
    project.write("params/sources.yaml", f"tables:\n  responses: {declared}\n")
    if taken:
        project.write(f"params/{taken}", "a file where a folder should be")
    if content is not None:
        (project.root / "params/nps.csv").write_bytes(content)
    result = project.quarterdeck("run", "--json")

    assert result.exit_code == 1
    assert "Traceback" not in result.output
    [run] = json.loads(result.stdout)["runs"]
    assert run["status"] == "failed"
    assert run["failed"]["cell"] == 3
    assert run["failed"]["line"] == 'responses = sources.load("responses")'
    for fragment in told:
        assert fragment in run["reason"]
    assert str(project.root) not in run["reason"]
    assert half_written(project) == []


def half_written(project: ProjectFolder) -> list[Path]:
    return [path for path in (project.root / "outputs").rglob(".*") if path.is_file()]
