"""A company's own project: what `init` writes passes what is asked of every project."""

from __future__ import annotations

import json
import subprocess
import tomllib
from datetime import date
from pathlib import Path

import pytest
import yaml
from tests.conftest import ROOT, ProjectFolder

from helpers.records import project as settings_of
from quarterdeck import QuarterdeckError
from quarterdeck.archive.layout import Layout
from quarterdeck.lab import new_project, new_report
from quarterdeck.plan import own_code
from quarterdeck.plan.check import check
from quarterdeck.plan.editions import plan
from quarterdeck.plan.request import Selection

REPORTS = ["adoption_tracking", "experiment_readout", "market_region_comparison", "quarterly_feedback"]


@pytest.fixture
def demo(tmp_path: Path) -> Layout:
    new_project.begin(tmp_path / "demo", sample=True)
    return Layout.find(tmp_path / "demo")


@pytest.fixture
def acme(tmp_path: Path) -> Layout:
    new_project.begin(tmp_path / "Acme-Two", sample=False)
    return Layout.find(tmp_path / "Acme-Two")


def test_with_the_sample_company_every_report_is_planned(demo: Layout) -> None:
    assert demo.reports == REPORTS
    assert list(demo.notebooks.glob("*.ipynb")) == []
    planned = plan(demo, Selection(date(2026, 11, 22)))
    assert len(planned) == 21
    assert {item.request.notebook.parent for item in planned} == {ROOT / "notebooks"}
    settings = settings_of(demo.params)
    assert (settings.name, settings.packages) == ("Harbourlight", ("demo_reports",))
    assert list(own_code.problems(demo, settings)) == []


def test_without_it_check_names_the_tables_that_are_missing_and_nothing_else(acme: Layout) -> None:
    problems = check(acme)
    assert len(problems) == 4
    assert all("sources.yaml" in one and "remove" in one for one in problems)
    for name in acme.reports:
        acme.report_file(name).unlink()
    assert check(acme) == []


def test_it_is_called_by_its_folder(acme: Layout) -> None:
    settings = settings_of(acme.params)
    assert (settings.name, settings.packages) == ("Acme two", ("acme_two_reports",))
    made = tomllib.loads((acme.root / "pyproject.toml").read_text(encoding="utf-8"))
    assert made["project"]["name"] == "acme-two-reports"
    assert made["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["src/acme_two_reports"]
    readme = (acme.root / "README.md").read_text(encoding="utf-8")
    assert "quarterdeck run" in readme and "quarterdeck lab" in readme and "acme_two_reports" in readme


def test_what_belongs_to_the_sample_company_is_not_another_companys(acme: Layout) -> None:
    metrics = yaml.safe_load((acme.params / "metrics.yaml").read_text(encoding="utf-8"))["metrics"]
    assert metrics["nps"]["good"] == "higher" and metrics["resolved_in_time"]["within_days"] == 3
    assert not {"owner", "target", "by", "matters"} & {key for one in metrics.values() for key in one}
    assert not (acme.params / "experiments").exists()


def test_its_ci_file_checks_and_compares(acme: Layout) -> None:
    jobs = yaml.safe_load((acme.root / ".github/workflows/reports.yml").read_text(encoding="utf-8"))["jobs"]
    steps = [step.get("run", "") for step in jobs["reports"]["steps"]]
    assert "quarterdeck check" in steps
    assert "quarterdeck diff" in steps[-1]
    subprocess.run(["bash", "-n"], input=steps[-1], text=True, check=True)


def test_nothing_is_written_over(acme: Layout) -> None:
    with pytest.raises(QuarterdeckError, match="something is here already"):
        new_project.begin(acme.root, sample=True)


def test_a_name_that_no_package_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuarterdeckError, match="2026_reports is no name for a package"):
        new_project.begin(tmp_path / "2026", sample=False)
    assert not (tmp_path / "2026").exists()


def test_init_tells_what_it_wrote_and_what_is_next(project: ProjectFolder) -> None:
    told = project.quarterdeck("init", "acme", "--sample").output.splitlines()
    assert told[-1] == "Next: cd acme && quarterdeck run"
    assert all(Path(line).is_file() for line in told[:-1])
    assert json.loads(project.quarterdeck("init", "other", "--json").output)["files"]


def test_a_report_of_ones_own_is_made_from_a_shipped_one(demo: Layout) -> None:
    notebook, settings = new_report.own_copy(demo, "our_feedback", "quarterly_feedback")
    assert notebook == demo.notebook("our_feedback") == demo.root / "notebooks/our_feedback.ipynb"
    assert notebook.read_bytes() == (ROOT / "notebooks/quarterly_feedback.ipynb").read_bytes()
    assert settings.read_bytes() == demo.report_file("quarterly_feedback").read_bytes()
    assert demo.reports == sorted([*REPORTS, "our_feedback"])


def test_under_its_own_name_it_takes_the_place_of_the_shipped_one(demo: Layout) -> None:
    assert new_report.own_copy(demo, "quarterly_feedback", "quarterly_feedback") == [
        demo.root / "notebooks/quarterly_feedback.ipynb"
    ]
    assert demo.notebook("quarterly_feedback").is_relative_to(demo.root)
    with pytest.raises(QuarterdeckError, match="this file is there already"):
        new_report.own_copy(demo, "quarterly_feedback", "quarterly_feedback")


def test_the_helper_of_a_new_report_goes_into_the_companys_package(demo: Layout) -> None:
    written = new_report.write(demo, new_report.outline(demo, "ticket_load", "tickets", "region", None))
    assert demo.root / "src/demo_reports/ticket_load.py" in written
    assert "from demo_reports import ticket_load" in written[0].read_text(encoding="utf-8")
    assert not [one for one in check(demo) if "ticket_load.ipynb" in one]
