"""The whole readout of one experiment: trust, effects, verdict; and its findings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from helpers import findings, metrics, style
from helpers.experiments import conditions, monitoring, trust, verdict
from helpers.experiments.agreement import first_line
from helpers.experiments.conditions import Unmet
from helpers.experiments.distribution import distributions
from helpers.experiments.effects import Effect, Measured, corrected, effect, measured, read_at
from helpers.experiments.gathering import observe, observe_totals
from helpers.experiments.interference import pairs
from helpers.experiments.monitoring import Exaggeration, Outlook
from helpers.experiments.observations import Observations
from helpers.experiments.protocol import Protocol
from helpers.experiments.randomization import randomization
from helpers.experiments.trust import Around
from helpers.experiments.verdict import Evidence, Guarded, Verdict
from helpers.findings import Measure, NoData
from helpers.records import Check, Finding
from helpers.sources import Table
from helpers.stats import Difference, Estimate, step_down


@dataclass(frozen=True)
class Readout:
    """What one experiment says of one treatment against the control.

    `primary` is None where it could not be measured; `others` are the secondary metrics, then those that
    the protocol does not name (exploratory), at the level that their number asks for. `unmet` are metrics
    whose intervals decide nothing. `rivals` are the readouts of the other treatments, if any; `protocol` is
    the part of the plan that this one is read by.
    """

    protocol: Protocol
    observed: Observations
    primary: Effect | None
    guarded: tuple[Guarded, ...]
    others: tuple[Effect, ...]
    checks: tuple[Check, ...]
    unmet: tuple[Unmet, ...]
    around: Around
    outlook: Outlook
    exaggeration: Exaggeration | None
    verdict: Verdict
    rivals: tuple[Readout, ...] = ()

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Every effect: primary, guard-rails, the others."""
        first = (self.primary,) if self.primary else ()
        return (*first, *(one.effect for one in self.guarded), *self.others)

    @property
    def trusted(self) -> bool:
        """Whether no check that stops has failed."""
        return not trust.broken(self.checks)

    @property
    def doubt(self) -> str:
        """Why no difference may be read as an effect, or not yet; empty where they may be."""
        if not self.trusted:
            return "Not to be read as an effect: a trust check failed"
        if self.verdict.decision == "Keep running" and self.protocol.design == "fixed-horizon":
            return "Not to be read as an effect yet: the test has not come to its planned end"
        if any(one.decides for one in self.unmet):
            return "Not to be read as an effect yet: the interval misses the truth more often than it says"
        return ""

    def doubt_of(self, metric: str) -> str:
        """Why the difference in one metric may not be read as an effect; empty where it may be."""
        reasons = [one.reason for one in self.unmet if one.metric == metric]
        return self.doubt or (f"Not to be read as an effect: {reasons[0]}" if reasons else "")

    @property
    def assigned(self) -> int:
        """Units in both planned variants."""
        return sum(self.observed.assigned(arm) for arm in self.protocol.arms)

    @property
    def period(self) -> str:
        """First to last day of assignment; `whole test` without dates."""
        days = self.observed.days
        return f"{style.day(days[0])} to {style.day(days[-1])}" if days else "whole test"


def read(protocol: Protocol, assignments: Table, outcomes: Table, totals: Table) -> Readout:
    """Read one experiment under its protocol, from units where there are some, else from daily totals.

    Raises:
        NoData: neither the assignments nor the totals know the experiment.
    """
    if not _known(protocol, assignments, outcomes, totals):
        return conclude(protocol, observe_totals(protocol, totals))
    observed = monitoring.closed(protocol, observe(protocol, assignments, outcomes))
    around = Around(
        pairs(protocol, assignments, outcomes),
        distributions(protocol, assignments, outcomes, observed),
        randomization(protocol, assignments, outcomes),
    )
    return conclude(protocol, observed, around)


def conclude(protocol: Protocol, observed: Observations, around: Around | None = None) -> Readout:
    """The readout that these observations give; of several treatments, that of the best.

    The primary metric of each treatment is read at the error rate at which all their claims hold together
    (Holm).
    """
    around, observed = around or Around(), monitoring.closed(protocol, observed)
    unmet = conditions.unmet(protocol, observed, around.distributions.skewness)
    checks = (*trust.checks(protocol, observed, around), conditions.check(protocol, observed, unmet))
    common = _Common(protocol, observed, checks, unmet, around)
    found = [
        _compared(protocol.against(treatment, rate), common)
        for treatment, rate in zip(protocol.treatments, _rates(protocol, observed), strict=True)
    ]
    best = max(found, key=_promise)
    rivals = tuple(one for one in found if one is not best)
    return replace(best, rivals=rivals, verdict=verdict.among(best, rivals)) if rivals else best


def course(readout: Readout) -> tuple[tuple[monitoring.Look, Effect | None], ...]:
    """The primary effect at the end of each week, each read as that look alone would have been."""
    protocol, observed = readout.protocol, readout.observed
    metric = metrics.get(protocol.primary)
    found = []
    for week in observed.weeks:
        then = observed.until(week[-1])
        units = sum(then.assigned(arm) for arm in protocol.arms)
        found.append((monitoring.Look(week[-1], units), effect(protocol, then, metric, "primary")))
    return tuple(found)


@dataclass(frozen=True)
class _Common:
    """What the readouts of all treatments have in common; `protocol` is the whole plan."""

    protocol: Protocol
    observed: Observations
    checks: tuple[Check, ...]
    unmet: tuple[Unmet, ...]
    around: Around


def _compared(protocol: Protocol, common: _Common) -> Readout:
    """One treatment against the control, by the part of the plan that compares them."""
    observed = common.observed
    primary = effect(protocol, observed, metrics.get(protocol.primary), "primary")
    guarded = _guarded(protocol, observed)
    outlook = monitoring.outlook(protocol, observed, common.protocol)
    exaggeration = None if outlook.ended else _exaggeration(protocol, observed, primary, guarded)
    evidence = Evidence(
        primary=primary,
        guarded=guarded,
        unmeasured=tuple(
            rail.metric
            for rail in protocol.guard_rails
            if rail.metric not in {one.rail.metric for one in guarded}
        ),
        broken=trust.broken(common.checks),
        unmet=tuple(one for one in common.unmet if one.decides),
        outlook=outlook,
        exaggeration=exaggeration,
    )
    return Readout(
        protocol,
        observed,
        primary,
        guarded,
        _others(protocol, observed),
        common.checks,
        common.unmet,
        common.around,
        outlook,
        exaggeration,
        verdict.decide(protocol, evidence),
    )


def _rates(protocol: Protocol, observed: Observations) -> tuple[float, ...]:
    """The error rate of each treatment's primary metric."""
    if len(protocol.treatments) == 1:
        return (protocol.alpha,)
    metric, intervals = metrics.get(protocol.primary), []
    for treatment in protocol.treatments:
        part = protocol.against(treatment, protocol.alpha)
        found = measured(part, observed, metric)
        if found is None:
            return (protocol.alpha / len(protocol.treatments),) * len(protocol.treatments)

        def interval(alpha: float, part: Protocol = part, found: Measured = found) -> Difference:
            return read_at(part, observed, metric, "primary", found, alpha).difference

        intervals.append(interval)
    return step_down(intervals, protocol.alpha)


def _promise(one: Readout) -> tuple[int, float]:
    """How much speaks for a treatment: its decision, then the least gain that its interval holds."""
    return verdict.DECISIONS.index(one.verdict.decision), one.primary.gain[0] if one.primary else -math.inf


def _exaggeration(
    protocol: Protocol, observed: Observations, primary: Effect | None, guarded: Sequence[Guarded]
) -> Exaggeration | None:
    """What an early stop at a clear effect does to the estimate.

    A gain stops the test only where the guard-rails hold, so looks at which one did not are no early chances.
    """
    if primary is None or protocol.design == "fixed-horizon" or not primary.clear:
        return None
    gained = primary.gain[0] > 0
    if gained and not all(one.holds for one in guarded):
        return None
    metric, earlier = metrics.get(protocol.primary), []
    for look in monitoring.looks(protocol, observed)[:-1]:
        assert look.day is not None
        seen = observed.until(look.day)
        then = effect(protocol, seen, metric, "primary")
        if then and (not gained or all(one.holds for one in _guarded(protocol, seen))):
            earlier.append((look, then.difference))
    return monitoring.exaggeration(protocol, observed, primary.difference, earlier)


def _guarded(protocol: Protocol, observed: Observations) -> tuple[Guarded, ...]:
    """The guard-rails that were measured."""
    return tuple(
        Guarded(rail, found)
        for rail in protocol.guard_rails
        if (found := effect(protocol, observed, metrics.get(rail.metric), "guard-rail"))
    )


def relative_interval(lift: Difference) -> str:
    """`+8.4 to +16.5%`: the limits of a relative effect."""
    return style.change_interval(lift.low, lift.high, "share", 1) + "%"


def said(readout: Readout) -> tuple[Finding, Finding]:
    """The verdict and what it would cost to be wrong, to be published before every number.

    The first words say whether data and protocol agree, or list every departure.
    """
    agreement = next(check for check in readout.checks if check.key == "protocol")
    found = readout.verdict
    sentence = f"{first_line(agreement)} {found.sentence}"
    return (
        findings.concluded(Measure("verdict", "Verdict", "text"), found.decision, sentence, readout.period),
        findings.concluded(
            Measure("verdict.stake", "If that is wrong", "text"),
            found.stake.amount,
            found.stake.sentence,
            readout.period,
        ),
    )


def results(readout: Readout) -> tuple[Finding, ...]:
    """The numbers: the primary metric, guard-rails, other metrics.

    For each metric its value in each arm (`metric@variant=…`), the difference (`metric.difference`), the
    relative lift (`metric.lift`) and the p value of the test that write-ups print (`metric.p_value`).
    """
    told = [finding for one in readout.effects for finding in _of_effect(readout, one)]
    for rival in readout.rivals:
        told += _of_rival(rival)
    return tuple(_doubted(readout, one) for one in told)


def _doubted(readout: Readout, finding: Finding) -> Finding:
    """The same number, said to be no effect; where a trust check has failed, it is no headline either."""
    metric, _, what = finding.key.partition("@")[0].partition(".")
    doubt = readout.doubt_of(metric)
    if not doubt or what not in {"difference", "lift", "p_value"}:
        return finding
    text = finding.text.model_copy(update={"sentence": f"{finding.label}: {verdict.lower_first(doubt)}."})
    return finding.model_copy(update={"headline": finding.headline and readout.trusted, "text": text})


def _known(protocol: Protocol, assignments: Table, outcomes: Table, totals: Table) -> bool:
    """Whether the experiment is known by its units; else only by daily totals."""
    absent = [table for table in (assignments, outcomes) if table.account is None]
    if absent and totals.account is None:
        raise NoData(
            f"{' '.join(table.absent for table in (*absent, totals))} The experiment {protocol.id} needs the "
            "assignments and outcomes of its units, or its daily totals."
        )
    if absent:
        return False
    units = assignments.expr.filter(assignments.expr.experiment == protocol.id)
    return totals.account is None or int(units.limit(1).count().execute()) > 0


def _others(protocol: Protocol, observed: Observations) -> tuple[Effect, ...]:
    """Secondary and exploratory metrics, two lists: what was registered does not pay for what was not."""
    known = metrics.catalogue()
    unregistered = [name for name in observed.metrics if name in known and name not in protocol.registered]
    secondary = [effect(protocol, observed, metrics.get(name), "secondary") for name in protocol.secondary]
    exploratory = [effect(protocol, observed, known[name], "exploratory") for name in unregistered]
    lists = ([one for one in found if one is not None] for found in (secondary, exploratory))
    return tuple(one for listed in lists for one in corrected(protocol, observed, listed))


def _of_effect(readout: Readout, one: Effect) -> list[Finding]:
    metric, protocol = one.metric, readout.protocol
    found = [_difference(readout, one)]
    for arm, estimate in ((protocol.treatment, one.treatment), (protocol.control, one.control)):
        measure = Measure(metric.name, metric.label, metric.unit, metric.good, metric.decimals)
        measure = replace(measure.at(variant=arm), label=f"{metric.label} with {arm}")
        found.append(findings.measured(measure, estimate, readout.period))
    if one.lift is not None:
        found.append(_lifted(readout, one, one.lift))
    if one.published is not None:
        found.append(_published(readout, one, one.published))
    return found


def _of_rival(rival: Readout) -> list[Finding]:
    """The primary metric of another treatment."""
    if rival.primary is None:
        return []
    protocol, metric = rival.protocol, rival.primary.metric
    measure = Measure(f"{metric.name}.difference", metric.label, metric.unit, metric.good, metric.decimals)
    units = rival.primary.control.n + rival.primary.treatment.n
    return [
        findings.effect(
            measure.at(variant=protocol.treatment),
            rival.primary.difference,
            rival.period,
            sides=(protocol.treatment, protocol.control),
            n=units,
        )
    ]


def _difference(readout: Readout, one: Effect) -> Finding:
    """The difference that decides; the verdict tells the primary one, so its sentence tells arms and lift.

    Arms are told as measured; a difference that is adjusted is not quite theirs, so it stands beside them.
    """
    metric, protocol = one.metric, readout.protocol
    finding = findings.effect(
        Measure(f"{metric.name}.difference", one.label, metric.unit, metric.good, metric.decimals),
        one.difference,
        readout.period,
        sides=(protocol.treatment, protocol.control),
        n=one.control.n + one.treatment.n,
        headline=one.role == "primary",
    )
    if one.role != "primary":
        return finding
    treatment, control = (
        style.value(arm.value, metric.unit, metric.decimals) for arm in (one.treatment, one.control)
    )
    sentence = (
        f"{metric.label} is {treatment} with {protocol.treatment} and {control} with {protocol.control}"
    )
    if one.adjusted:
        change = style.change(one.difference.value, metric.unit, metric.decimals)
        sentence += (
            f" as measured; adjusted by {style.listed(protocol.covariates)}, the difference is {change}"
        )
    if one.lift is not None:
        lift = f"{style.signed(100 * one.lift.value, 1)}% ({relative_interval(one.lift)})"
        sentence += f", a relative change of {lift}"
    sentence += "."
    return finding.model_copy(update={"text": finding.text.model_copy(update={"sentence": sentence})})


def _lifted(readout: Readout, one: Effect, lift: Difference) -> Finding:
    """The relative effect, as a fraction of the control; told in per cent."""
    metric, protocol = one.metric, readout.protocol
    measure = Measure(f"{metric.name}.lift", f"{one.label}, relative", "ratio", metric.good, 3)
    sides = (protocol.treatment, protocol.control)
    finding = findings.effect(measure, lift, readout.period, sides=sides, n=one.control.n + one.treatment.n)
    interval = relative_interval(lift)
    text = finding.text.model_copy(
        update={
            "value": f"{style.signed(100 * lift.value, 1)}%",
            "interval": interval,
            "sentence": f"{one.label}: the relative effect of {protocol.treatment} lies at {interval}.",
        }
    )
    return finding.model_copy(update={"text": text})


def _published(readout: Readout, one: Effect, p: float) -> Finding:
    """The p value that write-ups print, of the values as measured; it never decides."""
    test = "pooled z test" if one.raw.measure == "share" else "Welch's t test"
    measure = Measure(f"{one.metric.name}.p_value", f"Published test of {one.metric.label}", "ratio")
    units = one.control.n + one.treatment.n
    estimate = Estimate(p, None, None, None, readout.protocol.level, units, test)
    finding = findings.measured(measure, estimate, readout.period)
    said, raw = style.p_value(p), " of the values as measured" if one.adjusted else ""
    by = f"by the test that write-ups print ({test}{raw})"
    sentence = f"{one.metric.label}: {said} {by}; the interval decides, not this."
    text = finding.text.model_copy(update={"value": said, "sentence": sentence})
    return finding.model_copy(update={"text": text})
