"""Scores on the page: headlines, over time, by quarter and region, group against group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from helpers import charts, style, tables
from helpers.feedback.findings import (
    group_findings,
    quarterly_findings,
    question_findings,
    score_findings,
    weighed_findings,
)
from helpers.feedback.observations import Answers
from helpers.feedback.page.change_columns import change_cells, change_columns
from helpers.feedback.scores import (
    daily_series,
    group_scores,
    mean_answer,
    quarterly_scores,
    question_changes,
    score_changes,
    score_series,
    weighed_score,
)
from helpers.findings import Headlines, contrast, moved
from helpers.records import Finding
from helpers.scope import ALL, Scope
from helpers.stats import Comparison, Group, Series

SURVEYS = {
    "nps": "Net promoter score",
    "csat": "Share of answers 4 and 5 on a scale of 1 to 5",
    "ces": "Share of answers 5 to 7 on a scale of 1 to 7",
}
EXTREME_OF = 4
"""Points that a "lowest of" needs at least."""


def headlines(answers: Answers) -> Headlines:
    """NPS, CSAT and CES of the period, each with its change against the preceding period.

    The changes are read as the page corrects them; what a score is stands at `score_change`. `.data` has one
    row a score.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> april = AnswerCell("nps", date(2026, 4, 1), high=400, low=250, answers=1000)
        >>> july = AnswerCell("nps", date(2026, 7, 1), high=450, low=210, answers=1000)
        >>> shown = headlines(Answers(Scope(Period(2026, 3)), (april, july)))
        >>> [(finding.label, finding.value, finding.change.verdict) for finding in shown.findings]
        [('NPS', 24.0, 'better')]
    """
    return Headlines(score_findings(answers), checks=answers.scope.checks)


def nps_over_time(answers: Answers) -> charts.Chart:
    """NPS in points over the last twelve quarters; in a region's edition with all regions beside.

    The band is the adjusted Wald interval (Rocks 2016). `.data` has period, group, value, low, high and n.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> april = AnswerCell("nps", date(2026, 4, 1), high=400, low=250, answers=1000)
        >>> july = AnswerCell("nps", date(2026, 7, 1), high=450, low=210, answers=1000)
        >>> chart = nps_over_time(Answers(Scope(Period(2026, 3)), (april, july)))
        >>> chart.title
        'NPS rose clearly since 2026 Q2'
        >>> list(chart.data["value"])
        [15.0, 24.0]

    Raises:
        NoData: the period has no NPS answers.
    """
    return _over_time(answers, "nps")


def satisfaction_over_time(answers: Answers) -> charts.Chart:
    """CSAT (without it CES) as a fraction over the last twelve quarters; a region's with all regions beside.

    The band is Wilson's interval (1927). `.data` has period, group, value, low, high and n.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> july = AnswerCell("csat", date(2026, 7, 1), high=80, low=5, answers=100)
        >>> chart = satisfaction_over_time(Answers(Scope(Period(2026, 3)), (july,)))
        >>> list(chart.data["value"])
        [0.8]

    Raises:
        NoData: the period has no CSAT and no CES answers.
    """
    return _over_time(answers, next((one for one in answers.surveys if one != "nps"), "csat"))


def satisfaction_by_question(answers: Answers) -> tables.Table:
    """The score of CSAT, of CES and of each further question, now and before, and the mean answer.

    Scores are the shares of high answers (see `score_change`), means are on the scale of the survey (see
    `mean_answer`). Further questions are read as a list of their own, the surveys as the headlines that they
    are. `.data` has question, answers, both scores, their difference with its interval, verdict and mean.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> july = date(2026, 7, 1)
        >>> overall = AnswerCell("csat", july, high=80, low=5, answers=100, total=410, squares=1790)
        >>> setup = AnswerCell("csat: Setup", july, high=30, low=50, answers=100, total=270, squares=900)
        >>> table = satisfaction_by_question(Answers(Scope(Period(2026, 3)), (overall, setup)))
        >>> list(table.data["question"]), list(table.data["mean"])
        (['CSAT', 'Setup'], [4.1, 2.7])

    Raises:
        NoData: the period has no CSAT and no CES answers.
    """
    scope = answers.scope
    rated = [survey for survey in answers.surveys if survey != "nps"]
    if not rated and not answers.further_questions:
        answers.need("csat")
    changes = score_changes(answers)
    further = question_changes(answers).judged(scope.correction).first
    rows = [
        (survey, replace(row, label=answers.measure(survey).label))
        for survey in rated
        for row in changes[survey].judged(scope.correction).first
    ]
    rows += zip(answers.further_questions, further, strict=True)
    return tables.table(
        "questions",
        _questions_title(further, scope),
        [
            tables.Column("Question"),
            tables.Column("Answers", "count"),
            *change_columns(scope),
            tables.Column("Mean", "ratio", 2),
        ],
        [_question_cells(answers, question, row) for question, row in rows],
        subtitle=f"Share of answers 4 and 5 of 5 (CES: 5 to 7 of 7), {scope.place}, {scope.period.label}",
        findings=question_findings(answers),
    )


def nps_by_quarter(answers: Answers) -> tables.Table:
    """NPS in points by quarter and region; each shown score is a finding, `nps@period=2021q1,region=mex`.

    Scores of fewer answers than a group may have are left out. `.data` has one row a quarter, one column a
    region.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> july = AnswerCell("nps", date(2026, 7, 1), high=10, low=5, answers=20, region="EMEA")
        >>> nps_by_quarter(Answers(Scope(Period(2026, 3)), (july,))).rows
        (('2026 Q3', 25.0, 25.0),)

    Raises:
        NoData: the period has no NPS answers.
    """
    found, measure = quarterly_scores(answers), answers.measure("nps")
    step = answers.scope.period.step
    regions = (tables.Column(name, measure.unit, 1) for name in ("All regions", *found.regions))
    return tables.table(
        "nps_by_quarter",
        f"NPS by {step} and region" if found.regions else f"NPS by {step}",
        [tables.Column(step.capitalize()), *regions],
        [
            (answers.scope.named(quarter), *(cell.value if cell else None for cell in cells))
            for quarter, cells in found.scores.items()
        ],
        subtitle=f"Net promoter score; groups of fewer than {answers.scope.min_group} people are left out",
        findings=quarterly_findings(found),
    )


def scores_by_group(answers: Answers) -> charts.Chart:
    """The leading score of each region and segment, each against the others of its kind (see `group_scores`).

    Its findings are the scores of the groups with their change against the preceding period. `.data` has
    kind, group, value, low, high, n, reference, difference and whether that is clear.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> july = date(2026, 7, 1)
        >>> emea = AnswerCell("nps", july, high=300, low=350, answers=1000, region="EMEA")
        >>> amer = AnswerCell("nps", july, high=500, low=200, answers=1000, region="AMER")
        >>> scores_by_group(Answers(Scope(Period(2026, 3)), (emea, amer))).title
        'AMER scores above, EMEA scores below the other regions'

    Raises:
        NoData: there are no answers, or they name neither regions nor segments.
    """
    scope, found, measure = answers.scope, group_scores(answers), answers.measure(answers.leading)
    regions, segments = "regions", f"segments{scope.within}"
    groups = (
        Group("Regions", found.regions, f"All {regions}", found.all_regions),
        Group(f"Segments{scope.within}", found.segments, f"All {segments}", found.all_segments),
    )
    return charts.dots(
        [group for group in groups if group.rows],
        name=f"{answers.leading}_by_group",
        title=_groups_title({regions: found.regions, segments: found.segments}),
        subtitle=f"{SURVEYS[answers.leading]} with {scope.interval}, {scope.period.label}; "
        "each row against the others",
        unit=measure.unit,
        decimals=measure.decimals,
        note=_left_out(answers),
        findings=group_findings(answers),
    )


def _question_cells(answers: Answers, question: str, row: Comparison) -> tuple[tables.Cell, ...]:
    mean = mean_answer(answers, question)
    n = row.now.n if row.now else None
    return (row.label, n, *change_cells(row), mean.value if mean else None)


def _questions_title(further: Sequence[Comparison], scope: Scope) -> str:
    if not further or not scope.baseline:
        return "What was asked, and the mean answer"
    return contrast(
        further,
        "{names} [scores|score] higher",
        "{names} [scores|score] lower",
        f"No further question changed clearly since {scope.baseline_label}",
        after=f" than in {scope.baseline_label}",
    )


def _left_out(answers: Answers) -> str:
    """Which regions and segments the lists lack, a sentence each."""
    scope = answers.scope
    told = [
        scope.left_out(
            answers.sizes(dimension, scope.period, within),
            answers.shown(dimension, scope.period, within),
            dimension,
            "people who answered" if answers.who.shared else "answers",
        )
        for dimension, within in (("region", {}), ("segment", scope.where))
    ]
    return " ".join(filter(None, told))


def _over_time(answers: Answers, survey: str) -> charts.Chart:
    answers.need(survey)
    scope, measure = answers.scope, answers.measure(survey)
    series = score_series(answers, survey, scope.place, scope.where)
    reference = score_series(answers, survey, "All regions", {}) if scope.region != ALL else None
    (finding,) = (found for found in score_findings(answers) if found.key == survey)
    compared_with = "; all regions for comparison" if reference else ""
    return charts.trend(
        series,
        reference=reference,
        name=f"{survey}_trend",
        title=_moved(scope, survey, finding, series),
        subtitle=f"{SURVEYS[survey]} with {scope.interval}, {scope.place}{compared_with}",
        unit=measure.unit,
        decimals=measure.decimals,
        events=scope.event_marks(answers.quarters, daily_series(answers, survey)),
        target=scope.target_line(measure),
        note=_weights_note(answers, survey),
        findings=weighed_findings(answers, survey),
    )


def _weights_note(answers: Answers, survey: str) -> str:
    """What the weights of answers make of a score, and the interval of what they move; empty without."""
    found, measure = weighed_score(answers, survey), answers.measure(survey)
    if found is None or found.score.limits is None or found.shift.low is None or found.shift.high is None:
        return ""
    unit, digits = measure.unit, measure.decimals
    return (
        f"With each answer counted by its weight, {measure.label} is "
        f"{style.value(found.score.value, unit, digits)} "
        f"({style.interval(*found.score.limits, unit, digits)}): the weights move it by "
        f"{style.change(found.shift.value, unit, digits)} "
        f"({style.change_interval(found.shift.low, found.shift.high, unit, digits)}). "
        f"{style.how_many(found.score.n, 'answer')} count as {style.number(round(found.effective))} of equal "
        "weight, each of somebody else."
    )


def _moved(scope: Scope, survey: str, finding: Finding, series: Series) -> str:
    """What a score did; one that was asked otherwise since the preceding period is compared with nothing."""
    period = scope.period
    told = moved(finding, to=_extreme(series, f"{period.step}s") if period.grain == period.step else "")
    change = scope.asked_otherwise(survey, scope.baseline)
    return f"{told}; asked otherwise since {style.day(change.date)}" if change else told


def _extreme(series: Series, steps: str) -> str:
    """`, to its lowest of 12 quarters`, where the newest is; only whole ones count."""
    values = [point.estimate.value for point in series.points if point.estimate and not point.partial]
    if len(values) < EXTREME_OF or series.points[-1].partial:
        return ""
    if values[-1] == min(values):
        return f", to its lowest of {len(values)} {steps}"
    return f", to its highest of {len(values)} {steps}" if values[-1] == max(values) else ""


def _groups_title(kinds: Mapping[str, Sequence[Comparison]]) -> str:
    """`EMEA scores below the other regions; Enterprise scores above the other segments`."""
    told = [words for kind, rows in kinds.items() if (words := _standing_out(kind, rows))]
    nouns = " or ".join(kind.split()[0].removesuffix("s") for kind, rows in kinds.items() if rows)
    return "; ".join(told) or f"No {nouns} stands clearly apart from the others"


def _standing_out(kind: str, rows: Sequence[Comparison]) -> str:
    above, below = "{names} [scores|score] above", "{names} [scores|score] below"
    return contrast(rows, above, below, "", joined=", ", after=f" the other {kind}")
