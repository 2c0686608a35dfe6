"""The scores of surveys: of any part, over quarters, by quarter and region, group against group.

NPS is a score in points from -100 to 100 (Reichheld 2003), CSAT the share of answers 4 and 5 of 5, CES that
of 5 to 7 of 7 (Dixon, Freeman & Toman 2010, as asked since 2013), both fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from helpers import metrics
from helpers.feedback.observations import Answers, CountedAnswers, Part, Tally, name_of, survey_of
from helpers.findings import ComparedRows, NoData
from helpers.onsets import DatedSeries
from helpers.periods import Period
from helpers.scope import ALL, Scope
from helpers.stats import (
    Comparison,
    Difference,
    Estimate,
    MixAndRate,
    Series,
    effective_n,
    mean,
    mix_and_rate,
    net_promoter_difference,
    net_promoter_score,
    proportion,
    proportion_difference,
    wald_difference,
)

Where = Mapping[str, str]
"""The part of the customers that is looked at: `{}`, `{"region": "EMEA", "segment": "Enterprise"}`."""


@dataclass(frozen=True)
class QuarterlyScores:
    """NPS by quarter and region, in points.

    Attributes:
        scope: what the edition is about.
        regions: the regions that are shown.
        scores: of each quarter that of all regions, then that of each of them; None for too few answers.
    """

    scope: Scope
    regions: tuple[str, ...]
    scores: Mapping[Period, tuple[Estimate | None, ...]]


@dataclass(frozen=True)
class GroupScores:
    """The leading score (NPS, else CSAT, else CES) of each region and segment against all others of its kind.

    Each is a list of its own on the page; a list of fewer than two is empty.

    Attributes:
        regions: the highest score first.
        segments: the highest score first.
        all_regions: the score of all answers of the first list; None for too few.
        all_segments: that of the second.
    """

    regions: tuple[Comparison, ...]
    segments: tuple[Comparison, ...]
    all_regions: Estimate | None
    all_segments: Estimate | None


def score(answers: Answers, survey: str, period: Period, where: Where) -> Estimate | None:
    """The score of one part of the customers in a period; None for fewer answers than a group may have.

    NPS has the adjusted Wald interval (Rocks 2016), CSAT and CES Wilson's (1927), all of as many answers as
    those of the same people count.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> july = AnswerCell("nps", date(2026, 7, 1), high=450, low=210, answers=1000, region="EMEA")
        >>> answers = Answers(Scope(Period(2026, 3)), (july,))
        >>> found = score(answers, "nps", Period(2026, 3), {"region": "EMEA"})
        >>> found.value, round(found.low, 1), round(found.high, 1), found.n
        (24.0, 19.1, 28.7, 1000)
    """
    return _estimate(survey, answers.counted(survey, Part(period, where)), answers.scope)


def mean_answer(answers: Answers, question: str) -> Estimate | None:
    """The mean answer of the edition's part, on its scale (1 to 5 of CSAT, 1 to 7 of CES); None for too few.

    With the t interval (Student 1908) of as many answers as those of the same people count, taken as alike as
    they are in being satisfied.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> july = AnswerCell("csat", date(2026, 7, 1), high=3, low=1, answers=5, total=18, squares=74)
        >>> mean_answer(Answers(Scope(Period(2026, 3)), (july,)), "csat").value
        3.6
    """
    scope = answers.scope
    n, total, squares = answers.sums(question, scope.period, scope.where)
    counted = answers.counted(question, Part(scope.period, scope.where))
    if counted.people < max(scope.min_group, 2):
        return None
    return mean(
        n, total / n, (squares - total * total / n) / (n - 1), scope.level, effective=counted.effective
    )


@dataclass(frozen=True)
class WeighedScore:
    """A score with each answer counted by its weight.

    Attributes:
        score: in the unit of the survey.
        shift: how far the weights move it, in points or as a fraction.
        effective: as how many answers of equal weight, each of somebody else, they count (Kish 1965).
    """

    score: Estimate
    shift: Difference
    effective: float


def weighed_score(answers: Answers, survey: str) -> WeighedScore | None:
    """The score of the edition's part by the column `weight`; None without weights, and for too few people.

    The interval is that of the score, of as many answers as the weights and those of the same people count.
    Whether weights matter is judged by the standard error of the difference that they make, linearized over
    people (Binder 1983), with t: the two scores are made of the same answers.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell, WeighedAnswers
        >>> cells = (AnswerCell("csat", date(2026, 7, 1), high=60, low=20, answers=100),)
        >>> weighed = WeighedAnswers(100, 200.0, 800.0, 800.0, 0.4, 80.0, -0.2, 0.05, 100)
        >>> found = weighed_score(Answers(Scope(Period(2026, 3)), cells, weighed={"csat": weighed}), "csat")
        >>> round(found.score.value, 2), round(found.shift.value, 2), found.effective
        (0.4, -0.2, 50.0)
    """
    weighed, scope = answers.weighed.get(survey), answers.scope
    here = answers.counted(survey, Part(scope.period, scope.where))
    if weighed is None or here.people < scope.min_group:
        return None
    sums = answers.who.sums.get(survey)
    effective = effective_n(weighed.weight, weighed.squares, weighed.clustered, sums.alike if sums else 0.0)
    n = weighed.answers
    high = min(float(n), n * weighed.high / weighed.weight)  # rounding may take it a hair beyond
    if survey_of(survey) == "nps":
        unit, low = 100.0, max(0.0, high - n * weighed.mean)
        estimate = net_promoter_score(high, max(0.0, n - high - low), low, scope.level, effective=effective)
    else:
        unit, estimate = 1.0, proportion(high, n, scope.level, effective=effective)
    shift = wald_difference(
        unit * weighed.shift, unit * weighed.shift_error, scope.level, "linearized", weighed.clusters - 1
    )
    return WeighedScore(estimate, shift, effective)


def score_change(answers: Answers, survey: str, where: Where, then: Period | None) -> Comparison:
    """The score of a part in the edition's period, against the same part in an earlier period.

    Differences are MOVER from the limits of both (of shares: Newcombe 1998); people who answered in both
    periods are allowed for (Zou & Donner 2008). `now` or `reference` is None for too few answers; a score is
    not compared across a change of its wording or scale (events.yaml).

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> april = AnswerCell("nps", date(2026, 4, 1), high=400, low=250, answers=1000)
        >>> july = AnswerCell("nps", date(2026, 7, 1), high=450, low=210, answers=1000)
        >>> found = score_change(Answers(Scope(Period(2026, 3)), (april, july)), "nps", {}, Period(2026, 2))
        >>> found.reference.value, round(found.difference.value, 1), round(found.difference.p, 3)
        (15.0, 9.0, 0.01)
    """
    scope, now = answers.scope, Part(answers.scope.period, where)
    comparable = then is not None and scope.asked_otherwise(survey_of(survey), then) is None
    if then is None or not comparable:
        return Comparison(scope.place, score(answers, survey, scope.period, where))
    return _compared(scope.place, answers, survey, now, Part(then, where))


def score_series(answers: Answers, survey: str, label: str, where: Where) -> Series:
    """The score of a part in each quarter of the trend, oldest first; None for too few answers.

    The quarters are the last twelve up to the period, all that there are for all time.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> july = AnswerCell("csat", date(2026, 7, 1), high=80, low=5, answers=100)
        >>> answers = Answers(Scope(Period(2026, 3)), (july,))
        >>> series = score_series(answers, "csat", "Everyone", {})
        >>> [(point.at, point.estimate.value) for point in series.points]
        [('2026 Q3', 0.8)]
    """
    scope = answers.scope
    points = (scope.point(quarter, score(answers, survey, quarter, where)) for quarter in answers.quarters)
    return Series(label, tuple(points))


def daily_series(answers: Answers, survey: str) -> tuple[DatedSeries, ...]:
    """A score by day, in points or as a fraction, and how many answered it; none where no day is known.

    >>> from datetime import date
    >>> july = date(2026, 7, 1)
    >>> counted = Answers(Scope(Period(2026, 3)), (), {"nps": {july: (6, 3, 1)}})
    >>> [(one.noun, one.sums, one.sizes) for one in daily_series(counted, "nps")]
    [('NPS', (500.0,), (10,)), ('NPS answers a day', (10,), None)]
    """
    scope, tallies = answers.scope, answers.days.get(survey, {})
    inside = [day for day in tallies if scope.coverage is None or scope.coverage.contains(day)]
    if not inside:
        return ()
    first, last, measure = min(inside), max(inside), answers.measure(survey)
    worth = (100.0, -100.0) if survey == "nps" else (1.0, 0.0)
    total = {day: worth[0] * high + worth[1] * low for day, (high, _, low) in tallies.items()}
    sizes = {day: sum(tally) for day, tally in tallies.items()}
    collected = f"{metrics.get(survey_of(survey)).label} answers a day{scope.within}"
    return (
        DatedSeries.of_days(measure.label, measure.unit, total, first, last, sizes=sizes),
        DatedSeries.of_days(collected, "count", sizes, first, last),
    )


def quarterly_scores(answers: Answers) -> QuarterlyScores:
    """NPS of every quarter of the trend, of all regions together and of each; in points.

    A region's edition has that region alone beside the whole. What `helpers.privacy` suppresses is None.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> july = AnswerCell("nps", date(2026, 7, 1), high=10, low=5, answers=20, region="EMEA")
        >>> found = quarterly_scores(Answers(Scope(Period(2026, 3)), (july,)))
        >>> found.regions, [each.value for each in found.scores[Period(2026, 3)]]
        (('EMEA',), [25.0, 25.0])

    Raises:
        NoData: the period has no NPS answers.
    """
    answers.need("nps")
    scope = answers.scope
    wanted = answers.groups("region", "nps") if scope.region == ALL else (scope.region,)
    shown = {quarter: answers.shown("region", quarter, {}) for quarter in answers.quarters}
    regions = tuple(name for name in wanted if any(name in names for names in shown.values()))
    return QuarterlyScores(
        scope,
        regions,
        {
            quarter: (
                score(answers, "nps", quarter, {}),
                *(
                    score(answers, "nps", quarter, {"region": name}) if name in names else None
                    for name in regions
                ),
            )
            for quarter, names in shown.items()
        },
    )


def group_scores(answers: Answers) -> GroupScores:
    """The leading score of each region against the others, and of each segment within the edition's region.

    Each row is tested against all other answers of its list, which are independent of it; each list is read
    as the page corrects it. Groups that are too small are left out.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> july = date(2026, 7, 1)
        >>> emea = AnswerCell("nps", july, high=300, low=350, answers=1000, region="EMEA")
        >>> amer = AnswerCell("nps", july, high=500, low=200, answers=1000, region="AMER")
        >>> found = group_scores(Answers(Scope(Period(2026, 3)), (emea, amer)))
        >>> [(row.label, row.difference.value, row.below) for row in found.regions]
        [('AMER', 35.0, False), ('EMEA', -35.0, True)]

    Raises:
        NoData: there are no answers, or they name neither regions nor segments.
    """
    answers.need(answers.leading)
    scope = answers.scope
    regions = scope.judged("regions:others", against_others(answers, "region"))
    segments = scope.judged("segments:others", against_others(answers, "segment"))
    if not regions and not segments:
        raise NoData("The table responses names neither regions nor segments to compare.")
    return GroupScores(
        regions,
        segments,
        score(answers, answers.leading, scope.period, {}),
        score(answers, answers.leading, scope.period, scope.where),
    )


def score_changes(answers: Answers) -> Mapping[str, ComparedRows]:
    """Each survey's score against each period that the page compares with, before correction."""
    scope = answers.scope
    return {
        survey: scope.compared(
            survey, partial(_scores, answers, survey, {scope.place: scope.where})
        ).with_target(answers.measure(survey).target)
        for survey in answers.surveys
    }


def question_changes(answers: Answers) -> ComparedRows:
    """The score of each further question against each period compared with, a fraction, before correction.

    The score of a survey itself is a headline, and stands in no list.
    """
    scope, further = answers.scope, answers.further_questions
    return scope.compared(
        "questions",
        lambda then: [
            replace(score_change(answers, question, scope.where, then), label=name_of(question))
            for question in further
        ],
    )


def score_mix(answers: Answers, survey: str, then: Period) -> MixAndRate | None:
    """What of the change since a period comes from another mix of segments, in the unit of the score.

    Answers that name no segment are one more. None where no answer names any.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> def of(month: int, segment: str, high: int, n: int) -> AnswerCell:
        ...     return AnswerCell("csat", date(2026, month, 1), high, 0, n, segment=segment)
        >>> april = of(4, "SMB", 40, 50), of(4, "Large", 10, 50)
        >>> july = of(7, "SMB", 72, 90), of(7, "Large", 2, 10)
        >>> cells = (*april, *july)
        >>> split = score_mix(Answers(Scope(Period(2026, 3)), cells), "csat", Period(2026, 2))
        >>> round(split.mix, 3), round(split.rate, 3)
        (0.24, 0.0)
    """
    scope, segments = answers.scope, answers.groups("segment", survey)
    sides: list[dict[str, tuple[float, float]]] = []
    for period in (scope.period, then):
        tallies = {
            name or "": answers.tally(survey, period, {**scope.where, "segment": name})
            for name in (*segments, None)
        }
        counted = {name: tally for name, tally in tallies.items() if sum(tally)}
        numerator = _counting(survey).numerator
        sides.append({name: (numerator(tally), sum(tally)) for name, tally in counted.items()})
    return mix_and_rate(*sides) if segments and all(sides) else None


def grouped_by(scope: Scope) -> tuple[str, ...]:
    """The dimensions by which an edition splits its score: in a region's edition the segments alone."""
    return ("region", "segment") if scope.region == ALL else ("segment",)


def group_changes(answers: Answers, dimension: str) -> ComparedRows:
    """The leading score of each region or segment that may be shown, against each period compared with.

    Within the edition's region, before correction.
    """
    scope = answers.scope
    shown = answers.shown(dimension, scope.period, scope.where)
    parts = {name: {**scope.where, dimension: name} for name in shown}
    return scope.compared(f"{dimension}s", partial(_scores, answers, answers.leading, parts))


def _scores(
    answers: Answers, survey: str, parts: Mapping[str, Where], then: Period | None
) -> tuple[Comparison, ...]:
    return tuple(
        replace(score_change(answers, survey, where, then), label=label) for label, where in parts.items()
    )


def against_others(answers: Answers, dimension: str) -> tuple[Comparison, ...]:
    """The leading score of each region, or segment within the edition's region, against all others.

    Before correction, highest score first; small groups are left out, and a list of one.
    """
    scope, within = answers.scope, {} if dimension == "region" else answers.scope.where
    rows = []
    for name in answers.shown(dimension, scope.period, within):
        now = Part(scope.period, {**within, dimension: name})
        others = Part(scope.period, within, {dimension: name})
        rows.append(_compared(name, answers, answers.leading, now, others))
    rows = [row for row in rows if row.now]
    rows.sort(key=lambda row: -row.now.value if row.now else 0.0)
    return tuple(rows) if len(rows) > 1 else ()


def _compared(label: str, answers: Answers, survey: str, now: Part, reference: Part) -> Comparison:
    """Two parts of the answers; without a difference where either is too small to show."""
    scope = answers.scope
    these, those = answers.counted(survey, now), answers.counted(survey, reference)
    sizes, people = (sum(these.tally), sum(those.tally)), min(these.people, those.people)
    alike = answers.who.correlation(survey, now, reference, sizes)
    difference = _counting(survey).difference
    return Comparison(
        label,
        _estimate(survey, these, scope),
        _estimate(survey, those, scope),
        difference(these, those, scope.level, alike) if people >= scope.min_group else None,
        focus=label == scope.region,
    )


def _estimate(survey: str, counted: CountedAnswers, scope: Scope) -> Estimate | None:
    return _counting(survey).estimate(counted, scope.level) if counted.people >= scope.min_group else None


def _net(counted: CountedAnswers, level: float) -> Estimate:
    return net_promoter_score(*counted.tally, level=level, effective=counted.effective)


def _satisfied(counted: CountedAnswers, level: float) -> Estimate:
    return proportion(counted.tally[0], sum(counted.tally), level, effective=counted.effective)


def _net_difference(now: CountedAnswers, reference: CountedAnswers, level: float, alike: float) -> Difference:
    effective = now.effective, reference.effective
    return net_promoter_difference(now.tally, reference.tally, level, correlation=alike, effective=effective)


def _satisfied_difference(
    now: CountedAnswers, reference: CountedAnswers, level: float, alike: float
) -> Difference:
    counts = now.tally[0], sum(now.tally), reference.tally[0], sum(reference.tally)
    effective = now.effective, reference.effective
    return proportion_difference(*counts, level, correlation=alike, effective=effective)


def _net_points(tally: Tally) -> float:
    return 100.0 * (tally[0] - tally[2])


def _high(tally: Tally) -> float:
    return float(tally[0])


@dataclass(frozen=True)
class _Counting:
    """How the answers to a survey become its score."""

    numerator: Callable[[Tally], float]
    estimate: Callable[[CountedAnswers, float], Estimate]
    difference: Callable[[CountedAnswers, CountedAnswers, float, float], Difference]


_NET = _Counting(_net_points, _net, _net_difference)
_SHARE = _Counting(_high, _satisfied, _satisfied_difference)


def _counting(survey: str) -> _Counting:
    return _NET if survey_of(survey) == "nps" else _SHARE
