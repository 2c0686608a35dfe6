"""The plan: which editions there are, what they are called, and why they would run."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import pytest

from helpers.records import SettingsError
from quarterdeck import QuarterdeckError
from quarterdeck.plan.editions import plan
from quarterdeck.plan.request import Planned, Selection

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

AS_OF = date(2026, 11, 22)
REPORT = """title: "Demo, {period}, {region}"
matrix: {region: [all, AMER, EMEA]}
choices: {region: [all, AMER, EMEA, LATAM]}
"""


@pytest.fixture
def demo(project: ProjectFolder) -> ProjectFolder:
    project.notebook("demo", "## One", "region")
    project.report("demo", REPORT)
    return project


def planned(project: ProjectFolder, **asked: object) -> list[Planned]:
    return plan(project.layout, Selection(**{"as_of": AS_OF, **asked}))  # type: ignore[arg-type]


def editions(project: ProjectFolder, **asked: object) -> list[str]:
    return [item.request.edition for item in planned(project, **asked)]


def test_an_edition_is_named_by_its_period_and_its_matrix(demo: ProjectFolder) -> None:
    assert editions(demo) == ["2026q3-all", "2026q3-amer", "2026q3-emea"]
    assert planned(demo)[2].request.title == "Demo, 2026 Q3, EMEA"
    assert planned(demo)[0].request.title == "Demo, 2026 Q3, all regions"


def test_relative_periods_are_resolved_from_as_of_and_the_fiscal_year(demo: ProjectFolder) -> None:
    assert editions(demo, as_of=date(2026, 10, 1), only="*-all") == ["2026q3-all"]
    assert editions(demo, as_of=date(2026, 9, 30), only="*-all") == ["2026q2-all"]
    demo.write("params/project.yaml", "fiscal_year_start: 4\n")
    assert editions(demo, only="*-all") == ["2027q2-all"]
    assert planned(demo)[0].request.title == "Demo, FY2027 Q2, all regions"


@pytest.mark.parametrize(("grain", "name"), [("month", "2026_10-all"), ("week", "2026w47-all")])
def test_relative_periods_are_of_the_grain_of_the_report(demo: ProjectFolder, grain: str, name: str) -> None:
    """22 November 2026 is the Sunday of week 47, which is over on the day after."""
    demo.report("demo", f"{REPORT}grain: {grain}\n")
    assert editions(demo, as_of=date(2026, 11, 23), only="*-all") == [name]
    before = name if grain == "month" else "2026w46-all"
    assert editions(demo, as_of=date(2026, 11, 22), only="*-all") == [before]


def test_the_command_line_chooses_within_the_matrix(demo: ProjectFolder) -> None:
    assert editions(demo, overrides={"region": "EMEA"}) == ["2026q3-emea"]
    assert editions(demo, overrides={"region": "LATAM", "period": "2026Q1"}) == ["2026q1-latam"]
    assert editions(demo, overrides={"period": "2025"}, only="demo/*-[ae]m*") == ["2025-amer", "2025-emea"]


def test_another_parameter_makes_a_draft(demo: ProjectFolder) -> None:
    drafts = planned(demo, overrides={"confidence": "0.9", "region": "EMEA"})
    [name] = [item.request.edition for item in drafts]
    assert name.startswith("2026q3-emea~")
    assert len(name) == len("2026q3-emea~") + 6
    assert drafts[0].request.draft
    assert editions(demo, overrides={"confidence": "0.9", "region": "EMEA"}) == [name]
    assert editions(demo, overrides={"confidence": "0.8", "region": "EMEA"}) != [name]
    assert editions(demo, overrides={"confidence": "0.95", "region": "EMEA"}) == ["2026q3-emea"]


def test_the_command_names_just_this_edition(demo: ProjectFolder) -> None:
    for item in planned(demo, overrides={"confidence": "0.9"}):
        words = item.request.command.split()
        assert words[:3] == ["quarterdeck", "run", "demo"]
        overrides = dict(word.split("=") for word in words[4::2])
        again = planned(demo, overrides=overrides)
        assert [found.request for found in again] == [item.request]


def test_an_experiment_is_named_by_its_id(project: ProjectFolder) -> None:
    project.notebook("readout", "## One", "1", parameters='experiment: str = "one_step"  # which')
    project.report("readout", "title: '{experiment}'\nmatrix: {experiment: [one_step, Two Step]}\n")
    assert editions(project) == ["one_step", "two_step"]
    assert planned(project)[0].request.next_due is None


def test_equal_names_of_editions_are_an_error(demo: ProjectFolder) -> None:
    demo.report("demo", "title: x\nmatrix: {region: [EMEA, emea]}\n")
    with pytest.raises(SettingsError, match=r"demo\.yaml: two editions have the name 2026q3-emea"):
        planned(demo)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"reports": ("dmo",)}, r"dmo: there is no such report .* Did you mean demo\?"),
        (
            {"overrides": {"regoin": "all"}},
            r"-p regoin=all: demo has no parameter regoin\. Did you mean region\?",
        ),
        ({"overrides": {"region": "EMAE"}}, r"region = EMAE is none of its choices\. Did you mean EMEA\?"),
        (
            {"overrides": {"confidence": "1"}},
            r"-p confidence=1: confidence \(declared float\): 1\.0: .*0\.999",
        ),
        ({"only": "2020*"}, r"--only 2020\*: no edition has such a name"),
    ],
)
def test_what_there_is_not_cannot_be_asked_for(
    demo: ProjectFolder, asked: dict[str, object], told: str
) -> None:
    with pytest.raises(QuarterdeckError, match=told):
        planned(demo, **asked)


def test_limits_come_from_the_file_unless_the_command_line_says_otherwise(demo: ProjectFolder) -> None:
    demo.report("demo", "title: x\ntimeout: {edition: 10 min, cell: 1 min}\nretries: 2\nmemory: 1 GB\n")
    request = planned(demo)[0].request
    assert (request.edition_seconds, request.cell_seconds, request.retries) == (600, 60, 2)
    assert request.memory == 10**9
    request = planned(demo, timeout=5.0, retries=0)[0].request
    assert (request.edition_seconds, request.cell_seconds, request.retries) == (5, 5, 0)


def test_planning_imports_neither_pandas_nor_ibis_nor_a_notebook_library(demo: ProjectFolder) -> None:
    code = (
        "import sys; sys.argv = ['quarterdeck', 'plan']\n"
        "from quarterdeck.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = 'pandas numpy ibis duckdb nbformat papermill nbclient IPython'.split()\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=demo.root, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-2:] == ["3 of 3 editions would run.", "[]"]
