"""Who answered, on the page: response rates by segment, and what weighting makes of the score."""

from __future__ import annotations

from collections.abc import Sequence

from helpers import charts, style, tables
from helpers.feedback.findings import response_findings
from helpers.feedback.observations import NOBODY, Answers, Invitations
from helpers.feedback.response import segment_response, weighted_nps
from helpers.feedback.scores import score
from helpers.findings import contrast
from helpers.stats import Comparison, Group, proportion
from helpers.tables import Column


def response_rates(invitations: Invitations, answers: Answers) -> charts.Chart:
    """The share of invitations answered, a fraction, of each segment against the others.

    See `segment_response`. Its findings are the response rates with their change against the preceding
    period, and NPS with each segment weighted by its share of the invited. `.data` has group, value, low,
    high, n, reference, difference and whether that is clear.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell, Invited
        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> scope = Scope(summer := Period(2026, 3))
        >>> answers = Answers(scope, (AnswerCell("nps", date(2026, 7, 1), high=60, low=20, answers=120),))
        >>> sent = {"Enterprise": Invited(30, 400), "Self-serve": Invited(90, 600)}
        >>> response_rates(Invitations(scope, {summer: sent}), answers).title
        'Enterprise answers less often; Self-serve answers more often than the others'
    """
    scope, rows = invitations.scope, segment_response(invitations)
    whole = proportion(*invitations.total(), scope.level)
    return charts.dots(
        [Group("Segments", rows, "All invited", whole)],
        name="response_rate",
        title=_rates_title(rows),
        subtitle=f"Share of invitations answered, with {scope.interval}, {scope.place}, "
        f"{scope.period.label}; {style.number(invitations.total().sent)} invitations{_unnamed(invitations)}",
        unit="share",
        note=" ".join(filter(None, (_weighting_note(invitations, answers), _left_out(invitations)))),
        findings=response_findings(invitations, answers),
    )


def response_by_segment(invitations: Invitations) -> tables.Table:
    """Of each segment the invitations and answers, the response rate, and its share of both (fractions).

    >>> from helpers.feedback import Invited
    >>> from helpers.periods import Period
    >>> from helpers.scope import Scope
    >>> summer, sent = Period(2026, 3), {"Enterprise": Invited(30, 400), "Self-serve": Invited(90, 600)}
    >>> table = response_by_segment(Invitations(Scope(summer), {summer: sent}))
    >>> table.title
    'Enterprise is 40% of those invited and 25% of those who answered'
    >>> list(table.data["of_answers"])
    [0.25, 0.75]
    """
    rows = segment_response(invitations)
    columns = (
        Column("Segment"),
        Column("Invited", "count"),
        Column("Answered", "count"),
        Column("Rate", "share"),
        Column(invitations.scope.interval, "share"),
        Column("Of invited", "share"),
        Column("Of answers", "share"),
    )
    cells = [_cells(invitations, row) for row in rows]
    title, note = _least_heard(invitations, rows), _left_out(invitations)
    return tables.table("response_by_segment", title, columns, cells, note=note)


def _left_out(invitations: Invitations) -> str:
    counted = "people who were asked" if invitations.who.shared else "invitations"
    return invitations.scope.left_out(invitations.sizes, invitations.shown, "segment", counted)


def _unnamed(invitations: Invitations) -> str:
    """How many invitations count in the total and in no segment."""
    sent = invitations.unnamed.get(invitations.scope.period, NOBODY).sent
    return f", of which {style.number(sent)} name no segment" if sent else ""


def _rates_title(rows: Sequence[Comparison]) -> str:
    return contrast(
        rows,
        "{names} [answers|answer] more often",
        "{names} [answers|answer] less often",
        "No segment answers clearly more or less often",
        after=" than the others",
        below_first=True,
    )


def _weighting_note(invitations: Invitations, answers: Answers) -> str:
    scope, weighted = answers.scope, weighted_nps(invitations, answers)
    plain = score(answers, "nps", scope.period, scope.where)
    if weighted is None or plain is None or weighted.low is None or weighted.high is None:
        return ""
    return (
        f"With each segment counted as often as it was invited, {scope.measure('nps').label} is "
        f"{style.value(weighted.value, 'points', 1)} "
        f"({style.interval(weighted.low, weighted.high, 'points', 1)}) "
        f"rather than {style.value(plain.value, 'points', 1)}."
    )


def _least_heard(invitations: Invitations, rows: Sequence[Comparison]) -> str:
    """Which segment is heard least for its size, of those that clearly answer less often than the others."""
    parts = {row.label: _parts(invitations, row.label) for row in rows if row.below}
    if not parts:
        return "Invitations and answers by segment"
    least = min(parts, key=lambda name: parts[name][1] - parts[name][0])
    invited, answered = (style.value(part, "share", 0) for part in parts[least])
    return f"{least} is {invited} of those invited and {answered} of those who answered"


def _parts(invitations: Invitations, segment: str) -> tuple[float, float]:
    """The segment's share of the invited, and of those who answered."""
    now, total = invitations.now[segment], invitations.total()
    return now.sent / total.sent, now.answered / max(total.answered, 1)


def _cells(invitations: Invitations, row: Comparison) -> tuple[tables.Cell, ...]:
    now, (of_invited, of_answers) = invitations.now[row.label], _parts(invitations, row.label)
    assert row.now is not None
    assert row.now.low is not None
    assert row.now.high is not None
    limits = (row.now.low, row.now.high)
    of_answers_known = of_answers if invitations.total().answered else None
    return (row.label, now.sent, now.answered, row.now.value, limits, of_invited, of_answers_known)
