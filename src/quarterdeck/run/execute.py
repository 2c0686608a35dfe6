"""Execute a notebook through papermill, and read from it what it tells the runner."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from papermill.engines import papermill_engines
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from pydantic import ValidationError

from helpers.records import CHECK, FINDING, GAP, OUTPUTS, TABLE
from quarterdeck.params.notebook import INJECTED
from quarterdeck.run.section_client import RunSession
from quarterdeck.run.section_engine import ENGINE

Outputs = dict[str, list[Any]]
_FIELDS = {FINDING: "findings", TABLE: "tables", CHECK: "checks", GAP: "gaps"}

logging.getLogger("papermill").setLevel(logging.ERROR)


def execute(path: Path, parameters: dict[str, Any], session: RunSession) -> NotebookNode:
    """Run the notebook with its parameters; the evidence is left in the session.

    The answer carries no times, no places and no random ids: the same inputs give the same notebook.
    """
    # papermill's execute_notebook would write the notebook twice more, and raise for what the evidence tells.
    notebook = load_notebook_node(str(path))
    if parameters:
        notebook = parameterize_notebook(notebook, parameters, engine_name=ENGINE)
    kernel = papermill_engines.nb_kernel_name(ENGINE, notebook)
    papermill_engines.execute_notebook_with_engine(ENGINE, notebook, kernel, session=session)
    return _plain(session.notebook or notebook)


def outputs(notebook: NotebookNode) -> Outputs:
    """The records in the outputs of a notebook, by the field of `run.json` that holds them.

    Raises:
        ValueError: an output says that it is a record, but is none.
    """
    found: Outputs = {name: [] for name in _FIELDS.values()}
    own = [cell for cell in notebook.cells if INJECTED not in cell.metadata.get("tags", [])]
    for index, cell in enumerate(own):
        for output in cell.get("outputs", []):
            for mime, field in _FIELDS.items():
                if mime in output.get("data", {}):
                    found[field].append(_record(mime, output.data[mime], index))
    return found


def _record(mime: str, content: Any, cell: int) -> Any:  # noqa: ANN401  (JSON in, one of the records out)
    try:
        return OUTPUTS[mime].model_validate(content)
    except ValidationError as error:
        said = error.errors()[0]
        place = ".".join(str(part) for part in said["loc"])
        raise ValueError(
            f"cell {cell} published a broken {_FIELDS[mime][:-1]} ({place}: {said['msg']})"
        ) from None


def _plain(notebook: NotebookNode) -> NotebookNode:
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = INJECTED
        if not cell.metadata.get("tags"):
            cell.metadata.pop("tags", None)
    return notebook
