"""The decision that the protocol's rule gives, in one sentence; nothing else decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from helpers import style
from helpers.experiments.effects.conditions import UnmeasuredMetric, UnmetCondition
from helpers.experiments.effects.estimation import Effect
from helpers.experiments.effects.guard_rails import GuardRailEffect
from helpers.experiments.effects.monitoring import Exaggeration, Outlook
from helpers.experiments.effects.pairs import TreatmentPair
from helpers.experiments.protocol import Protocol
from helpers.experiments.verdict.stakes import (
    Stake,
    of_acting_anyway,
    of_dropping,
    of_shipping,
    of_waiting,
    size,
)
from helpers.findings.wording import BEYOND_CHANCE
from helpers.records import Check

Decision = Literal["No verdict", "Do not ship", "Keep running", "Ship"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)
"""From what speaks least for a treatment to what speaks most."""


@dataclass(frozen=True)
class Verdict:
    """The decision, the sentence that says it and why, and what it would cost if it were wrong.

    >>> from helpers import experiments
    >>> verdict = experiments.example().verdict
    >>> verdict.decision, verdict.sentence[:51]
    ('Ship', 'Ship: Activation is between 2.9 and 9.1 points high')
    """

    decision: Decision
    sentence: str
    stake: Stake


@dataclass(frozen=True)
class Grounds:
    """All that the rule looks at.

    `unmeasured` are metrics that decide and have no interval, `unmet` what the others lack to be read.
    """

    primary: Effect | None
    guard_rails: tuple[GuardRailEffect, ...]
    unmeasured: tuple[UnmeasuredMetric, ...]
    failed_checks: tuple[Check, ...]
    unmet: tuple[UnmetCondition, ...]
    outlook: Outlook
    exaggeration: Exaggeration | None = None


def decide(protocol: Protocol, grounds: Grounds) -> Verdict:
    """Apply the protocol's rule.

    A failed trust check: no verdict. A fixed-horizon test before its planned end, or intervals that cannot
    hold yet what they say: keep running. Then ship when the interval of the primary metric lies above no
    effect (of a test of non-inferiority: rules out the harm that is accepted) and every guard-rail holds; do
    not ship when harm or a guard-rail speaks against it, or when the whole sample shows no clear gain.
    A sequential or group-sequential test may be decided at any look; what an early stop exaggerates is said.
    """
    primary, outlook = grounds.primary, grounds.outlook
    if why := _withheld(grounds):
        return Verdict("No verdict", f"No verdict: {why}", of_acting_anyway())
    assert primary is not None
    failing = [one for one in grounds.guard_rails if not one.holds]
    if not outlook.ended and (grounds.unmet or _is_open(protocol, primary, failing)):
        waiting = of_waiting(protocol, primary, outlook)
        return Verdict("Keep running", _unfinished(protocol, grounds, primary, failing), waiting)
    if primary.gain[0] > protocol.threshold and not failing:
        stake = of_shipping(protocol, primary, grounds.guard_rails, outlook)
        return Verdict("Ship", _shipped(protocol, primary, grounds), stake)
    return Verdict(
        "Do not ship",
        f"Do not ship: {_against(protocol, grounds, primary, failing)}",
        of_dropping(protocol, primary, outlook),
    )


def _is_open(protocol: Protocol, primary: Effect, failing: Sequence[GuardRailEffect]) -> bool:
    """Whether more data may still decide: always, of a test that is read once; else what is not yet shown."""
    if protocol.design == "fixed-horizon":
        return True
    least, most = primary.gain
    if least > protocol.threshold:
        return bool(failing) and not any(one.breached for one in failing)
    return most >= (protocol.threshold if protocol.margin else protocol.minimum_effect)


def told_of(
    protocol: Protocol, decision: Decision, primary: Effect | None, guard_rails: Sequence[GuardRailEffect]
) -> str:
    """The decision on one of several treatments with what it did, in a few words: `do not ship: worse`."""
    if decision in {"No verdict", "Keep running"} or primary is None:
        return decision.lower()
    change = style.change(primary.difference.value, primary.metric.unit, primary.metric.decimals)
    least, most = primary.gain
    what = f"better, {change}" if least > 0 else f"worse, {change}" if most < 0 else "no clear effect"
    if protocol.margin and least <= 0 <= most:
        what = "no worse than accepted" if least > protocol.threshold else "a harm is not ruled out"
    harmed = [one.effect.metric.label for one in guard_rails if one.breached]
    failing = [one.effect.metric.label for one in guard_rails if not one.holds and not one.breached]
    risks = [f"{style.listed(harmed)} harmed"] if harmed else []
    risks += [f"harm to {style.listed(failing)} not ruled out"] if failing else []
    return f"{decision.lower()}: {'; '.join((what, *risks))}"


def among(
    best: Verdict, treatment: str, others: Mapping[str, str], pairs: Sequence[TreatmentPair] = ()
) -> Verdict:
    """The verdict of the best of several treatments, what became of the others, and which beats which."""
    if best.decision == "No verdict":
        return best
    told = style.listed([f"{name} ({what})" for name, what in others.items()])
    rest = "the other" if len(others) == 1 else "the others"
    sentence = (
        f"{best.sentence} That is {treatment}, the best of {len(others) + 1} treatments; {rest}: {told}."
    )
    if pairs:
        sentence += f" Between treatments: {'; '.join(_of_pair(one) for one in pairs)}."
    return replace(best, sentence=sentence)


def _of_pair(one: TreatmentPair) -> str:
    """`green is better than blue, +1.2 pts`, or that neither is clearly better."""
    if not one.better:
        return f"no clear difference between {one.treatment} and {one.other}"
    worse = one.other if one.better == one.treatment else one.treatment
    return f"{one.better} is better than {worse} by {size(one.effect, abs(one.effect.difference.value))}"


def _withheld(grounds: Grounds) -> str:
    """Why there is no verdict, and what to do; empty where there can be one."""
    if grounds.failed_checks:
        more = len(grounds.failed_checks) - 1
        also = f" {more} more {'check withholds' if more == 1 else 'checks withhold'} it too." if more else ""
        return f"{lower_first(grounds.failed_checks[0].text)}{also}"
    if grounds.unmeasured:
        reasons = "; ".join(one.reason for one in grounds.unmeasured)
        return f"{reasons}. {grounds.unmeasured[0].advice}"
    if grounds.outlook.ended and grounds.unmet:
        return f"{grounds.unmet[0].reason}. {grounds.unmet[0].consequence}"
    return ""


def _against(
    protocol: Protocol, grounds: Grounds, primary: Effect, failing: Sequence[GuardRailEffect]
) -> str:
    """What speaks against the treatment: harm, a guard-rail, or no clear gain."""
    least, most = primary.gain
    if protocol.margin:
        return _against_no_worse(protocol, grounds, primary, failing)
    if most < 0:
        return f"{_told(primary)}, which is worse.{_early(grounds)}"
    if least > 0:
        return f"{_told(primary)}, but {_risks(failing)}."
    return _no_gain(protocol, primary)


def _against_no_worse(
    protocol: Protocol, grounds: Grounds, primary: Effect, failing: Sequence[GuardRailEffect]
) -> str:
    """What speaks against a treatment that was to be no worse than the control."""
    harm = size(primary, -protocol.threshold)
    if primary.gain[0] > protocol.threshold:
        return f"{_told(primary)}, which rules out a harm of {harm}, but {_risks(failing)}."
    if primary.gain[1] < protocol.threshold:
        return f"{_told(primary)}, which is worse by more than the {harm} accepted.{_early(grounds)}"
    return f"{_told(primary)}, and a harm of {harm}, the largest accepted, is not ruled out."


def _shipped(protocol: Protocol, primary: Effect, grounds: Grounds) -> str:
    """What speaks for the treatment; a gain that is surely smaller than was worth having is called so."""
    names = [one.effect.metric.label for one in grounds.guard_rails]
    stay = "stays within its margin" if len(names) == 1 else "stay within their margins"
    held = f", and {style.listed(names)} {stay}" if names else ""
    if protocol.margin:
        harm = size(primary, protocol.margin)
        ruled_out = f"which rules out a harm of {harm}, the largest accepted"
        return f"Ship: {_told(primary)}, {ruled_out}{held}.{_early(grounds)}"
    small = ""
    if primary.gain[1] < protocol.minimum_effect:
        worth = size(primary, protocol.minimum_effect)
        small = f" But the gain is small: one of {worth}, the smallest worth having, is ruled out."
    return f"Ship: {_told(primary)}, {BEYOND_CHANCE}{held}.{small}{_early(grounds)}"


def _no_gain(protocol: Protocol, primary: Effect) -> str:
    ruled_out = "is ruled out" if primary.gain[1] < protocol.minimum_effect else "is not ruled out"
    return (
        f"the test shows no clear effect; {_told(primary)}, and a gain of "
        f"{size(primary, protocol.minimum_effect)}, the smallest worth having, {ruled_out}."
    )


def _early(grounds: Grounds) -> str:
    """What an early stop does to the estimate."""
    found, primary = grounds.exaggeration, grounds.primary
    if found is None or primary is None:
        return ""
    metric = primary.metric
    observed, corrected = (
        style.change(value, metric.unit, metric.decimals) for value in (found.observed, found.corrected)
    )
    if observed == corrected:
        unknown = (
            ", since at the first look nothing tells by how much: expect an effect nearer to zero"
            if found.looks == 1
            else ""
        )
        return (
            " Stopped early, an estimate is too far from zero on average; corrected, it is still "
            f"{observed}{unknown}."
        )
    return (
        f" Stopped early, the estimate of {observed} is too far from zero on average; corrected: {corrected}."
    )


def _unfinished(
    protocol: Protocol, grounds: Grounds, primary: Effect, failing: Sequence[GuardRailEffect]
) -> str:
    """How far the test is, when it will be over, and what the interval says until then."""
    outlook = grounds.outlook
    units = f"{protocol.sample_unit}s"
    if protocol.end and outlook.days_left is not None:
        rest = f"{style.number(outlook.reached)} {units} are in; the planned end is {style.day(protocol.end)}"
    else:
        planned = style.number(outlook.planned)
        rest = f"{style.number(outlook.reached)} of {planned} planned {units} are in"
        if outlook.days_left is not None:
            rest += f"; at this pace the rest needs {style.value(outlook.days_left, 'days')}"
    if protocol.design == "fixed-horizon":
        return f"Keep running: {rest}, and until the end the interval decides nothing."
    if grounds.unmet:
        return f"Keep running: {rest}, and the interval decides nothing yet: {grounds.unmet[0].reason}."
    if primary.gain[0] > protocol.threshold:
        return f"Keep running: {rest}, and so far {_told(primary)}, but {_risks(failing)}."
    worth = size(primary, protocol.worth_finding)
    if protocol.margin:
        return f"Keep running: {rest}, and so far {_told(primary)}: a harm of {worth} is not ruled out yet."
    return (
        f"Keep running: {rest}, and so far {_told(primary)}: a gain of {worth} is possible, and so is none."
    )


def _told(effect: Effect) -> str:
    """`Activation is between 3.1 and 6.2 points higher with the treatment`."""
    metric, found = effect.metric, effect.difference
    span = style.span(found.low, found.high, metric.unit, metric.decimals)
    return f"{effect.label} is {span} with the treatment"


def _risks(failing: Sequence[GuardRailEffect]) -> str:
    return style.listed([_risk(one) for one in failing])


def _risk(one: GuardRailEffect) -> str:
    worse = size(one.effect, one.rail.margin)
    if one.breached:
        return f"{one.effect.metric.label} gets worse by more than {worse}"
    return f"{one.effect.metric.label} may get worse by more than {worse}"


def lower_first(text: str) -> str:
    """A sentence to go on with after a colon."""
    return text[:1].lower() + text[1:]
