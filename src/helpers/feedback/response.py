"""Who answered: response rates, and the score when each segment counts as it was invited."""

from __future__ import annotations

from helpers.feedback.observations import Answers, Invitations, Invited
from helpers.feedback.scores import score
from helpers.scope import Scope
from helpers.stats import Comparison, Estimate, compared_proportions, weighted


def segment_response(invitations: Invitations) -> tuple[Comparison, ...]:
    """The response rate of each segment against all others, fractions, read as the page corrects this list.

    Wilson's interval (1927); differences by Newcombe's (1998). Segments that are too small are left out.

        >>> from helpers.periods import Period
        >>> sent = {"Enterprise": Invited(30, 400), "Self-serve": Invited(90, 600)}
        >>> rows = segment_response(Invitations(Scope(Period(2026, 3)), sent))
        >>> [(row.label, row.now.value, row.reference.value, row.below) for row in rows]
        [('Enterprise', 0.075, 0.15, True), ('Self-serve', 0.15, 0.075, False)]
    """
    return invitations.scope.judged("answering:others", answering_against_others(invitations))


def answering_against_others(invitations: Invitations) -> tuple[Comparison, ...]:
    """The response rate of each segment against all others, as fractions, before correction."""
    return tuple(_against_others(invitations, segment) for segment in invitations.shown)


def response_change(invitations: Invitations, segment: str | None = None) -> Comparison:
    """The response rate of a segment (of all, where it is None), against the preceding period, uncorrected.

    >>> from helpers.periods import Period
    >>> now, before = {"Enterprise": Invited(30, 400)}, {"Enterprise": Invited(60, 400)}
    >>> change = response_change(Invitations(Scope(Period(2026, 3)), now, before))
    >>> change.now.value, change.reference.value, round(change.difference.value, 3)
    (0.075, 0.15, -0.075)
    """
    if segment is None:
        return _compared("All invited", invitations.total, invitations.previous_total, invitations.scope)
    now, then = invitations.now[segment], invitations.previously(segment)
    return _compared(segment, now, then, invitations.scope)


def segment_changes(invitations: Invitations) -> tuple[Comparison, ...]:
    """The response rate of each segment against the preceding period, as fractions, before correction."""
    return tuple(response_change(invitations, segment) for segment in invitations.shown)


def weighted_nps(invitations: Invitations, answers: Answers) -> Estimate | None:
    """NPS in points with each segment at its share of the invited (post-stratification, Holt & Smith 1979).

    It mends unequal response between segments, not within them. None where a segment has too few answers.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> from helpers.periods import Period
        >>> scope, july = Scope(Period(2026, 3)), date(2026, 7, 1)
        >>> cells = (
        ...     AnswerCell("nps", july, high=5, low=10, answers=20, segment="Enterprise"),
        ...     AnswerCell("nps", july, high=60, low=10, answers=100, segment="Self-serve"),
        ... )
        >>> sent = {"Enterprise": Invited(20, 500), "Self-serve": Invited(100, 500)}
        >>> weighted_nps(Invitations(scope, sent), Answers(scope, cells)).value
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
    now, total = invitations.now[segment], invitations.named
    others = Invited(total.answered - now.answered, total.sent - now.sent)
    return _compared(segment, now, others, invitations.scope)


def _compared(label: str, now: Invited, reference: Invited, scope: Scope) -> Comparison:
    """Two response rates; one alone where the other has too few invitations."""
    enough = reference.sent >= scope.min_group
    return compared_proportions(label, now, reference if enough else None, scope.level)
