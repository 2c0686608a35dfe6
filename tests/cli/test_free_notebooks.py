"""A free notebook runs and is published as a draft, without settings and held to safety alone."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import ProjectFolder

TITLE = "# A look at {weeks}\n\nDo tickets come\nin weeks?"


@pytest.fixture
def look(project: ProjectFolder) -> Path:
    """Any cells: imports and arithmetic where they are needed, no parameters, no setup."""
    cells = [
        new_markdown_cell(TITLE, metadata={"tags": ["explore"]}),
        new_code_cell("import math\nnumbers = [n * 2 for n in range(4)]"),
        new_markdown_cell("## Sums"),
        new_code_cell("%matplotlib inline\nprint('the sum is', math.fsum(numbers))"),
    ]
    path = project.root / "notebooks" / "look.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


def test_it_runs_by_its_name_and_is_published_as_a_draft(look: Path, project: ProjectFolder) -> None:
    result = project.quarterdeck("run", "look")
    page = project.layout.page("look", "whole")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:2] == [f"look/whole is a draft: {page}", "1 ok, 0 up to date."]
    [record] = project.records()
    assert (record.status, record.published, record.draft, record.free) == ("ok", "draft", True, True)
    assert (record.title, record.question) == ("A look at {weeks}", "Do tickets come in weeks?")
    text = page.read_text(encoding="utf-8")
    assert "Draft: a free notebook, not a report" in text
    assert "the sum is 12.0" in text
    catalogue = project.layout.catalogue.read_text(encoding="utf-8")
    assert "Draft: a free notebook" in catalogue
    assert "<strong>0</strong> reports" in catalogue
    assert project.quarterdeck("run", "look").stdout.startswith("1 up to date.")


def test_without_its_name_it_does_not_run(look: Path, project: ProjectFolder) -> None:
    project.notebook("demo", "## One", "1")
    project.report("demo")
    assert project.quarterdeck("run").stdout.splitlines()[0] == "1 ok, 0 up to date."
    assert [record.report for record in project.records()] == ["demo"]


def test_it_may_have_parameters_and_settings(look: Path, project: ProjectFolder) -> None:
    book = nbformat.read(look, as_version=4)
    book.cells.insert(1, new_code_cell('region: str = "all"  # one', metadata={"tags": ["parameters"]}))
    book.cells[-1].source = "print('seen from', region)"
    nbformat.write(book, look)
    assert project.quarterdeck("run", "look", "-p", "region=EMEA").exit_code == 0
    [record] = project.records()
    assert record.edition.startswith("whole~")
    page = project.layout.page("look", record.edition).read_text(encoding="utf-8")
    assert "seen from EMEA" in page

    project.report("look", "title: 'A look, {region}'\nmatrix: {region: [all, APAC]}\n")
    assert project.quarterdeck("run").exit_code == 0
    assert {(one.edition, one.published) for one in project.records()} == {
        (record.edition, "draft"),
        ("all", "draft"),
        ("apac", "draft"),
    }


def test_a_value_that_exists_nowhere_is_refused_before_anything_is_loaded(
    look: Path, project: ProjectFolder
) -> None:
    project.write("params/project.yaml", "regions: [AMER, EMEA]\n")
    project.write("tickets.csv", "ticket_id,opened_at,product_area\n1,2026-01-01,Exports\n")
    project.write("params/sources.yaml", "tables: {tickets: {path: ../tickets.csv}}\n")
    book = nbformat.read(look, as_version=4)
    declared = 'region: str = "all"  # one\nproduct_area: str = "Export"  # one'
    book.cells.insert(1, new_code_cell(declared, metadata={"tags": ["parameters"]}))
    book.cells[
        -1
    ].source = 'from helpers import sources\nsources.load("tickets")\nprint("seen", region, product_area)'
    nbformat.write(book, look)
    refused = project.quarterdeck("run", "look", "-p", "region=EMAE")
    assert refused.exit_code == 2
    assert "-p region=EMAE: region = EMAE is none of its choices. Did you mean EMEA?" in refused.stderr
    assert "params/project.yaml" in refused.stderr
    assert not project.records()

    told = "product_area = Export is none of its choices. Did you mean Exports?"
    assert project.quarterdeck("run", "look").exit_code == 1
    [record] = project.records()
    assert (record.status, record.reason) == ("failed", f"ParameterError: {told}")
    assert record.failed is not None
    assert (record.failed.cell, record.failed.line) == (1, "product_area = 'Export'")
    assert record.tables == ()

    assert project.quarterdeck("run", "look", "-p", "product_area=Exports").exit_code == 0
    page = project.layout.page("look", project.records()[-1].edition).read_text(encoding="utf-8")
    assert "seen all Exports" in page


def test_a_period_that_no_table_reaches_into_is_no_edition_though_the_notebook_counts(
    look: Path, project: ProjectFolder
) -> None:
    project.write("tickets.csv", "ticket_id,opened_at\n1,2026-07-01\n2,2026-09-30\n")
    project.write("params/sources.yaml", "tables: {tickets: {path: ../tickets.csv}}\n")
    declared = 'period: Period = "2026Q3"  # a quarter'
    book = nbformat.read(look, as_version=4)
    book.cells[1].source = "from helpers import sources\nfrom helpers.periods import Period"
    book.cells.insert(2, new_code_cell(declared, metadata={"tags": ["parameters"]}))
    book.cells[-1].source = 'print("open at the end", sources.load("tickets").count())'
    nbformat.write(book, look)
    result = project.quarterdeck("run", "look", "-p", "period=2031Q1")
    [record] = project.records()
    assert (record.status, record.reason) == (
        "skipped",
        "No table has rows in 2031 Q1; they are of 1 Jul 2026 to 30 Sep 2026.",
    )
    assert "look/2031q1 was skipped: No table has rows" in result.stdout
    assert not project.layout.page("look", "2031q1").exists()
    project.quarterdeck("run", "look", "-p", "period=2026Q3")
    assert {one.edition: one.status for one in project.records()} == {"2026q3": "ok", "2031q1": "skipped"}


def test_a_notebook_that_is_not_free_needs_its_settings(look: Path, project: ProjectFolder) -> None:
    project.notebook("demo", "## One", "1")
    result = project.quarterdeck("run", "demo")
    assert result.exit_code == 2
    assert "demo: there is no such report" in result.stderr


def test_outputs_of_a_free_notebook_may_stand_on_disk_but_not_in_git(
    look: Path, project: ProjectFolder
) -> None:
    project.write("params/sources.yaml", "tables: {}\n")
    book = nbformat.read(look, as_version=4)
    book.cells[1].outputs = [new_output("stream", text="words of a customer")]
    nbformat.write(book, look)
    assert project.quarterdeck("check").exit_code == 0
    subprocess.run(["git", "init", "-q"], cwd=project.root, check=True)
    assert project.quarterdeck("check").exit_code == 0
    subprocess.run(["git", "add", "notebooks"], cwd=project.root, check=True)
    result = project.quarterdeck("check")
    assert result.exit_code == 2
    assert result.stdout.startswith(
        f"{look}: its outputs stand in git. Take them out (quarterdeck clean look, git add)"
    )
    project.quarterdeck("clean", "look")
    subprocess.run(["git", "add", "notebooks"], cwd=project.root, check=True)
    assert project.quarterdeck("check").exit_code == 0
