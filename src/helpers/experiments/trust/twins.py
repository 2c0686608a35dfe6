"""Whether two metrics tell the same twice."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

from helpers import metrics, style
from helpers.experiments.observations.aggregates import Observations
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust.severity import checked
from helpers.records import Check

ALIKE = 0.99
"""Correlation over units from which two metrics are one."""


def no_twins(protocol: Protocol, observed: Observations) -> Iterator[Check]:
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
