"""Verdicts: the changes of one list, corrected for each other; what is clear, and for better or worse."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.findings.wording import worded
from helpers.records import Change, Finding
from helpers.records.outputs import Good, Verdict
from helpers.stats import benjamini_hochberg


def corrected(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings of one list with their changes corrected for each other, and worded.

    Benjamini & Hochberg (1995) over the list; a change is clear when its adjusted p is below 1 - level and
    its interval excludes zero.

        >>> from helpers.findings import Measure, measured
        >>> from helpers.stats import proportion, proportion_difference
        >>> def of(market: str, paid: int) -> Finding:
        ...     measure = Measure("conversion", "Conversion", "share", "higher").at(market=market)
        ...     change = proportion_difference(paid, 1000, 300, 1000)
        ...     previous = ("2026 Q2", proportion(300, 1000), change)
        ...     return measured(measure, proportion(paid, 1000), "2026 Q3", previous=previous)
        >>> found = [of("France", 342), of("Germany", 240), of("Italy", 301)]
        >>> [one.text.verdict for one in found]
        ['better', 'worse', 'no clear change']
        >>> [one.text.verdict for one in corrected(found)]
        ['no clear change', 'worse', 'no clear change']
    """
    p_values = benjamini_hochberg([finding.change.p if finding.change else None for finding in findings])
    return tuple(_judged(finding, p) for finding, p in zip(findings, p_values, strict=True))


def headline_clearest(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings of one corrected list, the clearest change among them a headline, if any is clear.

    >>> from helpers.findings import Measure, measured
    >>> from helpers.stats import proportion, proportion_difference
    >>> previous = ("2026 Q2", proportion(300, 1000), proportion_difference(240, 1000, 300, 1000))
    >>> germany = Measure("conversion", "Conversion", "share", "higher").at(market="Germany")
    >>> found = [measured(germany, proportion(240, 1000), "2026 Q3", previous=previous)]
    >>> [(one.key, one.headline) for one in headline_clearest(corrected(found))]
    [('conversion@market=germany', True)]
    """
    clear = [one for one in findings if one.change and one.change.verdict != "unclear"]
    lead = min(clear, key=lambda one: (one.change and one.change.p_adjusted) or 0.0, default=None)
    return tuple(one.model_copy(update={"headline": True}) if one is lead else one for one in findings)


def _judged(finding: Finding, p_adjusted: float | None) -> Finding:
    change = finding.change
    if change is not None:
        found = verdict(change, p_adjusted, finding.good, finding.level or 0.95)
        change = change.model_copy(update={"p_adjusted": p_adjusted, "verdict": found})
    judged = finding.model_copy(update={"change": change})
    return judged.model_copy(update={"text": worded(judged)})


def verdict(change: Change, p_adjusted: float | None, good: Good, level: float) -> Verdict:
    """Clear only when both the corrected test and the interval say so: the page shows both."""
    crosses = change.low is None or change.high is None or change.low <= 0 <= change.high
    if crosses or p_adjusted is None or p_adjusted >= 1 - level:
        return "unclear"
    if good == "none":
        return "changed"
    return "better" if (change.value > 0) == (good == "higher") else "worse"
