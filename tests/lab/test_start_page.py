"""The page that JupyterLab opens first: what it says of reports, data and free notebooks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook

from quarterdeck.lab import start_page

if TYPE_CHECKING:
    from tests.conftest import Editions, ProjectFolder


def text_of(project: ProjectFolder) -> str:
    book = nbformat.read(start_page.write(project.layout), as_version=4)
    nbformat.validate(book)
    assert {cell.cell_type for cell in book.cells} == {"markdown"}
    return "\n".join(cell.source for cell in book.cells)


def test_a_report_is_listed_with_its_question_and_how_it_stands(project: ProjectFolder) -> None:
    project.notebook("demo", "## One", "print(7)")
    project.report("demo", "title: '{region}'\nquestion: What is new?\nmatrix: {region: [all]}\n")
    before = text_of(project)
    assert "[Demo](../../notebooks/demo.ipynb)" in before
    assert "What is new?" in before
    assert "It has not run yet." in before
    project.quarterdeck("run")
    after = text_of(project)
    assert "| [2026q3-all](../site/demo/2026q3-all/index.html), ok, " in after
    assert "| `quarterdeck run demo` |" in after
    assert "Draft:" not in after
    project.quarterdeck("run", "--draft")
    assert "Draft: [2026q3-all~draft](../site/demo/2026q3-all~draft/index.html)." in text_of(project)


def test_what_the_last_edition_found_is_told(project: ProjectFolder, editions: Editions) -> None:
    project.notebook("quarterly_feedback", "## One", "1")
    project.report("quarterly_feedback", "title: Feedback\n")
    editions.layout = project.layout
    editions.add(started="2026-10-05T06:00:00Z")
    editions.add(edition="2026q3-apac~123456", draft=True)
    told = text_of(project)
    assert "| 2026q3-apac, ok, " in told
    assert re.search(r"CSAT .*84\.1%", told)


def test_a_broken_report_does_not_keep_the_page_from_being_written(project: ProjectFolder) -> None:
    project.notebook("demo", "## One", "1")
    project.report("demo", "titel: x\n")
    assert "Its settings cannot be read:" in text_of(project)
    project.write("params/sources.yaml", "tables: 7\n")
    assert "## Data" in text_of(project)


def test_tables_are_listed_with_their_columns_and_free_notebooks_by_their_titles(
    project: ProjectFolder,
) -> None:
    project.write("data/users.csv", "user_id,signed_up_at,region\n1,2026-01-01,EMEA\n")
    project.write("params/sources.yaml", "tables:\n  users: {path: ../data/users.csv}\n")
    cells = [new_markdown_cell("# Who signs up", metadata={"tags": ["explore"]})]
    nbformat.write(new_notebook(cells=cells), project.root / "notebooks" / "sign_ups.ipynb")
    told = text_of(project)
    assert "- `users`: region, signed_up_at, user_id" in told
    assert "- [Who signs up](../../notebooks/sign_ups.ipynb)" in told
    links = [link for link in re.findall(r"\]\(([^)]+)\)", told) if link.startswith("../../notebooks")]
    assert all((project.layout.lab / link).exists() for link in links)
