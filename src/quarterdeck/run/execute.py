"""Execute a notebook through papermill."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from papermill.engines import papermill_engines
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from quarterdeck.params.notebook import INJECTED
from quarterdeck.run.section_client import RunSession
from quarterdeck.run.section_engine import ENGINE

logging.getLogger("papermill").setLevel(logging.ERROR)


def execute(path: Path, parameters: dict[str, Any], session: RunSession) -> NotebookNode:
    """Run the notebook with its parameters; the evidence is left in the session.

    The answer carries no times, no places and no random ids: the same inputs give the same notebook.
    """
    # papermill's execute_notebook would write the notebook twice more, and raise for what the evidence tells.
    session.path, session.given = path, parameters
    notebook = load_notebook_node(str(path))
    if parameters:
        notebook = parameterize_notebook(notebook, parameters, engine_name=ENGINE)
    kernel = papermill_engines.nb_kernel_name(ENGINE, notebook)
    papermill_engines.execute_notebook_with_engine(ENGINE, notebook, kernel, session=session)
    return _plain(session.notebook or notebook)


def _plain(notebook: NotebookNode) -> NotebookNode:
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = INJECTED
        if not cell.metadata.get("tags"):
            cell.metadata.pop("tags", None)
    return notebook
