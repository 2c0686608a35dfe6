"""How many are active on a day, in a week, in a month, and on how many days each comes."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.adoption.observations import Usage, spans_of_use, users_by_days
from helpers.findings import NoData
from helpers.stats import Estimate, clustered_count, proportion

BANDS = ((1, 1), (2, 4), (5, 12), (13, 30), (31, None))
"""Days of use that are counted together: the first and the last of each; None is open."""


@dataclass(frozen=True)
class ActiveUsers:
    """Users of the feature in an average day, week or month of the period.

    Attributes:
        span: `day`, `week` (seven days, counted back from the last) or `month` (of the calendar).
        spans: how many whole ones the period has.
        average: users in an average one.
    """

    span: str
    spans: int
    average: Estimate


@dataclass(frozen=True)
class ActiveDays:
    """Those users of the feature who came on so many days of the period.

    Attributes:
        first: the least number of days.
        last: the most; None where it is open.
        users: how many came on so many.
        share: their share of all who used it, 0 to 1.
    """

    first: int
    last: int | None
    users: int
    share: Estimate


def active_users(usage: Usage) -> tuple[ActiveUsers, ...]:
    """Daily, weekly and monthly active users (DAU, WAU, MAU), averages over the whole spans of the period.

    Intervals tell how many other users of the same kind might have come to: the unit is the user, or the
    account where users belong to some. A span that the period never has whole is left out.

        >>> from helpers.adoption import example_usage
        >>> [(one.span, one.spans, round(one.average.value, 1)) for one in active_users(example_usage())]
        [('day', 92, 2.8), ('week', 13, 18.8), ('month', 3, 20.0)]

    Raises:
        NoData: nobody used the feature in it.
    """
    found = spans_of_use(usage)
    if not any(span.total for span in found):
        raise NoData(f"Nobody used {usage.rule.name} in {usage.scope.period.label}.")
    return tuple(
        ActiveUsers(
            span.name,
            span.number,
            clustered_count(
                span.total / span.number, span.squares / span.number**2, span.units, usage.scope.level
            ),
        )
        for span in found
    )


def active_days(usage: Usage) -> tuple[ActiveDays, ...]:
    """How many of those who used the feature in the period did on so many separate days, in bands.

    Shares from 0 to 1 with Wilson's interval (1927).

        >>> from helpers.adoption import example_usage
        >>> [(band.first, band.last, band.users) for band in active_days(example_usage())]
        [(1, 1, 0), (2, 4, 3), (5, 12, 3), (13, 30, 17), (31, None, 0)]

    Raises:
        NoData: nobody used the feature in the period.
    """
    counts = users_by_days(usage, BANDS)
    if not sum(counts):
        raise NoData(f"Nobody used {usage.rule.name} in {usage.scope.period.label}.")
    return tuple(
        ActiveDays(first, last, count, proportion(count, sum(counts), usage.scope.level))
        for (first, last), count in zip(BANDS, counts, strict=True)
    )
