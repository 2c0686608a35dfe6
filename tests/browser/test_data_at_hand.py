"""Tables in a real JupyterLab: their cards in either theme, the list that opens, <Tab> inside quotes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect
from tests.browser.test_parameter_panel import Notebook, lab, opened, project

pytestmark = pytest.mark.browser
__all__ = ["lab", "opened", "project"]

CELLS = [
    "from helpers import sources",
    'responses = sources.load("responses")\nresponses',
    "sources.tables()",
    'responses.sql("select region, avg(score) as score from responses group by 1 order by 1")',
    "",
]


@pytest.fixture
def look(project: Path, opened: Callable[[str], Notebook]) -> Notebook:
    """A free notebook that looks at the data, run."""
    cells = [new_code_cell(source) for source in CELLS]
    cells[0].metadata["tags"] = ["explore"]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, project / "notebooks" / "look.ipynb")
    found = opened("look")
    found.run_all()
    return found


def test_tables_are_looked_at(look: Notebook, violations: Callable[..., list[str]]) -> None:
    card = look.cells.nth(1).locator("figure.qd")
    expect(card).to_contain_text("Answers to surveys, one row an answer.")
    expect(card).to_contain_text("First rows")
    meaning = card.get_by_text("The region of the customer.")
    assert meaning.evaluate("(cell) => getComputedStyle(cell).textAlign") == "left"
    wide = "(node) => node.scrollWidth <= node.clientWidth"
    assert card.evaluate(wide)

    listed = look.cells.nth(2).locator("figure.qd")
    users = listed.locator("summary", has_text="People who signed up")
    expect(listed.get_by_text("When the user signed up.")).to_be_hidden()
    users.click()
    expect(listed.get_by_text("When the user signed up.")).to_be_visible()
    told = listed.get_by_text("Who saw which variant of an experiment, one row a unit").bounding_box()
    problem = listed.get_by_text("assignments.parquet: there is no such file").bounding_box()
    assert told and problem
    assert told["height"] < 50 and told["y"] + told["height"] <= problem["y"]
    expect(look.cells.nth(3).locator("figure.qd")).to_contain_text("EMEA")

    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        look.page.get_by_role("menuitem", name="Settings", exact=True).click()
        look.page.get_by_text("Theme", exact=True).first.hover()
        look.page.get_by_text(theme, exact=True).click()
        light = "true" if theme.endswith("Light") else "false"
        expect(look.page.locator("body")).to_have_attribute("data-jp-theme-light", light)
        assert violations(look.page, "figure.qd") == []


def test_names_are_offered_inside_quotes(look: Notebook) -> None:
    cell = look.cells.nth(4).locator(".cm-content")
    for typed, whole in {
        'tickets = sources.load("tick': "tickets",
        'responses.to_pandas(columns=["sco': "score",
    }.items():
        cell.click()
        look.page.keyboard.press("Control+a")
        look.page.keyboard.type(typed)
        look.page.keyboard.press("Tab")
        item = look.page.locator(".jp-Completer-item:visible", has_text=whole)
        expect(item).to_have_count(1, timeout=10_000)
        look.page.keyboard.press("Enter")
        expect(cell).to_contain_text(f"{typed[: typed.rindex(chr(34)) + 1]}{whole}")
