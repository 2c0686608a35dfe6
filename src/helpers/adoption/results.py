"""The findings of an adoption report."""

from __future__ import annotations

from helpers import findings, metrics, style
from helpers.adoption.adopters import Quarter, adopted
from helpers.adoption.curves import HORIZON, Cohort
from helpers.adoption.figures import Groups
from helpers.adoption.outages import Outage
from helpers.adoption.retention import Triangle, retained
from helpers.adoption.stickiness import Sticky
from helpers.adoption.usage import Usage
from helpers.findings import Measure
from helpers.records import Check, Finding
from helpers.stats import Difference, Estimate

ADOPTERS = Measure("adopted.users", "Adopters", "count", "higher")
ACTIVE = Measure("active_users", "Active users", "count", "higher")
EVENTS = Measure("events", "Events", "count", "none")
BY_COHORT = Measure("adopted", "Adopted so far", "share", "higher")
WITHIN = Measure(f"adopted_{HORIZON}", f"Adopted within {HORIZON} days of sign-up", "share", "higher")


def headlines(
    usage: Usage,
    found: Triangle,
    sticky: Sticky,
    silent: tuple[Outage, ...],
) -> tuple[Finding, ...]:
    """Adopted, retention, stickiness, active users; the changes are corrected for each other.

    Where tracking was silent in this or the preceding period (`silent`), the change is not judged.
    """
    period, whole, back = usage.period, adopted(usage), retained(usage, found)
    told = [
        findings.measured(
            _catalogued("adoption", "adopted"),
            whole.now,
            period.label,
            headline=True,
            previous=_previous(usage, whole.before, whole.change),
            method=f"{usage.definition.rule}; Wilson",
        )
    ]
    if back:
        told.append(
            findings.measured(
                _catalogued("retention"),
                back.now,
                period.label,
                headline=True,
                previous=_previous(usage, back.before, back.change),
            )
        )
    if sticky.now:
        told.append(
            findings.measured(
                _catalogued("stickiness"),
                sticky.now,
                period.label,
                headline=True,
                previous=_previous(usage, sticky.before, sticky.change),
            )
        )
    counts = [
        findings.measured(ADOPTERS, counted(whole.users, usage.level), period.label),
        findings.measured(ACTIVE, counted(active_users(usage), usage.level), period.label, headline=True),
    ]
    judged = findings.corrected(told)
    return (*(_undercounted(finding, silent) for finding in judged), *counts)


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
            _catalogued("adoption", "adopted").at(channel=row.label), row.now, usage.period.label
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


def _undercounted(finding: Finding, silent: tuple[Outage, ...]) -> Finding:
    """A change that lost tracking alone may explain is no finding."""
    if finding.change is None or not silent:
        return finding
    longest = max(silent, key=lambda one: one.days)
    sentence = (
        f"{finding.label} is {finding.text.value}. The change from {finding.change.period} is not judged: "
        f"tracking of {longest.platform} was silent for {style.value(longest.days, 'days')}."
    )
    return finding.model_copy(
        update={
            "change": finding.change.model_copy(update={"verdict": "unclear"}),
            "text": finding.text.model_copy(update={"verdict": "not judged", "sentence": sentence}),
        }
    )


def active_users(usage: Usage) -> int:
    """Users with a day of use within the period."""
    days = usage.within(usage.period)
    return int(days.user_id.nunique().execute())


def counted(count: int, level: float) -> Estimate:
    """A count of all there are: it has no interval."""
    return Estimate(float(count), None, None, None, level, count, "count of all")


def _catalogued(metric: str, key: str = "") -> Measure:
    """The measure of a metric as the catalogue words it."""
    known = metrics.get(metric)
    return Measure(key or known.name, known.label, known.unit, known.good, known.decimals)


def _previous(
    usage: Usage, before: Estimate | None, change: Difference | None
) -> tuple[str, Estimate, Difference] | None:
    preceding = usage.period.preceding
    if preceding is None or before is None or change is None:
        return None
    return preceding.label, before, change
