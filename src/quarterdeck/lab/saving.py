"""What JupyterLab calls before it saves a notebook: those under a project's notebooks/ are stored clean.

The outputs stay visible in the open notebook, since only what goes into the file changes. JupyterLab asks for
every notebook of its server, so the path decides.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from quarterdeck import QuarterdeckError
from quarterdeck.archive.layout import Layout
from quarterdeck.params.cleaning import cleaned
from quarterdeck.params.notebook import is_free


class _Contents(Protocol):
    """What of Jupyter's contents manager is asked."""

    @property
    def root_dir(self) -> str:
        """The folder that its paths begin in."""


def save_clean(*, model: dict[str, Any], path: str, contents_manager: _Contents, **_: object) -> None:
    """Take outputs, counts and foreign metadata from a notebook of the project; a free one keeps its own."""
    if _is_of_project(model, path, contents_manager) and not is_free(model["content"]["cells"]):
        model["content"] = cleaned(model["content"]).content


def save_all_clean(*, model: dict[str, Any], path: str, contents_manager: _Contents, **_: object) -> None:
    """The same for every notebook of the project, free ones too."""
    if _is_of_project(model, path, contents_manager):
        model["content"] = cleaned(model["content"]).content


def _is_of_project(model: dict[str, Any], path: str, contents: _Contents) -> bool:
    """Whether a notebook is saved, and lies under notebooks/ by its name or by what a link leads to."""
    content = model.get("content")
    if model.get("type") != "notebook" or not isinstance(content, dict) or content.get("nbformat") != 4:
        return False
    place = Path(contents.root_dir).absolute() / path.strip("/")
    return any(_lies_under_notebooks(one) for one in {place, place.resolve()})


def _lies_under_notebooks(place: Path) -> bool:
    try:
        return place.is_relative_to(Layout.find(place.parent).notebooks)
    except QuarterdeckError:
        return False
