"""Executed notebook and run record to a page, and the page to its place in the site."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from quarterdeck.archive.atomic import replace
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import Published, RunRecord
from quarterdeck.archive.shipped import program_version
from quarterdeck.publish import site


@dataclass(frozen=True)
class PageResult:
    """What became of one run's page.

    `page` is the file in the run folder, `site` the file that stands for the edition; each is None where
    there is none. `published` is None for a run that made no page (skipped, failed).
    """

    page: Path | None
    site: Path | None
    published: Published | None


def render(run_folder: Path, layout: Layout) -> str:
    """The page of a run: the same record and notebook give the same text."""
    import nbformat

    from quarterdeck.publish.export import html
    from quarterdeck.publish.page import page

    record = RunRecord.read(run_folder)
    notebook = nbformat.read(run_folder / "executed.ipynb", as_version=4)
    return html(page(record, notebook), notebook, layout.templates)


def publish(run_folder: Path, layout: Layout) -> PageResult:
    """Render a run's page and put it in its place in the site.

    A draft stands beside the edition of record, and says that it is one. A run that made no page leaves the
    last good one, with a banner.
    The catalogue is not touched: rebuild it after the pages (`catalog.build`).
    """
    record = RunRecord.read(run_folder)
    own = _rendered(run_folder, record, layout)
    placed = site.place(layout, record.report, record.edition)
    return PageResult(own, placed, _published(record) if own else None)


def publish_all(layout: Layout) -> Iterator[PageResult]:
    """Render every run's page again and put the last good one of each edition in its place."""
    for edition in sorted(path for path in layout.runs.glob("*/*") if path.is_dir()):
        folders = sorted(path.parent for path in edition.glob("*/run.json"))
        for folder in folders[:-1]:
            _rendered(folder, RunRecord.read(folder), layout)
        if folders:
            yield publish(folders[-1], layout)
    remember_look(layout)


def remember_look(layout: Layout) -> None:
    """Note with which templates the pages were published."""
    replace(layout.look, look(layout))


def look(layout: Layout) -> str:
    """A digest of the templates, styles and scripts of pages and catalogue."""
    files = layout.templates.files("report", "catalog")
    helpers = resources.files("helpers")
    contents = [program_version().encode(), *(path.read_bytes() for path in files.values())]
    contents += [helpers.joinpath(name).read_bytes() for name in ("house.css", "whatif.js")]
    return hashlib.sha256(b"".join(hashlib.sha256(content).digest() for content in contents)).hexdigest()


def has_another_look(layout: Layout) -> bool:
    """Whether the pages were published with other templates than there are now."""
    return not layout.look.exists() or layout.look.read_text(encoding="utf-8") != look(layout)


def _rendered(run_folder: Path, record: RunRecord, layout: Layout) -> Path | None:
    if record.status not in ("ok", "incomplete") or not (run_folder / "executed.ipynb").exists():
        return None
    target = run_folder / "report.html"
    replace(target, render(run_folder, layout))
    return target


def _published(record: RunRecord) -> Published:
    if record.draft:
        return "draft"
    if record.is_held:
        return "held"
    troubled = any(check.failed and check.severity != "info" for check in record.checks)
    return "warned" if troubled else "live"
