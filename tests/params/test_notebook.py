"""Cells and sections of a notebook."""

from quarterdeck.params.notebook import sections


def test_a_notebook_without_headings_has_no_sections() -> None:
    assert sections([{"cell_type": "code", "source": "1", "metadata": {}}]) == []
