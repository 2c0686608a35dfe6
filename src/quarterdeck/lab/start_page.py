"""The page that JupyterLab opens first: the reports and how they stand, the data, one's own notebooks.

It is Markdown alone: it needs no kernel, and VS Code shows it too. As no report it lies in `outputs/lab/`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from helpers.periods import day
from helpers.records import SettingsError, project
from quarterdeck import QuarterdeckError
from quarterdeck.archive import ledger
from quarterdeck.archive.atomic import replace
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import RunRecord, records
from quarterdeck.lab import reading_copies
from quarterdeck.lab.notebook_text import as_notebook
from quarterdeck.params.names import heading
from quarterdeck.params.notebook import Notebook
from quarterdeck.plan.editions import read_report


@dataclass(frozen=True)
class StartDraft:
    """A draft that has a page, and the way to it."""

    name: str
    page: str


@dataclass(frozen=True)
class StartReport:
    """A report as the page lists it: its question, its last run of record, the page of that edition."""

    name: str
    title: str
    notebook: str
    question: str = ""
    problem: str = ""
    last: RunRecord | None = None
    page: str = ""
    drafts: tuple[StartDraft, ...] = ()

    @property
    def when(self) -> str:
        """The day of its last run."""
        return day(self.last.started) if self.last else ""

    @property
    def headline(self) -> str:
        """The first sentence that its last edition tells."""
        found = self.last.findings if self.last and self.last.can_be_told else ()
        return next((one.text.sentence for one in found if one.headline), "")


@dataclass(frozen=True)
class StartTable:
    """A declared table and its columns, as far as they are known."""

    name: str
    columns: tuple[str, ...]


def write(layout: Layout) -> Path:
    """Write the page and what it leads to, and return where it lies.

    Raises:
        OSError: the folder cannot be written.
    """
    reading_copies.lay(layout)
    environment = Environment(
        loader=FileSystemLoader(layout.templates.kind("lab")), undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["cell"] = _cell
    text = environment.get_template("start.txt.j2").render(
        project=project(layout.params).name,
        command=layout.command,
        catalogue=_link(layout, layout.catalogue) if layout.catalogue.exists() else "",
        reports=[_report(layout, name) for name in layout.reports],
        tables=_tables(layout.params),
        sources=layout.sources.relative_to(layout.root) if layout.has_own_params else layout.sources,
        looks=list(_looks(layout)),
        docs=_link(layout, reading_copies.docs(layout)),
        repository=layout.shipped == layout.root,
    )
    target = layout.lab / "start.ipynb"
    replace(target, as_notebook(re.sub(r"\n{3,}", "\n\n", text)))
    return target


def _report(layout: Layout, name: str) -> StartReport:
    place = _link(layout, reading_copies.notebook(layout, name))
    try:
        _, report = read_report(layout, name)
    except (QuarterdeckError, SettingsError) as error:
        return StartReport(name, heading(name), place, problem=str(error))
    runs = [run for edition in layout.runs.glob(f"{name}/*") for run in records(edition) if not run.draft]
    last = max(runs, key=lambda run: run.started, default=None)
    page = layout.page(name, last.edition) if last else None
    shown = _link(layout, page) if page and page.exists() else ""
    drafts = tuple(_drafts(layout, name))
    return StartReport(name, heading(name), place, report.file.question, last=last, page=shown, drafts=drafts)


def _drafts(layout: Layout, name: str) -> Iterator[StartDraft]:
    """The drafts of a notebook that have a page."""
    for edition in sorted(layout.runs.glob(f"{name}/*")):
        last = ledger.last_record(layout, name, edition.name)
        page = layout.page(name, edition.name)
        if last is not None and last.draft and page.exists():
            yield StartDraft(edition.name, _link(layout, page))


def _looks(layout: Layout) -> Iterator[StartReport]:
    """The free notebooks."""
    for path in sorted(layout.notebooks.glob("*.ipynb")):
        try:
            notebook = Notebook.read(path)
        except QuarterdeckError:
            continue
        if notebook.is_free:
            title, drafts = notebook.title or heading(path.stem), tuple(_drafts(layout, path.stem))
            yield StartReport(path.stem, title, _link(layout, path), drafts=drafts)


def _tables(params: Path) -> list[StartTable]:
    from helpers import sources

    try:
        known = sources.supplied(params).tables
    except SettingsError:
        return []
    return [StartTable(name, tuple(sorted(columns or ()))) for name, columns in known.items()]


def _cell(text: str) -> str:
    """Text as a cell of a table in Markdown holds it."""
    return " ".join(text.replace("|", "\\|").split())


def _link(layout: Layout, path: Path) -> str:
    """The way from the page to a file, as Markdown has it."""
    return Path(os.path.relpath(path, layout.lab)).as_posix().replace(" ", "%20")
