"""Which outputs of a cell a page shows, and what it says instead of others."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import verbatims
from quarterdeck.publish import notices
from quarterdeck.publish.shown_outputs import shown

PLOTLY = {"application/vnd.plotly.v1+json": {"data": []}, "text/html": "<div><script>1</script></div>"}
ALTAIR = {"application/vnd.vegalite.v5+json": {"mark": "bar"}, "text/plain": "<VegaLite 5 object>"}
FOLIUM = {"text/html": "<iframe srcdoc=x></iframe>", "text/plain": "<folium.folium.Map at 0x7f00>"}
TOLD = pd.DataFrame({"score": [9], "comment": ["It is good"]})


def page_of(*outputs: NotebookNode) -> list[dict[str, Any]]:
    return [dict(each.get("data", {"stdout": each.get("text")})) for each in shown(cell(*outputs), "A")]


def cell(*outputs: NotebookNode) -> NotebookNode:
    made: NotebookNode = new_code_cell("x", outputs=list(outputs))
    return made


def displayed(data: dict[str, Any]) -> NotebookNode:
    made: NotebookNode = new_output("display_data", data=data)
    return made


@pytest.mark.parametrize("data", [PLOTLY, ALTAIR, FOLIUM])
def test_a_picture_that_only_moves_says_so_to_reader_and_author(data: dict[str, Any]) -> None:
    (told,) = page_of(displayed(data))
    said = "A picture stands here that moves: it can be seen in JupyterLab only."
    assert told == {"text/html": f'<p class="qd note">{said}</p>'}
    (notice,) = notices.notices(new_notebook(cells=[cell(displayed(data))]))
    assert notice.startswith("Cell 0: a picture moves in JupyterLab only.")


def test_its_still_image_is_shown_where_it_has_one() -> None:
    (told,) = page_of(displayed({**PLOTLY, "image/png": "iVBORw0KGgo="}))
    assert told == {"image/png": "iVBORw0KGgo="}


@pytest.mark.parametrize(
    "plain",
    [
        "<Figure size 640x480 with 1 Axes>",
        "<Axes: xlabel='day', ylabel='v'>",
        "[<matplotlib.lines.Line2D at 0x7f1aeab28e10>]",
        "<seaborn.axisgrid.FacetGrid at 0x7f1ac3e03510>",
        "Text(0.5, 1.0, 'A line')",
        "<object object at 0x7f1aeab28e10>",
        "(array([1., 2.]), array([0., 1., 2.]), <BarContainer object of 2 artists>)",
    ],
)
def test_what_an_object_says_of_itself_is_not_shown(plain: str) -> None:
    assert page_of(displayed({"text/plain": plain})) == []


def test_an_address_that_is_printed_goes() -> None:
    coloured = new_output("stream", text="\x1b[1;31mred\x1b[0m and \x1b[2Kplain\n")
    assert page_of(coloured) == [{"stdout": "red and plain\n"}]
    assert page_of(new_output("stream", text="<Thing at 0x7f1aeab28e10>\n")) == [{"stdout": "<Thing>\n"}]


@pytest.mark.parametrize(
    "output",
    [
        displayed({"text/html": TOLD.to_html(), "text/plain": str(TOLD)}),
        displayed({"text/plain": str(TOLD)}),
        displayed({"text/plain": str(TOLD.comment)}),
        displayed({"text/plain": repr(TOLD.to_dict("records"))}),
        displayed({"text/markdown": "| score | comment |\n|---|---|\n| 9 | It is good |"}),
        displayed(verbatims.withheld("comment")),
        new_output("stream", text=f"{TOLD}\n"),
    ],
)
def test_a_column_of_free_text_is_withheld_whatever_kernel_ran_it(output: NotebookNode) -> None:
    (told,) = page_of(output, output)[:1]
    said = "An output is withheld here: it holds what customers wrote (column comment)."
    assert told == {"text/html": f'<p class="qd note">{said}</p>'}
    assert notices.notices(new_notebook(cells=[cell(output)])) == (
        "Cell 0: an output is withheld: it holds what customers wrote (column comment).",
    )


def test_prose_that_has_the_word_is_shown() -> None:
    said = "No comment is shown.\nThe subject of a text is counted.\n"
    assert page_of(new_output("stream", text=said)) == [{"stdout": said}]


def test_an_empty_section_is_told_to_its_author_unless_the_page_says_why() -> None:
    book = new_notebook(
        cells=[
            new_markdown_cell("## Told\n\nIn words."),
            new_code_cell("a = 1"),
            new_markdown_cell("## Shown"),
            cell(displayed({"text/plain": "1"})),
            new_markdown_cell("## Forgotten"),
            new_code_cell("b = 2", execution_count=3),
            new_markdown_cell("## Not run"),
            new_code_cell("d"),
            new_markdown_cell("## Without data"),
            new_code_cell("c", execution_count=4),
        ]
    )
    (notice,) = notices.notices(book, ["Without data"])
    assert notice.startswith("Section Forgotten: nothing of it is shown.")
