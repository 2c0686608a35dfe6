"""What stands beside a change: something else that changed meanwhile and can explain it."""

from __future__ import annotations

from collections.abc import Mapping

from helpers.findings.wording import with_changes
from helpers.records import Finding


def beside(finding: Finding, clauses: Mapping[str, str]) -> Finding:
    """The finding with what can explain its changes told in its sentences; as it is where there is nothing.

    `clauses` has one for each thing that it is compared with, by name; empty ones tell nothing.

        >>> from helpers.findings import Measure, measured
        >>> from helpers.stats import proportion, proportion_difference
        >>> previous = ("2026 Q2", proportion(33, 400), proportion_difference(454, 1000, 33, 400))
        >>> csat = Measure("csat", "CSAT", "share", "higher")
        >>> found = measured(csat, proportion(454, 1000), "2026 Q3", previous=previous)
        >>> told = beside(found, {"previous": "answers went from 4 to 170 a day"})
        >>> told.text.sentence.partition(" in ")[2]
        '2026 Q2, while answers went from 4 to 170 a day, which can explain it.'
    """
    if not any(clauses.get(change.against) for change, _ in finding.changes):
        return finding
    return with_changes(
        finding,
        [
            change.model_copy(update={"beside": clauses.get(change.against, "")})
            for change, _ in finding.changes
        ],
    )
