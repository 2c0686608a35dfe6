"""Every problem of settings and notebooks is told at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import nbformat

from quarterdeck.plan import check

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder


def test_a_sound_project_has_no_problem(project: ProjectFolder) -> None:
    project.sound_notebook("demo")
    project.report("demo", "title: '{region}'\nmatrix: {region: [all, EMEA]}\n")
    project.write("params/sources.yaml", "tables: {}\n")
    result = project.quarterdeck("check")
    assert (result.exit_code, result.stdout) == (0, "No problem found.\n")


def test_the_sample_company_is_there_before_its_files_are_asked_for(project: ProjectFolder) -> None:
    project.write("params/sources.yaml", "tables:\n  tickets: {path: ../outputs/sample/tickets.parquet}\n")
    answered = project.quarterdeck("check")
    assert (answered.exit_code, answered.output) == (0, "No problem found.\n")
    assert (project.root / "outputs" / "sample" / "tickets.parquet").is_file()


def test_every_problem_is_told_at_once(project: ProjectFolder) -> None:
    for name in ("demo", "other", "third"):
        project.notebook(name, "## One", "1")
    project.report("demo", "title: '{regoin}'\nparameters: {confidence: 7}\n")
    project.report("other", "title: x\nmatrix: {region: [EMEA, emea]}\n")
    project.notebook("third", "## One", "1", parameters='region = "all"')
    project.report("third")
    project.report("fourth")
    project.write("params/project.yaml", "timezone: Europe/Londn\n")
    project.write("params/sources.yaml", "tables:\n  respones: {path: a.csv}\n")
    project.write("params/experiments/one.yaml", "id: two\n")
    project.write("params/themes.yaml", "themes:\n  Price:\n    label: Price\n    word: [cheap]\n")
    project.write("params/actions.yaml", "actions:\n  - {report: demmo, title: A, status: begun}\n")
    project.write("params/events.yaml", "events:\n  - {kind: party, title: P, date: 2026-05-01}\n")
    result = project.quarterdeck("check", "--json")
    assert result.exit_code == 2
    problems = [problem.replace(f"{project.root}/", "") for problem in json.loads(result.stdout)["problems"]]
    for told in (
        "params/project.yaml:1: timezone",
        "params/demo.yaml:1: the title names {regoin}",
        "params/demo.yaml:2: confidence (declared float): 7",
        "params/other.yaml: 2 editions have the name",
        "notebooks/third.ipynb: cell 2, line 1: region = 'all' is no annotated literal.",
        "notebooks/demo.ipynb: the last section is not ## Method and data.",
        "params/fourth.yaml: there is no notebook fourth.ipynb.",
        "params/sources.yaml:",
        "params/experiments/one.yaml",
        "params/themes.yaml:4: unknown key themes.Price.word. Did you mean words?",
        "params/themes.yaml:2: themes.Price",
        "params/events.yaml:2: events.0.kind: Input should be 'launch', ",
        "params/actions.yaml:2: actions.0.status: Input should be 'planned', 'done' or 'watching'",
    ):
        assert [problem for problem in problems if problem.startswith(told)], told
    assert len([problem for problem in problems if "is no annotated literal" in problem]) == 1
    assert not (project.root / "outputs").exists()


def test_an_included_file_of_events_that_is_absent_is_told(project: ProjectFolder) -> None:
    project.write("params/events.yaml", "include: [holidays.yaml]\n")
    project.write("params/sources.yaml", "tables: {}\n")
    told = check.check(project.layout)
    assert [one for one in told if "include: holidays.yaml is absent. Write it" in one]
    project.write("params/holidays.yaml", "events: []\n")
    assert not [one for one in check.check(project.layout) if "holidays" in one]


def test_every_rule_that_a_notebook_breaks_is_told_with_its_cell(project: ProjectFolder) -> None:
    path = project.sound_notebook("demo")
    project.report("demo")
    project.write("params/sources.yaml", "tables: {}\n")
    book = nbformat.read(path, as_version=4)
    book.cells[6].source = "demo.over_time(found, 1 - confidence)"
    book.cells[6].outputs = [nbformat.v4.new_output("stream", text="7")]
    nbformat.write(book, path)
    result = project.quarterdeck("check")
    assert result.exit_code == 2
    assert result.stdout.replace(f"{project.root}/", "").splitlines() == [
        f"notebooks/demo.ipynb: cell 6 (id cell-6): {told}"
        for told in (
            "outputs are stored. quarterdeck clean demo mends it.",
            "1 - confidence is logic. Move it to a helper, where a test can hold it.",
            "demo.over_time(found, 1 - confidence) is no call of names and literals. Let a helper make it "
            "whole.",
        )
    ]


def test_a_notebook_without_settings_is_a_report_to_be_or_free(project: ProjectFolder) -> None:
    path = project.sound_notebook("demo")
    project.write("params/sources.yaml", "tables: {}\n")
    assert "there is no demo.yaml. Write it in" in project.quarterdeck("check").stdout
    other = project.root / "other"
    other.mkdir()
    (other / "sources.yaml").write_text("tables: {}\n", encoding="utf-8")
    assert project.quarterdeck("check", "--params", str(other)).exit_code == 0
    nbformat.write(
        nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell("x = 1 + 1", metadata={"tags": ["explore"]})]
        ),
        path,
    )
    assert project.quarterdeck("check").exit_code == 0


def test_an_action_must_be_about_what_some_edition_shows(project: ProjectFolder) -> None:
    project.sound_notebook("demo")
    project.report("demo", "title: '{region}'\nmatrix: {region: [all, EMEA]}\n")
    project.write("params/sources.yaml", "tables: {}\n")
    told = "status: planned, heard: x, owner: y, finding: z"
    project.write(
        "params/actions.yaml",
        f"actions:\n  - {{report: demo, about: EMEA, title: One, {told}}}\n"
        f"  - {{report: demo, about: EMAE, title: Two, {told}}}\n"
        f"  - {{report: dem, title: Three, {told}}}\n",
    )
    result = project.quarterdeck("check", "--json")
    problems = [problem.split("actions.yaml: ")[1] for problem in json.loads(result.stdout)["problems"]]
    assert problems == [
        "Two: no edition of demo is about EMAE. Did you mean EMEA?",
        "Three: there is no report dem. Did you mean demo?",
    ]
