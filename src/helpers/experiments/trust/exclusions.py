"""Whether experiments on the same units are kept apart where planned, and leave this one alone where not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from helpers import metrics, style
from helpers.experiments.observations.aggregates import Observations
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust.interference import Overlap
from helpers.experiments.trust.severity import TOLERATED, checked, not_checked
from helpers.records import Check
from helpers.stats.categorical import SUSPICIOUS


def exclusions_kept(
    protocol: Protocol, observed: Observations, pairs: Sequence[Overlap], known: Collection[str]
) -> Iterator[Check]:
    """Whether the experiments that the protocol excludes share units with this one.

    `known` are those of them that the assignments hold.
    """
    if not protocol.exclusive_with:
        return
    units = sum(observed.assigned(arm) for arm in protocol.arms) + observed.crossed
    met = [pair for pair in pairs if pair.other in protocol.exclusive_with and pair.shared]
    unseen = [name for name in protocol.exclusive_with if name not in known]
    if met:
        text = " ".join(_met(protocol, pair, units) for pair in met)
        stops = any(pair.shared > TOLERATED * units for pair in met)
        yield checked("kept_apart", text, passed=False, stops=stops)
    elif unseen:
        others = style.listed(unseen)
        text = f"Whether units are also in {others} is not known: assignments have no unit of {others}."
        yield not_checked("kept_apart", text)
    else:
        text = (
            f"No unit is in {style.listed(protocol.exclusive_with)} at the same time, as the protocol asks."
        )
        yield checked("kept_apart", text, passed=True)


def no_interaction(protocol: Protocol, pairs: Sequence[Overlap]) -> Iterator[Check]:
    """Whether experiments that may share units assign independently, and leave this effect alone."""
    others = [pair for pair in pairs if pair.other not in protocol.exclusive_with]
    limit = SUSPICIOUS / max(1, len(others))
    for pair in others:
        units = f"{style.number(pair.shared)} {protocol.unit}s are also in {pair.other}"
        if pair.p_independent is not None and pair.p_independent < limit:
            text = (
                f"{units}, and the two did not assign independently ({style.p_value(pair.p_independent)}): "
                "an effect of one shows as an effect of the other. Mend the assignment."
            )
            yield checked("overlap_" + pair.other, text, passed=False)
        elif pair.clear:
            text = f"{units}, and the two changes act on each other: {_interaction(protocol, pair)}"
            yield checked("overlap_" + pair.other, text, passed=False, stops=False)
        else:
            known = "no interaction is clear" if pair.interactions else "whether they interact cannot be told"
            yield checked("overlap_" + pair.other, f"{units}; {known}.", passed=True)


def _met(protocol: Protocol, pair: Overlap, units: int) -> str:
    many = "all" if pair.shared >= units else f"{style.number(pair.shared)} of"
    shared = style.number(pair.shared) if protocol.cluster else f"{many} {style.number(units)}"
    text = (
        f"{shared[:1].upper()}{shared[1:]} {protocol.unit}s are also in {pair.other}, which the protocol "
        "excludes"
    )
    if pair.clear:
        return f"{text}, and the two changes act on each other: {_interaction(protocol, pair)}"
    known = "No interaction is clear" if pair.interactions else "Whether they interact cannot be told"
    return (
        f"{text}. {known}, but an effect read here mixes both changes; read the two "
        "together, or run them one after the other."
    )


def _interaction(protocol: Protocol, pair: Overlap) -> str:
    """What the effect of each treatment concerned is with and without the other change, and what to do."""
    metric = metrics.get(protocol.primary)
    told = []
    for one in pair.clear:
        apart = [
            f"{style.change(effect.value, metric.unit, metric.decimals)} with {variant} of {pair.other}"
            for variant, effect in one.under.items()
        ]
        of = f" under {one.treatment}" if len(protocol.treatments) > 1 else ""
        told.append(f"{metric.label} differs{of} by {' but by '.join(apart)}.")
    return (
        f"{' '.join(told)} No single difference tells what shipping would do; decide on the combination, or "
        "run them one after the other."
    )
