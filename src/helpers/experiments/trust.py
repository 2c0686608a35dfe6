"""Whether the data can be trusted to answer at all: looked at before any effect."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from helpers import metrics, style
from helpers.experiments.agreement import as_planned
from helpers.experiments.assignment import (
    alike_before,
    one_variant_each,
    split_of_parts,
    unit_as_planned,
    whole_split,
)
from helpers.experiments.checking import TOLERATED, checked
from helpers.experiments.daily import by_day, every_day
from helpers.experiments.distribution import Distributions, Tails
from helpers.experiments.interference import Pair
from helpers.experiments.missing import outcomes_known
from helpers.experiments.novelty import is_steady, novelty, steady_or_not
from helpers.experiments.observations.aggregates import Observations
from helpers.experiments.protocol import Protocol
from helpers.experiments.randomization import Randomization
from helpers.records import Check
from helpers.stats import Difference
from helpers.stats.sample_ratio import SUSPICIOUS

ALIKE = 0.99
"""Correlation over units from which two metrics are one."""


@dataclass(frozen=True)
class Around:
    """What stands around the observations: other experiments, the distribution of metrics, the unit."""

    pairs: tuple[Pair, ...] = ()
    distributions: Distributions = field(default_factory=Distributions)
    randomization: Randomization = field(default_factory=Randomization)


def checks(protocol: Protocol, observed: Observations, around: Around) -> tuple[Check, ...]:
    """Every trust check of one experiment; a failed one of severity `stop` withholds the verdict."""
    return (
        as_planned(protocol, observed, around.pairs),
        whole_split(protocol, observed),
        *split_of_parts(protocol, observed),
        one_variant_each(protocol, observed),
        *unit_as_planned(protocol, around.randomization),
        outcomes_known(protocol, observed),
        *_outcomes_after(protocol, observed, around.randomization),
        *alike_before(protocol, observed),
        *every_day(observed),
        *by_day(protocol, observed),
        *_no_twins(protocol, observed),
        *_no_outlier(protocol, around.distributions.tails),
        *_lasting(protocol, observed),
        *_kept_apart(protocol, observed, around.pairs),
        *_untouched(protocol, around.pairs),
    )


def broken(found: Sequence[Check]) -> tuple[Check, ...]:
    """The failed checks that withhold the verdict."""
    return tuple(check for check in found if not check.passed and check.severity == "stop")


def _outcomes_after(protocol: Protocol, observed: Observations, seen: Randomization) -> Iterator[Check]:
    if observed.early:
        units = seen.units if protocol.cluster else sum(observed.assigned(arm) for arm in protocol.arms)
        text = (
            f"The outcome of {style.number(observed.early)} of {style.number(units)} {protocol.unit}s was "
            "measured before they were assigned: the treatment cannot have caused it. Count from assignment "
            "on."
        )
        yield checked("outcome_after", text, passed=False, stops=observed.early > TOLERATED * units)


def _no_twins(protocol: Protocol, observed: Observations) -> Iterator[Check]:
    """Whether two metrics tell the same twice: one count over two denominators, or a correlation near 1."""
    shares = sorted(observed.shares)
    known = {name: [observed.moments(arm, name) for arm in protocol.arms] for name in observed.metrics}
    twins = []
    for one, other in combinations(shares, 2):
        pairs = list(zip(known[one], known[other], strict=True))
        same = all(mine.successes == theirs.successes > 0 for mine, theirs in pairs)
        if same and any(mine.n != theirs.n for mine, theirs in pairs):
            counts = " and ".join(style.number(sum(each.n for each in known[name])) for name in (one, other))
            twins.append(f"{_labels(one, other)} count the same over other denominators ({counts} units)")
    whole = observed.joint_of_all(protocol.arms)
    for one, other in combinations([name for name in observed.metrics if name in observed.columns], 2):
        shared, spreads = whole.covariance(one, other), (whole.of(one).variance, whole.of(other).variance)
        if shared is not None and min(spreads) > 0 and abs(shared) >= ALIKE * math.sqrt(math.prod(spreads)):
            twins.append(f"{_labels(one, other)} move as one")
    if twins:
        text = f"{'; '.join(twins)}. They are one piece of evidence; the protocol says which decides."
        yield checked("twins", text, passed=False, stops=False)


def _labels(*names: str) -> str:
    return style.listed([metrics.get(name).label for name in names])


def _no_outlier(protocol: Protocol, tails: Sequence[Tails]) -> Iterator[Check]:
    """Whether values that stand apart move a difference; it stops where they decide the primary metric's."""
    if not tails:
        return
    # Values of the control sway the difference from every treatment: they are told once.
    swayed = list({_apart(protocol, one): one for one in tails if one.swayed}.values())
    text = "No values that stand apart from the others move a difference by more than half a standard error."
    if swayed:
        text = " ".join(_swayed(protocol, one) for one in swayed)
        text += (
            " Find out whether that is real or a robot, a test or a slip; a slip is left out of both arms."
        )
    stops = any(one.metric == protocol.primary and one.turned for one in swayed)
    yield checked("outliers", text, passed=not swayed, stops=stops)


def _swayed(protocol: Protocol, one: Tails) -> str:
    metric = metrics.get(one.metric)

    def told(found: Difference) -> str:
        return style.change(found.value, metric.unit, metric.decimals)

    them = "it" if sum(one.left_out) == 1 else "them"
    turned = ", and the verdict hangs on that" if one.turned and one.metric == protocol.primary else ""
    return (
        f"{_apart(protocol, one)}: the difference is {told(one.mean)} with {them}, {told(one.without)} "
        f"without, {told(one.winsorized)} winsorized at the 1st and 99th percentile{turned}."
    )


def _apart(protocol: Protocol, one: Tails) -> str:
    """`One user of treatment has Revenue of 90,000`: who has values that stand apart, and which."""
    metric, arms = metrics.get(one.metric), (protocol.control, one.treatment)
    alone = sum(one.left_out) == 1
    who = style.listed(
        [
            f"{'one' if n == 1 else style.number(n)} {protocol.counted}{'s' if n > 1 else ''} of {arm}"
            for n, arm in zip(one.left_out, arms, strict=True)
            if n
        ]
    )
    who = who[:1].upper() + who[1:]
    if not one.quantiles:
        return f"{who} {'stands' if alone else 'stand'} apart from all others in {metric.label}"
    if alone:
        value = one.farthest[0] if one.left_out[0] else one.farthest[1]
        return f"{who} has {metric.label} of {style.value(value, metric.unit, 0)}"
    low, high = (style.value(value, metric.unit, 0) for value in one.ordinary)
    return f"{who} have {metric.label} far from all others, which lie between {low} and {high}"


def _lasting(protocol: Protocol, observed: Observations) -> Iterator[Check]:
    """Whether the effect on the primary metric is the same on every day since assignment.

    A trend, weighted by precision, flagged below 0.001 over the number of treatments.
    """
    primary = metrics.catalogue().get(protocol.primary)
    if primary is None:
        return
    parts = [protocol.against(treatment, protocol.alpha) for treatment in protocol.treatments]
    found = {part.treatment: one for part in parts if (one := novelty(part, observed, primary.name))}
    if not found:
        return
    several = len(protocol.treatments) > 1
    changing = {name: one for name, one in found.items() if not is_steady(one, len(protocol.treatments))}
    everyone = {style.listed(list(found)): next(iter(found.values()))}
    told = (
        steady_or_not(one, primary, steady=not changing, of=f" of {name}" if several else "")
        for name, one in (changing or everyone).items()
    )
    yield checked("lasting", " ".join(told), passed=not changing, stops=False)


def _kept_apart(protocol: Protocol, observed: Observations, pairs: Sequence[Pair]) -> Iterator[Check]:
    """Whether the experiments that the protocol excludes share units with this one."""
    if not protocol.exclusive_with:
        return
    units = sum(observed.assigned(arm) for arm in protocol.arms) + observed.crossed
    met = [pair for pair in pairs if pair.other in protocol.exclusive_with and pair.shared]
    if not met:
        text = (
            f"No unit is in {style.listed(protocol.exclusive_with)} at the same time, as the protocol asks."
        )
        yield checked("kept_apart", text, passed=True)
        return
    told = " ".join(_met(protocol, pair, units) for pair in met)
    stops = any(pair.shared > TOLERATED * units for pair in met)
    yield checked("kept_apart", told, passed=False, stops=stops)


def _met(protocol: Protocol, pair: Pair, units: int) -> str:
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


def _interaction(protocol: Protocol, pair: Pair) -> str:
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


def _untouched(protocol: Protocol, pairs: Sequence[Pair]) -> Iterator[Check]:
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
