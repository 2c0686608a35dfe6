"""Who answered: response rates, and the score when each segment counts as it was invited."""

from __future__ import annotations

from helpers.feedback.observations import ANSWERED, NOBODY, Answers, Invitations, Invited, Part
from helpers.feedback.scores import score
from helpers.findings import ComparedRows
from helpers.periods import Period
from helpers.stats import Comparison, Estimate, compared_proportions, proportion, weighted


def segment_response(invitations: Invitations) -> tuple[Comparison, ...]:
    """The response rate of each segment against all others, fractions, read as the page corrects this list.

    Wilson's interval (1927); differences by Newcombe's (1998). Segments that are too small are left out.

        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> summer, sent = Period(2026, 3), {"Enterprise": Invited(30, 400), "Self-serve": Invited(90, 600)}
        >>> rows = segment_response(Invitations(Scope(summer), {summer: sent}))
        >>> [(row.label, row.now.value, row.reference.value, row.below) for row in rows]
        [('Enterprise', 0.075, 0.15, True), ('Self-serve', 0.15, 0.075, False)]
    """
    return invitations.scope.judged("answering:others", answering_against_others(invitations))


def answering_against_others(invitations: Invitations) -> tuple[Comparison, ...]:
    """The response rate of each segment against all others, as fractions, before correction."""
    return tuple(_against_others(invitations, segment) for segment in invitations.shown)


def response_change(invitations: Invitations, then: Period | None, segment: str | None = None) -> Comparison:
    """The response rate of a segment (of all, where it is None), against an earlier period, uncorrected.

    >>> from helpers.scope import Scope
    >>> summer, spring = Period(2026, 3), Period(2026, 2)
    >>> sent = {summer: {"Enterprise": Invited(30, 400)}, spring: {"Enterprise": Invited(60, 400)}}
    >>> change = response_change(Invitations(Scope(summer), sent), spring)
    >>> change.now.value, change.reference.value, round(change.difference.value, 3)
    (0.075, 0.15, -0.075)
    """
    scope, label = invitations.scope, segment or "All invited"
    now = invitations.of(segment) if segment else invitations.total()
    if then is None:
        return _compared(invitations, label, (now, NOBODY), None)
    before = invitations.of(segment, then) if segment else invitations.total(then)
    where = {"segment": segment} if segment else {}
    return _compared(invitations, label, (now, before), (Part(scope.period, where), Part(then, where)))


def response_changes(invitations: Invitations) -> ComparedRows:
    """The response rate against each period that the page compares with, a fraction, before correction."""
    scope = invitations.scope
    found = scope.compared("response_rate", lambda then: [response_change(invitations, then)])
    return found.with_target(scope.measure("response_rate").target)


def segment_changes(invitations: Invitations) -> ComparedRows:
    """The response rate of each segment against each period compared with, before correction."""
    return invitations.scope.compared(
        "answering",
        lambda then: [response_change(invitations, then, segment) for segment in invitations.shown],
    )


def weighted_nps(invitations: Invitations, answers: Answers) -> Estimate | None:
    """NPS in points with each segment at its share of the invited (post-stratification, Holt & Smith 1979).

    It mends unequal response between segments, not within them. None where a segment has too few answers.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> scope, july = Scope(summer := Period(2026, 3)), date(2026, 7, 1)
        >>> cells = (
        ...     AnswerCell("nps", july, high=5, low=10, answers=20, segment="Enterprise"),
        ...     AnswerCell("nps", july, high=60, low=10, answers=100, segment="Self-serve"),
        ... )
        >>> sent = {"Enterprise": Invited(20, 500), "Self-serve": Invited(100, 500)}
        >>> weighted_nps(Invitations(scope, {summer: sent}), Answers(scope, cells)).value
        12.5
    """
    scope = answers.scope
    groups = []
    for segment, invited in invitations.now.items():
        estimate = score(answers, "nps", scope.period, {**scope.where, "segment": segment})
        if estimate is None:
            return None
        groups.append((float(invited.sent), estimate))
    return weighted(groups, scope.level) if groups else None


def _against_others(invitations: Invitations, segment: str) -> Comparison:
    now, total = invitations.now[segment], _named(invitations)
    others = Invited(total.answered - now.answered, total.sent - now.sent)
    period = invitations.scope.period
    parts = Part(period, {"segment": segment}), Part(period, {}, {"segment": segment})
    return _compared(invitations, segment, (now, others), parts)


def _named(invitations: Invitations) -> Invited:
    """The invitations of the period that name a segment."""
    each = invitations.now.values()
    return Invited(sum(one.answered for one in each), sum(one.sent for one in each))


def _compared(
    invitations: Invitations, label: str, counts: tuple[Invited, Invited], parts: tuple[Part, Part] | None
) -> Comparison:
    """Two response rates; one alone where the other has too few invitations."""
    (now, reference), scope, who = counts, invitations.scope, invitations.who
    if parts is None or reference.sent < scope.min_group:
        effective = who.effective(ANSWERED, parts[0] if parts else Part(scope.period), now.sent)
        return Comparison(label, proportion(*now, scope.level, effective=effective))
    return compared_proportions(
        label,
        now,
        reference,
        scope.level,
        correlation=who.correlation(ANSWERED, *parts, (now.sent, reference.sent)),
        effective=(
            who.effective(ANSWERED, parts[0], now.sent),
            who.effective(ANSWERED, parts[1], reference.sent),
        ),
    )
