"""quarterdeck clean, by name, by path, for all, and as a filter of git."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output
from tests.conftest import sound_notebook

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import ProjectFolder


def run(path: Path) -> None:
    """Leave a notebook as it is stored elsewhere, after Run All."""
    book = nbformat.read(path, as_version=4)
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [new_output("stream", text="7")], 1
            cell.metadata["execution"] = {"iopub.status.busy": "2026-11-27T09:00:00Z"}
    nbformat.write(book, path)


def free(project: ProjectFolder, name: str) -> Path:
    path = project.root / "notebooks" / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1", metadata={"tags": ["explore"]})]), path)
    run(path)
    return path


def test_it_tells_what_it_takes_and_a_second_time_takes_nothing(project: ProjectFolder) -> None:
    path = project.sound_notebook("demo")
    clean = path.read_text(encoding="utf-8")
    run(path)
    told = f"{path}: outputs (7), execution counts (7), execution (7)\n"
    assert project.quarterdeck("clean", "--check").stdout == f"{told}1 of 1 notebook would change.\n"
    assert project.quarterdeck("clean", "--check").exit_code == 1
    assert path.read_text(encoding="utf-8") != clean
    assert project.quarterdeck("clean").stdout == f"{told}1 of 1 notebook changed.\n"
    assert path.read_text(encoding="utf-8") == clean
    again = project.quarterdeck("clean", "--check")
    assert (again.exit_code, again.stdout) == (0, "0 of 1 notebook would change.\n")


def test_free_notebooks_are_cleaned_where_they_are_named(project: ProjectFolder) -> None:
    path = free(project, "look")
    before = path.read_bytes()
    assert project.quarterdeck("clean").stdout == "0 of 0 notebooks changed.\n"
    assert path.read_bytes() == before
    answer = json.loads(project.quarterdeck("clean", "look", "--json").stdout)
    assert answer == {"changed": {str(path): "outputs (1), execution counts (1), execution (1)"}}
    assert path.read_bytes() != before


def test_a_path_may_lie_outside_of_any_project_and_a_link_stays_one(project: ProjectFolder) -> None:
    path = free(project, "look")
    link = project.root / "link.ipynb"
    link.symlink_to(path)
    assert project.quarterdeck("clean", "link.ipynb").exit_code == 0
    assert link.is_symlink()
    assert nbformat.read(path, as_version=4).cells[0].outputs == []


def test_an_unknown_name_is_told_with_a_likely_one(project: ProjectFolder) -> None:
    project.sound_notebook("demo")
    result = project.quarterdeck("clean", "demmo")
    assert result.exit_code == 2
    assert "demmo: there is no such notebook. Did you mean demo?" in result.stderr


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def test_as_a_filter_it_keeps_outputs_out_of_git_and_in_the_folder(project: ProjectFolder) -> None:
    path = free(project, "look")
    git(project.root, "init", "-q")
    git(
        project.root,
        "config",
        "filter.quarterdeck.clean",
        f"{sys.executable} -m quarterdeck.cli clean --stdin",
    )
    git(project.root, "config", "filter.quarterdeck.required", "true")
    project.write(".gitattributes", "*.ipynb filter=quarterdeck\n")
    git(project.root, "add", "--all")
    git(project.root, "commit", "-q", "-m", "A look")
    assert '"7"' in path.read_text(encoding="utf-8")
    assert '"7"' not in git(project.root, "show", "HEAD:notebooks/look.ipynb")
    assert git(project.root, "status", "--short") == ""
    run(path)
    assert git(project.root, "diff") == ""


def test_as_a_filter_it_refuses_what_is_no_notebook(project: ProjectFolder) -> None:
    command = [sys.executable, "-m", "quarterdeck.cli", "clean", "--stdin"]
    done = subprocess.run(command, input=b"{", capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"Error: standard input: this is no notebook that can be read")


def test_as_a_filter_it_gives_back_what_is_clean_byte_by_byte(project: ProjectFolder) -> None:
    text = (nbformat.writes(sound_notebook()) + "\n").encode()
    command = [sys.executable, "-m", "quarterdeck.cli", "clean", "--stdin"]
    assert subprocess.run(command, input=text, capture_output=True, check=True).stdout == text
