"""The findings of an adoption report."""

from __future__ import annotations

from dataclasses import replace

from helpers import findings, metrics, style
from helpers.adoption.adopters import Adopted, Quarter, adopted
from helpers.adoption.curves import HORIZON, Cohort
from helpers.adoption.figures import Groups
from helpers.adoption.outages import Outage
from helpers.adoption.retention import Triangle, retained, triangle
from helpers.adoption.stickiness import Sticky, stickiness
from helpers.adoption.usage import Usage
from helpers.findings import Measure
from helpers.records import Check, Finding
from helpers.stats import Difference, Estimate

ADOPTERS = Measure("adopted.users", "Adopters", "count", "higher")
ACTIVE = Measure("active_users", "Number of active users", "count", "higher")
EVENTS = Measure("events", "Events", "count", "none")
BY_COHORT = Measure("adopted", "Adopted so far", "share", "higher")
WITHIN = Measure(f"adopted_{HORIZON}", f"Adopted within {HORIZON} days of sign-up", "share", "higher")


def headlines(
    usage: Usage,
    found: Triangle,
    sticky: Sticky,
    silent: tuple[Outage, ...],
    spared: Usage | None,
) -> tuple[Finding, ...]:
    """Adopted, retention, stickiness, active users; the changes are corrected for each other.

    Where tracking was silent in this or the preceding period, a change is judged only if it is judged alike
    without the silent platforms (`spared`).
    """
    whole = adopted(usage)
    told = _compared(usage, whole, found, sticky)
    if silent:
        others = _compared(spared, adopted(spared), triangle(spared), stickiness(spared)) if spared else ()
        twins = {finding.key: finding for finding in others}
        told = tuple(_across(finding, twins.get(finding.key), silent) for finding in told)
    period = usage.period.label
    return (
        *told,
        _counted(usage, ACTIVE, whole.active, period, headline=True),
        _counted(usage, ADOPTERS, whole.users, period),
    )


def _compared(usage: Usage, whole: Adopted, found: Triangle, sticky: Sticky) -> tuple[Finding, ...]:
    back = retained(usage, found)
    rows = [
        (_catalogued(usage, "adoption", "adopted"), whole.now, whole.before, whole.change),
        (_catalogued(usage, "retention"), back.now, back.before, back.change) if back else None,
        (_catalogued(usage, "stickiness"), sticky.now, sticky.before, sticky.change) if sticky.now else None,
    ]
    return findings.corrected(
        [
            findings.measured(
                measure, now, usage.period.label, headline=True, previous=_previous(usage, before, change)
            )
            for measure, now, before, change in (row for row in rows if row)
            if now
        ]
    )


def of_quarters(usage: Usage, quarters: tuple[Quarter, ...]) -> tuple[Finding, ...]:
    """Active users and events of every quarter shown."""
    return tuple(
        findings.measured(measure.at(period=one.period.text), counted(count, usage.level), one.period.label)
        for one in quarters
        for measure, count in ((ACTIVE, one.active), (EVENTS, one.events))
    )


def of_cohorts(usage: Usage, found: tuple[Cohort, ...]) -> tuple[Finding, ...]:
    """Adoption of every sign-up cohort: so far, and within 90 days."""
    told = []
    for cohort in found:
        if cohort.quarter is None or cohort.users < usage.min_group:
            continue
        where = {"signed_up": cohort.quarter.text}
        told.append(findings.measured(BY_COHORT.at(**where), cohort.so_far, cohort.label))
        within = cohort.by_horizon()
        if within:
            told.append(findings.measured(WITHIN.at(**where), within, cohort.label))
    return tuple(told)


def of_channels(usage: Usage, found: Groups) -> tuple[Finding, ...]:
    """Adoption of every channel."""
    return tuple(
        findings.measured(
            _catalogued(usage, "adoption", "adopted").at(channel=row.label), row.now, usage.period.label
        )
        for group in found.groups
        for row in group.rows
        if row.now is not None
    )


def follow_up(found: tuple[Cohort, ...]) -> Check:
    """Which cohorts are still open: their share so far will rise."""
    young = [cohort.label for cohort in found if cohort.open]
    if not young:
        text = f"Every sign-up cohort has been watched for {HORIZON} days."
    else:
        text = (
            f"Users who signed up in {style.listed(young)} have not all had {HORIZON} days yet: the share "
            "that has adopted so far will still rise."
        )
    return Check(key="follow_up", passed=not young, severity="info", text=text)


def _across(finding: Finding, twin: Finding | None, silent: tuple[Outage, ...]) -> Finding:
    """A change across an outage stands only where the platforms that were not silent tell the same."""
    change = finding.change
    if change is None:
        return finding
    platforms = style.listed(sorted({one.platform for one in silent}))
    days = style.value(max(one.days for one in silent), "days")
    said = f"tracking of {platforms} was silent for {days}"
    if twin and twin.change and twin.change.verdict == change.verdict:
        return _told(finding, f"{finding.text.sentence} The same holds without {platforms}: {said}.")
    otherwise = ""
    if twin and twin.change:
        clear = "no clear" if twin.change.verdict == "unclear" else "a clear"
        otherwise = f", and without {platforms} there is {clear} change"
    unjudged = finding.model_copy(
        update={
            "change": change.model_copy(update={"verdict": "unclear"}),
            "text": finding.text.model_copy(update={"verdict": "not judged"}),
        }
    )
    value = f"{finding.label} is {finding.text.value}."
    return _told(unjudged, f"{value} The change from {change.period} is not judged: {said}{otherwise}.")


def _told(finding: Finding, sentence: str) -> Finding:
    return finding.model_copy(update={"text": finding.text.model_copy(update={"sentence": sentence})})


def _counted(usage: Usage, measure: Measure, count: int, period: str, *, headline: bool = False) -> Finding:
    """A count of all there are, in a sentence of its own."""
    scoped = replace(measure, label=usage.definition.of(measure.label))
    finding = findings.measured(scoped, counted(count, usage.level), period, headline=headline)
    return _told(finding, f"{scoped.label} in {period}: {finding.text.value}.")


def counted(count: int, level: float) -> Estimate:
    """A count of all there are: it has no interval."""
    return Estimate(float(count), None, None, None, level, count, "count of all")


def _catalogued(usage: Usage, metric: str, key: str = "") -> Measure:
    """The measure of a metric as the catalogue words it, with the scope in its label."""
    known = metrics.get(metric)
    label = usage.definition.of(known.label)
    return Measure(key or known.name, label, known.unit, known.good, known.decimals)


def _previous(
    usage: Usage, before: Estimate | None, change: Difference | None
) -> tuple[str, Estimate, Difference] | None:
    preceding = usage.period.preceding
    if preceding is None or before is None or change is None:
        return None
    return preceding.label, before, change
