"""The command line from end to end: run, plan, publish, history, check; statuses and JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from quarterdeck.archive import ledger

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

FLAKY = """import os, pathlib
if region == "EMEA" and pathlib.Path(os.environ["QUARTERDECK_PARAMS"], "broken").exists():
    raise ValueError("The survey tool is down.")"""


@pytest.fixture
def demo(project: ProjectFolder) -> ProjectFolder:
    project.notebook("demo", "x = 1", "## One", "x", "## Two", FLAKY)
    project.report("demo", 'title: "Demo, {period}, {region}"\nmatrix: {region: [all, EMEA]}\n')
    return project


def test_from_run_to_page_and_what_is_done_again(demo: ProjectFolder) -> None:
    first = demo.quarterdeck("run")
    assert first.exit_code == 0
    assert first.stdout == f"2 ok, 0 up to date.\n{demo.layout.catalogue}\n"
    assert all(demo.layout.page("demo", edition).is_file() for edition in ("2026q3-all", "2026q3-emea"))
    assert [record.published for record in demo.records()] == ["live", "live"]

    assert demo.quarterdeck("plan").stdout.splitlines()[0] == "demo/2026q3-all: up to date"
    assert demo.quarterdeck("run").stdout.startswith("2 up to date.")
    assert len(demo.records()) == 2

    demo.write("params/broken", "")
    demo.report("demo", 'title: "A demo, {period}, {region}"\nmatrix: {region: [all, EMEA]}\n')
    assert demo.quarterdeck("plan").stdout.splitlines() == [
        "demo/2026q3-all: params/demo.yaml changed",
        "demo/2026q3-emea: params/demo.yaml changed",
        "2 of 2 editions would run.",
    ]
    second = demo.quarterdeck("run")
    assert second.exit_code == 1
    told = (
        "demo/2026q3-emea is incomplete: it failed in cell 7 (Two), at 'raise ValueError(\"The survey tool "
        "is down.\")': ValueError: The survey tool is down. More in "
    )
    assert second.stdout.startswith(told)
    assert "1 ok, 1 incomplete, 0 up to date." in second.stdout
    assert "its last run ended incomplete" in demo.quarterdeck("plan").stdout

    (demo.root / "params/broken").unlink()
    assert demo.quarterdeck("run", "--failed", "--force").stdout.startswith("1 ok, 0 up to date.")
    assert [record.status for record in demo.records()] == ["ok", "ok", "ok", "incomplete", "ok"]

    listed = json.loads(demo.quarterdeck("history", "--json").stdout)
    assert len(listed) == 5
    assert demo.quarterdeck("history", "demo").stdout.count("demo/2026q3-emea") == 3
    demo.layout.ledger.unlink()
    assert ledger.rebuild(demo.layout) == 5
    assert json.loads(demo.quarterdeck("history", "--json").stdout) == listed

    demo.layout.page("demo", "2026q3-all").unlink()
    assert demo.quarterdeck("publish").stdout == f"2 pages published.\n{demo.layout.catalogue}\n"
    assert demo.layout.page("demo", "2026q3-all").is_file()


def test_json_is_one_document_and_nothing_else(demo: ProjectFolder) -> None:
    planned = json.loads(demo.quarterdeck("plan", "--json").stdout)
    assert [(item["edition"], item["up_to_date"], item["reasons"]) for item in planned] == [
        ("2026q3-all", False, ["it never ran"]),
        ("2026q3-emea", False, ["it never ran"]),
    ]
    ran = json.loads(demo.quarterdeck("run", "--json", "-p", "region=EMEA", "-p", "confidence=0.9").stdout)
    [run] = ran["runs"]
    assert (run["status"], run["published"]) == ("ok", "draft")
    assert run["edition"].startswith("2026q3-emea~")
    page = demo.layout.page("demo", run["edition"])
    assert page.is_file()
    assert ran["pages"] == {f"demo/{run['edition']}": str(page)}
    assert not demo.layout.page("demo", "2026q3-emea").exists()


def test_without_publishing_no_page_is_written(demo: ProjectFolder) -> None:
    result = demo.quarterdeck("run", "--no-publish", "--only", "*-all")
    assert result.stdout == "1 ok, 0 up to date.\n"
    assert not demo.layout.site.exists()
    assert demo.records()[0].published is None


def test_history_of_nothing_says_how_to_begin(demo: ProjectFolder) -> None:
    assert demo.quarterdeck("history").stdout == "There is no such run. quarterdeck run makes the first.\n"


def test_help_needs_no_heavy_import(demo: ProjectFolder) -> None:
    code = (
        "import sys; sys.argv = ['quarterdeck', '--help']\n"
        "from quarterdeck.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert end.code == 0\n"
        "heavy = 'pydantic yaml pandas ibis nbformat papermill nbclient jupyter_client'.split()\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "history" in done.stdout
