"""What the author of a notebook should know of its page, told on the terminal and in the log alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from nbformat import NotebookNode

from quarterdeck.kernels.output_budget import LEFT_OUT, amount
from quarterdeck.params.notebook import heading_of, number_of, sections, tags
from quarterdeck.publish.shown_outputs import is_interactive, shown, weights, withheld_column

LARGEST_PAGE = 200_000
"""Bytes that a page should stay within."""
_NO_ALT = "quarterdeck_no_alt"
_UNSHOWN = frozenset({"internal", "setup", "parameters", "injected-parameters"})


def notices(notebook: NotebookNode, gaps: Collection[str] = ()) -> tuple[str, ...]:
    """Outputs that are withheld, figures without a text alternative, pictures that only move, and weight.

    Sections of which nothing is shown, too, but for those of which the page tells why: the `gaps`.
    """
    cells, told, weight = notebook.cells, [], 0
    for index, cell in enumerate(cells):
        if cell.cell_type != "code" or _UNSHOWN & set(tags(cell)):
            continue
        heading = heading_of(cells, index)
        where = f"Cell {number_of(cells, index)}" + (f" ({heading})" if heading else "")
        told += [f"{where}: {said}" for said in dict.fromkeys(_of_cell(cell))]
        weight += weights(list(shown(cell, heading)))
    told += [
        f"Section {name}: nothing of it is shown. End a cell of it with a chart, a table or a number, or "
        "take its heading out."
        for name in _empty(cells)
        if name not in gaps
    ]
    if weight > LARGEST_PAGE:
        told.append(
            f"The outputs of this page weigh {weight / 1000:,.0f} kB; a page should stay within "
            f"{LARGEST_PAGE / 1000:,.0f}. Draw fewer marks, or show fewer rows."
        )
    return tuple(told)


def _empty(cells: Sequence[NotebookNode]) -> Iterator[str]:
    """The headings below which a page has neither words nor outputs, though their cells ran."""
    for section in sections(cells):
        heading, *rest = cells[section.start : section.end]
        words = heading.source.strip().partition("\n")[2].strip()
        code = [cell for cell in rest if cell.cell_type == "code" and cell.source.strip()]
        ran = not code or any(cell.execution_count for cell in code)
        if ran and not words and not any(_tells(cell) for cell in rest):
            yield section.title


def _tells(cell: NotebookNode) -> bool:
    if cell.cell_type == "markdown":
        return bool(cell.source.strip())
    return not _UNSHOWN & set(tags(cell)) and any(True for _ in shown(cell, ""))


def _of_cell(cell: NotebookNode) -> Iterator[str]:
    for output in cell.get("outputs", ()):
        if column := withheld_column(output):
            yield f"an output is withheld: it holds what customers wrote (column {column})."
            continue
        metadata = output.get("metadata", {})
        if left := metadata.get(LEFT_OUT):
            yield f"{amount(left)} left out. Show less, or allow more under output in the report's file."
        if metadata.get(_NO_ALT) and not metadata.get("alt"):
            yield "a figure has no text alternative. Show it by charts.figure(…, title=…, alt=…)."
        if is_interactive(output.get("data", {})):
            yield (
                "a picture moves in JupyterLab only. Give the page a still one: fig.show('png') with Plotly "
                "and kaleido, alt.renderers.enable('png') with Altair and vl-convert."
            )
