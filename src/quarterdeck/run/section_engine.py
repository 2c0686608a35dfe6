"""The papermill engine: a notebook section by section.

papermill loads this module while it is itself being imported, so nothing here imports papermill.
"""

from __future__ import annotations

from nbformat import NotebookNode

from quarterdeck.run.section_client import RunSession, SectionClient, Stopped

ENGINE = "quarterdeck"
"""The name of this engine among papermill's."""


class SectionEngine:
    """papermill's engine `quarterdeck`: `papermill in.ipynb out.ipynb --engine quarterdeck` works too."""

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str,
        *,
        session: RunSession | None = None,
        **_options: object,
    ) -> NotebookNode:
        """Run the notebook in place and return it; the evidence is left in the session.

        Raises:
            Stopped: nothing was handed in to leave the evidence in, and the notebook could not go on.
        """
        own = session or RunSession()
        own.notebook = nb
        client = SectionClient(nb, own, kernel_name)
        try:
            client.run()
        except Stopped as stop:
            own.evidence.stopped = stop.failure
            if session is None:
                raise
        return nb

    @classmethod
    def nb_kernel_name(cls, nb: NotebookNode, name: str | None = None) -> str:
        """The kernel that the notebook names."""
        return name or nb.metadata.get("kernelspec", {}).get("name") or "python3"

    @classmethod
    def nb_language(cls, nb: NotebookNode, language: str | None = None) -> str:
        """The language that the notebook names."""
        return language or nb.metadata.get("kernelspec", {}).get("language") or "python"
