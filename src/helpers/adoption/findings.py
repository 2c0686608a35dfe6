"""The findings and checks of an adoption report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from functools import partial

from helpers import findings, style
from helpers.adoption import denominators
from helpers.adoption.adopters import UsageQuarter
from helpers.adoption.corrected_usage import AGAINST, key_changes, measure
from helpers.adoption.key_metrics import KeyMetrics
from helpers.adoption.observations import Usage
from helpers.adoption.outages import TrackingOutage
from helpers.adoption.time_to_adopt import HORIZON, Cohort
from helpers.disagreement import Evidence, with_reason
from helpers.findings import Measure, NoData
from helpers.periods import Period
from helpers.records import Change, Check, Finding
from helpers.records.outputs import Verdict
from helpers.records.report_terms import TARGET
from helpers.scope import Scope
from helpers.stats import Comparison, Estimate, Group, counted, proportion

_OF_EVENTS, _OF_BOTH = ("events",), ("users", "events")


def _counted(key: str, label: str, unit: str, counts: str, sources: tuple[str, ...] = _OF_EVENTS) -> Measure:
    return Measure(key, label, unit, "higher", counts=counts, sources=sources)


ADOPTERS = _counted(
    "adopted.users", "Adopters", "count", "Users who met the definition of adoption in the period."
)
ACTIVE = _counted("active_users", "Number of active users", "count", "Users with an event in the period.")
OUTAGE = Measure("outage", "Outage", "count", "none", counts="Days without events.", sources=_OF_EVENTS)
ACCOUNTS = _counted(
    "adopted.accounts", "Accounts with an adopter", "share", "Accounts of which a user adopted.", _OF_BOTH
)
EVENTS = Measure("events", "Events", "count", "none", counts="Rows of the feature.", sources=_OF_EVENTS)
BY_COHORT = _counted("adopted", "Adopted so far", "share", "Sign-ups that have ever adopted.", _OF_BOTH)
WITHIN = _counted(
    f"adopted_{HORIZON}",
    f"Adopted within {HORIZON} days of sign-up",
    "share",
    "Sign-ups that adopted by that age; those not yet so old count as long as they were seen.",
    _OF_BOTH,
)

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
        *_of_accounts(usage),
    )


def _of_accounts(usage: Usage) -> tuple[Finding, ...]:
    """The share of accounts with an adopter; nothing where users belong to none."""
    shares = usage.account_adopters()
    if shares is None:
        return ()
    measure = replace(ACCOUNTS, label=_label(usage, ACCOUNTS.label))
    share = proportion(shares.accounts, shares.now.n, usage.scope.level)
    found = findings.measured(measure, share, usage.scope.period.label)
    counts = f"{style.number(shares.accounts)} of {style.number(shares.now.n)} accounts"
    return (_saying(found, f"{found.text.sentence} That is {counts}."),)


def of_changes(key_metrics: KeyMetrics) -> Mapping[str, Finding]:
    """Adoption, retention and stickiness by their keys, their changes read as the page corrects them.

    Where tracking was silent in this period or in the one compared with, that change is judged only if it is
    judged alike without the silent platforms.
    """
    found = _compared(key_metrics.usage)
    if "adopted" in found:
        found["adopted"] = denominators.beside_users(key_metrics.usage, found["adopted"])
    if key_metrics.outages:
        elsewhere = key_metrics.outside_outages
        others = _compared(elsewhere.usage) if elsewhere else {}
        found = {
            key: _across_outages(finding, others.get(key), _silent(key_metrics))
            for key, finding in found.items()
        }
    told = {key: _with_reason(key_metrics.usage, finding) for key, finding in found.items()}
    if "adopted" in told:
        told["adopted"] = denominators.with_counts(key_metrics.usage, told["adopted"])
    return told


def is_judged(finding: Finding) -> bool:
    """Whether a finding has a change with a verdict on it."""
    return finding.change is not None and finding.text.verdict != NOT_JUDGED


def of_quarters(usage: Usage, quarters: tuple[UsageQuarter, ...]) -> tuple[Finding, ...]:
    """Active users and events of every quarter shown."""
    return tuple(
        findings.measured(_of(measure, "period", one.period), _count_of_all(usage, count), one.period.label)
        for one in quarters
        for measure, count in ((ACTIVE, one.active), (EVENTS, one.events))
    )


def of_cohorts(cohorts: tuple[Cohort, ...]) -> tuple[Finding, ...]:
    """Adoption of every sign-up cohort: so far, and within 90 days."""
    return tuple(
        findings.measured(_of(measure, "signed_up", cohort.quarter), estimate, cohort.label)
        for cohort in cohorts
        if cohort.quarter
        for measure, estimate in ((BY_COHORT, cohort.so_far), (WITHIN, cohort.by_horizon()))
        if estimate
    )


def of_channels(usage: Usage, channels: Group) -> tuple[Finding, ...]:
    """Adoption of every channel."""
    adopted = measure(usage, "adopted")
    return tuple(
        findings.measured(adopted.at(channel=row.label), row.now, usage.scope.period.label)
        for row in channels.rows
        if row.now is not None
    )


def of_outages(outages: tuple[TrackingOutage, ...]) -> tuple[Check, ...]:
    """One check an outage; one that passed where there is none."""
    if not outages:
        return (Check(key="outage", passed=True, severity="info", text="Events were recorded on every day."),)
    return tuple(
        Check(
            key=OUTAGE.at(platform=one.platform, first=one.first.isoformat()).key,
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


def _compared(usage: Usage) -> dict[str, Finding]:
    """The three metrics as far as they are known."""
    scope = usage.scope
    return {
        name: findings.compared(
            measure(usage, name), rows.judged(scope.correction), scope.period, headline=True
        )
        for name, rows in key_changes(usage).items()
    }


def _with_reason(usage: Usage, finding: Finding) -> Finding:
    """The reason why two comparisons disagree, where both are judged."""
    if any(text.verdict == NOT_JUDGED for _, text in finding.changes):
        return finding
    return with_reason(finding, usage.scope, Evidence(partial(_step, usage, finding.key), _no_mix))


def _step(usage: Usage, name: str, scope: Scope, then: Period) -> Comparison:
    return AGAINST[name](usage.at(scope.period), then)


def _no_mix(_then: Period) -> None:
    """Users are not split in segments here."""


def _silent(key_metrics: KeyMetrics) -> dict[str, tuple[TrackingOutage, ...]]:
    """By the name of each thing compared with, the outages in its period and in this one."""
    scope = key_metrics.usage.scope
    periods = {TARGET: [scope.period]}
    periods |= {one.name: [scope.period, one.period] for one in scope.references if one.period}
    return {
        name: tuple(outage for outage in key_metrics.outages if any(map(outage.touches, within)))
        for name, within in periods.items()
    }


def _across_outages(
    finding: Finding, elsewhere: Finding | None, silent: Mapping[str, tuple[TrackingOutage, ...]]
) -> Finding:
    """A change across an outage stands only where the platforms that were not silent tell the same."""
    first = finding.change
    if first is None:
        return finding
    others = {change.against: change.verdict for change, _ in elsewhere.changes} if elsewhere else {}
    unjudged = {
        change.against
        for change, _ in finding.changes
        if silent[change.against] and others.get(change.against) != change.verdict
    }
    standing = [change for change, _ in finding.changes if change.against not in unjudged]
    told = findings.with_changes(finding, standing)
    lost = silent[first.against]
    text = told.text
    if first.against in unjudged:
        sentence = _not_judged_sentence(finding, first, lost, others.get(first.against))
        text = text.model_copy(update={"sentence": sentence, "certainty": ""})
    elif lost:
        certainty = f"{text.certainty} The same holds without {_platforms(lost)}: {_silence(lost)}."
        text = text.model_copy(update={"certainty": certainty})
    return _saying(_unjudged(finding, unjudged), text.sentence, text.certainty)


def _not_judged_sentence(
    finding: Finding, change: Change, lost: Sequence[TrackingOutage], elsewhere: Verdict | None
) -> str:
    otherwise = ""
    if elsewhere:
        clear = "no clear" if elsewhere == "unclear" else "a clear"
        otherwise = f", and without {_platforms(lost)} there is {clear} change"
    value = f"{finding.label} is {finding.text.value}."
    return f"{value} The change from {change.period} is not judged: {_silence(lost)}{otherwise}."


def _platforms(lost: Sequence[TrackingOutage]) -> str:
    return style.listed(sorted({one.platform for one in lost}))


def _silence(lost: Sequence[TrackingOutage]) -> str:
    days = style.value(max(one.days for one in lost), "days")
    return f"tracking of {_platforms(lost)} was silent for {days}"


def _unjudged(finding: Finding, against: Set[str]) -> Finding:
    """The finding without a verdict against these."""
    nothing: dict[str, object] = {"verdict": "unclear", "relevance": None}
    further = tuple(
        one.model_copy(update={**nothing, "text": one.text.model_copy(update={"verdict": NOT_JUDGED})})
        if one.against in against
        else one
        for one in finding.further
    )
    found = finding.model_copy(update={"further": further})
    if found.change is None or found.change.against not in against:
        return found
    text = found.text.model_copy(update={"verdict": NOT_JUDGED})
    return found.model_copy(update={"change": found.change.model_copy(update=nothing), "text": text})


def _saying(finding: Finding, sentence: str, certainty: str = "") -> Finding:
    said = {"sentence": sentence, "certainty": certainty}
    return finding.model_copy(update={"text": finding.text.model_copy(update=said)})


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


def _of(measure: Measure, name: str, quarter: Period) -> Measure:
    """The measure of one quarter: its key has the quarter as parameters write it, its label as people do."""
    found = measure.at(**{name: quarter.text})
    return replace(found, label=f"{measure.label}, {quarter.label}")


def _count_of_all(usage: Usage, count: int) -> Estimate:
    """A count of all there are has no interval."""
    return counted(float(count), level=usage.scope.level)


def _label(usage: Usage, label: str) -> str:
    """`Retention`, `Retention of dashboards in EMEA`."""
    return f"{label}{usage.rule.of_feature}{usage.scope.within}"
