"""How an edition stands: one function of its run, its gates and what its data cover; the word for it.

Page and catalogue say the same word, since both ask here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from helpers.records import COVERAGE
from quarterdeck.archive.record import RunRecord

Standing = Literal["fresh", "ok", "draft", "warned", "stale", "incomplete", "held", "skipped", "failed"]

WORDS: Mapping[Standing, str] = {
    "fresh": "Fresh",
    "ok": "Published",
    "draft": "Draft",
    "warned": "Warned",
    "stale": "Stale",
    "incomplete": "Incomplete",
    "held": "Held back",
    "skipped": "No new data",
    "failed": "Failed",
}
"""What people read, in this order in the catalogue's filter."""

FRESH = "gate.fresh"
"""The check of the gate `fresh`."""


def standing(record: RunRecord) -> Standing:
    """How one run stands, by evidence alone, the worst first.

    Failed, held back or skipped as it ended; a draft; incomplete where a section is missing or the data cover
    but a part of the period; stale where the gate `fresh` failed; warned where another check did; fresh only
    where that gate passed. `ok` is a page that no rule calls anything.
    """
    if record.is_held:
        return "held"
    if record.status in ("failed", "interrupted"):
        return "failed"
    if record.status == "skipped":
        return "skipped"
    if record.draft:
        return "draft"
    failed = {check.key for check in record.checks if check.failed and check.severity != "info"}
    if record.status == "incomplete" or COVERAGE in failed:
        return "incomplete"
    if FRESH in failed:
        return "stale"
    if failed:
        return "warned"
    return "fresh" if any(check.key == FRESH and check.passed for check in record.checks) else "ok"


def standing_of(runs: Sequence[RunRecord], *, has_page: bool) -> Standing:
    """How an edition stands, of its runs, oldest first: stale where the newest left an older page."""
    newest = standing(runs[-1])
    return "stale" if has_page and newest in ("held", "failed") else newest
