"""Whether a few values that stand apart from all others move a difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helpers import metrics, style
from helpers.experiments.observations.aggregates import Observations
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust.distribution import Tails
from helpers.experiments.trust.severity import checked, not_checked
from helpers.records import Check
from helpers.stats import Difference


def no_outlier(protocol: Protocol, observed: Observations, tails: Sequence[Tails]) -> Iterator[Check]:
    """Whether values that stand apart move a difference; it stops where they decide the primary metric's."""
    summed = [
        name for name in observed.day_coverage if name in protocol.deciding and _is_summed(observed, name)
    ]
    if summed:
        labels = style.listed([metrics.get(name).label for name in summed])
        text = f"Whether single values move {labels}, or skew it, totals do not tell: that needs outcomes."
        yield not_checked("outliers", text)
    if not tails:
        return
    # Values of the control sway the difference from every treatment: they are told once.
    influential = list({_apart(protocol, one): one for one in tails if one.influential}.values())
    text = "No values far from all others move a difference by more than half of its standard error."
    if influential:
        text = " ".join(_influence(protocol, one) for one in influential)
        text += (
            " Find out whether that is real or a robot, a test or a slip; a slip is left out of both arms."
        )
    stops = any(one.metric == protocol.primary and one.decisive for one in influential)
    yield checked("outliers", text, passed=not influential, stops=stops)


def _is_summed(observed: Observations, name: str) -> bool:
    """Whether a metric is known by sums over units alone."""
    return name in observed.day_coverage and name not in observed.shares


def _influence(protocol: Protocol, one: Tails) -> str:
    metric = metrics.get(one.metric)

    def told(found: Difference) -> str:
        return style.change(found.value, metric.unit, metric.decimals)

    them = "it" if sum(one.left_out) == 1 else "them"
    turned = ", and the verdict hangs on that" if one.decisive and one.metric == protocol.primary else ""
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
            f"{'one' if n == 1 else style.number(n)} {protocol.sample_unit}{'s' if n > 1 else ''} of {arm}"
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
