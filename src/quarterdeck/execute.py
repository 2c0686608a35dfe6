"""Execute a notebook through papermill, and read from it what it tells the runner."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from papermill.execute import remove_error_markers
from pydantic import ValidationError

from helpers.records import CHECK, FINDING, GAP, OUTPUTS, TABLE
from quarterdeck.engine import INJECTED, Session

Outputs = dict[str, list[Any]]
_FIELDS = {FINDING: "findings", TABLE: "tables", CHECK: "checks", GAP: "gaps"}

logging.getLogger("papermill").setLevel(logging.ERROR)


def execute(path: Path, parameters: dict[str, Any], session: Session) -> NotebookNode:
    """Run the notebook with its parameters; the evidence is left in the session.

    The answer carries no times, no places and no random ids: the same inputs give the same notebook.
    """
    source = nbformat.read(path, as_version=4)
    # papermill raises after the fact for what the evidence already tells, and with less of it.
    with contextlib.suppress(PapermillExecutionError):
        papermill.execute_notebook(
            source, None, parameters, engine_name="quarterdeck", progress_bar=False, session=session
        )
    return _plain(session.notebook or source)


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
    notebook = remove_error_markers(notebook)
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = INJECTED
        if not cell.metadata.get("tags"):
            cell.metadata.pop("tags", None)
    return notebook
