"""Who answered: response rates, and what the score is when each segment counts as it was invited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis

from helpers import findings, style
from helpers.feedback.answers import ALL, Answers, Scope
from helpers.findings import Measure, NoData
from helpers.privacy import suppressed
from helpers.records import Finding
from helpers.sources import LoadedTable
from helpers.stats import (
    Comparison,
    Difference,
    Estimate,
    Group,
    judged,
    proportion,
    proportion_difference,
    weighted,
)
from helpers.tables import Column

Invited = Mapping[str, tuple[int, int]]
"""Segment -> (answered, invited)."""


@dataclass(frozen=True)
class Response:
    """Response rates by segment as groups of a chart and rows of a table, with the weighted score."""

    groups: tuple[Group, ...]
    title: str
    subtitle: str
    note: str
    table_title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str | float | tuple[float, float] | None, ...], ...]
    findings: tuple[Finding, ...]


def response(invitations: LoadedTable, answers: Answers) -> Response:
    """Response rates of the period and its segments, against the others and against the preceding period.

    The weighted score lets each segment count as often as it was invited rather than as often as it
    answered (post-stratification). It mends unequal response between segments, not within them.

    Raises:
        NoData: there are no invitations in this period and region, or they do not say who answered.
    """
    invitations.need("response_id", "segment")
    scope = answers.scope
    if scope.region != ALL:
        invitations.need("region")
    now, then = _counts(invitations, scope)
    if _total(now)[1] < scope.min_group:
        raise NoData(f"There are too few invitations in {scope.place}, {scope.period.label}.")
    hidden = suppressed({name: invited for name, (_, invited) in now.items()}, scope.min_group)
    shown = [name for name in sorted(now) if name not in hidden]
    rows = judged([_row(name, now, scope) for name in shown])
    score = _weighted_score(now, answers)
    answered, invited = _total(now)
    return Response(
        (Group("Segments", rows, "All invited", proportion(answered, invited, scope.level)),),
        _title(rows),
        f"Share of invitations answered, with {scope.interval}, {scope.place}, {scope.period.label}; "
        f"{style.number(invited)} invitations",
        _note(score, answers),
        _table_title(rows, now),
        (
            Column("Segment"),
            Column("Invited", "count"),
            Column("Answered", "count"),
            Column("Rate", "share"),
            Column(scope.interval, "share"),
            Column("Of invited", "share"),
            Column("Of answers", "share"),
        ),
        tuple(_table_row(row, now) for row in rows),
        (
            *_rates(shown, now, then, scope),
            *([_weighted_finding(score, scope)] if score else []),
        ),
    )


def _counts(invitations: LoadedTable, scope: Scope) -> tuple[Invited, Invited]:
    """Answered and invited by segment, in the period and in the preceding one; one query."""
    rows = invitations.during(scope.period).mutate(newest=ibis.literal(True))
    if scope.period.preceding is not None:
        before = invitations.during(scope.period.preceding).mutate(newest=ibis.literal(False))
        rows = rows.union(before)
    if scope.region != ALL:
        rows = rows.filter(rows.region == scope.region)
    rows = rows.filter(rows.segment.notnull())
    counted = (
        rows.group_by("newest", "segment")
        .agg(answered=rows.response_id.count(), invited=rows.count())
        .order_by("newest", "segment")
    )
    sides: dict[bool, dict[str, tuple[int, int]]] = {True: {}, False: {}}
    for row in counted.to_pyarrow().to_pylist():
        sides[row["newest"]][row["segment"]] = (row["answered"], row["invited"])
    return sides[True], sides[False]


def _total(counts: Invited) -> tuple[int, int]:
    return sum(answered for answered, _ in counts.values()), sum(invited for _, invited in counts.values())


def _row(segment: str, counts: Invited, scope: Scope) -> Comparison:
    """One segment against all others."""
    answered, invited = counts[segment]
    all_answered, all_invited = _total(counts)
    others = (all_answered - answered, all_invited - invited)
    estimate = proportion(answered, invited, scope.level)
    if others[1] < scope.min_group:
        return Comparison(segment, estimate)
    reference = proportion(*others, scope.level)
    change = proportion_difference(answered, invited, *others, scope.level)
    return Comparison(segment, estimate, reference, change)


def _table_row(row: Comparison, counts: Invited) -> tuple[str | float | tuple[float, float] | None, ...]:
    answered, invited = counts[row.label]
    all_answered, all_invited = _total(counts)
    assert row.now is not None
    assert row.now.low is not None
    assert row.now.high is not None
    return (
        row.label,
        invited,
        answered,
        row.now.value,
        (row.now.low, row.now.high),
        invited / all_invited,
        answered / all_answered if all_answered else None,
    )


def _weighted_score(counts: Invited, answers: Answers) -> Estimate | None:
    """NPS with each segment at its share of the invited; None where a segment has too few answers."""
    scope = answers.scope
    groups = []
    for segment, (_, invited) in counts.items():
        estimate = answers.estimate("nps", scope.period, {**scope.where, "segment": segment})
        if estimate is None:
            return None
        groups.append((float(invited), estimate))
    return weighted(groups, scope.level) if groups else None


def _title(rows: tuple[Comparison, ...]) -> str:
    less, more = [row.label for row in rows if row.below], [row.label for row in rows if row.above]
    told = [
        f"{style.listed(names)} {'answers' if len(names) == 1 else 'answer'} {way} often"
        for names, way in ((less, "less"), (more, "more"))
        if names
    ]
    return f"{'; '.join(told)} than the others" if told else "No segment answers clearly more or less often"


def _table_title(rows: tuple[Comparison, ...], counts: Invited) -> str:
    """Which segment is heard least for its size."""
    answered, invited = _total(counts)
    gaps = {
        row.label: counts[row.label][0] / max(answered, 1) - counts[row.label][1] / invited for row in rows
    }
    if not gaps or min(gaps.values()) >= 0:
        return "Invitations and answers by segment"
    least = min(gaps, key=gaps.__getitem__)
    parts = (counts[least][1] / invited, counts[least][0] / max(answered, 1))
    return "{} is {} of those invited and {} of those who answered".format(
        least, *(style.value(part, "share", 0) for part in parts)
    )


def _note(score: Estimate | None, answers: Answers) -> str:
    plain = answers.estimate("nps", answers.scope.period, answers.scope.where)
    if score is None or plain is None or score.low is None or score.high is None:
        return ""
    measure = answers.scope.measure("nps")
    return (
        f"With each segment counted as often as it was invited, {measure.label} is "
        f"{style.value(score.value, 'points', 1)} ({style.interval(score.low, score.high, 'points', 1)}) "
        f"rather than {style.value(plain.value, 'points', 1)}."
    )


def _rates(shown: Sequence[str], now: Invited, then: Invited, scope: Scope) -> tuple[Finding, ...]:
    """The response rate as a headline, and that of each segment."""
    rate = scope.measure("response_rate")
    segments = [_finding(rate.at(segment=name), now[name], then.get(name, (0, 0)), scope) for name in shown]
    whole = _finding(rate, _total(now), _total(then), scope, headline=True)
    return (whole, *findings.corrected(segments))


def _weighted_finding(score: Estimate, scope: Scope) -> Finding:
    nps = scope.measure("nps")
    measure = Measure(
        "nps.weighted", f"{nps.label}, weighted by invitations", nps.unit, nps.good, nps.decimals
    )
    return findings.measured(measure, score, scope.period.label)


def _finding(
    measure: Measure, now: tuple[int, int], then: tuple[int, int], scope: Scope, *, headline: bool = False
) -> Finding:
    previous: tuple[str, Estimate, Difference] | None = None
    if scope.period.preceding is not None and then[1] >= scope.min_group:
        change = proportion_difference(*now, *then, scope.level)
        previous = (scope.period.preceding.label, proportion(*then, scope.level), change)
    return findings.measured(
        measure,
        proportion(*now, scope.level),
        scope.period.label,
        headline=headline,
        previous=previous,
        tables=["response_rate"],
    )
