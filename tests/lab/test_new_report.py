"""A report from the scaffold passes what every report passes, and runs at once, in a project of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parent.parent.parent
LONG = "a_report_with_a_name_of_thirty"
TABLES = [
    "responses",
    "users",
    *(
        pytest.param(name, marks=pytest.mark.slow)
        for name in ("invitations", "tickets", "mentions", "assignments", "events", "totals")
    ),
]


@dataclass(frozen=True)
class Company:
    """A copy of this project, in which `helpers` is its own."""

    root: Path

    def run(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", module, *arguments]
        environment = {**os.environ, "PYTHONPATH": str(self.root / "src")}
        return subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )

    def quarterdeck(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("quarterdeck.cli", *arguments)

    def written(self) -> list[Path]:
        """Every file where a scaffold might write one."""
        folders = ("notebooks", "params", "src", "tests")
        found = (path for folder in folders for path in (self.root / folder).rglob("*"))
        return sorted(path for path in found if "__pycache__" not in path.parts)

    def files(self, name: str) -> list[Path]:
        places = (
            f"notebooks/{name}.ipynb",
            f"params/{name}.yaml",
            f"src/helpers/{name}.py",
            f"tests/test_{name}.py",
        )
        return [self.root / place for place in places]

    def is_sound(self, name: str) -> None:
        """Lint, format, types, its own test and its examples, the rules of the house."""
        code = [f"src/helpers/{name}.py", f"tests/test_{name}.py"]
        for module, *arguments in (
            ("ruff", "check", "--no-cache", *code),
            ("ruff", "format", "--no-cache", "--check", *code),
            ("mypy", *code),
            ("pytest", "-q", "-p", "no:cacheprovider", f"tests/test_{name}.py"),
            ("pytest", "-q", "-p", "no:cacheprovider", "--doctest-modules", f"src/helpers/{name}.py"),
            ("quarterdeck.cli", "check"),
        ):
            done = self.run(module, *arguments)
            assert done.returncode == 0, f"{module}: {done.stdout}{done.stderr}"

    def ran(self, name: str) -> dict[str, Any]:
        """The record of a run of it."""
        done = self.quarterdeck("run", name, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        [run] = json.loads(done.stdout)["runs"]
        record: dict[str, Any] = json.loads((Path(run["folder"]) / "run.json").read_text(encoding="utf-8"))
        return record


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    root = tmp_path_factory.mktemp("company")
    for name in ("src", "templates", "params", "notebooks"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, root / name)
    return Company(root)


def test_it_stands_runs_and_is_no_draft(company: Company) -> None:
    done = company.quarterdeck("new", "report", "ticket_load", "--table", "tickets", "--by", "product_area")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:4] == [str(path) for path in company.files("ticket_load")]
    company.is_sound("ticket_load")
    record = company.ran("ticket_load")
    assert (record["status"], record["published"], record["draft"]) == ("ok", "live", False)
    keys = [finding["key"] for finding in record["findings"]]
    assert keys[0] == "ticket_load"
    assert "ticket_load.share@product_area=exports" in keys
    shares = [finding for finding in record["findings"] if finding["unit"] == "share"]
    assert all(one["low"] < one["value"] < one["high"] and one["change"] for one in shares)
    page = company.root / "outputs/site/ticket_load" / record["edition"] / "index.html"
    assert "By product area" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("table", TABLES)
def test_of_any_table_and_with_the_longest_name(company: Company, table: str) -> None:
    """Every table that the sample company declares and that stands in time; lint and rules only."""
    name = f"{LONG[: -len(table) - 1]}_{table}"
    assert len(name) == 30
    assert company.quarterdeck("new", "report", name, "--table", table).returncode == 0
    code = [f"src/helpers/{name}.py", f"tests/test_{name}.py"]
    assert company.run("ruff", "check", "--no-cache", *code).stdout == "All checks passed!\n"
    assert company.run("ruff", "format", "--no-cache", "--check", *code).returncode == 0
    assert company.quarterdeck("check").stdout == "No problem found.\n"
    tested = company.run("pytest", "-q", "-p", "no:cacheprovider", f"tests/test_{name}.py")
    assert tested.returncode == 0, tested.stdout
    for path in company.files(name):
        path.unlink()


def test_without_a_table_it_is_the_first_that_is_declared(company: Company) -> None:
    assert company.quarterdeck("new", "report", "some_answers", "--by", "region").returncode == 0
    notebook, settings, *_ = company.files("some_answers")
    assert 'sources.load("responses")' in notebook.read_text(encoding="utf-8").replace('\\"', '"')
    assert "region" not in settings.read_text(encoding="utf-8").partition("parameters:")[2]
    assert company.ran("some_answers")["status"] == "ok"


def look() -> Any:
    """A free notebook as analysts write them."""
    cells = [
        new_markdown_cell("# A look\n\nHow long tickets are open.", metadata={"tags": ["explore"]}),
        new_code_cell("import seaborn as sns\nfrom helpers import sources, style\nstyle.use()"),
        new_code_cell("fewest: int = 10  # tickets of an area", metadata={"tags": ["parameters"]}),
        new_code_cell(
            'tickets = sources.load("tickets")\n'
            "df = tickets.expr.to_pandas()\n"
            'df["days"] = (df.closed_at - df.opened_at).dt.days\n'
            'other = "not needed"'
        ),
        new_code_cell('df.groupby("region").size().to_frame("tickets")'),
        new_markdown_cell("## Days to close\n\nBy area."),
        new_code_cell(
            'sizes = df.groupby("product_area").size()\n'
            'medians = df.groupby("product_area").days.median()\n'
            "medians[sizes > fewest].to_frame()"
        ),
        new_markdown_cell("## A picture"),
        new_code_cell('axes = sns.histplot(data=df, x="days", bins=20)\naxes.set_title("Days to close")'),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def test_from_a_free_notebook_each_cell_that_shows_something_is_a_call(company: Company) -> None:
    nbformat.write(look(), company.root / "notebooks" / "look.ipynb")
    draft = company.ran("look")
    assert (draft["status"], draft["published"]) == ("ok", "draft")
    done = company.quarterdeck("new", "report", "ticket_days", "--from", "look")
    assert done.returncode == 0, done.stderr
    notebook, _, helper, _ = company.files("ticket_days")
    cells = [cell.source for cell in nbformat.read(notebook, as_version=4).cells]
    assert [source for source in cells if "first_look" in source or "days_to_close" in source] == [
        "ticket_days.first_look()",
        "ticket_days.days_to_close(fewest)",
    ]
    assert "fewest: int = 10  # tickets of an area" in cells[2]
    assert (
        "other" not in helper.read_text(encoding="utf-8").partition("def first_look")[2].partition("def _")[0]
    )
    company.is_sound("ticket_days")
    record = company.ran("ticket_days")
    assert (record["status"], record["published"]) == ("ok", "live")
    assert record["tables"][0]["name"] == "tickets"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["adoption_tracking"], "adoption_tracking.ipynb: this file is there already"),
        (["feedback"], "feedback is there already"),
        (["Ticket-Load"], "no name for a report"),
        (["class"], "no name for a report"),
        (["fresh", "--table", "tikets"], "there is no such table to count by. Did you mean tickets?"),
        (["fresh", "--table", "outcomes"], "outcomes: there is no such table to count by."),
        (["fresh", "--table", "tickets", "--by", "product_are"], "Did you mean product_area?"),
        (
            ["fresh", "--table", "tickets", "--by", "subject"],
            "there is no such column of tickets to count by.",
        ),
        (["fresh", "--from", "lok"], "--from lok: there is no such notebook."),
        (["fresh", "--from", "adoption_tracking"], "this is no free notebook"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    company: Company, arguments: list[str], told: str
) -> None:
    before = company.written()
    done = company.quarterdeck("new", "report", *arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert company.written() == before


def test_a_file_that_is_there_is_not_written_over(company: Company) -> None:
    path = company.root / "params" / "taken_name.yaml"
    path.write_text("mine", encoding="utf-8")
    done = company.quarterdeck("new", "report", "taken_name")
    assert done.returncode == 2
    assert f"{path}: this file is there already" in done.stderr
    assert path.read_text(encoding="utf-8") == "mine"
    assert not (company.root / "notebooks" / "taken_name.ipynb").exists()
    path.unlink()
