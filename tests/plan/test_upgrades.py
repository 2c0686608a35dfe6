"""What a new version means for settings that a project has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from quarterdeck.archive.shipped import program_version
from quarterdeck.plan.upgrades import changed_meanings, last_version

if TYPE_CHECKING:
    from tests.conftest import Editions, ProjectFolder


def test_only_settings_that_are_there_are_named_with_their_line(project: ProjectFolder) -> None:
    project.report("demo", "title: x\nparameters: {period: 2026Q3, confidence: 0.9}\n")
    project.report("other", "title: x    # confidence: of nothing\n")
    told = list(changed_meanings(project.layout, "0.1.0", "0.2.0"))
    assert [one.partition(" since")[0] for one in told] == [
        f"{project.root / 'params/demo.yaml'}:2: confidence:",
        f"{project.root / 'params/demo.yaml'}:2: period:",
    ]


def test_what_changed_before_or_is_still_to_come_is_not_told(project: ProjectFolder) -> None:
    project.report("demo", "title: x\nparameters: {confidence: 0.9}\n")
    assert list(changed_meanings(project.layout, "0.2.0", "0.3.0")) == []
    assert list(changed_meanings(project.layout, "0.1.0", "0.1.1")) == []


def test_the_newest_run_tells_the_version(editions: Editions) -> None:
    assert last_version(editions.layout) is None
    editions.add(version="0.1.7")
    assert last_version(editions.layout) == "0.1.7"


def test_a_run_that_did_not_note_it_is_of_the_first_version(editions: Editions) -> None:
    editions.add()
    assert last_version(editions.layout) == "0.1.0"


def test_the_command_changes_nothing_and_says_so(project: ProjectFolder) -> None:
    refused = project.quarterdeck("upgrade")
    assert refused.exit_code == 2 and "upgrade --check" in refused.output
    answer = json.loads(project.quarterdeck("upgrade", "--check", "--json").output)
    assert answer == {"since": None, "now": program_version(), "changed": []}
    assert "has not run yet" in project.quarterdeck("upgrade", "--check").output
