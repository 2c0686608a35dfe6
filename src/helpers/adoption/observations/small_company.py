"""A company of sixty users, small enough to reckon with: what the examples of this subject show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from helpers import sources
from helpers.adoption.adoption_rule import AdoptionRule
from helpers.adoption.observations.usage import Usage, usage
from helpers.periods import Period
from helpers.scope import Scope

START, END = date(2026, 1, 1), date(2026, 9, 30)


def example_usage() -> Usage:
    """Sixty users who sign up every fourth day of 2026, in turn by referral and by search.

    Who comes by search uses dashboards on the first three days, who comes by referral reports; every third
    user then stays away, the others come back once a week. The first user also opens reports every day on
    iOS, of which nothing is recorded in the first half of August.

        >>> usage = example_usage()
        >>> usage.rule.words, usage.scope.period.label, usage.last.isoformat()
        ('used dashboards on 3 separate days within 7 calendar days', '2026 Q3', '2026-09-30')
    """
    users = [
        {"user_id": f"u{number}", "signed_up_at": _at(_signed_up(number)), "channel": _channel(number)}
        for number in range(60)
    ]
    events = [_event(number, *used) for number in range(60) for used in _web(number)]
    events += [_event(0, day, "reports", "ios") for day in _ios()]
    scope, rule = Scope(Period(2026, 3)), AdoptionRule("dashboards")
    return usage(sources.of_rows("users", users), sources.of_rows("events", events), scope, rule)


def _signed_up(number: int) -> date:
    return START + timedelta(days=4 * number)


def _channel(number: int) -> str:
    return "search" if number % 2 else "referral"


def _web(number: int) -> Iterator[tuple[date, str]]:
    """The days on the web: three in a row from sign-up on; then, but for every third user, once a week."""
    feature, start = ("dashboards" if number % 2 else "reports"), _signed_up(number)
    stay = (END - start).days if number % 3 else 3
    for after in (0, 1, 2, *range(9, stay + 1, 7)):
        if (day := start + timedelta(days=after)) <= END:
            yield day, feature


def _ios() -> Iterator[date]:
    """Every day but those of the outage."""
    days = (START + timedelta(days=after) for after in range((END - START).days + 1))
    return (day for day in days if not date(2026, 8, 1) <= day <= date(2026, 8, 15))


def _event(number: int, day: date, feature: str, platform: str = "web") -> dict[str, object]:
    known = {"event": "open", "feature": feature, "platform": platform}
    return {"user_id": f"u{number}", "occurred_at": _at(day), **known}


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12)
