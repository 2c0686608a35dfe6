"""The scores of a report: now against before, over time, by quarter and region, group against group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from helpers import findings, style
from helpers.feedback.answers import ALL, SCALES, Answers, Tally
from helpers.findings import Measure, NoData
from helpers.periods import Period
from helpers.records import Finding
from helpers.stats import Comparison, Difference, Estimate, Group, Point, Series, judged
from helpers.tables import Column

WHAT = {"nps": "Net promoter score", "csat": "Share of answers 4 and 5 on a scale of 1 to 5"}
EXTREME_OF = 4  # quarters that a "lowest of" needs at least
Where = Mapping[str, str]


@dataclass(frozen=True)
class Trend:
    """A score over quarters, with the wording of its chart."""

    measure: Measure
    series: Series
    reference: Series | None
    title: str
    subtitle: str


@dataclass(frozen=True)
class Quarters:
    """NPS by quarter and region: every cell as a finding, and all as the rows of a table."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str | float | None, ...], ...]
    title: str
    subtitle: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class GroupScores:
    """Groups of customers, each against the others of its kind, with the wording of their chart."""

    measure: Measure
    groups: tuple[Group, ...]
    title: str
    subtitle: str
    findings: tuple[Finding, ...]


def headlines(answers: Answers) -> tuple[Finding, ...]:
    """The scores of the period with their change against the preceding one, corrected for each other."""
    scope = answers.scope
    found = [
        _score(answers, survey, scope.measure(survey), scope.where, headline=True)
        for survey in SCALES
        if answers.has(survey)
    ]
    return findings.corrected(found)


def over_time(answers: Answers, survey: str = "nps") -> Trend:
    """A score over the last twelve quarters, with all regions for comparison in a region's edition.

    Raises:
        NoData: the period has no answers to this survey.
    """
    _need(answers, survey)
    scope = answers.scope
    series = _series(answers, survey, scope.place, scope.where)
    reference = _series(answers, survey, "All regions", {}) if scope.region != ALL else None
    compared_with = "; all regions for comparison" if reference else ""
    return Trend(
        scope.measure(survey),
        series,
        reference,
        _trend_title(answers, survey, series),
        f"{WHAT[survey]} with {scope.interval}, {scope.place}{compared_with}",
    )


def by_quarter(answers: Answers) -> Quarters:
    """NPS of every quarter and region; each cell is a finding, `nps@period=2021q1,region=mex`.

    Cells with fewer answers than a group may have are left out.

    Raises:
        NoData: the period has no NPS answers.
    """
    _need(answers, "nps")
    scope = answers.scope
    plain = scope.measure("nps")
    wanted = answers.groups("region", "nps") if scope.region == ALL else (scope.region,)
    shown = {quarter: answers.shown("region", quarter, {}) for quarter in answers.quarters}
    regions = [name for name in wanted if any(name in names for names in shown.values())]
    rows: list[tuple[str | float | None, ...]] = []
    records: list[Finding] = []
    for quarter, names in shown.items():
        parts: list[Where] = [{}, *({"region": name} for name in regions)]
        cells = [
            None if where and where["region"] not in names else answers.estimate("nps", quarter, where)
            for where in parts
        ]
        rows.append((quarter.label, *(cell.value if cell else None for cell in cells)))
        records += [
            _cell(plain, cell, quarter, where) for where, cell in zip(parts, cells, strict=True) if cell
        ]
    numbers = [Column(name, plain.unit, 1) for name in ("All regions", *regions)]
    return Quarters(
        (Column("Quarter"), *numbers),
        tuple(rows),
        "NPS by quarter and region" if regions else "NPS by quarter",
        f"Net promoter score; groups of fewer than {scope.min_group} answers are left out",
        tuple(records),
    )


def compared(answers: Answers) -> GroupScores:
    """NPS of each region against the others, and of each segment within the edition's region.

    The rows of both lists are corrected for each other. Each row is a finding too, with its change against
    the preceding period.

    Raises:
        NoData: there are no NPS answers, or they name neither regions nor segments.
    """
    _need(answers, "nps")
    scope = answers.scope
    within = "" if scope.region == ALL else f" in {scope.region}"
    regions = _against_others(answers, "region", {})
    segments = _against_others(answers, "segment", scope.where)
    if not regions and not segments:
        raise NoData("The table responses names neither regions nor segments to compare.")
    rows = judged([*regions, *segments])
    groups = [
        Group("Regions", rows[: len(regions)], "All regions", answers.estimate("nps", scope.period, {})),
        Group(
            f"Segments{within}",
            rows[len(regions) :],
            f"All segments{within}",
            answers.estimate("nps", scope.period, scope.where),
        ),
    ]
    shown = tuple(group for group in groups if group.rows)
    return GroupScores(
        scope.measure("nps"),
        shown,
        _groups_title(shown),
        f"Net promoter score with {scope.interval}, {scope.period.label}; each row against the others",
        _group_findings(answers),
    )


def _cell(plain: Measure, cell: Estimate, quarter: Period, where: Where) -> Finding:
    """One cell of the table, `nps@period=2021q1,region=mex`."""
    label = ", ".join(("NPS", *where.values(), quarter.label))
    measure = replace(plain.at(period=quarter.slug, **where), label=label)
    return findings.measured(measure, cell, quarter.label, tables=["nps_by_quarter"])


def _need(answers: Answers, survey: str) -> None:
    if not answers.has(survey):
        raise NoData(f"There are no {survey.upper()} answers in {answers.scope.place} in this period.")


def _score(
    answers: Answers, survey: str, measure: Measure, where: Where, *, headline: bool = False
) -> Finding:
    """A part's score in the period, with its change where the preceding period has answers too."""
    scope = answers.scope
    now = answers.tally(survey, scope.period, where)
    estimate = answers.score(survey, now)
    if estimate is None:
        reason = f"{sum(now)} answers; {scope.min_group} are needed."
        return findings.withheld(measure, scope.period.label, reason, n=sum(now), headline=headline)
    previous = _previous(answers, survey, now, where)
    return findings.measured(measure, estimate, scope.period.label, headline=headline, previous=previous)


def _previous(
    answers: Answers, survey: str, now: Tally, where: Where
) -> tuple[str, Estimate, Difference] | None:
    preceding = answers.scope.period.preceding
    if preceding is None:
        return None
    then = answers.tally(survey, preceding, where)
    estimate, change = answers.score(survey, then), answers.difference(survey, now, then)
    return (preceding.label, estimate, change) if estimate and change else None


def _series(answers: Answers, survey: str, label: str, where: Where) -> Series:
    return Series(
        label,
        tuple(Point(quarter.label, answers.estimate(survey, quarter, where)) for quarter in answers.quarters),
    )


def _trend_title(answers: Answers, survey: str, series: Series) -> str:
    """What the newest score says, in the words of its corrected test."""
    finding = next(found for found in headlines(answers) if found.key == survey)
    change = finding.change
    if finding.value is None:
        return f"{finding.label} is withheld: too few answers"
    if change is None:
        return f"{finding.label} is {finding.text.value}, {answers.scope.period.label}"
    if change.verdict == "unclear":
        return f"{finding.label} shows no clear change since {change.period}"
    moved = "rose" if change.value > 0 else "fell"
    return f"{finding.label} {moved} clearly since {change.period}{_extreme(answers, series)}"


def _extreme(answers: Answers, series: Series) -> str:
    """`, to its lowest of 12 quarters`, where the newest quarter is the period itself."""
    values = [point.estimate.value for point in series.points if point.estimate]
    if answers.scope.period.quarter is None or len(values) < EXTREME_OF:
        return ""
    if values[-1] == min(values):
        return f", to its lowest of {len(values)} quarters"
    return f", to its highest of {len(values)} quarters" if values[-1] == max(values) else ""


def _against_others(answers: Answers, dimension: str, within: Where) -> list[Comparison]:
    """Each value of a dimension against all other answers, highest score first; small groups left out."""
    scope = answers.scope
    whole = answers.tally("nps", scope.period, within)
    rows = []
    for name in answers.shown(dimension, scope.period, within):
        now = answers.tally("nps", scope.period, {**within, dimension: name})
        others = (whole[0] - now[0], whole[1] - now[1], whole[2] - now[2])
        estimate = answers.score("nps", now)
        if estimate:
            change = answers.difference("nps", now, others)
            rows.append(
                Comparison(name, estimate, answers.score("nps", others), change, focus=name == scope.region)
            )
    rows.sort(key=lambda row: -row.now.value if row.now else 0.0)
    return rows if len(rows) > 1 else []


def _groups_title(groups: Sequence[Group]) -> str:
    """`EMEA scores below the other regions; Enterprise above the other segments`."""
    told = [words for group in groups if (words := _standing_out(group))]
    if told:
        return "; ".join(told)
    kinds = " or ".join(group.title.split()[0].lower().removesuffix("s") for group in groups)
    return f"No {kinds} stands clearly apart from the others"


def _standing_out(group: Group) -> str:
    above = [row.label for row in group.rows if row.above]
    below = [row.label for row in group.rows if row.below]
    sides = [
        f"{style.listed(names)} {'scores' if len(names) == 1 else 'score'} {way}"
        for names, way in ((above, "above"), (below, "below"))
        if names
    ]
    return f"{', '.join(sides)} the other {group.title.lower()}" if sides else ""


def _group_findings(answers: Answers) -> tuple[Finding, ...]:
    """Each group's score with its change; in a region's edition its segments alone (it is the headline)."""
    scope = answers.scope
    dimensions = ("region", "segment") if scope.region == ALL else ("segment",)
    measure = scope.measure("nps")
    found = [
        _score(answers, "nps", measure.at(**{dimension: name}), {**scope.where, dimension: name})
        for dimension in dimensions
        for name in answers.shown(dimension, scope.period, scope.where)
    ]
    return (
        findings.headline_clearest(findings.corrected(found))
        if scope.region == ALL
        else findings.corrected(found)
    )
