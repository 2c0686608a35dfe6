"""Two runs side by side, and a run again from its record."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from quarterdeck.cli.answers import compared
from quarterdeck.run.compare import FindingPair, RunComparison

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

SHARE = """from IPython.display import display
share = {"EMEA": 0.25, "all": 0.5}[region] if confidence == 0.95 else 0.75
display({"application/vnd.quarterdeck.finding.v1+json": {
    "key": "csat", "label": "CSAT", "value": share, "unit": "share", "period": period,
    "headline": True, "text": {"value": f"{share:.0%}", "interval": "20 to 80"}}}, raw=True)"""
RANDOM = "import random\nprint(random.SystemRandom().random())"


@pytest.fixture
def demo(project: ProjectFolder) -> ProjectFolder:
    project.notebook("demo", "## One", SHARE)
    project.report("demo", "title: '{region}'\nmatrix: {region: [all, EMEA]}\n")
    return project


def test_two_runs_stand_side_by_side_with_what_differed(demo: ProjectFolder) -> None:
    demo.quarterdeck("run", "--no-publish")
    first, second = demo.records()
    result = demo.quarterdeck("diff", first.run_id, second.digest)
    assert result.exit_code == 0
    assert "50% [20 to 80]" in result.stdout
    assert "25% [20 to 80]" in result.stdout
    assert "region: all → EMEA\n" in result.stdout

    found = json.loads(demo.quarterdeck("diff", first.run_id, first.digest, "--json").stdout)
    assert found["findings"][0]["same"]
    assert (found["parameters"], found["inputs"]) == ([], [])


def test_a_run_again_is_the_same_byte_by_byte_until_something_changed(demo: ProjectFolder) -> None:
    demo.quarterdeck("run", "-p", "region=EMEA")
    [record] = demo.records()
    before = sorted(demo.layout.outputs.rglob("*"))
    result = demo.quarterdeck("verify", record.digest)
    assert (result.exit_code, result.stdout) == (0, f"{record.run_id}: the same, byte by byte.\n")
    assert sorted(demo.layout.outputs.rglob("*")) == before

    demo.notebook("demo", "## One", SHARE.replace("0.25", "0.3"))
    result = demo.quarterdeck("verify", record.run_id)
    assert result.exit_code == 1
    assert "ended ok, and now ok with another page." in result.stdout
    assert "notebooks/demo.ipynb changed" in result.stdout
    assert "30% [20 to 80]" in result.stdout


def test_chance_in_a_notebook_is_found_by_verifying(project: ProjectFolder) -> None:
    project.notebook("demo", "## One", RANDOM)
    project.report("demo")
    project.quarterdeck("run")
    result = project.quarterdeck("verify", project.records()[0].run_id, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert (found["same"], found["same_page"], found["inputs"]) == (False, False, [])


def test_a_run_that_there_is_not_cannot_be_compared(demo: ProjectFolder) -> None:
    result = demo.quarterdeck("diff", "0123456789", "x")
    assert result.exit_code == 2
    assert "0123456789: no run has this id, digest or edition" in result.output


def test_long_names_that_begin_alike_stay_two_in_a_narrow_terminal() -> None:
    keys = [f"support_backlog.share@product_area=integrations_and_exports_{end}" for end in ("one", "two")]
    comparison = RunComparison(tuple(FindingPair(key, None, None) for key in keys), (), ())
    table, _ = compared(comparison)
    told = io.StringIO()
    Console(file=told, width=60).print(table)
    text = re.sub(r"[^\w@.=]", "", told.getvalue())
    assert all(re.sub(r"[^\w@.=]", "", key) in text for key in keys)
