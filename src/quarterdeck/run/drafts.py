"""Drafts: editions that stand beside those of record, until they are published as such or removed.

A draft is a run of a free notebook, with a parameter that is not the file's, or asked for by `--draft`. Its
name ends in `~` and what tells it from the edition of record; a free notebook has none to be told from.
"""

from __future__ import annotations

import fnmatch
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from helpers.records.parameter_types import to_text
from quarterdeck import QuarterdeckError
from quarterdeck.archive import ledger
from quarterdeck.archive.claims import Claims
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import RunRecord
from quarterdeck.plan.editions import plan
from quarterdeck.plan.request import Planned, Selection


def drafts(layout: Layout, pattern: str = "*") -> list[RunRecord]:
    """The last run of each draft whose name (`report/edition`) or report fits, newest first."""
    found = [
        last
        for folder in layout.runs.glob("*/*")
        if (last := ledger.last_record(layout, folder.parent.name, folder.name)) and last.draft
    ]
    named = [run for run in found if _is_named(run, pattern)]
    return sorted(named, key=lambda run: run.started, reverse=True)


def remove(layout: Layout, draft: RunRecord) -> None:
    """Take a draft away: its runs, its page, what the ledger knows of it. The catalogue is to be built anew.

    Raises:
        QuarterdeckError: it is no draft, or it is being run.
    """
    name = _name(draft)
    if not draft.draft:
        raise QuarterdeckError(f"{name} is an edition of record; only drafts can be removed.")
    with Claims(layout) as claims:
        if other := claims.take(draft.report, draft.edition):
            raise QuarterdeckError(
                f"{name} is being run by another process ({other}). Try again when it ended."
            )
        shutil.rmtree(layout.runs / draft.report / draft.edition, ignore_errors=True)
        shutil.rmtree(layout.page(draft.report, draft.edition).parent, ignore_errors=True)
        ledger.remove(layout, draft.report, draft.edition)


def as_edition_of_record(layout: Layout, draft: RunRecord, as_of: date) -> Planned:
    """The plan of the edition of record that a draft would become: the same parameters and inputs.

    Raises:
        QuarterdeckError: it cannot become one, or its inputs are not as they were when it was looked at.
    """
    name = _name(draft)
    for problem in _obstacles(layout, draft):
        raise QuarterdeckError(f"{name} cannot be published: {problem}")
    texts = {parameter: to_text(value) for parameter, value in draft.parameters.items()}
    selection = Selection(as_of, (draft.report,), texts)
    (again,) = plan(layout, replace(selection, draft=True))
    if not again.up_to_date:
        told = ", ".join(again.reasons)
        raise QuarterdeckError(
            f"{name} cannot be published: it is out of date ({told}). Make it again with "
            f"{draft.command}, look at it, then publish it."
        )
    (of_record,) = plan(layout, selection)
    return of_record


def _obstacles(layout: Layout, draft: RunRecord) -> Iterator[str]:
    """What of the draft itself keeps it from becoming an edition of record."""
    if not draft.draft:
        yield f"it is an edition of record already. {layout.command('run', draft.report)} makes it again."
    if draft.free:
        yield (
            "its notebook is free, and makes drafts only. Make a report of it: "
            f"{layout.command('new', 'report', 'NAME', '--from', draft.report)}."
        )
    if not draft.can_be_told:
        yield f"it ended {draft.ending}. {draft.reason}".strip()
    if draft.changed:
        yield (
            f"{draft.differing} is not what {layout.report_file(draft.report).name} says. "
            "Change it there, under parameters, and make the draft again."
        )


def _is_named(run: RunRecord, pattern: str) -> bool:
    return fnmatch.fnmatch(_name(run), pattern) or fnmatch.fnmatch(run.report, pattern)


def _name(run: RunRecord) -> str:
    return f"{run.report}/{run.edition}"
