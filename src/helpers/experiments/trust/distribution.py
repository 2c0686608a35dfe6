"""What means hide: values that stand apart, winsorized means, quantiles, skewness. The second query.

Values are counted in narrow bins by the engine, so no value of a unit leaves it. The value of a unit of a
ratio, or of an adjusted metric, is its pseudo-value: the figure of its arm, moved by what the unit adds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from helpers.experiments.effects.monitoring import reading_level
from helpers.experiments.observations.aggregates import Observations
from helpers.experiments.observations.histogram import Histogram, caps, numbered, ordinary, origin, together
from helpers.experiments.observations.linear import Linear, linearized, unadjusted
from helpers.experiments.observations.unit_tables import measured_rows
from helpers.experiments.protocol import Protocol
from helpers.sources import LoadedTable
from helpers.stats import (
    Difference,
    Estimate,
    Moments,
    difference,
    difference_skewness,
    mean_difference,
    pooled,
    z_value,
)

CAP = 0.99
"""Values beyond this quantile of both arms, or its counterpart below, are taken as it (winsorized)."""
QUANTILES = (0.5, 0.9)
SLIGHT = 0.05
"""A skewness that need not be looked for."""
FEWEST = 3
"""Values in each arm from which a distribution is looked at."""


@dataclass(frozen=True)
class Tails:
    """One metric's extreme values in the control and one treatment.

    `farthest` are the values farthest from the median, `left_out` the values that `without` leaves out: those
    that are `outlying`, apart from all others beyond the `ordinary` ones, or where none is the farthest one.
    `without` and `winsorized` are compared with `mean`, the difference of all values, not adjusted;
    `quantiles` are differences of quantiles, of plain values only. Limits are at the level of the design.
    """

    treatment: str
    metric: str
    farthest: tuple[float, float]
    ordinary: tuple[float, float]
    outlying: bool
    left_out: tuple[int, int]
    mean: Difference
    without: Difference
    winsorized: Difference
    quantiles: Mapping[float, tuple[Estimate, Estimate, Difference]]

    @property
    def influential(self) -> bool:
        """Whether values that stand apart move the difference by more than half a standard error."""
        return self.outlying and abs(self.mean.value - self.without.value) > 0.5 * (self.without.se or 0.0)

    @property
    def decisive(self) -> bool:
        """Whether the difference is read otherwise without them: clear, or clear the other way."""
        return self.influential and _reading(self.mean) != _reading(self.without)


@dataclass(frozen=True)
class Distributions:
    """What the values of an experiment are like.

    `skewness` is that of each difference of means and ratios, adjusted or not, by treatment and metric; an
    adjusted one is left out where the arms are so alike in size that there can be none. `pairs` has that of
    the primary metric between two treatments, where they are compared, not adjusted.
    """

    tails: tuple[Tails, ...] = ()
    skewness: Mapping[tuple[str, str], float] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Binned:
    """One metric, and how a unit's value comes about in each arm; for which treatment it is `adjusted`."""

    metric: str
    arms: Mapping[str, Linear]
    adjusted: str | None = None

    @property
    def moments(self) -> Moments:
        """Of the values of all arms."""
        return pooled(form.moments for form in self.arms.values())


def value_distributions(
    protocol: Protocol, assignments: LoadedTable, outcomes: LoadedTable, observed: Observations
) -> Distributions:
    """The distribution of every mean and ratio that varies, for each treatment and the control; one query."""
    counted = [*_plain(protocol, observed), *_adjusted(protocol, observed)]
    if not counted:
        return Distributions()
    rows = measured_rows(protocol, assignments, outcomes, observed)
    found = _histograms(rows, observed, counted)
    tails, skewness = [], {}
    for treatment in protocol.treatments:
        part = protocol.against(treatment, protocol.alpha)
        for one, values in zip(counted, found, strict=True):
            if one.adjusted not in {None, treatment} or not set(part.arms) <= set(one.arms):
                continue
            arms = [values[arm] for arm in part.arms]
            skewness[treatment, one.metric] = _skewness(one, part, arms)
            if one.adjusted is None and one.metric not in observed.shares:
                tails.append(_tails(part, observed, one, arms))
    return Distributions(tuple(tails), skewness, _between_treatments(protocol, counted, found))


def _between_treatments(
    protocol: Protocol, counted: Sequence[_Binned], found: Sequence[Mapping[str, Histogram]]
) -> dict[tuple[str, str], float]:
    """The skewness of the primary metric's difference between every two treatments that are compared."""
    skewness = {}
    for pair in combinations(protocol.treatments if protocol.compare == "all" else (), 2):
        plan = protocol.between(*pair, protocol.alpha)
        for one, values in zip(counted, found, strict=True):
            if one.metric == protocol.primary and one.adjusted is None and set(pair) <= set(one.arms):
                skewness[pair] = _skewness(one, plan, [values[arm] for arm in plan.arms])
    return skewness


def _plain(protocol: Protocol, observed: Observations) -> Iterator[_Binned]:
    """Every metric that is no share, in the arms where it varies."""
    for metric in observed.metrics:
        forms = {arm: unadjusted(observed.joint(arm), metric) for arm in protocol.arms}
        arms = {arm: form for arm, form in forms.items() if form and _varies(form.moments)}
        if metric not in observed.shares and protocol.control in arms and len(arms) > 1:
            yield _Binned(metric, arms)


def _adjusted(protocol: Protocol, observed: Observations) -> Iterator[_Binned]:
    """Every adjusted metric whose difference may be skewed by the size of its arms."""
    for treatment in protocol.treatments:
        part = protocol.against(treatment, protocol.alpha)
        for metric in observed.metrics:
            found = linearized(part, observed, metric)
            if found is None or not found.adjusted or not all(_varies(form.moments) for form in found.arms):
                continue
            control, treated = (form.moments for form in found.arms)
            # No values are more skewed than the root of their number.
            most = math.sqrt(control.n + treated.n)
            if abs(difference_skewness((treated, most), (control, most))) > SLIGHT:
                yield _Binned(metric, dict(zip(part.arms, found.arms, strict=True)), treatment)


def _varies(moments: Moments) -> bool:
    return moments.n >= FEWEST and moments.variance > 0


def _histograms(
    rows: ir.Table, observed: Observations, counted: Sequence[_Binned]
) -> list[dict[str, Histogram]]:
    """The histogram of each metric in each arm: one query, in which each unit counts once a metric."""
    names = [f"value {at}" for at in range(len(counted))]
    values = {name: _value(rows, observed, one) for name, one in zip(names, counted, strict=True)}
    starts = [origin(one.moments.mean, math.sqrt(one.moments.variance)) for one in counted]
    each = rows.select("variant", **values)
    each = each.cross_join(ibis.range(len(names)).unnest().name("at").as_table())
    value = ibis.cases(*((each["at"] == at, each[name]) for at, name in enumerate(names)))
    start = ibis.cases(*((each["at"] == at, start) for at, start in enumerate(starts)))
    binned = each.select("at", "variant", value=value, bin=numbered(value, start))
    binned = binned.filter(binned["value"].notnull())
    figures = {
        "n": binned.count(),
        "low": binned["value"].min(),
        "high": binned["value"].max(),
        "mean": binned["value"].mean(),
        "variance": binned["value"].var(how="sample").fill_null(0.0),
    }
    keys = ("at", "variant", "bin")
    found = binned.group_by(*keys).agg(**figures).order_by(*keys).to_pyarrow()
    place, variant = found["at"].to_numpy(), np.array(found["variant"].to_pylist())
    return [
        {arm: _histogram(found.filter((place == at) & (variant == arm))) for arm in one.arms}
        for at, one in enumerate(counted)
    ]


def _value(rows: ir.Table, observed: Observations, one: _Binned) -> ir.NumericValue:
    """What a unit counts for, by its arm."""
    forms = list(one.arms.items())
    if len(forms[0][1].columns) == 1:
        return forms[0][1].of(rows, np.zeros(1))
    return ibis.cases(
        *(
            (rows.variant == arm, form.of(rows, observed.joint(arm).means_of(form.columns)))
            for arm, form in forms
        )
    )


def _histogram(found: pa.Table) -> Histogram:
    n, low, high, mean, variance = (
        found[name].cast(pa.float64()).to_numpy() for name in ("n", "low", "high", "mean", "variance")
    )
    return Histogram(found["bin"].to_numpy(), n, low, high, mean, variance)


def _skewness(one: _Binned, part: Protocol, arms: Sequence[Histogram]) -> float:
    control, treatment = (
        (one.arms[arm].moments, values.skewness) for arm, values in zip(part.arms, arms, strict=True)
    )
    return difference_skewness(treatment, control)


def _tails(part: Protocol, observed: Observations, one: _Binned, arms: Sequence[Histogram]) -> Tails:
    level, both = reading_level(part, observed, part.alpha), together(arms)
    plain = [one.arms[arm].moments for arm in part.arms]
    low, high = ordinary(both)
    kept = [each.between(low, high) for each in arms]
    if apart := kept != [each.moments for each in arms]:
        left_out = [whole.moments.n - rest.n for whole, rest in zip(arms, kept, strict=True)]
    else:
        kept, left_out = _without_farthest(plain, arms, both.quantile(0.5))
    is_ratio = len(one.arms[part.control].columns) > 1
    limits = caps(both, CAP)
    return Tails(
        treatment=part.treatment,
        metric=one.metric,
        farthest=(arms[0].farthest(both.quantile(0.5)), arms[1].farthest(both.quantile(0.5))),
        ordinary=(low, high),
        outlying=apart,
        left_out=(left_out[0], left_out[1]),
        mean=_difference(plain, level),
        without=_difference(kept, level),
        winsorized=_difference([each.clipped(*limits) for each in arms], level),
        quantiles={} if is_ratio else {p: _quantiles(arms, p, level) for p in QUANTILES},
    )


def _without_farthest(
    plain: Sequence[Moments], arms: Sequence[Histogram], centre: float
) -> tuple[list[Moments], list[int]]:
    """The arms without the one value that lies farthest from the median of both; how many each loses."""
    far = [each.farthest(centre) for each in arms]
    outer = 0 if abs(far[0] - centre) >= abs(far[1] - centre) else 1
    kept, left_out = list(plain), [0, 0]
    kept[outer], left_out[outer] = without_value(plain[outer], far[outer]), 1
    return kept, left_out


def without_value(values: Moments, value: float) -> Moments:
    """The moments with one value taken out."""
    n = values.n - 1
    average = values.mean - (value - values.mean) / n
    squares = values.variance * n - (value - values.mean) ** 2 * values.n / n
    return Moments(n, average, max(0.0, squares / (n - 1)))


def _difference(arms: Sequence[Moments], level: float) -> Difference:
    return mean_difference(arms[1].as_mean(level), arms[0].as_mean(level))


def _reading(found: Difference) -> int:
    """1 where the difference is clearly above zero, -1 where below, else 0."""
    return int(found.low > 0) - int(found.high < 0)


def _quantiles(arms: Sequence[Histogram], p: float, level: float) -> tuple[Estimate, Estimate, Difference]:
    control, treatment = (_quantile(each, p, level) for each in arms)
    return control, treatment, difference(treatment, control)


def _quantile(values: Histogram, p: float, level: float) -> Estimate:
    """A quantile with the limits between which its rank lies (Woodruff 1952)."""
    n, z = int(values.n.sum()), z_value(level)
    half = z * math.sqrt(p * (1 - p) / n)
    low, high = values.quantile(max(0.0, p - half)), values.quantile(min(1.0, p + half))
    return Estimate(values.quantile(p), (high - low) / (2 * z), low, high, level, n, "ranks")
