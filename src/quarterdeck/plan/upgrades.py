"""Settings that mean otherwise than in an earlier version, told before a project is run with a new one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.version import Version

from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import RunRecord, records

FIRST = "0.1.0"
"""The version whose runs did not note it."""


@dataclass(frozen=True)
class ChangedMeaning:
    """What a key of the files of a pattern means since a version."""

    since: str
    files: str
    key: str
    told: str


CHANGES = (
    ChangedMeaning(
        "0.2.0",
        "*.yaml",
        "confidence",
        "a page is corrected once over all that it compares, so that fewer changes are called clear",
    ),
    ChangedMeaning(
        "0.2.0",
        "*.yaml",
        "period",
        "a year, half, quarter, month or week is compared with one of its kind, a part of one with nothing",
    ),
    ChangedMeaning(
        "0.2.0",
        "sources.yaml",
        "tables",
        "of rows with one key the earliest stands, whatever their order; keep: latest takes the last",
    ),
)


def last_version(layout: Layout) -> str | None:
    """The version that the newest run was made with; None where nothing has run."""
    runs = [record for edition in layout.runs.glob("*/*") for record in records(edition)]
    newest: RunRecord | None = max(runs, key=lambda record: record.started, default=None)
    return (newest.version or FIRST) if newest else None


def changed_meanings(layout: Layout, since: str, now: str) -> Iterator[str]:
    """The settings of a project that mean otherwise now than in the version `since`, with file and line."""
    for change in CHANGES:
        if not Version(since) < Version(change.since) <= Version(now):
            continue
        for path in sorted(layout.params.glob(change.files)):
            written = re.compile(rf"(?:^|[{{,\s]){change.key}\s*:")
            lines = path.read_text(encoding="utf-8").splitlines()
            found = [number for number, line in enumerate(lines, 1) if written.search(line.partition("#")[0])]
            if found:
                yield f"{path}:{found[0]}: {change.key}: since {change.since} {change.told}."
