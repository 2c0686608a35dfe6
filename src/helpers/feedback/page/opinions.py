"""What the same people answered then and now, on the page."""

from __future__ import annotations

from helpers import style, tables
from helpers.feedback.observations.changed_minds import KINDS, ChangedMinds
from helpers.privacy import suppressed


def who_changed(minds: ChangedMinds) -> tables.Table:
    """Promoters, passives and detractors of the period before, and what the same people are now: counts.

    Groups of fewer people than a group may have are left out. `.data` has one row a group then.

        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> people = {("Promoters", "Promoters"): 60, ("Passives", "Detractors"): 9}
        >>> shown = who_changed(ChangedMinds(Scope(Period(2026, 3)), people))
        >>> shown.title
        'Of 69 who answered both times, 9 became detractors and none ceased to be one'
        >>> list(shown.data["detractors"])
        [0, 9, 0]
    """
    scope = minds.scope
    sizes = {(then, now): minds.people.get((then, now), 0) for then in KINDS for now in KINDS}
    hidden = suppressed(sizes, scope.min_group)
    then = scope.baseline_label or "before"
    return tables.table(
        "who_changed",
        _title(minds, told=not hidden),
        [tables.Column(f"In {then}"), *(tables.Column(kind, "count") for kind in KINDS)],
        [(kind, *(None if (kind, now) in hidden else sizes[kind, now] for now in KINDS)) for kind in KINDS],
        subtitle=f"People by what they answered in {then} (rows) and in {scope.period.label} (columns), "
        f"{scope.place}; of several answers the last",
        note=_note(scope.min_group if hidden else 0),
    )


def _title(minds: ChangedMinds, *, told: bool) -> str:
    """What became of them; without numbers from which a group that is left out could be had."""
    of = f"Of {style.number(minds.total)} who answered both times"
    if not told:
        return f"{of}, how many think otherwise now"
    became, no_more = (_counted(n) for n in (minds.became_detractors, minds.detractors_no_more))
    return f"{of}, {became} became detractors and {no_more} ceased to be one"


def _counted(n: int) -> str:
    return style.number(n) if n else "none"


def _note(fewest: int) -> str:
    told = "Who answers twice need not think like those who answered once."
    left_out = f" Not shown: groups of fewer than {fewest}, and those that would tell them."
    return told + left_out if fewest else told
