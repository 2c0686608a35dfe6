"""Drafts: made, listed, compared, published, removed; the edition of record is never touched by one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import nbformat
import pytest

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

SHOWN = """from helpers import findings
findings.number("answers", {}, unit="count", label="Answers", headline=True)"""


@pytest.fixture
def demo(project: ProjectFolder) -> ProjectFolder:
    """A report that shows one number, 40."""
    project.notebook("demo", "## One", SHOWN.format(40))
    project.report("demo", "title: 'Demo, {region}'\nmatrix: {region: [all]}\n")
    return project


def show(project: ProjectFolder, number: int) -> None:
    """Change what the notebook shows."""
    path = project.layout.notebook("demo")
    book = nbformat.read(path, as_version=4)
    book.cells[-1].source = SHOWN.format(number)
    nbformat.write(book, path)


def seen(project: ProjectFolder, edition: str) -> str:
    return project.layout.page("demo", edition).read_text(encoding="utf-8")


def test_a_draft_stands_beside_the_edition_of_record_and_enters_no_history(demo: ProjectFolder) -> None:
    assert demo.quarterdeck("run").exit_code == 0
    before = seen(demo, "2026q3-all")
    show(demo, 41)
    answer = demo.quarterdeck("run", "demo", "--draft")
    page = demo.layout.page("demo", "2026q3-all~draft")
    assert answer.stdout.splitlines()[0] == f"demo/2026q3-all~draft is a draft: {page}"
    assert "Draft: not the edition of record" in seen(demo, "2026q3-all~draft")
    assert "quarterdeck run demo --draft -p period=2026Q3 -p region=all" in seen(demo, "2026q3-all~draft")
    assert seen(demo, "2026q3-all") == before
    history = json.loads(demo.quarterdeck("history", "--json").stdout)
    assert [run["edition"] for run in history] == ["2026q3-all"]
    with_drafts = json.loads(demo.quarterdeck("history", "--drafts", "--json").stdout)
    assert [run["edition"] for run in with_drafts] == ["2026q3-all~draft", "2026q3-all"]
    assert "demo/2026q3-all: notebook" in demo.quarterdeck("plan").stdout  # the draft has not run it


def test_it_is_compared_with_the_edition_of_record(demo: ProjectFolder) -> None:
    demo.quarterdeck("run", "demo", "--draft")
    refused = demo.quarterdeck("diff", "demo/2026q3-all~draft")
    assert "demo/2026q3-all never ran" in refused.stderr
    demo.quarterdeck("run")
    show(demo, 41)
    demo.quarterdeck("run", "demo", "--draft")
    found = json.loads(demo.quarterdeck("diff", "demo/2026q3-all~draft", "--json").stdout)
    [pair] = found["findings"]
    assert (pair["first"]["value"], pair["second"]["value"], pair["same"]) == (40, 41, False)


def test_published_it_becomes_the_edition_of_record_and_is_a_draft_no_more(demo: ProjectFolder) -> None:
    demo.quarterdeck("run")
    show(demo, 41)
    demo.quarterdeck("run", "demo", "--draft")
    assert demo.quarterdeck("publish", "demo/2026q3-all~draft").exit_code == 0
    assert [record.findings[0].value for record in demo.records()] == [40, 41]
    assert not demo.layout.page("demo", "2026q3-all~draft").exists()
    assert demo.quarterdeck("drafts").stdout.startswith("There is no such draft.")
    assert "Draft" not in seen(demo, "2026q3-all")
    assert demo.quarterdeck("plan").stdout.startswith("demo/2026q3-all: up to date")


def test_only_what_was_looked_at_is_published(demo: ProjectFolder) -> None:
    demo.quarterdeck("run", "demo", "--draft")
    show(demo, 42)
    answer = demo.quarterdeck("publish", "demo/2026q3-all~draft")
    assert answer.exit_code == 2
    assert "it is out of date (notebook" in answer.stderr
    assert not demo.layout.page("demo", "2026q3-all").exists()


def test_with_another_parameter_than_the_files_it_cannot_be_published(demo: ProjectFolder) -> None:
    demo.quarterdeck("run", "demo", "-p", "confidence=0.9")
    [record] = demo.records()
    answer = demo.quarterdeck("publish", f"demo/{record.edition}")
    assert answer.exit_code == 2
    assert "confidence 0.9 is not what demo.yaml says" in answer.stderr


def test_a_draft_that_failed_cannot_be_published(demo: ProjectFolder) -> None:
    book = nbformat.read(demo.layout.notebook("demo"), as_version=4)
    book.cells[-1].source = "1 / 0"
    nbformat.write(book, demo.layout.notebook("demo"))
    demo.quarterdeck("run", "demo", "--draft")
    answer = demo.quarterdeck("publish", "demo/2026q3-all~draft")
    assert answer.exit_code == 2
    assert "cannot be published: it ended failed" in answer.stderr


def test_drafts_are_listed_and_removed_and_editions_of_record_stay(demo: ProjectFolder) -> None:
    demo.quarterdeck("run")
    demo.quarterdeck("run", "demo", "--draft")
    demo.quarterdeck("run", "demo", "-p", "confidence=0.9")
    listed = demo.quarterdeck("drafts").stdout.splitlines()
    assert len(listed) == 2
    assert "(confidence 0.9) ok: " in listed[0]
    assert demo.quarterdeck("drafts", "demo/*~draft", "--remove").stdout == "demo/2026q3-all~draft removed\n"
    assert demo.quarterdeck("drafts", "demo", "--remove").exit_code == 0
    assert [record.edition for record in demo.records()] == ["2026q3-all"]
    assert seen(demo, "2026q3-all")
    catalogue = demo.layout.catalogue.read_text(encoding="utf-8")
    assert "~" not in catalogue.split('id="data"')[1].split("</script>")[0]
