"""Pruning: the bulk of old run folders is removed, so that an unattended project does not fill its disk.

What a run was and found stays for ever in its `run.json`; the page of the last good run of an edition, and
all from which it can be published again, is never touched.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from helpers.records.project import Keep
from quarterdeck.archive.layout import Layout
from quarterdeck.publish import site

_RECORD = "run.json"


def prune(layout: Layout, keep: Keep, now: datetime) -> list[Path]:
    """Remove the bulk of the run folders that need not be kept, and return them.

    Kept whole are runs younger than `keep.days`, the newest `keep.editions` runs of each report and scope,
    and the last good run of each edition.
    """
    removed: list[Path] = []
    oldest = now - timedelta(days=keep.days)
    if not any(path.parent.name < f"{oldest:%Y%m%d}" for path in layout.runs.glob("*/*/*/executed.ipynb")):
        return removed
    for folder in _prunable(layout, keep, oldest):
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != _RECORD:
                path.unlink()
        removed.append(folder)
    return removed


def _prunable(layout: Layout, keep: Keep, oldest: datetime) -> Iterator[Path]:
    """Folders that hold more than their record, of runs that nothing keeps."""
    series: dict[tuple[str, ...], list[site.Run]] = defaultdict(list)
    good: set[Path] = set()
    for edition in layout.runs.glob("*/*"):
        runs = site.runs(layout, edition.parent.name, edition.name)
        good |= {run.folder for run in [run for run in runs if run.is_good][-1:]}
        for run in runs:
            series[_scope(run)].append(run)
    for runs in series.values():
        newest_first = sorted(runs, key=lambda run: run.record.started, reverse=True)
        for run in newest_first[keep.editions :]:
            whole = any(path.name != _RECORD for path in run.folder.iterdir())
            if run.record.started < oldest and run.folder not in good and whole:
                yield run.folder


def _scope(run: site.Run) -> tuple[str, ...]:
    """A report and the values of its matrix: what comes again period after period; its drafts apart."""
    record = run.record
    values = (str(record.parameters.get(name)) for name in record.matrix if name != "period")
    return (record.report, "draft" if record.draft else "", *values)
