"""Every problem of settings and notebooks is told at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder


def test_a_sound_project_has_no_problem(project: ProjectFolder) -> None:
    project.notebook("demo", "## One", "1")
    project.report("demo", "title: '{region}'\nmatrix: {region: [all, EMEA]}\n")
    project.write("params/sources.yaml", "tables: {}\n")
    result = project.quarterdeck("check")
    assert (result.exit_code, result.stdout) == (0, "No problem found.\n")


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
    result = project.quarterdeck("check", "--json")
    assert result.exit_code == 2
    problems = [problem.replace(f"{project.root}/", "") for problem in json.loads(result.stdout)["problems"]]
    for told in (
        "params/project.yaml:1: timezone",
        "params/demo.yaml:1: the title names {regoin}",
        "params/demo.yaml:2: confidence (declared float): 7",
        "params/other.yaml: 2 editions have the name",
        "notebooks/third.ipynb: cell 2, line 1: region = 'all' is no annotated literal.",
        "params/fourth.yaml: there is no notebook fourth.ipynb.",
        "params/sources.yaml:",
        "params/experiments/one.yaml",
        "params/themes.yaml:4: unknown key themes.Price.word. Did you mean words?",
        "params/themes.yaml:2: themes.Price",
        "params/actions.yaml:2: actions.0.status: Input should be 'planned', 'done' or 'watching'",
    ):
        assert [problem for problem in problems if problem.startswith(told)], told
    assert not (project.root / "outputs").exists()


def test_an_action_must_be_about_what_some_edition_shows(project: ProjectFolder) -> None:
    project.notebook("demo", "## One", "1")
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
