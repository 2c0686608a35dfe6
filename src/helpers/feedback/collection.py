"""What changed in how answers are collected: how many a day, and from whom."""

from __future__ import annotations

from helpers import style
from helpers.feedback.observations import Answers
from helpers.periods import Period
from helpers.scope import ALL, Scope

MARKED = 0.2
"""Share of the answers that must have moved between groups for a change in who answers to be told."""


def collection_changes(answers: Answers, survey: str) -> dict[str, str]:
    """What else changed since each period that the page compares with, by its name in `compare`."""
    return {
        one.name: collection_change(answers, survey, one.period)
        for one in answers.scope.references
        if one.period
    }


def collection_change(answers: Answers, survey: str, then: Period) -> str:
    """What else changed since an earlier period and can explain a change of scores; empty for little.

    Told are answers a day that more than doubled or halved, and the group that gained or lost most where a
    fifth of the answers or more moved between regions or segments (total variation distance).

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> from helpers.scope import Scope
        >>> def of(month: int, segment: str, n: int) -> AnswerCell:
        ...     return AnswerCell("nps", date(2026, month, 1), high=n, low=0, answers=n, segment=segment)
        >>> cells = (of(4, "SMB", 80), of(4, "Enterprise", 20), of(7, "SMB", 40), of(7, "Enterprise", 60))
        >>> collection_change(Answers(Scope(Period(2026, 3)), cells), "nps", Period(2026, 2))
        'SMB went from 80% to 40% of the answers'
    """
    told = (how_many_answers(answers.scope, then), _from_whom(answers, survey, then))
    return " and ".join(part for part in told if part)


def how_many_answers(scope: Scope, then: Period) -> str:
    """`answers went from 4 to 170 a day`; empty where their number did not change much."""
    return scope.coverage.collected(scope.period, then, "answers") if scope.coverage else ""


def _from_whom(answers: Answers, survey: str, then: Period) -> str:
    dimensions = ("region", "segment") if answers.scope.region == ALL else ("segment",)
    shifts = [
        shift for dimension in dimensions if (shift := _shift(answers, survey, dimension, then)) is not None
    ]
    if not shifts:
        return ""
    _, name, before, now = max(shifts)
    share, today = style.value(before, "share", 0), style.value(now, "share", 0)
    return f"{name} went from {share} to {today} of the answers"


def _shift(
    answers: Answers, survey: str, dimension: str, then: Period
) -> tuple[float, str, float, float] | None:
    """How much moved between the groups of a dimension, and the group that moved most; None for little."""
    scope, names = answers.scope, answers.groups(dimension, survey)
    now, before = (
        [sum(answers.tally(survey, period, {**scope.where, dimension: name})) for name in names]
        for period in (scope.period, then)
    )
    if min(sum(now), sum(before)) < max(scope.min_group, 1):
        return None
    parts = [(n / sum(now), m / sum(before), name) for n, m, name in zip(now, before, names, strict=True)]
    moved = sum(abs(share - earlier) for share, earlier, _ in parts) / 2
    if moved < MARKED:
        return None
    share, earlier, name = max(parts, key=lambda part: abs(part[0] - part[1]))
    return moved, name, earlier, share
