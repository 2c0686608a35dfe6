"""What feedback says, as records: scores, their parts, themes, tickets, response."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from helpers.disagreement import Evidence, with_reason
from helpers.feedback.collection import collection_changes, how_many_answers
from helpers.feedback.observations import (
    EVERY_AREA,
    Answers,
    Comments,
    Invitations,
    Part,
    Tickets,
    WatchedTickets,
)
from helpers.feedback.resolution import IN_TIME, resolution_changes, service_changes, stated_time
from helpers.feedback.response import response_changes, segment_changes, weighted_nps
from helpers.feedback.scores import (
    QuarterlyScores,
    Where,
    group_changes,
    grouped_by,
    question_changes,
    score_change,
    score_changes,
    score_mix,
    weighed_score,
)
from helpers.feedback.themes import ThemeMentions
from helpers.feedback.ticket_volume import ticket_changes
from helpers.findings import (
    ComparedRows,
    Measure,
    beside,
    compared,
    compared_by,
    compared_rows,
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
    """The scores of the period with their changes against what the page compares with."""
    scope = answers.scope
    return tuple(
        _told(answers, survey, found.judged(scope.correction), answers.measure(survey))
        for survey, found in score_changes(answers).items()
    )


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
    """Each group's score with its changes; in a region's edition its segments alone (it is the headline)."""
    scope, measure = answers.scope, answers.measure(answers.leading)
    clauses = collection_changes(answers, answers.leading)
    found = tuple(
        beside(one, clauses)
        for dimension in grouped_by(scope)
        for one in compared_by(
            dimension, measure, group_changes(answers, dimension).judged(scope.correction), scope.period
        )
    )
    return headline_clearest(found) if scope.region == ALL else found


def weighed_findings(answers: Answers, survey: str) -> tuple[Finding, ...]:
    """A survey's score by the weights of its answers; nothing without weights."""
    found, measure = weighed_score(answers, survey), answers.measure(survey)
    if found is None:
        return ()
    key, label = f"{measure.key}.weighed", f"{measure.label}, answers counted by their weight"
    return (measured(replace(measure, key=key, label=label), found.score, answers.scope.period.label),)


def question_findings(answers: Answers) -> tuple[Finding, ...]:
    """The score of each further question with its changes."""
    found = question_changes(answers).judged(answers.scope.correction)
    measures = [answers.measure(question) for question in answers.further_questions]
    return compared_rows(measures, found, answers.scope.period, tables=["questions"])


def theme_findings(comments: Comments, found: ThemeMentions) -> tuple[Finding, ...]:
    """Each theme's share of comments with its changes; the clearest change is a headline."""
    scope, asked = comments.scope, comments.origin == "comments"
    how_many = {one.name: how_many_answers(scope, one.period) for one in scope.references if one.period}
    measures = [_theme(comments, theme) for theme in found.themes]
    rows = compared_rows(
        measures, found.changes, scope.period, tables=["themes" if asked else "themes_elsewhere"]
    )
    return headline_clearest([beside(one, how_many) for one in rows]) if asked else rows


def ticket_findings(tickets: Tickets) -> tuple[Finding, ...]:
    """Weekly tickets of all areas and of each, with their changes."""
    scope = tickets.scope
    found = ticket_changes(tickets).judged(scope.correction)
    measure = _of_tickets(
        "tickets_a_week",
        f"Weekly ticket count{scope.within}",
        "count",
        "Tickets opened in a week, on average.",
    )
    measures = [measure if row.label == EVERY_AREA else measure.at(area=row.label) for row in found.rows]
    return compared_rows(measures, found, scope.period, tables=["tickets"])


def resolution_findings(tickets: WatchedTickets) -> tuple[Finding, ...]:
    """Days until half of the tickets are closed, of all areas and of each, with their changes."""
    scope = tickets.scope
    found = resolution_changes(tickets).judged(scope.correction)
    label = f"Median days until a ticket is closed{scope.within}"
    measure = _of_tickets(
        "days_to_resolve",
        label,
        "days",
        "The age by which half of the tickets opened in the period are closed.",
    )
    measures = [measure if row.label == EVERY_AREA else measure.at(area=row.label) for row in found.rows]
    return compared_rows(measures, found, scope.period, tables=["time_to_resolve"])


def service_findings(tickets: WatchedTickets) -> tuple[Finding, ...]:
    """Tickets closed in the stated time and those that customers rated 4 or 5, with their changes."""
    scope, stated = tickets.scope, stated_time()
    found = service_changes(tickets).judged(scope.correction)
    counts = "Tickets that their customers rated 4 or 5, of those opened in the period and rated."
    label = f"Tickets rated 4 or 5{scope.within}"
    rated = replace(_of_tickets("ticket_csat", label, "share", counts), good="higher")
    measures = [
        scope.measure(IN_TIME, "tickets") if stated and row.label == stated.label else rated
        for row in found.rows
    ]
    return compared_rows(measures, found, scope.period, tables=["service"])


def response_findings(invitations: Invitations, answers: Answers) -> tuple[Finding, ...]:
    """The response rate as a headline, that of each segment, and NPS weighted by invitations."""
    scope = invitations.scope
    rate = scope.measure("response_rate", "invitations", "responses")
    shown = ["response_rate"]
    total = response_changes(invitations).judged(scope.correction)
    whole = compared(rate, total, scope.period, headline=True, tables=shown)
    rows = segment_changes(invitations).judged(scope.correction)
    segments = compared_by("segment", rate, rows, scope.period, tables=shown)
    weighted = weighted_nps(invitations, answers)
    return (whole, *segments, *([_weighted(weighted, scope)] if weighted else []))


def _told(answers: Answers, survey: str, found: ComparedRows, measure: Measure) -> Finding:
    """A survey's score, with its changes where the periods compared with have answers too."""
    scope = answers.scope
    if found.rows[0].now is None:
        counted = answers.counted(survey, Part(scope.period, scope.where))
        n = sum(counted.tally)
        of = f" of {counted.people} people" if counted.people < n else ""
        reason = f"{n} answers{of}; {scope.min_group} are needed."
        return withheld(measure, scope.period.label, reason, n=n, headline=True)
    told = beside(compared(measure, found, scope.period, headline=True), collection_changes(answers, survey))
    evidence = Evidence(partial(_step, answers, survey), partial(score_mix, answers, survey))
    return with_reason(told, scope, evidence)


def _step(answers: Answers, survey: str, scope: Scope, then: Period) -> Comparison:
    return score_change(replace(answers, scope=scope), survey, scope.where, then)


def _quarterly(scope: Scope, cell: Estimate, quarter: Period, where: Where) -> Finding:
    label = ", ".join(("NPS", *where.values(), scope.named(quarter)))
    measure = replace(scope.measure("nps", "responses").at(period=quarter.slug, **where), label=label)
    return measured(measure, cell, quarter.label, tables=["nps_by_quarter"])


def _theme(comments: Comments, theme: str) -> Measure:
    about = mid_sentence(comments.label(theme))
    label = f"Share of {comments.origin} on {about}{comments.scope.within}"
    return Measure(
        f"{comments.origin}@theme={theme}",
        label,
        "share",
        comments.vocabulary.themes[theme].good,
        counts=f"Those that have words of the theme, of all {comments.origin} with words.",
        sources=("responses" if comments.origin == "comments" else comments.origin,),
    )


def _of_tickets(key: str, label: str, unit: str, counts: str) -> Measure:
    return Measure(key, label, unit, "lower", 1, counts=counts, sources=("tickets",))


def _weighted(score: Estimate, scope: Scope) -> Finding:
    measure = scope.measure("nps", "responses", "invitations")
    weighted = replace(measure, key="nps.weighted", label=f"{measure.label}, weighted by invitations")
    return measured(weighted, score, scope.period.label)
