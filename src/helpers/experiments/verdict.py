"""The decision that the protocol's rule gives, in one sentence; nothing else decides."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from helpers import style
from helpers.experiments.effects import Effect
from helpers.experiments.monitoring import Exaggeration
from helpers.experiments.protocol import GuardRail, Protocol
from helpers.records import Check

if TYPE_CHECKING:
    from helpers.experiments.readout import Readout

Decision = Literal["No verdict", "Do not ship", "Keep running", "Ship"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)
"""From what speaks least for a treatment to what speaks most."""
WRONG_FOR = 10_000
"""What it costs to be wrong is told for so many units."""


@dataclass(frozen=True)
class Verdict:
    """The decision, the sentence that says it, and why."""

    decision: Decision
    sentence: str


@dataclass(frozen=True)
class Guarded:
    """A guard-rail and the effect on it: `holds` when the interval rules out a harm as large as the margin.

    One-sided non-inferiority at alpha / 2, read from the same interval that is shown. `breached` when the
    harm is surely larger than the margin.
    """

    rail: GuardRail
    effect: Effect

    @property
    def holds(self) -> bool:
        """Whether the worst that the interval holds is a smaller harm than the margin."""
        return self.effect.gain[0] > -self.rail.margin

    @property
    def breached(self) -> bool:
        """Whether even the best that the interval holds is a larger harm than the margin."""
        return self.effect.gain[1] < -self.rail.margin


@dataclass(frozen=True)
class Evidence:
    """All that the rule looks at; `unmeasured` names guard-rails without data, `days` those of assignment."""

    primary: Effect | None
    guarded: tuple[Guarded, ...]
    unmeasured: tuple[str, ...]
    broken: tuple[Check, ...]
    assigned: int
    days: int
    exaggeration: Exaggeration | None = None


def decide(protocol: Protocol, evidence: Evidence) -> Verdict:
    """Apply the protocol's rule.

    A failed trust check: no verdict. A fixed-horizon test before its planned sample: keep running. Then
    ship when the interval of the primary metric lies above no effect and every guard-rail holds; do not
    ship when harm or a guard-rail speaks against it, or when the whole sample shows no clear gain.
    A sequential or group-sequential test may be decided at any look; what an early stop exaggerates is said.
    """
    if evidence.broken:
        return Verdict("No verdict", f"No verdict: {_lower_first(evidence.broken[0].text)}")
    primary = evidence.primary
    if primary is None:
        return Verdict("No verdict", "No verdict: the primary metric has too few values in one variant.")
    if evidence.unmeasured:
        names = ", ".join(evidence.unmeasured)
        return Verdict("No verdict", f"No verdict: the guard-rail {names} was not measured. Supply it first.")
    complete = evidence.assigned >= protocol.planned_sample
    if protocol.design == "fixed-horizon" and not complete:
        return Verdict("Keep running", _unfinished(protocol, evidence))
    least, most = primary.gain
    if least > 0:
        return _shipped(protocol, primary, evidence)
    if most < 0:
        return Verdict("Do not ship", f"Do not ship: {_told(primary)}, which is worse.{_early(evidence)}")
    if not complete and most >= protocol.minimum_effect:
        return Verdict("Keep running", _unfinished(protocol, evidence))
    return Verdict("Do not ship", f"Do not ship: {_no_gain(protocol, primary)}")


def among(best: Readout, rivals: Sequence[Readout]) -> Verdict:
    """The verdict of the best of several treatments, and what became of the others."""
    if best.verdict.decision == "No verdict":
        return best.verdict
    others = style.listed([f"{one.protocol.treatment} ({one.verdict.decision.lower()})" for one in rivals])
    sentence = (
        f"{best.verdict.sentence} That is {best.protocol.treatment}, the best of "
        f"{len(rivals) + 1} treatments; the others: {others}."
    )
    return Verdict(best.verdict.decision, sentence)


def _shipped(protocol: Protocol, primary: Effect, evidence: Evidence) -> Verdict:
    guarded = evidence.guarded
    failing = [one for one in guarded if not one.holds]
    if failing:
        return Verdict(
            "Do not ship",
            f"Do not ship: {_told(primary)}, but {style.listed([_risk(one) for one in failing])}.",
        )
    held = (
        f" {style.listed([one.effect.metric.label for one in guarded])} "
        f"{'stays' if len(guarded) == 1 else 'stay'} within {'its' if len(guarded) == 1 else 'their'} margin."
        if guarded
        else ""
    )
    small = (
        f" The gain may still be smaller than the {_amount(primary, protocol.minimum_effect)} worth having."
        if primary.gain[0] < protocol.minimum_effect
        else ""
    )
    return Verdict(
        "Ship", f"Ship: {_told(primary)}; this is unlikely to be chance.{held}{small}{_early(evidence)}"
    )


def _no_gain(protocol: Protocol, primary: Effect) -> str:
    ruled_out = "is ruled out" if primary.gain[1] < protocol.minimum_effect else "is not ruled out"
    return (
        f"the test shows no clear effect; {_told(primary)}. A gain of "
        f"{_amount(primary, protocol.minimum_effect)}, the smallest worth having, {ruled_out}."
        f"{_cost(protocol, primary)}"
    )


def _cost(protocol: Protocol, primary: Effect) -> str:
    """What is lost at most if a change that is not shipped was good."""
    most = primary.gain[1]
    if most <= 0 or primary.measured.measure == "ratio":
        return ""
    unit = "count" if primary.is_share else primary.metric.unit
    lost = style.value(WRONG_FOR * most, unit, 0)
    what = "" if primary.metric.unit.startswith("currency:") else f" in {primary.metric.label}"
    units = f"{style.number(WRONG_FOR)} {protocol.unit}s"
    return f" If that is wrong, it forgoes at most {lost}{what} for every {units}."


def _early(evidence: Evidence) -> str:
    """What an early stop does to the estimate."""
    found, primary = evidence.exaggeration, evidence.primary
    if found is None or primary is None:
        return ""
    metric = primary.metric
    observed, corrected = (
        style.change(value, metric.unit, metric.decimals) for value in (found.observed, found.corrected)
    )
    return (
        f" Stopped early, the estimate of {observed} is too far from zero on average; corrected: {corrected}."
    )


def _unfinished(protocol: Protocol, evidence: Evidence) -> str:
    missing = protocol.planned_sample - evidence.assigned
    text = (
        f"Keep running: {style.number(evidence.assigned)} of {style.number(protocol.planned_sample)} planned "
        f"{protocol.unit}s are in"
    )
    if evidence.days == 0:
        return f"{text}; the interval is shown, but it decides nothing yet."
    rest = style.value(math.ceil(missing / (evidence.assigned / evidence.days)), "days")
    return f"{text}; at this pace the rest needs {rest}. Until then the interval decides nothing."


def _told(effect: Effect) -> str:
    """`Activation is between 3.1 and 6.2 points higher with the treatment`."""
    metric, found = effect.metric, effect.difference
    span = style.span(found.low, found.high, metric.unit, metric.decimals)
    return f"{metric.label} is {span} with the treatment"


def _risk(one: Guarded) -> str:
    worse = _amount(one.effect, one.rail.margin)
    if one.breached:
        return f"{one.effect.metric.label} gets worse by more than {worse}"
    return f"{one.effect.metric.label} may get worse by more than {worse}"


def _amount(effect: Effect, size: float) -> str:
    """A size without its sign: `2.0 pts`."""
    return style.change(size, effect.metric.unit, effect.metric.decimals).lstrip("+")


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
