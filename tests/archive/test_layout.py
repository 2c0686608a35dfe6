"""Where things live: outputs of their own for each folder of params, and commands that name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quarterdeck.archive.layout import Layout

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import ProjectFolder


def outputs(project: ProjectFolder, params: Path) -> str:
    params.mkdir(parents=True, exist_ok=True)
    return Layout.find(project.root, params).outputs.relative_to(project.root).as_posix()


@pytest.mark.parametrize(
    ("params", "where"),
    [("params", "outputs"), ("mine", "outputs/mine"), ("acme/params", "outputs/acme-params")],
)
def test_each_folder_of_params_has_outputs_of_its_own(
    project: ProjectFolder, params: str, where: str
) -> None:
    assert outputs(project, project.root / params) == where


def test_no_two_folders_of_params_share_their_outputs(project: ProjectFolder) -> None:
    folders = [project.root.parent / f"{project.root.name}-{one}" / "acme" / "params" for one in "ab"]
    others = [project.root / "site", project.root / "acme" / "params", *folders]
    found = [outputs(project, folder) for folder in others]
    assert len(set(found)) == 4
    assert found[0].startswith("outputs/site-") and found[2].startswith("outputs/acme-params-")


def test_what_is_said_of_outputs_holds(project: ProjectFolder) -> None:
    (project.root / "mine").mkdir()
    elsewhere = Layout.find(project.root, project.root / "mine", project.root / "there")
    assert elsewhere.outputs == project.root / "there"


def test_a_command_names_the_folder_that_is_not_the_projects(project: ProjectFolder) -> None:
    (project.root / "my own").mkdir()
    assert Layout.find(project.root).command("run", "demo") == "quarterdeck run demo"
    mine = Layout.find(project.root, project.root / "my own")
    assert mine.command("run", "demo") == "quarterdeck run demo --params 'my own'"
