"""What the share of adopters is made of: adopters and users, told beside it, and which of them moved it."""

from __future__ import annotations

import math

from helpers import findings, style
from helpers.adoption.adopters import adopted
from helpers.adoption.observations import Usage
from helpers.periods import Period
from helpers.records import Finding


def beside_users(usage: Usage, finding: Finding) -> Finding:
    """Adoption with what its users did meanwhile, wherever they moved the share more than adopters did.

    So a share never rises on a page on which users fell without the page saying so.
    """
    periods = {one.name: one.period for one in usage.scope.references}
    clauses = {name: users_moved_it(usage, period) for name, period in periods.items()}
    return findings.beside(finding, clauses)


def with_counts(usage: Usage, finding: Finding) -> Finding:
    """Adoption with numerator and denominator in its sentence, now and in the period compared with first."""
    found, eligible = adopted(usage), usage.rule.eligible
    if found is None or finding.value is None:
        return finding
    told = f"That is {_of(found.users, usage.period_counts.users)} {eligible.of(found.period)}"
    if finding.change and found.before:
        told += f", after {_of(found.users_before, found.before.n or 0)} in {finding.change.period}"
    text = finding.text.model_copy(update={"sentence": f"{finding.text.sentence} {told}."})
    return finding.model_copy(update={"text": text})


def users_moved_it(usage: Usage, then: Period | None) -> str:
    """That users moved the share of adopters more than adopters did, with both counts; else nothing.

    >>> from helpers.adoption import example_usage
    >>> users_moved_it(example_usage(), Period(2026, 2))
    ''
    """
    counts = usage.period_counts
    earlier = counts.against.get(then) if then else None
    if earlier is None or not (counts.users and earlier.reference_trials):
        return ""
    if not more_by_users(
        (counts.adopted, counts.users), (earlier.reference_successes, earlier.reference_trials)
    ):
        return ""
    users = _course("users", counts.users, earlier.reference_trials)
    return f"{users} and {_course('adopters', counts.adopted, earlier.reference_successes)}"


def more_by_users(now: tuple[int, int], then: tuple[int, int]) -> bool:
    """Whether a share moved more by its denominator than by its numerator, on the scale of logarithms.

    >>> more_by_users((60, 80), (60, 146)), more_by_users((110, 1000), (60, 1040))
    (True, False)
    """
    (adopters, users), (adopters_then, users_then) = now, then
    if not (adopters and adopters_then):
        return False
    by_adopters, by_users = math.log(adopters / adopters_then), -math.log(users / users_then)
    return by_users * (by_adopters + by_users) > 0 and abs(by_users) > abs(by_adopters)


def _of(adopters: int, users: int) -> str:
    return f"{style.number(adopters)} of {style.number(users)}"


def _course(noun: str, now: int, then: int) -> str:
    if now == then:
        return f"{noun} stayed at {style.number(now)}"
    return f"{noun} {'rose' if now > then else 'fell'} from {style.number(then)} to {style.number(now)}"
