"""What feedback says, as records: scores, their parts, themes, tickets, response; each list corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from helpers.feedback.observations import EVERY_AREA, SCALES, Answers, Comments, Invitations
from helpers.feedback.response import response_change, weighted_nps
from helpers.feedback.scores import QuarterlyScores, Where, score_change
from helpers.feedback.themes import ThemeMentions
from helpers.findings import Measure, corrected, headline_clearest, measured, mid_sentence, withheld
from helpers.periods import Period
from helpers.records import Finding
from helpers.scope import ALL, Scope
from helpers.stats import Comparison, Estimate


def score_findings(answers: Answers) -> tuple[Finding, ...]:
    """The scores of the period with their change against the preceding one, corrected for each other."""
    scope = answers.scope
    return corrected(
        [
            _score(answers, survey, scope.measure(survey), scope.where, headline=True)
            for survey in SCALES
            if answers.has(survey)
        ]
    )


def quarterly_findings(found: QuarterlyScores) -> tuple[Finding, ...]:
    """Every shown score of the table, `nps@period=2021q1,region=mex`."""
    parts: list[Where] = [{}, *({"region": name} for name in found.regions)]
    return tuple(
        _quarterly(found.scope.measure("nps"), cell, quarter, where)
        for quarter, cells in found.scores.items()
        for where, cell in zip(parts, cells, strict=True)
        if cell
    )


def group_findings(answers: Answers) -> tuple[Finding, ...]:
    """Each group's score with its change; in a region's edition its segments alone (it is the headline)."""
    scope = answers.scope
    dimensions = ("region", "segment") if scope.region == ALL else ("segment",)
    measure = scope.measure("nps")
    found = corrected(
        [
            _score(answers, "nps", measure.at(**{dimension: name}), {**scope.where, dimension: name})
            for dimension in dimensions
            for name in answers.shown(dimension, scope.period, scope.where)
        ]
    )
    return headline_clearest(found) if scope.region == ALL else found


def theme_findings(comments: Comments, found: ThemeMentions) -> tuple[Finding, ...]:
    """Each theme's share of comments with its change; the clearest change is a headline."""
    pairs = zip(found.themes, found.rows, strict=True)
    return headline_clearest(corrected([_theme(comments, theme, row) for theme, row in pairs]))


def ticket_findings(rows: Sequence[Comparison], scope: Scope) -> tuple[Finding, ...]:
    """Weekly tickets of all areas and of each, with their change."""
    measure = Measure("tickets_a_week", f"Weekly ticket count{scope.within}", "count", "lower", 1)
    return corrected(
        [
            _measured(
                measure if row.label == EVERY_AREA else measure.at(area=row.label), row, scope, "tickets"
            )
            for row in rows
        ]
    )


def response_findings(invitations: Invitations, answers: Answers) -> tuple[Finding, ...]:
    """The response rate as a headline, that of each segment, and NPS weighted by invitations."""
    scope = invitations.scope
    rate = scope.measure("response_rate")
    whole = _measured(rate, response_change(invitations), scope, "response_rate", headline=True)
    segments = corrected(
        [
            _measured(rate.at(segment=name), response_change(invitations, name), scope, "response_rate")
            for name in invitations.shown
        ]
    )
    weighted = weighted_nps(invitations, answers)
    return (whole, *segments, *([_weighted(weighted, scope)] if weighted else []))


def _score(
    answers: Answers, survey: str, measure: Measure, where: Where, *, headline: bool = False
) -> Finding:
    """A part's score in the period, with its change where the preceding period has answers too."""
    scope = answers.scope
    found = score_change(answers, survey, where)
    if found.now is None:
        n = sum(answers.tally(survey, scope.period, where))
        reason = f"{n} answers; {scope.min_group} are needed."
        return withheld(measure, scope.period.label, reason, n=n, headline=headline)
    return _measured(measure, found, scope, headline=headline)


def _quarterly(plain: Measure, cell: Estimate, quarter: Period, where: Where) -> Finding:
    label = ", ".join(("NPS", *where.values(), quarter.label))
    measure = replace(plain.at(period=quarter.slug, **where), label=label)
    return measured(measure, cell, quarter.label, tables=["nps_by_quarter"])


def _theme(comments: Comments, theme: str, row: Comparison) -> Finding:
    measure = Measure(
        f"comments@theme={theme}",
        f"Share of comments on {mid_sentence(row.label)}{comments.scope.within}",
        "share",
        comments.vocabulary.themes[theme].good,
    )
    return _measured(measure, row, comments.scope, "themes")


def _weighted(score: Estimate, scope: Scope) -> Finding:
    measure = scope.measure("nps")
    weighted = replace(measure, key="nps.weighted", label=f"{measure.label}, weighted by invitations")
    return measured(weighted, score, scope.period.label)


def _measured(
    measure: Measure, row: Comparison, scope: Scope, *tables: str, headline: bool = False
) -> Finding:
    """A number of the period, with its change where there is a preceding period to compare with."""
    assert row.now is not None
    previous = (
        (scope.previous.label, row.reference, row.difference)
        if scope.previous and row.reference and row.difference
        else None
    )
    return measured(measure, row.now, scope.period.label, headline=headline, previous=previous, tables=tables)
