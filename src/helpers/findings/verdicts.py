"""Verdicts: what the interval of a change holds, and for better or worse."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.findings.references import Reference
from helpers.records import Change, Finding
from helpers.records.outputs import Good, Relevance, Verdict
from helpers.stats import Difference, Estimate


def change_from(  # noqa: PLR0913  (the fields of one record)
    reference: Reference,
    previous: Estimate | Difference,
    difference: Difference,
    *,
    good: Good,
    level: float,
    matters: float | None = None,
) -> Change:
    """A change as a record, judged by the interval that is drawn and by nothing else.

    `previous` is the number of the reference, `level` that of the number itself; a comparison that was
    corrected among others comes in at the level that decides it (`judged`), and `p_adjusted` is what its p
    amounts to against 1 - level. `matters` is the least change worth acting on, in the unit of the number.

        >>> from helpers.stats import proportion, proportion_difference
        >>> drop = proportion_difference(240, 1000, 300, 1000).at(0.99)
        >>> before, then = Reference("previous", "2026 Q2"), proportion(300, 1000)
        >>> change = change_from(before, then, drop, good="higher", level=0.95)
        >>> change.verdict, change.level, round(change.p, 4), round(change.p_adjusted, 4)
        ('worse', 0.99, 0.0025, 0.0126)
    """
    p = difference.p
    return Change(
        against=reference.name,
        period=reference.label,
        previous=previous.value,
        value=difference.value,
        low=difference.low,
        high=difference.high,
        level=difference.level,
        p=p,
        p_adjusted=None if p is None else min(1.0, p * (1 - level) / (1 - difference.level)),
        verdict=_verdict(difference, good),
        matters=matters,
        relevance=None if matters is None or p is None else _relevance(difference, matters),
    )


def headline_clearest(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings of one list, the clearest change among them a headline, if any is clear.

    >>> from helpers.findings import Measure, measured
    >>> from helpers.stats import proportion, proportion_difference
    >>> previous = ("2026 Q2", proportion(300, 1000), proportion_difference(240, 1000, 300, 1000))
    >>> germany = Measure("conversion", "Conversion", "share", "higher").at(market="Germany")
    >>> found = [measured(germany, proportion(240, 1000), "2026 Q3", previous=previous)]
    >>> [(one.key, one.headline) for one in headline_clearest(found)]
    [('conversion@market=germany', True)]
    """
    evidence = {at: p for at, one in enumerate(findings) if (p := _clearest(one)) is not None}
    lead = min(evidence, key=evidence.__getitem__, default=None)
    return tuple(
        one.model_copy(update={"headline": True}) if at == lead else one for at, one in enumerate(findings)
    )


def _clearest(finding: Finding) -> float | None:
    """The least p of its clear changes; None where none is clear."""
    return min(
        (change.p or 0.0 for change, _ in finding.changes if change.verdict != "unclear"), default=None
    )


def _relevance(difference: Difference, matters: float) -> Relevance:
    """A clear change by its estimate; another by whether its interval rules out what matters."""
    if difference.excludes_zero:
        return "matters" if abs(difference.value) >= matters else "small"
    return "none" if -matters < difference.low and difference.high < matters else "unknown"


def _verdict(difference: Difference, good: Good) -> Verdict:
    # Without any spread there is no test, and the interval is the difference itself.
    if difference.p is None or not difference.excludes_zero:
        return "unclear"
    if good == "none":
        return "changed"
    return "better" if (difference.value > 0) == (good == "higher") else "worse"
