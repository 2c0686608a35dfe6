"""The cell of a notebook that is tagged parameters."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck import QuarterdeckError
from quarterdeck.params.notebook import Notebook
from quarterdeck.params.parameters_cell import read


def notebook(source: str, *tags: str) -> Notebook:
    cells = tuple({"cell_type": "code", "source": source, "metadata": {"tags": [tag]}} for tag in tags)
    return Notebook(Path("demo.ipynb"), cells)


def test_the_tagged_cell_is_read() -> None:
    assert read(notebook('region: str = "all"  # one region', "setup", "parameters")).defaults == {
        "region": "all"
    }


def test_a_notebook_without_the_cell_is_told_how_to_get_one() -> None:
    with pytest.raises(
        QuarterdeckError, match=r"no cell is tagged parameters\. Tag exactly one in JupyterLab"
    ):
        read(notebook('region: str = "all"', "setup"))


def test_a_notebook_with_two_such_cells_is_refused() -> None:
    with pytest.raises(QuarterdeckError, match="2 cells are tagged parameters"):
        read(notebook('region: str = "all"', "parameters", "parameters"))


def test_a_broken_line_is_told_with_notebook_and_cell() -> None:
    with pytest.raises(QuarterdeckError, match=r"demo\.ipynb: cell 1, line 1, days"):
        read(notebook("days: int = 'x'", "setup", "parameters"))
