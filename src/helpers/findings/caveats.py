"""What stands beside a change: something else that changed meanwhile and can explain it."""

from __future__ import annotations

from helpers.findings.wording import worded
from helpers.records import Finding


def beside(finding: Finding, clause: str) -> Finding:
    """The finding with what can explain its change told in its sentence; as it is where there is nothing.

    >>> from helpers.findings import Measure, measured
    >>> from helpers.stats import proportion, proportion_difference
    >>> previous = ("2026 Q2", proportion(33, 400), proportion_difference(454, 1000, 33, 400))
    >>> csat = Measure("csat", "CSAT", "share", "higher")
    >>> found = measured(csat, proportion(454, 1000), "2026 Q3", previous=previous)
    >>> beside(found, "answers went from 4 to 170 a day").text.sentence.partition("than in ")[2]
    '2026 Q2, while answers went from 4 to 170 a day, which can explain it.'
    """
    if finding.change is None or not clause:
        return finding
    told = finding.model_copy(update={"change": finding.change.model_copy(update={"beside": clause})})
    return told.model_copy(update={"text": worded(told)})
