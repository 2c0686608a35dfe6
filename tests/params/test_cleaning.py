"""Notebooks as they are stored: what is taken, what stays, and every byte as nbformat writes it."""

from __future__ import annotations

import copy
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from tests.conftest import notebook, sound_notebook

from quarterdeck import QuarterdeckError
from quarterdeck.params import cleaning

FOREIGN = [*cleaning.FOREIGN_TO_CELLS]


def written_by_nbformat(content: dict[str, Any]) -> str:
    return str(nbformat.writes(nbformat.from_dict(content))) + "\n"


def test_outputs_and_counts_go_and_ids_tags_and_kernel_stay() -> None:
    book = notebook()
    clean = cleaning.cleaned(book)
    assert [cell["id"] for cell in clean.content["cells"]] == [cell.id for cell in book.cells]
    assert [cell["metadata"] for cell in clean.content["cells"]] == [cell.metadata for cell in book.cells]
    assert clean.content["metadata"] == book.metadata
    assert not any(cell.get("outputs") for cell in clean.content["cells"])
    assert clean.told == "outputs (5)"
    assert any(cell.get("outputs") for cell in book.cells)


def test_foreign_metadata_go_and_what_is_left_empty_with_them() -> None:
    cell = new_code_cell("1", metadata={"jupyter": {"outputs_hidden": True}, "tags": ["whatif"], "mine": 1})
    cell.metadata |= {"editable": True, "slideshow": {"slide_type": ""}, "execution": {}, "vscode": {}}
    other = new_markdown_cell(
        "x", metadata={"editable": False, "slideshow": {"slide_type": "slide"}, "tags": []}
    )
    book = new_notebook(cells=[cell, other], metadata={"widgets": {}, "title": "kept"})
    clean = cleaning.cleaned(book)
    assert [one["metadata"] for one in clean.content["cells"]] == [
        {"tags": ["whatif"], "mine": 1},
        {"editable": False, "slideshow": {"slide_type": "slide"}},
    ]
    assert clean.content["metadata"] == {"title": "kept"}
    assert clean.told == (
        "execution (1), jupyter.outputs_hidden (1), vscode (1), editable (1), slideshow.slide_type (1), "
        "tags (1), widgets (1)"
    )


def test_what_differs_between_machines_goes_from_kernel_and_language() -> None:
    book = sound_notebook()
    book.metadata.kernelspec.display_name = ".venv (3.11.9)"
    book.metadata.language_info = {"name": "python", "version": "3.11.9"}
    assert cleaning.cleaned(book).content["metadata"] == sound_notebook().metadata
    julia = {"name": "julia-1.11", "display_name": "Julia 1.11", "language": "julia"}
    book.metadata.kernelspec = julia
    assert cleaning.cleaned(book).content["metadata"]["kernelspec"] == julia


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["code", "markdown", "raw"]),
            st.text(),
            st.dictionaries(st.sampled_from([*FOREIGN, "tags", "editable", "mine"]), st.booleans()),
            st.lists(st.text()),
        )
    )
)
def test_every_byte_is_as_nbformat_writes_it_and_a_second_time_changes_nothing(cells: Any) -> None:
    made = []
    for number, (kind, source, metadata, texts) in enumerate(cells):
        cell = {"cell_type": kind, "id": f"c{number}", "source": source, "metadata": metadata}
        if kind == "code":
            outputs = [new_output("display_data", {"text/html": text, "image/png": "YQ=="}) for text in texts]
            cell |= {"outputs": [*outputs, new_output("stream", text=source)], "execution_count": number}
        elif texts:
            cell["attachments"] = {"a": {"text/plain": texts[0], "image/svg+xml": texts[0]}}
        made.append(cell)
    content: dict[str, Any] = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    given_one = copy.deepcopy(content)
    clean = cleaning.cleaned(content).content
    assert content == given_one
    assert cleaning.written(clean) == written_by_nbformat(clean)
    text, _ = cleaning.cleaned_text(cleaning.written(content), "a.ipynb")
    assert text == cleaning.written(clean)
    assert cleaning.cleaned_text(text, "a.ipynb") == (text, "")


def test_a_notebook_in_another_layout_is_told_to_be_written_anew() -> None:
    text = cleaning.written(cleaning.cleaned(sound_notebook()).content)
    assert cleaning.cleaned_text(text.replace("\n ", "\n  "), "a.ipynb") == (
        text,
        "written as JupyterLab writes it",
    )


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"nbformat": 3, "worksheets": []}', '{"nbformat": 4, "cells": [1]}']
)
def test_what_is_no_notebook_is_refused(text: str) -> None:
    with pytest.raises(QuarterdeckError, match=r"a\.ipynb: this is no notebook that can be read"):
        cleaning.read(text, "a.ipynb")
