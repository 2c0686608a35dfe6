"""Looking more than once without fooling oneself: limits that hold at every look, and what a stop does.

A design with several looks reads the same limits at a higher level, so that one interval still decides.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate, islice

from scipy.special import ndtr

from helpers.experiments.observations.aggregates import Observations
from helpers.experiments.protocol import Protocol
from helpers.stats import Difference, anytime_critical, boundaries, median_unbiased, z_value

SMALLEST = 1e-12
"""Least chance outside an interval: below it, a level cannot be told from 1."""


@dataclass(frozen=True)
class Look:
    """One look at the data: the last day of assignment it saw, and the units of both arms until then."""

    day: date | None
    units: int


@dataclass(frozen=True)
class Outlook:
    """How a test goes on from here.

    `units` of the arms that are compared are assigned so far, `weekly` of them in an average week (None
    without dates); `totals` says that they are known by daily totals. Of all arms, `reached` units of the
    `planned` are in. The test has `ended`, or ends in `days_left` at this pace (None without dates), when its
    interval is `narrows_to` of its width now.
    """

    units: int
    reached: int
    planned: int
    weekly: float | None
    totals: bool
    ended: bool
    days_left: int | None
    narrows_to: float


@dataclass(frozen=True)
class Exaggeration:
    """What an early stop does to the estimate: the observed difference, and the median-unbiased one."""

    observed: float
    corrected: float
    looks: int

    @property
    def share(self) -> float:
        """By how much of the corrected estimate the observed one is too large."""
        return self.observed / self.corrected - 1 if self.corrected else 0.0


def reading_level(protocol: Protocol, observed: Observations, alpha: float) -> float:
    """The two-sided level at which limits are read now, so that they hold at 1 - alpha over all looks.

    Fixed horizon: 1 - alpha. Sequential: that of the asymptotic confidence sequence. Group sequential:
    that of the O'Brien-Fleming-like boundary at this look.
    """
    if protocol.design == "fixed-horizon":
        return 1 - alpha
    tails = 2 * float(ndtr(-critical_value(protocol, looks(protocol, observed), alpha)))
    return 1 - max(tails, SMALLEST)


def critical_value(protocol: Protocol, taken: tuple[Look, ...], alpha: float) -> float:
    """Standard errors to either side at the last of these looks."""
    if protocol.design == "sequential":
        return anytime_critical(max(1, taken[-1].units), protocol.planned_sample, alpha)
    return boundaries(_information(protocol, taken), alpha)[-1]


def closing_day(protocol: Protocol, daily: Sequence[tuple[date, int]], undated: int = 0) -> date | None:
    """The day on which the plan was met, by the units of each day in order; None where none came later.

    That day is the planned end, where there is one, or that on which the planned sample was in; of a group
    sequential test the first of the two, since it has then spent all its alpha. To go on reading beyond it
    would be to peek. A confidence sequence holds at any look. A plan that ended before the first day was
    never met.
    """
    if protocol.design == "sequential" or not daily:
        return None
    ends = [protocol.end] if protocol.end else []
    if not ends or protocol.design == "group-sequential":
        reached = islice(accumulate((units for _, units in daily), initial=undated), 1, None)
        days = zip(reached, daily, strict=True)
        ends += [day for units, (day, _) in days if units >= protocol.planned_sample][:1]
    last = min(ends, default=daily[-1][0])
    return last if daily[0][0] <= last < daily[-1][0] else None


def within_plan(protocol: Protocol, observed: Observations) -> Observations:
    """The observations that the plan lets count: no unit assigned after the day on which it was met."""
    daily = [(day, _units(protocol, observed.on([day]))) for day in observed.days]
    undated = _units(protocol, observed) - sum(units for _, units in daily)
    last = closing_day(protocol, daily, undated)
    if last is None:
        return observed
    counted = observed.until(last, undated=True)
    beyond = sum(units for day, units in daily if day > last)
    return replace(counted, beyond=observed.beyond + beyond, known_until=observed.known_until)


def ended(protocol: Protocol, observed: Observations) -> bool:
    """Whether the test has come to its planned end.

    Where the plan names its end and the units have dates, the last day that the data tell of decides, even if
    nobody was assigned on it; else the planned sample does. Either ends a group sequential test.
    """
    full = _units(protocol, observed) >= protocol.planned_sample
    if protocol.end and observed.days:
        return _now(observed) >= protocol.end or (full and protocol.design == "group-sequential")
    return full


def outlook(protocol: Protocol, observed: Observations, whole: Protocol) -> Outlook:
    """What the test has, what it still needs, and what that will tell.

    `protocol` is the part of the `whole` plan that compares two arms; the whole tells when the test ends.
    """
    units, days = _units(protocol, observed), observed.days
    reached, over = _units(whole, observed), ended(whole, observed)
    # While a test is open, days on which nobody came are part of its pace.
    until = (days[-1] if over else _now(observed)) if days else None
    length = (until - days[0]).days + 1 if until else None
    now = Outlook(
        units=units,
        reached=reached,
        planned=whole.planned_sample,
        weekly=7 * units / length if length else None,
        totals=bool(observed.day_coverage),
        ended=over,
        days_left=None,
        narrows_to=1.0,
    )
    if now.ended or not units:
        return now
    if whole.end and length:
        left = (whole.end - _now(observed)).days
        final = units + max(1, round(units / length * left))
        return replace(now, days_left=left, narrows_to=_narrowing(protocol, observed, final))
    rest = math.ceil((whole.planned_sample - reached) / (reached / length)) if length else None
    final = max(units + 1, round(units * whole.planned_sample / reached))
    return replace(now, days_left=rest, narrows_to=_narrowing(protocol, observed, final))


def _narrowing(protocol: Protocol, observed: Observations, final: int) -> float:
    """The width of the interval once so many units are in, as a part of its width now."""
    taken = looks(protocol, observed)
    shrunk = math.sqrt(taken[-1].units / final)
    if protocol.design == "fixed-horizon":
        return shrunk
    now, then = (
        critical_value(protocol, course, protocol.primary_alpha)
        for course in (taken, (*taken, Look(None, final)))
    )
    return shrunk * then / now


def final_critical(protocol: Protocol, observed: Observations) -> float:
    """Standard errors to either side at the planned end, after the looks taken so far."""
    if protocol.design == "fixed-horizon":
        return z_value(1 - protocol.primary_alpha)
    taken = tuple(look for look in looks(protocol, observed) if look.units < protocol.planned_sample)
    return critical_value(protocol, (*taken, Look(None, protocol.planned_sample)), protocol.primary_alpha)


def looks(protocol: Protocol, observed: Observations) -> tuple[Look, ...]:
    """The looks at which the test may have been stopped, the present one last.

    Group sequential: the days that the protocol names, as far as the data have come. Sequential: the end of
    each week, since its limits hold at any.
    """
    days = observed.days
    now = Look(days[-1] if days else None, _units(protocol, observed))
    named = protocol.looks if protocol.design == "group-sequential" else [week[-1] for week in observed.weeks]
    earlier = [
        Look(day, units)
        for day in named
        if days and day < days[-1] and (units := _units(protocol, observed.until(day)))
    ]
    return (*(look for look in earlier if look.units < now.units), now)


def exaggeration(
    protocol: Protocol,
    observed: Observations,
    difference: Difference,
    earlier: Sequence[tuple[Look, Difference]],
) -> Exaggeration | None:
    """What stopping at this look, before the planned end, does to the estimate.

    `earlier` are the looks at which the test could have been stopped on this side, with their differences:
    one that had been clear there and ran on was not stopped by this look; there is nothing to correct. Of a
    test of non-inferiority, differences are less the harm that is accepted.
    """
    taken = looks(protocol, observed)
    if protocol.design == "fixed-horizon" or not difference.se:
        return None
    if any(not then.low <= 0 <= then.high for _, then in earlier):
        return None
    stops = [look for look, _ in earlier]
    alpha = protocol.primary_alpha
    criticals = [critical_value(protocol, taken[: taken.index(look) + 1], alpha) for look in stops]
    information = [look.units / protocol.planned_sample for look in (*stops, taken[-1])]
    corrected = median_unbiased(difference.value / difference.se, information, criticals) * difference.se
    return Exaggeration(difference.value, corrected, len(information))


def _information(protocol: Protocol, taken: tuple[Look, ...]) -> tuple[float, ...]:
    return tuple(look.units / protocol.planned_sample for look in taken)


def _now(observed: Observations) -> date:
    """The last day that the data tell of, with a unit or without."""
    return max(observed.days[-1], observed.known_until or observed.days[-1])


def _units(protocol: Protocol, observed: Observations) -> int:
    return sum(observed.assigned(arm) for arm in protocol.arms)
