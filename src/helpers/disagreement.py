"""Why the comparisons of a headline disagree, as far as the numbers themselves say so.

A season is named only where it was seen in at least two earlier years; another mix of customers only as the
part of the change that it makes by arithmetic. No event and no guess stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from helpers import style
from helpers.periods import Period
from helpers.records import Change, Finding
from helpers.scope import Scope
from helpers.stats import Comparison, MixAndRate

__all__ = ["Evidence", "with_reason"]

FEWEST_YEARS = 2
"""Earlier years that must show the same step for a season to be named."""

MOST_OF_IT = 0.5
"""Part of a change from which on another mix explains it."""


@dataclass(frozen=True)
class Evidence:
    """What can be asked of a number to say why its comparisons disagree.

    Attributes:
        step: its change within one scope against an earlier period, at the scope's level, not corrected.
        mix: its change since a period split in mix and rate, in its own unit; None where there is no mix.
        of: what mixes (`segments`).
    """

    step: Callable[[Scope, Period], Comparison]
    mix: Callable[[Period], MixAndRate | None]
    of: str = "segments"


def with_reason(finding: Finding, scope: Scope, evidence: Evidence) -> Finding:
    """The finding with the reason why the period before and a year ago tell otherwise, beside that they do.

    Nothing is added where both tell the same, or where only one of them is compared with.

        >>> from helpers.findings import ComparedRows, Measure, compared
        >>> from helpers.stats import compared_proportions
        >>> paid = {"2026Q2": (380, 1000), "2025Q3": (310, 1000)}
        >>> def step(scope: Scope, then: Period) -> Comparison:
        ...     return compared_proportions("All", (300, 1000), paid[then.text])
        >>> scope = Scope(Period(2026, 3))
        >>> rows = scope.compared("total", lambda then: [step(scope, then or scope.period.preceding)])
        >>> found = compared(Measure("conversion", "Conversion", "share", "higher"), rows, scope.period)
        >>> with_reason(found, scope, Evidence(step, lambda then: None)).text.certainty[-59:]
        'Against 2025 Q3 there is no clear change. Why is not known.'
    """
    changes = {change.against: change for change, _ in finding.changes}
    before, year_ago = changes.get("previous"), changes.get("year_ago")
    if before is None or year_ago is None or before.way == year_ago.way:
        return finding
    clear = before if before.way else year_ago
    told = _season(before, scope, evidence) or _mix(finding, clear, scope, evidence)
    certainty = f"{finding.text.certainty} {told or 'Why is not known.'}"
    return finding.model_copy(update={"text": finding.text.model_copy(update={"certainty": certainty})})


def _season(before: Change, scope: Scope, evidence: Evidence) -> str:
    """That the same step came in earlier years; empty where fewer than two show it, or one the opposite."""
    steps = dict(_earlier_steps(scope, evidence)) if before.way else {}
    alike = sorted(period for period, way in steps.items() if way == before.way)
    if len(alike) < FEWEST_YEARS or any(way == -before.way for way in steps.values()):
        return ""
    verb = "rose" if before.way > 0 else "fell"
    return f"From the period before it {verb} in {style.listed(alike)} too: that is its season."


def _earlier_steps(scope: Scope, evidence: Evidence) -> Iterator[tuple[str, int]]:
    """Of each earlier year with whole periods: its period, and which way the same step clearly went."""
    now = scope.period.year_ago if scope.coverage else None
    while now is not None and (before := now.preceding) and scope.is_known(before):
        if scope.is_whole(now) and scope.is_whole(before):
            found = evidence.step(scope.at(now), before).difference
            yield now.label, found.way if found else 0
        now = now.year_ago


def _mix(finding: Finding, change: Change, scope: Scope, evidence: Evidence) -> str:
    """The part of a change that comes from another mix; empty where that is less than half of it."""
    then = next((one.period for one in scope.references if one.name == change.against), None)
    split = evidence.mix(then) if then else None
    if split is None or split.mix * change.value < MOST_OF_IT * change.value**2:
        return ""
    part = style.change(split.mix, finding.unit, finding.decimals)
    return f"{part} of the change since {change.period} come from another mix of {evidence.of}."


def __dir__() -> list[str]:
    return __all__
