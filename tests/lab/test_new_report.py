"""A report from the scaffold passes what every report passes, and runs at once, in a project of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from tests.conftest import ROOT
from tests.lab.company import Company, working

LONG = "a_report_with_a_name_of_thirty"
TABLES = ("responses", "users", "invitations", "tickets", "mentions", "assignments", "events", "totals")
"""Every table that the sample company declares and that stands in time."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    root = tmp_path_factory.mktemp("company")
    for name in ("params", "notebooks"):
        shutil.copytree(ROOT / name, root / name)
    with working(root) as made:
        yield made


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


@pytest.mark.slow
def test_what_is_written_is_typed(company: Company) -> None:
    nbformat.write(look(), company.root / "notebooks" / "look.ipynb")
    for name, arguments in {"typed_load": ("--table", "tickets"), "typed_days": ("--from", "look")}.items():
        assert company.quarterdeck("new", "report", name, *arguments).returncode == 0
        company.is_typed(name)


def test_of_any_table_and_with_the_longest_name(company: Company) -> None:
    names = [f"{LONG[: -len(table) - 1]}_{table}" for table in TABLES]
    for name, table in zip(names, TABLES, strict=True):
        assert len(name) == 30
        assert company.quarterdeck("new", "report", name, "--table", table).returncode == 0
    company.is_sound(*names)
    for path in (path for name in names for path in company.files(name)):
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
