"""What Quarterdeck ships, laid where JupyterLab can open it: copies beside the start page, not to be changed.

Shipped notebooks lie in the installed package, which is outside of the project and no place to write. One's
own report from one of them: `quarterdeck new report NAME --from quarterly_feedback`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from quarterdeck.archive.atomic import replace
from quarterdeck.archive.layout import Layout

_READ_ONLY = 0o444


def lay(layout: Layout) -> None:
    """Lay copies of the shipped reports that the project has not itself, and of the guides.

    Raises:
        OSError: the folder cannot be written.
    """
    if layout.shipped == layout.root:
        return
    shutil.rmtree(layout.lab / "shipped", ignore_errors=True)
    files = [layout.notebook(name) for name in layout.reports]
    for path in (*files, *(layout.shipped / "docs").rglob("*.md")):
        if path.is_relative_to(layout.shipped):
            copy = layout.lab / "shipped" / path.relative_to(layout.shipped)
            replace(copy, path.read_text(encoding="utf-8"))
            copy.chmod(_READ_ONLY)


def notebook(layout: Layout, report: str) -> Path:
    """The notebook of a report as JupyterLab opens it: the project's own, or the copy of a shipped one."""
    path = layout.notebook(report)
    inside = path.is_relative_to(layout.shipped) and layout.shipped != layout.root
    return layout.lab / "shipped" / path.relative_to(layout.shipped) if inside else path


def docs(layout: Layout) -> Path:
    """The guides as JupyterLab opens them."""
    return layout.root / "docs" if layout.shipped == layout.root else layout.lab / "shipped" / "docs"
