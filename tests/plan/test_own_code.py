"""Packages of a company's own: what `check` says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpers.records import Project
from quarterdeck.plan import own_code

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder


def told(project: ProjectFolder, *packages: str) -> list[str]:
    return list(own_code.problems(project.layout, Project(packages=packages)))


def test_a_sound_package_and_none_at_all_are_fine(project: ProjectFolder) -> None:
    project.write("src/acme_reports/__init__.py", "from helpers import stats\n")
    assert told(project, "acme_reports") == []
    assert told(project) == []


def test_a_package_that_is_not_there_is_named(project: ProjectFolder) -> None:
    [problem] = told(project, "acme_reports")
    assert "packages: acme_reports is neither in" in problem and "acme_reports/__init__.py" in problem


@pytest.mark.parametrize("place", ["helpers.py", "src/helpers/__init__.py", "notebooks/helpers.py"])
def test_a_module_that_hides_ours_is_refused(project: ProjectFolder, place: str) -> None:
    project.write(place, "")
    [problem] = told(project)
    assert place.removesuffix("/__init__.py") in problem
    assert "hides the helpers of Quarterdeck" in problem


def test_modules_are_python_and_do_not_know_the_runner(project: ProjectFolder) -> None:
    project.write("src/acme_reports/__init__.py", "")
    project.write("src/acme_reports/a.py", "1\ndef\n")
    project.write("src/acme_reports/b.py", "from quarterdeck.plan import check\n")
    broken, knowing = told(project, "acme_reports")
    assert "a.py:2: " in broken
    assert "b.py: a helper imports from helpers, never from quarterdeck" in knowing
