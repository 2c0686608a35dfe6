"""The one cell of a notebook that is tagged `parameters`."""

from __future__ import annotations

from helpers.records.schema import EXAMPLE, Schema, SchemaError, schema_of
from quarterdeck import QuarterdeckError
from quarterdeck.params.notebook import Notebook


def read(notebook: Notebook) -> Schema:
    """The schema of a notebook's parameters; a free notebook may have none.

    Raises:
        QuarterdeckError: not exactly one cell is tagged `parameters`, or a line of it declares nothing.
    """
    cells = notebook.tagged("parameters")
    if notebook.is_free and not cells:
        return Schema(notebook.path, {})
    if len(cells) != 1:
        found = "no cell is" if not cells else f"{len(cells)} cells are"
        raise QuarterdeckError(
            f"{notebook.path}: {found} tagged parameters. Tag exactly one in JupyterLab (property inspector, "
            f"cell tags), with one line a parameter, such as: {EXAMPLE}."
        )
    [number] = cells
    try:
        return schema_of(notebook.cells[number]["source"], notebook.path, f"{notebook.path}: cell {number}")
    except SchemaError as error:
        raise QuarterdeckError(str(error)) from None
