"""What a row of totals tells of the units behind it: their number, means, variances and covariance.

Sums alone have no interval. What is needed beside them depends on the metric: nothing for a share, a sum of
squares or a variance for a mean; for a ratio, whose sums vary together, squares of both and cross products.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from helpers import metrics
from helpers.contracts import OF_RATIOS
from helpers.experiments.observations.aggregates import DENOMINATOR, NUMERATOR
from helpers.experiments.protocol import Protocol
from helpers.metrics import Kind, Metric
from helpers.stats import Moments

ROUNDING = 1e-9
"""What a sum of squares that was rounded when it was written may lack."""
INSTEAD = "or supply assignments and outcomes of its units"


@dataclass(frozen=True)
class Cell:
    """One metric of the units of one row: the moments of its columns, and the covariance of two."""

    moments: Mapping[str, Moments]
    covariances: Mapping[tuple[str, str], float] = field(default_factory=dict)
    is_share: bool = False


def kind_in_totals(metric: Metric | None) -> Kind:
    """How the totals of a metric are read: those that no catalogue has are shares.

    A ratio that outcomes hold in one column has one value a unit: the mean of it.
    """
    if metric is None:
        return "share"
    return "mean" if metric.kind == "ratio" and metric.column else metric.kind


def _kind(name: str) -> Kind:
    return kind_in_totals(metrics.catalogue().get(name))


def refusals(protocol: Protocol, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Why metrics that are no shares have no interval, each with what to do."""
    for name in dict.fromkeys(row["metric"] for row in rows if _kind(row["metric"]) != "share"):
        own = [row for row in rows if row["metric"] == name]
        start, kind = f"The totals of {name} in the experiment {protocol.id}", _kind(name)
        told = "complete" if kind == "ratio" else "known"
        if kind not in {"mean", "ratio"}:
            yield f"{start} are of a {kind}, which no unit has: say kind: mean in metrics.yaml, {INSTEAD}."
        elif any(row[told] < row["rows"] for row in own):
            yield f"{start} are sums, and sums alone have no interval. {_what_is_needed(kind)}"
        elif len({row["day"] for row in own}) > 1 and protocol.units != "once":
            yield (
                f"{start} are of several days, on which a unit may return: squares of days do not add up. "
                "Give one row a variant for the whole test; or, where each unit stands on one day alone "
                "(that of its assignment), write units: once in the protocol."
            )


def _what_is_needed(kind: str) -> str:
    if kind == "ratio":
        return f"Add the columns {', '.join(OF_RATIOS)} (numerator and denominator vary together), {INSTEAD}."
    return (
        "Add the column sum_of_squares (or variance) of the units; or, if they count units, say kind: share "
        "in metrics.yaml."
    )


def cell_of(protocol: Protocol, row: Mapping[str, Any]) -> Cell:
    """What one row tells of its units.

    Raises:
        ValueError: more successes than trials, or squares that no values can have.
    """
    metric, kind, total = row["metric"], _kind(row["metric"]), float(row["numerator"])
    if kind == "share":
        return Cell({metric: _of_counts(protocol, row)}, is_share=True)
    if kind == "mean":
        return Cell({metric: _of_sums(protocol, row, int(row["denominator"]), total, float(row["squares"]))})
    units, below = int(row["ratio units"]), float(row["denominator"])
    squares, squares_below, products = (float(row[f"ratio {name}"]) for name in OF_RATIOS[1:])
    names = metric + NUMERATOR, metric + DENOMINATOR
    above = _of_sums(protocol, row, units, total, squares)
    beside = _of_sums(protocol, row, units, below, squares_below)
    shared = (products - total * below / units) / (units - 1) if units > 1 else 0.0
    most = math.sqrt(above.variance * beside.variance) + ROUNDING * abs(products) / units
    if abs(shared) > most * (1 + ROUNDING):
        raise ValueError(
            f"{protocol.id}: {metric} has cross_products of {products:g} on {row['day']}, more than its "
            "squares allow. Mend the totals."
        )
    return Cell(dict(zip(names, (above, beside), strict=True)), {names: shared})


def _of_counts(protocol: Protocol, row: Mapping[str, Any]) -> Moments:
    successes, trials = float(row["numerator"]), int(row["denominator"])
    if not 0 <= successes <= trials:
        raise ValueError(
            f"{protocol.id}: {row['metric']} has {successes:g} successes of {trials} trials on "
            f"{row['day']}; daily totals are read as successes of trials. Mend the totals."
        )
    share = successes / trials
    return Moments(trials, share, share * (1 - share) * trials / (trials - 1) if trials > 1 else 0.0)


def _of_sums(protocol: Protocol, row: Mapping[str, Any], units: int, total: float, squares: float) -> Moments:
    """The moments of the values of a day's units, from their number, sum and sum of squares."""
    about_mean = squares - total * total / units
    if about_mean < -ROUNDING * squares:
        raise ValueError(
            f"{protocol.id}: {row['metric']} has a sum of squares of {squares:g} on {row['day']}, less than "
            f"{units} values that add up to {total:g} can have. Mend the totals."
        )
    return Moments(units, total / units, max(0.0, about_mean) / (units - 1) if units > 1 else 0.0)
