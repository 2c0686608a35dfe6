"""What is looked up in the project first, then in what Quarterdeck ships."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quarterdeck.archive.shipped import Templates, program_version, shipped
from quarterdeck.publish import export

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

ROOT = Path(__file__).parents[2]


def test_a_wheel_has_what_it_ships_inside_and_an_editable_install_takes_the_repositorys(
    tmp_path: Path,
) -> None:
    assert shipped() == ROOT
    package = tmp_path / "quarterdeck"
    (package / "shipped").mkdir(parents=True)
    assert shipped(package) == package / "shipped"


def test_a_report_is_looked_up_in_the_project_then_among_the_shipped(project: ProjectFolder) -> None:
    layout = project.layout
    assert layout.reports == []
    project.report("quarterly_feedback")
    assert layout.reports == ["quarterly_feedback"]
    assert layout.notebook("quarterly_feedback") == ROOT / "notebooks" / "quarterly_feedback.ipynb"
    own = project.notebook("quarterly_feedback", "## One", "1")
    assert layout.notebook("quarterly_feedback") == own
    assert layout.reports == ["quarterly_feedback"]


def test_an_unknown_report_is_missed_in_the_project(project: ProjectFolder) -> None:
    assert project.layout.notebook("stock") == project.root / "notebooks" / "stock.ipynb"


def test_templates_are_the_projects_file_by_file_then_the_shipped(project: ProjectFolder) -> None:
    (project.root / "templates").unlink()
    own = project.write("templates/report/page.css", "main { outline: 7px solid; }")
    project.write("templates/report/page.js", (ROOT / "templates/report/page.js").read_text(encoding="utf-8"))
    templates = project.layout.templates
    assert templates.file("report/page.css") == own
    assert templates.file("report/index.html.j2") == ROOT / "templates/report/index.html.j2"
    assert templates.files("report")["report/page.css"] == own
    assert set(templates.files("report")) >= {"report/masthead.html.j2", "report/page.js"}
    assert templates.own == ["report/page.css"]
    assert export.stylesheet(templates).endswith("outline: 7px solid; }")
    said = export.template(templates)
    assert said == f"quarterdeck {program_version()} with the project's own report/page.css"


def test_a_template_of_the_project_stands_on_the_page(project: ProjectFolder) -> None:
    (project.root / "templates").unlink()
    project.write("templates/report/gap.html.j2", "<p>Nothing here: {{ gap }}</p>")
    assert export.part(project.layout.templates, "gap", gap="no tickets") == "<p>Nothing here: no tickets</p>"


def test_a_template_that_nobody_has_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"report/page\.less: neither the project nor Quarterdeck"):
        Templates((ROOT / "templates",)).file("report/page.less")


def test_a_project_is_its_own_shipment_in_the_repository(project: ProjectFolder) -> None:
    within = replace(project.layout, shipped=project.root)
    assert within.templates.folders == ((ROOT / "templates"),)
    assert within.templates.own == []
