"""The whole readout of one experiment: trust, effects, verdict; and its findings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from helpers import metrics, style
from helpers.experiments import conditions, monitoring, trust, verdict
from helpers.experiments.conditions import Unmeasured, Unmet
from helpers.experiments.distribution import distributions
from helpers.experiments.effects import Effect, Measured, corrected, effect, measured, read_at
from helpers.experiments.interference import pairs
from helpers.experiments.monitoring import Exaggeration, Outlook
from helpers.experiments.observations.aggregates import Observations
from helpers.experiments.observations.daily_totals import observe_totals
from helpers.experiments.observations.unit_tables import assigned_daily, observe
from helpers.experiments.protocol import Protocol
from helpers.experiments.randomization import randomization
from helpers.experiments.trust import Around
from helpers.experiments.verdict import Evidence, Guarded, Verdict
from helpers.findings import NoData
from helpers.records import Check
from helpers.sources import LoadedTable
from helpers.stats import Difference, step_down


@dataclass(frozen=True)
class Readout:
    """What one experiment says of one treatment against the control.

    `primary` is None where it could not be measured; `others` are the secondary metrics, then those that
    the protocol does not name (exploratory), at the level that their number asks for. `unmet` are metrics
    whose intervals decide nothing here, `unmeasured` those that decide and have none. `rivals` are the
    readouts of the other treatments, if any; `plan` is the whole protocol, `protocol` the part of it that
    this treatment is read by.
    """

    plan: Protocol
    protocol: Protocol
    observed: Observations
    primary: Effect | None
    guarded: tuple[Guarded, ...]
    others: tuple[Effect, ...]
    checks: tuple[Check, ...]
    unmet: tuple[Unmet, ...]
    unmeasured: tuple[Unmeasured, ...]
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
        if self.unmeasured:
            return f"Not to be read as an effect: {self.unmeasured[0].reason}"
        if any(one.decides for one in self.unmet):
            yet = "" if self.outlook.ended else " yet"
            return f"Not to be read as an effect{yet}: the interval misses the truth more often than it says"
        return ""

    def doubt_of(self, metric: str) -> str:
        """Why the difference in one metric may not be read as an effect; empty where it may be."""
        reasons = [one.reason for one in self.unmet if one.metric == metric]
        return self.doubt or (f"Not to be read as an effect: {reasons[0]}" if reasons else "")

    @property
    def assigned(self) -> int:
        """Units in the two variants that are compared."""
        return sum(self.observed.assigned(arm) for arm in self.protocol.arms)

    @property
    def period(self) -> str:
        """First to last day of assignment; `whole test` without dates."""
        days = self.observed.days
        return f"{style.day(days[0])} to {style.day(days[-1])}" if days else "whole test"


def read(protocol: Protocol, assignments: LoadedTable, outcomes: LoadedTable, totals: LoadedTable) -> Readout:
    """Read one experiment under its protocol, from units where there are some, else from daily totals.

    Raises:
        NoData: neither the assignments nor the totals know the experiment.
    """
    if not _known(protocol, assignments, outcomes, totals):
        return conclude(protocol, observe_totals(protocol, totals))
    observed, assignments = _counted(protocol, assignments, outcomes)
    around = Around(
        pairs(protocol, assignments, outcomes),
        distributions(protocol, assignments, outcomes, observed),
        randomization(protocol, assignments, outcomes),
    )
    return conclude(protocol, observed, around)


def _counted(
    protocol: Protocol, assignments: LoadedTable, outcomes: LoadedTable
) -> tuple[Observations, LoadedTable]:
    """What the plan lets count, and the assignments until then: nothing later is looked at by any query."""
    daily = assigned_daily(protocol, assignments)
    dated = [(day, units) for day, units in daily.items() if day]
    last = monitoring.closing_day(protocol, dated, daily.get(None, 0))
    if last is None:
        return observe(protocol, assignments, outcomes), assignments
    known = assignments.until(last)
    beyond = sum(units for day, units in dated if day > last)
    return replace(observe(protocol, known, outcomes), beyond=beyond), known


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
    unmet = tuple(one for one in common.unmet if one.treatment == protocol.treatment)
    unmeasured = conditions.unmeasured(protocol, observed)
    exaggeration = None if outlook.ended else _exaggeration(protocol, observed, primary, guarded)
    evidence = Evidence(
        primary=primary,
        guarded=guarded,
        unmeasured=unmeasured,
        broken=trust.broken(common.checks),
        unmet=tuple(one for one in unmet if one.decides),
        outlook=outlook,
        exaggeration=exaggeration,
    )
    return Readout(
        common.protocol,
        protocol,
        observed,
        primary,
        guarded,
        _others(protocol, observed),
        common.checks,
        unmet,
        unmeasured,
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


def _known(protocol: Protocol, assignments: LoadedTable, outcomes: LoadedTable, totals: LoadedTable) -> bool:
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
