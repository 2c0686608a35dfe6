"""What it would cost if the verdict were wrong: read from the interval that decides, and no further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helpers import style
from helpers.experiments.effects.estimation import Effect
from helpers.experiments.effects.guard_rails import GuardRailEffect
from helpers.experiments.effects.monitoring import Outlook
from helpers.experiments.protocol import Protocol

MANY = 10_000
"""What is at stake is told for so many units where no pace is known."""
ADDED_UP = ("share", "count")
"""Units of metrics whose values add up over units, beside currencies."""


@dataclass(frozen=True)
class Stake:
    """What is lost at most if the verdict is wrong: the amount in a few words, and the sentence with it."""

    amount: str
    sentence: str


def of_shipping(
    protocol: Protocol, primary: Effect, guard_rails: Sequence[GuardRailEffect], outlook: Outlook
) -> Stake:
    """The least gain and the worst of each guard-rail that the intervals hold."""
    least, worth = primary.gain[0], protocol.minimum_effect
    added_up = _added_up(protocol, primary, abs(least), outlook)
    if least < 0:
        # Only a test of non-inferiority ships what may be worse.
        amount = size(primary, -least)
        accepted = f"less than the {size(primary, protocol.worth_finding)} accepted"
        what = f"{primary.metric.label} may get worse by {amount}{added_up}, {accepted}"
    else:
        amount = f"as small as {size(primary, least)}"
        compared = "less than" if least < worth else "no less than"
        worth_having = f", {compared} the {size(primary, worth)} worth having" if worth else ""
        what = f"the gain may be {amount}{added_up}{worth_having}"
    sentence = f"{_told(primary)} {what}"
    harms = [
        f"{one.effect.metric.label} may get worse by {size(one.effect, -one.effect.gain[0])}"
        for one in guard_rails
        if one.effect.gain[0] < 0
    ]
    return Stake(amount, f"{'; '.join((sentence, *harms))}.")


def of_dropping(protocol: Protocol, primary: Effect, outlook: Outlook) -> Stake:
    """The largest gain that the interval holds: missed, if the change was good after all."""
    most, worth = primary.gain[1], protocol.minimum_effect
    amount = f"{'' if most <= 0 else 'up to '}{size(primary, abs(most))}"
    added_up = _added_up(protocol, primary, abs(most), outlook)
    if most <= 0:
        text = f"nothing is missed: even at best {primary.metric.label} gets worse by {amount}{added_up}."
        return Stake("nothing is missed", f"{_told(primary)} {text}")
    compared = "less than" if most < worth else "no less than"
    worth_having = f", {compared} the {size(primary, worth)} worth having" if worth else ""
    text = f"a gain of {amount}{added_up} is missed{worth_having}."
    return Stake(amount, f"{_told(primary)} {text}")


def of_waiting(protocol: Protocol, primary: Effect, outlook: Outlook) -> Stake:
    """The time that more data need, what control misses meanwhile, how much narrower the interval gets."""
    time = style.value(outlook.days_left, "days") if outlook.days_left is not None else "the time it takes"
    most = "" if protocol.design == "fixed-horizon" else "up to "
    half = (primary.difference.high - primary.difference.low) / 2
    now, then = size(primary, half), size(primary, half * outlook.narrows_to)
    missed = _missed_meanwhile(protocol, primary, outlook)
    early = (
        f" To decide now would be wrong more often than the {style.level(protocol.alpha)} agreed."
        if protocol.design == "fixed-horizon"
        else ""
    )
    bought = f"it buys an interval of about ±{then} instead of ±{now}"
    return Stake(time, f"If waiting is wrong, it costs {most}{time}{missed}; {bought}.{early}")


def of_acting_anyway() -> Stake:
    """What numbers are worth that cannot be trusted."""
    return Stake(
        "not known",
        "Until that is mended, do not act on these numbers: the true effect may be larger, smaller or the "
        "other way round, beyond every interval shown.",
    )


def adds_up(primary: Effect, outlook: Outlook) -> bool:
    """Whether the metric times units is an amount: not of points, ratios, shares of a part of the trials."""
    unit = primary.metric.unit
    of_units = primary.statistics.measure != "ratio" and not (
        outlook.totals and _known(primary, outlook) != 1
    )
    return of_units and (unit in ADDED_UP or unit.startswith("currency:"))


def amount_unit(protocol: Protocol, primary: Effect, outlook: Outlook) -> str:
    """What an amount is added up over: `users`, or those of them whose metric is known."""
    units = f"{protocol.sample_unit}s"
    return units if _known(primary, outlook) == 1 else f"{units} with an outcome"


def size(effect: Effect, amount: float) -> str:
    """An amount in the metric's unit without its sign: `2.0 pts`."""
    return style.change(amount, effect.metric.unit, effect.metric.decimals).lstrip("+")


def _told(primary: Effect) -> str:
    return (
        f"If that is wrong: as far as the {style.level(round(primary.difference.level, 4))} interval tells,"
    )


def _missed_meanwhile(protocol: Protocol, primary: Effect, outlook: Outlook) -> str:
    """What the units that still get control miss each week, at the largest gain that the interval holds."""
    most = primary.gain[1]
    if most <= 0 or outlook.weekly is None or not adds_up(primary, outlook):
        return ""
    missed = _sum(primary, most * outlook.weekly * _known(primary, outlook) * protocol.split[0])
    return f", and up to {missed} a week in {primary.metric.label} that {protocol.control} misses meanwhile"


def _added_up(protocol: Protocol, primary: Effect, amount: float, outlook: Outlook) -> str:
    """The same over the units of a week, or over ten thousand; empty where values do not add up."""
    if not adds_up(primary, outlook):
        return ""
    noun = amount_unit(protocol, primary, outlook)
    if outlook.weekly is None:
        return f" ({_sum(primary, MANY * amount)} for every {style.number(MANY)} {noun})"
    weekly = _known(primary, outlook) * outlook.weekly
    pace = f"{style.number(weekly)} {noun}"
    return f" (about {_sum(primary, weekly * amount)} a week, at this test's pace of {pace})"


def _known(primary: Effect, outlook: Outlook) -> float:
    """The part of the units for whom the metric is known."""
    return (primary.control.n + primary.treatment.n) / outlook.units


def _sum(primary: Effect, total: float) -> str:
    unit = "count" if primary.metric.unit == "share" else primary.metric.unit
    return style.value(total, unit, 0)
