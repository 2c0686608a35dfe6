"""Whether every interval can hold what it says: what came of the conditions that its method asks."""

from __future__ import annotations

from collections.abc import Sequence

from helpers import style
from helpers.experiments.effects.conditions import MORE_UNITS, NOTHING_TO_COMPARE, UnmetCondition
from helpers.experiments.effects.monitoring import ended
from helpers.experiments.observations.aggregates import Observations
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust.severity import checked, not_checked
from helpers.records import Check


def intervals_hold(protocol: Protocol, observed: Observations, found: Sequence[UnmetCondition]) -> Check:
    """What came of the conditions; it stops where the verdict on every treatment rests on one, at the end.

    Until then more units may meet it, and the verdict is to keep running. A treatment that alone does not
    meet one goes without a verdict; the others are decided.
    """
    if not observed.metrics:
        return not_checked("interval", "No metric was measured, so there is no interval to look at.")
    if not found:
        return checked("interval", "Every interval can hold what it says.", passed=True)
    concerned = [
        name for name in protocol.treatments if any(one.decides and one.treatment == name for one in found)
    ]
    everyone = len(concerned) == len(protocol.treatments)
    silent = all(one.silent for one in found)
    misses = "That interval misses" if len(found) == 1 else "Those intervals miss"
    advice = (
        f"no verdict {'' if everyone else f'on {style.listed(concerned)} '}rests on that. {MORE_UNITS}"
        if concerned
        else "decides nothing."
        if len(found) == 1
        else "decide nothing."
    )
    text = f"{_reasons(protocol, found)}. {misses} the truth more often than said: {advice}"
    if silent:
        text = f"{_reasons(protocol, found)}. {NOTHING_TO_COMPARE}"
    return checked("interval", text, passed=False, stops=everyone and ended(protocol, observed))


def _reasons(protocol: Protocol, found: Sequence[UnmetCondition]) -> str:
    """Every reason once; of several treatments, with those that it concerns."""
    concerned: dict[str, list[str]] = {}
    for one in found:
        concerned.setdefault(one.reason, []).append(one.treatment)
    several = len(protocol.treatments) > 1
    return "; ".join(
        f"{reason} ({style.listed(names)})" if several else reason for reason, names in concerned.items()
    )
