"""Every notebook of the project breaks no rule of the house (the rules: tests/params/test_house_rules.py)."""

from pathlib import Path

import nbformat
import pytest
import yaml

from quarterdeck.params import cleaning
from quarterdeck.params.house_rules import breaches
from quarterdeck.params.notebook import Notebook

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
REPORTS = [path for path in NOTEBOOKS if not Notebook.read(path).is_free]

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_every_report_of_the_params_has_its_notebook() -> None:
    """A report is a file of params with a title; the test names none, so that a fifth one may come."""
    titled = [
        path.stem
        for path in sorted((ROOT / "params").glob("*.yaml"))
        if "title" in (yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    ]
    assert [path.stem for path in REPORTS] == titled
    assert titled


@each
def test_it_breaks_no_rule_of_the_house(path: Path) -> None:
    assert [breach.at(path) for breach in breaches(Notebook.read(path))] == []


@each
def test_it_is_valid_and_stored_as_it_is_saved(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    nbformat.validate(nbformat.reads(text, as_version=4))
    assert cleaning.cleaned_text(text, str(path)) == (text, "")


def test_the_notebooks_together_are_short() -> None:
    lines = [
        line
        for path in REPORTS
        for cell in Notebook.read(path).cells
        for line in cell["source"].splitlines()
        if cell["cell_type"] == "code" and line.strip()
    ]
    assert len(lines) <= 190 / 4 * len(REPORTS)
