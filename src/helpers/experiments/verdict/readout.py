"""The whole readout of one experiment: trust, effects, verdict; and its findings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from helpers import metrics, style
from helpers.experiments.effects import conditions, monitoring
from helpers.experiments.effects.conditions import UnmeasuredMetric, UnmetCondition
from helpers.experiments.effects.estimation import (
    ArmStatistics,
    Effect,
    arm_statistics,
    corrected_effects,
    effect_at,
    estimate_effect,
)
from helpers.experiments.effects.guard_rails import GuardRailEffect, guard_rail_effects
from helpers.experiments.effects.monitoring import Exaggeration, Outlook
from helpers.experiments.effects.pairs import TreatmentPair, treatment_pairs
from helpers.experiments.observations.aggregates import Observations, several_weeks
from helpers.experiments.observations.daily_totals import observe_totals
from helpers.experiments.observations.unit_tables import assigned_daily, observe
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust.checks import Diagnostics, all_checks, stopping_checks
from helpers.experiments.trust.distribution import value_distributions
from helpers.experiments.trust.interference import known_experiments, overlaps
from helpers.experiments.trust.randomization import randomization
from helpers.experiments.verdict import decision
from helpers.experiments.verdict.decision import Grounds, Verdict
from helpers.findings import NoData
from helpers.records import Check, SettingsError
from helpers.sources import LoadedTable
from helpers.stats import Difference, step_down


@dataclass(frozen=True)
class Readout:
    """What one experiment says of one treatment against the control.

    `primary` is None where it could not be measured; `others` are the secondary metrics, then those that
    the protocol does not name (exploratory), at the level that their number asks for. `unmet` are metrics
    whose intervals decide nothing here, `unmeasured` those that decide and have none. `diagnostics` is
    what the trust checks look at beside the observations. `other_treatments` are the readouts of those, if
    any, `pairs` compares treatments with each other, where the protocol asks for it; `plan` is the whole
    protocol, `protocol` the part of it that this treatment is read by.

        >>> from helpers import experiments
        >>> readout = experiments.example()
        >>> readout.assigned, readout.period, readout.trusted, readout.caveat
        (4000, '6 Jul 2026 to 25 Jul 2026', True, '')
    """

    plan: Protocol
    protocol: Protocol
    observed: Observations
    primary: Effect | None
    guard_rails: tuple[GuardRailEffect, ...]
    others: tuple[Effect, ...]
    checks: tuple[Check, ...]
    unmet: tuple[UnmetCondition, ...]
    unmeasured: tuple[UnmeasuredMetric, ...]
    diagnostics: Diagnostics
    outlook: Outlook
    exaggeration: Exaggeration | None
    verdict: Verdict
    other_treatments: tuple[Readout, ...] = ()
    pairs: tuple[TreatmentPair, ...] = ()

    @property
    def of_each(self) -> tuple[Readout, ...]:
        """This readout and those of the other treatments, in the order of the protocol."""
        order = self.plan.treatments
        return tuple(
            sorted((self, *self.other_treatments), key=lambda one: order.index(one.protocol.treatment))
        )

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Every effect: primary, guard-rails, the others."""
        first = (self.primary,) if self.primary else ()
        return (*first, *(one.effect for one in self.guard_rails), *self.others)

    @property
    def trusted(self) -> bool:
        """Whether no check that stops has failed."""
        return not stopping_checks(self.checks)

    @property
    def caveat(self) -> str:
        """Why no difference may be read as an effect, or not yet; empty where they may be."""
        if not self.trusted:
            return "Not to be read as an effect: a trust check failed"
        if self.verdict.decision == "Keep running" and self.protocol.design == "fixed-horizon":
            return "Not to be read as an effect yet: the test has not come to its planned end"
        if self.unmeasured:
            return f"Not to be read as an effect: {self.unmeasured[0].reason}"
        deciding = [one for one in self.unmet if one.decides]
        if deciding and all(one.silent for one in deciding):
            return f"Not to be read as an effect: {deciding[0].reason}"
        if deciding:
            yet = "" if self.outlook.ended else " yet"
            return f"Not to be read as an effect{yet}: the interval misses the truth more often than it says"
        return ""

    def caveat_of(self, metric: str) -> str:
        """Why the difference in one metric may not be read as an effect; empty where it may be."""
        reasons = [one.reason for one in self.unmet if one.metric == metric]
        return self.caveat or (f"Not to be read as an effect: {reasons[0]}" if reasons else "")

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

    The tables are those of `sources.load("assignments", optional=True)` and so on, loaded or absent; nothing
    but counts, means and covariances leaves the engine::

        readout = experiments.read(protocol, assignments, outcomes, totals)

    Raises:
        NoData: neither the assignments nor the totals know the experiment, or the tables are empty.
        SettingsError: a table, or a column, that the experiment needs is not declared.
    """
    if not _known(protocol, assignments, outcomes, totals):
        return conclude(protocol, observe_totals(protocol, totals))
    observed, counted = _counted(protocol, assignments, outcomes)
    diagnostics = Diagnostics(
        overlaps(protocol, counted, outcomes),
        known_experiments(protocol, assignments),
        value_distributions(protocol, counted, outcomes, observed),
        randomization(protocol, counted, outcomes),
    )
    return conclude(protocol, observed, diagnostics)


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


def conclude(protocol: Protocol, observed: Observations, diagnostics: Diagnostics | None = None) -> Readout:
    """The readout that these observations give; of several treatments, that of the best.

    The primary metric of each treatment is read at the error rate at which all their claims hold together
    (Holm 1979).

        >>> from helpers.experiments import Observations, example
        >>> known = example()
        >>> conclude(known.plan, known.observed).verdict == known.verdict
        True
    """
    diagnostics, observed = diagnostics or Diagnostics(), monitoring.within_plan(protocol, observed)
    unmet = conditions.unmet(protocol, observed, diagnostics.distributions.skewness)
    checks = all_checks(protocol, observed, diagnostics, unmet)
    common = _Common(protocol, observed, checks, unmet, diagnostics)
    found = [
        _compared(protocol.against(treatment, rate), common)
        for treatment, rate in zip(protocol.treatments, _rates(protocol, observed), strict=True)
    ]
    best = max(found, key=_promise)
    others = tuple(one for one in found if one is not best)
    if not others:
        return best
    pairs = treatment_pairs(protocol, observed, diagnostics.distributions.pairs)
    return replace(best, other_treatments=others, pairs=pairs, verdict=_among(best, others, pairs))


def weekly_effects(readout: Readout) -> tuple[tuple[date, Effect | None], ...]:
    """The primary effect at the end of each week, each read as that look alone would have been.

    Raises:
        NoData: the units have no dates, or all lie within a week.
    """
    protocol, observed = readout.protocol, readout.observed
    metric, days = metrics.get(protocol.primary), [week[-1] for week in several_weeks(observed)]
    return tuple((day, estimate_effect(protocol, observed.until(day), metric, "primary")) for day in days)


def effects_at_looks(readout: Readout) -> tuple[Effect, ...]:
    """The primary effect at every earlier look that the design allows; none of a fixed horizon."""
    protocol, observed = readout.protocol, readout.observed
    if protocol.design == "fixed-horizon":
        return ()
    metric, days = (
        metrics.get(protocol.primary),
        [one.day for one in monitoring.looks(protocol, observed)[:-1]],
    )
    found = (estimate_effect(protocol, observed.until(day), metric, "primary") for day in days if day)
    return tuple(one for one in found if one)


@dataclass(frozen=True)
class _Common:
    """What the readouts of all treatments have in common; `protocol` is the whole plan."""

    protocol: Protocol
    observed: Observations
    checks: tuple[Check, ...]
    unmet: tuple[UnmetCondition, ...]
    diagnostics: Diagnostics


def _compared(protocol: Protocol, common: _Common) -> Readout:
    """One treatment against the control, by the part of the plan that compares them."""
    observed = common.observed
    primary = estimate_effect(protocol, observed, metrics.get(protocol.primary), "primary")
    # Every guard-rail must hold, so none pays for the number of treatments: only a claim of a gain does.
    uncorrected = common.protocol.against(protocol.treatment, common.protocol.alpha)
    rails = guard_rail_effects(uncorrected, observed)
    outlook = monitoring.outlook(protocol, observed, common.protocol)
    unmet = tuple(one for one in common.unmet if one.treatment == protocol.treatment)
    unmeasured = conditions.unmeasured(protocol, observed)
    exaggeration = None if outlook.ended else _exaggeration(protocol, observed, primary, rails)
    grounds = Grounds(
        primary=primary,
        guard_rails=rails,
        unmeasured=unmeasured,
        failed_checks=stopping_checks(common.checks),
        unmet=tuple(one for one in unmet if one.decides),
        outlook=outlook,
        exaggeration=exaggeration,
    )
    return Readout(
        common.protocol,
        protocol,
        observed,
        primary,
        rails,
        _others(uncorrected, observed),
        common.checks,
        unmet,
        unmeasured,
        common.diagnostics,
        outlook,
        exaggeration,
        decision.decide(protocol, grounds),
    )


def _rates(protocol: Protocol, observed: Observations) -> tuple[float, ...]:
    """The error rate of each treatment's primary metric."""
    if len(protocol.treatments) == 1:
        return (protocol.alpha,)
    metric, intervals = metrics.get(protocol.primary), []
    for treatment in protocol.treatments:
        part = protocol.against(treatment, protocol.alpha)
        found = arm_statistics(part, observed, metric)
        if found is None:
            return (protocol.alpha / len(protocol.treatments),) * len(protocol.treatments)

        def interval(alpha: float, part: Protocol = part, found: ArmStatistics = found) -> Difference:
            plan = part.model_copy(update={"alpha": alpha})
            effect = effect_at(plan, observed, metric, "primary", found, plan.primary_alpha)
            return effect.beyond(protocol.threshold)

        intervals.append(interval)
    return step_down(intervals, protocol.alpha)


def _among(best: Readout, other_treatments: Sequence[Readout], pairs: Sequence[TreatmentPair]) -> Verdict:
    """The verdict of the best of several treatments, what became of the others, and which beats which."""
    others = {
        one.protocol.treatment: decision.told_of(
            one.protocol, one.verdict.decision, one.primary, one.guard_rails
        )
        for one in other_treatments
    }
    read = () if best.caveat else pairs
    return decision.among(best.verdict, best.protocol.treatment, others, read)


def _promise(one: Readout) -> tuple[int, float]:
    """How much speaks for a treatment: its decision, then the least gain that its interval holds."""
    return decision.DECISIONS.index(one.verdict.decision), one.primary.gain[0] if one.primary else -math.inf


def _exaggeration(
    protocol: Protocol, observed: Observations, primary: Effect | None, guard_rails: Sequence[GuardRailEffect]
) -> Exaggeration | None:
    """What an early stop at a clear effect does to the estimate.

    A gain stops the test only where the guard-rails hold, so looks at which one did not are no early chances.
    """
    if primary is None or protocol.design == "fixed-horizon":
        return None
    stopped = primary.beyond(protocol.threshold)
    if not stopped.excludes_zero:
        return None
    gained = primary.gain[0] > protocol.threshold
    if gained and not all(one.holds for one in guard_rails):
        return None
    metric, earlier = metrics.get(protocol.primary), []
    for look in monitoring.looks(protocol, observed)[:-1]:
        assert look.day is not None
        seen = observed.until(look.day)
        then = estimate_effect(protocol, seen, metric, "primary")
        if then and (not gained or all(one.holds for one in guard_rail_effects(protocol, seen))):
            earlier.append((look, then.beyond(protocol.threshold)))
    found = monitoring.exaggeration(protocol, observed, stopped, earlier)
    by = primary.difference.value - stopped.value
    return found and replace(found, observed=found.observed + by, corrected=found.corrected + by)


def _known(protocol: Protocol, assignments: LoadedTable, outcomes: LoadedTable, totals: LoadedTable) -> bool:
    """Whether the experiment is known by its units; else only by daily totals."""
    absent = [table for table in (assignments, outcomes) if table.account is None]
    if absent and totals.account is None:
        told = (
            f"{' '.join(table.absent for table in (*absent, totals))} The experiment {protocol.id} needs the "
        )
        told += "assignments and outcomes of its units, or its daily totals."
        if all(table.declared for table in absent):
            raise NoData(told)
        raise SettingsError([f"{told} Declare them in sources.yaml."])
    if absent:
        return False
    units = assignments.expr.filter(assignments.expr.experiment == protocol.id)
    return totals.account is None or int(units.limit(1).count().execute()) > 0


def _others(protocol: Protocol, observed: Observations) -> tuple[Effect, ...]:
    """Secondary and exploratory metrics, two lists: what was registered does not pay for what was not."""
    known = metrics.catalogue()
    unregistered = [name for name in observed.metrics if name in known and name not in protocol.registered]
    secondary = [
        estimate_effect(protocol, observed, metrics.get(name), "secondary") for name in protocol.secondary
    ]
    exploratory = [estimate_effect(protocol, observed, known[name], "exploratory") for name in unregistered]
    lists = ([one for one in found if one is not None] for found in (secondary, exploratory))
    return tuple(one for listed in lists for one in corrected_effects(protocol, observed, listed))
