"""What feedback says, as records: scores, their parts, themes, tickets, response."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from helpers.feedback.collection import collection_change
from helpers.feedback.observations import EVERY_AREA, Answers, Comments, Invitations
from helpers.feedback.response import response_change, segment_changes, weighted_nps
from helpers.feedback.scores import QuarterlyScores, Where, group_changes, grouped_by, score_changes
from helpers.feedback.themes import ThemeMentions
from helpers.findings import (
    Measure,
    beside,
    compared,
    compared_by,
    headline_clearest,
    measured,
    mid_sentence,
    withheld,
)
from helpers.periods import Period
from helpers.records import Finding
from helpers.scope import ALL, Scope
from helpers.stats import Comparison, Estimate


def score_findings(answers: Answers) -> tuple[Finding, ...]:
    """The scores of the period with their change against the preceding one."""
    scope = answers.scope
    found = []
    for survey, row in score_changes(answers).items():
        (judged,) = scope.judged(f"{survey}:previous", [row])
        told = _score(answers, survey, judged, scope.measure(survey), scope.where, headline=True)
        found.append(beside(told, collection_change(answers, survey)))
    return tuple(found)


def quarterly_findings(found: QuarterlyScores) -> tuple[Finding, ...]:
    """Every shown score of the table, `nps@period=2021q1,region=mex`."""
    parts: list[Where] = [{}, *({"region": name} for name in found.regions)]
    return tuple(
        _quarterly(found.scope, cell, quarter, where)
        for quarter, cells in found.scores.items()
        for where, cell in zip(parts, cells, strict=True)
        if cell
    )


def group_findings(answers: Answers) -> tuple[Finding, ...]:
    """Each group's score with its change; in a region's edition its segments alone (it is the headline)."""
    scope, measure = answers.scope, answers.scope.measure("nps")
    found = tuple(
        _score(
            answers, "nps", row, measure.at(**{dimension: row.label}), {**scope.where, dimension: row.label}
        )
        for dimension in grouped_by(scope)
        for row in scope.judged(f"{dimension}s:previous", group_changes(answers, dimension))
    )
    found = tuple(beside(one, collection_change(answers, "nps")) for one in found)
    return headline_clearest(found) if scope.region == ALL else found


def theme_findings(comments: Comments, found: ThemeMentions) -> tuple[Finding, ...]:
    """Each theme's share of comments with its change; the clearest change is a headline."""
    pairs = zip(found.themes, found.rows, strict=True)
    rows = [_theme(comments, theme, row) for theme, row in pairs]
    scope = comments.scope
    how_many = scope.coverage.collected(scope.period, scope.previous, "answers") if scope.coverage else ""
    return headline_clearest([beside(one, how_many) for one in rows])


def ticket_findings(rows: Sequence[Comparison], scope: Scope) -> tuple[Finding, ...]:
    """Weekly tickets of all areas and of each, with their change."""
    measure = Measure("tickets_a_week", f"Weekly ticket count{scope.within}", "count", "lower", 1)
    named = [(measure if row.label == EVERY_AREA else measure.at(area=row.label), row) for row in rows]
    return tuple(
        compared(each, row, scope.period, since=scope.previous_label, tables=["tickets"])
        for each, row in named
    )


def response_findings(invitations: Invitations, answers: Answers) -> tuple[Finding, ...]:
    """The response rate as a headline, that of each segment, and NPS weighted by invitations."""
    scope = invitations.scope
    rate = scope.measure("response_rate")
    shown = ["response_rate"]
    (total,) = scope.judged("response_rate:previous", [response_change(invitations)])
    whole = compared(
        rate,
        total,
        scope.period,
        since=scope.previous_label,
        headline=True,
        tables=shown,
    )
    rows = scope.judged("answering:previous", segment_changes(invitations))
    segments = compared_by("segment", rate, rows, scope.period, since=scope.previous_label, tables=shown)
    weighted = weighted_nps(invitations, answers)
    return (whole, *segments, *([_weighted(weighted, scope)] if weighted else []))


def _score(  # noqa: PLR0913  (the fields of one record)
    answers: Answers,
    survey: str,
    found: Comparison,
    measure: Measure,
    where: Where,
    *,
    headline: bool = False,
) -> Finding:
    """A part's score in the period, with its change where the preceding period has answers too."""
    scope = answers.scope
    if found.now is None:
        n = sum(answers.tally(survey, scope.period, where))
        reason = f"{n} answers; {scope.min_group} are needed."
        return withheld(measure, scope.period.label, reason, n=n, headline=headline)
    return compared(measure, found, scope.period, since=scope.previous_label, headline=headline)


def _quarterly(scope: Scope, cell: Estimate, quarter: Period, where: Where) -> Finding:
    label = ", ".join(("NPS", *where.values(), scope.named(quarter)))
    measure = replace(scope.measure("nps").at(period=quarter.slug, **where), label=label)
    return measured(measure, cell, quarter.label, tables=["nps_by_quarter"])


def _theme(comments: Comments, theme: str, row: Comparison) -> Finding:
    measure = Measure(
        f"comments@theme={theme}",
        f"Share of comments on {mid_sentence(row.label)}{comments.scope.within}",
        "share",
        comments.vocabulary.themes[theme].good,
    )
    return compared(
        measure, row, comments.scope.period, since=comments.scope.previous_label, tables=["themes"]
    )


def _weighted(score: Estimate, scope: Scope) -> Finding:
    measure = scope.measure("nps")
    weighted = replace(measure, key="nps.weighted", label=f"{measure.label}, weighted by invitations")
    return measured(weighted, score, scope.period.label)
