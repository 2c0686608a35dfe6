"""The findings and checks of an adoption report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from helpers import findings, metrics, style
from helpers.adoption.adopters import UsageQuarter
from helpers.adoption.corrected_usage import headline_changes
from helpers.adoption.key_metrics import KeyMetrics
from helpers.adoption.observations import Usage
from helpers.adoption.outages import TrackingOutage
from helpers.adoption.time_to_adopt import HORIZON, Cohort
from helpers.findings import Measure, NoData
from helpers.records import Check, Finding
from helpers.stats import Estimate, Group, counted

ADOPTERS = Measure("adopted.users", "Adopters", "count", "higher")
ACTIVE = Measure("active_users", "Number of active users", "count", "higher")
EVENTS = Measure("events", "Events", "count", "none")
BY_COHORT = Measure("adopted", "Adopted so far", "share", "higher")
WITHIN = Measure(f"adopted_{HORIZON}", f"Adopted within {HORIZON} days of sign-up", "share", "higher")

NOT_JUDGED = "not judged"
"""The verdict on a change that lost tracking may explain."""


def of_key_metrics(key_metrics: KeyMetrics) -> tuple[Finding, ...]:
    """Adoption, retention and stickiness with their changes, active users, adopters.

    Raises:
        NoData: nobody signed up or did anything in the period.
    """
    usage, adopted = key_metrics.usage, key_metrics.adopted
    period = usage.scope.period.label
    if adopted is None:
        raise NoData(f"Nobody signed up or did anything in {period}.")
    return (
        *of_changes(key_metrics).values(),
        _total(usage, ACTIVE, adopted.active, headline=True),
        _total(usage, ADOPTERS, adopted.users),
    )


def of_changes(key_metrics: KeyMetrics) -> Mapping[str, Finding]:
    """Adoption, retention and stickiness by their keys, their changes read as the page corrects them.

    Where tracking was silent in this or the preceding period, a change is judged only if it is judged alike
    without the silent platforms.
    """
    found = _compared(key_metrics)
    if key_metrics.outages:
        others = _compared(key_metrics.outside_outages) if key_metrics.outside_outages else {}
        found = {
            key: _across_outages(finding, others.get(key), key_metrics.outages)
            for key, finding in found.items()
        }
    return found


def is_judged(finding: Finding) -> bool:
    """Whether a finding has a change with a verdict on it."""
    return finding.change is not None and finding.text.verdict != NOT_JUDGED


def of_quarters(usage: Usage, quarters: tuple[UsageQuarter, ...]) -> tuple[Finding, ...]:
    """Active users and events of every quarter shown."""
    return tuple(
        findings.measured(measure.at(period=one.period.text), _count_of_all(usage, count), one.period.label)
        for one in quarters
        for measure, count in ((ACTIVE, one.active), (EVENTS, one.events))
    )


def of_cohorts(cohorts: tuple[Cohort, ...]) -> tuple[Finding, ...]:
    """Adoption of every sign-up cohort: so far, and within 90 days."""
    return tuple(
        findings.measured(measure.at(signed_up=cohort.quarter.text), estimate, cohort.label)
        for cohort in cohorts
        if cohort.quarter
        for measure, estimate in ((BY_COHORT, cohort.so_far), (WITHIN, cohort.by_horizon()))
        if estimate
    )


def of_channels(usage: Usage, channels: Group) -> tuple[Finding, ...]:
    """Adoption of every channel."""
    measure = _measure(usage, "adoption", "adopted")
    return tuple(
        findings.measured(measure.at(channel=row.label), row.now, usage.scope.period.label)
        for row in channels.rows
        if row.now is not None
    )


def of_outages(outages: tuple[TrackingOutage, ...]) -> tuple[Check, ...]:
    """One check an outage; one that passed where there is none."""
    if not outages:
        return (Check(key="outage", passed=True, severity="info", text="Events were recorded on every day."),)
    return tuple(
        Check(
            key=f"outage@platform={one.platform.replace(',', ' ')},first={one.first.isoformat()}",
            passed=False,
            severity="warn",
            text=f"{_sentence(one)}. Use and adoption of these days are undercounted.",
        )
        for one in outages
    )


def of_follow_up(cohorts: tuple[Cohort, ...]) -> Check:
    """Which cohorts are still open: their share so far will rise."""
    young = [cohort.label for cohort in cohorts if cohort.open]
    if not young:
        text = f"Every sign-up cohort has been watched for {HORIZON} days."
    else:
        text = (
            f"Users who signed up in {style.listed(young)} have not all had {HORIZON} days yet: the share "
            "that has adopted so far will still rise."
        )
    return Check(key="follow_up", passed=not young, severity="info", text=text)


def _compared(key_metrics: KeyMetrics) -> dict[str, Finding]:
    """The three metrics as far as they are known."""
    usage = key_metrics.usage
    measures = {
        "adopted:previous": _measure(usage, "adoption", "adopted"),
        "retention:previous": _measure(usage, "retention"),
        "stickiness:previous": _measure(usage, "stickiness"),
    }
    found = [
        findings.compared(measures[name], judged, usage.scope.period, headline=True)
        for name, row in headline_changes(key_metrics).items()
        for judged in usage.scope.judged(name, [row])
    ]
    return {finding.key: finding for finding in found}


def _across_outages(
    finding: Finding, elsewhere: Finding | None, outages: tuple[TrackingOutage, ...]
) -> Finding:
    """A change across an outage stands only where the platforms that were not silent tell the same."""
    change = finding.change
    if change is None:
        return finding
    platforms = style.listed(sorted({one.platform for one in outages}))
    days = style.value(max(one.days for one in outages), "days")
    silence = f"tracking of {platforms} was silent for {days}"
    verdict = elsewhere.change.verdict if elsewhere and elsewhere.change else None
    if verdict == change.verdict:
        return _saying(finding, f"{finding.text.sentence} The same holds without {platforms}: {silence}.")
    otherwise = ""
    if verdict:
        clear = "no clear" if verdict == "unclear" else "a clear"
        otherwise = f", and without {platforms} there is {clear} change"
    value = f"{finding.label} is {finding.text.value}."
    sentence = f"{value} The change from {change.period} is not judged: {silence}{otherwise}."
    return _saying(_unjudged(finding), sentence)


def _unjudged(finding: Finding) -> Finding:
    assert finding.change is not None
    change = finding.change.model_copy(update={"verdict": "unclear", "relevance": None})
    text = finding.text.model_copy(update={"verdict": NOT_JUDGED})
    return finding.model_copy(update={"change": change, "text": text})


def _saying(finding: Finding, sentence: str) -> Finding:
    return finding.model_copy(update={"text": finding.text.model_copy(update={"sentence": sentence})})


def _sentence(outage: TrackingOutage) -> str:
    """`No event of ios from 9 Aug 2026 to 17 Aug 2026 (9 days); about 55 a day were to be expected`."""
    first, last = style.day(outage.first), style.day(outage.last)
    when = f"on {first}" if outage.days == 1 else f"from {first} to {last}"
    return (
        f"No event of {outage.platform} {when} ({style.value(outage.days, 'days')}); about "
        f"{style.number(outage.expected)} a day were to be expected"
    )


def _total(usage: Usage, measure: Measure, count: int, *, headline: bool = False) -> Finding:
    """A count of all there are, in a sentence of its own."""
    period = usage.scope.period.label
    scoped = replace(measure, label=_label(usage, measure.label))
    finding = findings.measured(scoped, _count_of_all(usage, count), period, headline=headline)
    return _saying(finding, f"{scoped.label} in {period}: {finding.text.value}.")


def _count_of_all(usage: Usage, count: int) -> Estimate:
    """A count of all there are has no interval."""
    return counted(float(count), level=usage.scope.level)


def _measure(usage: Usage, metric: str, key: str = "") -> Measure:
    """A metric as the catalogue words it, with the feature and the region in its label."""
    known = metrics.get(metric)
    label = _label(usage, known.label)
    return Measure(key or known.name, label, known.unit, known.good, known.decimals, known.matters)


def _label(usage: Usage, label: str) -> str:
    """`Retention`, `Retention of dashboards in EMEA`."""
    return f"{label}{usage.rule.of_feature}{usage.scope.within}"
