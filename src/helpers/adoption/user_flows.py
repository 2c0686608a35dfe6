"""Active users of each quarter by where they came from, and those who stayed away: counts that add up."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.adoption.observations import Usage
from helpers.periods import Period


@dataclass(frozen=True)
class UserFlow:
    """The users of the feature in one quarter, beside those of the quarter before.

    `active` is `new` + `returning` + `resurrected`; that of the quarter before `returning` + `dormant`.

    Attributes:
        quarter: the quarter.
        active: who used the feature in it.
        new: of them, who had never used it before, as far as events reach back.
        returning: of them, who used it in the quarter before too.
        resurrected: of them, who had used it before, but not in the quarter before.
        dormant: who used it in the quarter before and not in this one.
    """

    quarter: Period
    active: int
    new: int
    returning: int
    resurrected: int
    dormant: int


def user_flows(usage: Usage) -> tuple[UserFlow, ...]:
    """The flows of each quarter shown that is over, but the first, which has none before it; oldest first.

    >>> from helpers.adoption import example_usage
    >>> [(flow.active, flow.new, flow.returning, flow.dormant) for flow in user_flows(example_usage())]
    [(19, 12, 7, 4), (23, 7, 16, 3)]
    """
    counts = usage.quarter_flows
    whole = [quarter for quarter in usage.quarters[1:] if usage.covers_end_of(quarter)]
    return tuple(
        UserFlow(quarter, active, new, returning, active - new - returning, before - returning)
        for quarter in whole
        for active, new, returning in [counts.get(quarter, (0, 0, 0))]
        for before in [counts.get(quarter.shift(-1), (0, 0, 0))[0]]
    )
