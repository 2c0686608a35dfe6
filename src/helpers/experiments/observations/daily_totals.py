"""From daily totals to the observations of one experiment that is known by nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from helpers import metrics, style
from helpers.contracts import SPREADS
from helpers.experiments.observations.aggregates import DayCoverage, Observations, VariantDay
from helpers.experiments.observations.unit_tables import arm_of
from helpers.experiments.protocol import Protocol, map_line, spellings
from helpers.findings import NoData
from helpers.records import SettingsError
from helpers.sources import LoadedTable
from helpers.stats import Moments

ROUNDING = 1e-9
"""What a sum of squares that was rounded when it was written may lack."""


def observe_totals(protocol: Protocol, totals: LoadedTable) -> Observations:
    """The observations of an experiment that is known only by totals: successes of trials, sums over units.

    A day counts for a metric only where every arm has it, so that no numerator of 23 days is divided by a
    denominator of 37. The units of a day are the largest denominator among its metrics. A mean needs the
    spread of its values: a sum of squares, or a variance.

    Raises:
        NoData: there are no totals of this experiment.
        SettingsError: no day has all its variants, as the protocol names them, or a mean has no spread.
        ValueError: a day has more successes than trials.
    """
    rows = _counts(protocol, totals)
    if not rows:
        raise NoData(
            f"There are no totals of the experiment {protocol.id}: check how the table totals writes its id, "
            "or supply assignments and outcomes of its units."
        )
    if told := list(_without_spread(protocol, rows)):
        raise SettingsError(told)
    known: dict[tuple[str, date], set[str]] = {}
    for row in rows:
        known.setdefault((row["metric"], row["day"]), set()).add(row["variant"])
    shared: dict[tuple[date, str], dict[str, Moments]] = {}
    for row in rows:
        if known[row["metric"], row["day"]] >= set(protocol.arms):
            of_day = shared.setdefault((row["day"], row["variant"]), {})
            of_day[row["metric"]] = _of_counts(protocol, row)
    if not shared:
        raise SettingsError([_without_totals(protocol, {row["variant"] for row in rows})])
    names = dict.fromkeys(row["metric"] for row in rows)
    observed = Observations.of(_cells(shared), [name for name in names if not _is_mean(name)])
    days = len({row["day"] for row in rows})
    coverage = {
        name: DayCoverage(len({day for day, _ in shared if name in shared[day, _]}), days) for name in names
    }
    return replace(observed, day_coverage=coverage, known_until=totals.latest)


def _counts(protocol: Protocol, totals: LoadedTable) -> list[dict[str, Any]]:
    """Successes and trials by day, variant and metric, in that order."""
    expr = totals.expr
    chosen = expr.filter(expr.experiment == protocol.id, expr.numerator.notnull(), expr.denominator > 0)
    found: list[dict[str, Any]] = (
        chosen.group_by(
            variant=arm_of(protocol, chosen.variant), day=chosen.date.cast("date"), metric=chosen.metric
        )
        .agg(
            successes=chosen.numerator.sum(),
            trials=chosen.denominator.sum(),
            squares=_squares(totals, chosen).sum(),
            known=_squares(totals, chosen).count(),
            rows=chosen.count(),
        )
        .order_by("day", "variant", "metric")
        .to_pyarrow()
        .to_pylist()
    )
    return found


def _squares(totals: LoadedTable, rows: ir.Table) -> ir.NumericValue:
    """The sum of squares of the values of a row; null where neither it nor a variance is told."""
    summed, variance = (
        rows[name].cast("float64") if totals.has(name) else ibis.null("float64") for name in SPREADS
    )
    about_mean = variance * (rows.denominator - 1)
    return ibis.coalesce(summed, about_mean + rows.numerator * rows.numerator / rows.denominator)


def _is_mean(name: str) -> bool:
    """Whether a metric of totals is no share of its trials."""
    metric = metrics.catalogue().get(name)
    return metric is not None and metric.kind != "share"


def _without_spread(protocol: Protocol, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Why the metrics that are no shares have no interval, each with what to do."""
    for name in dict.fromkeys(row["metric"] for row in rows if _is_mean(row["metric"])):
        own = [row for row in rows if row["metric"] == name]
        start = f"The totals of {name} in the experiment {protocol.id}"
        if metrics.get(name).kind != "mean":
            yield (
                f"{start} are of a {metrics.get(name).kind}, whose numerator and denominator vary together: "
                "supply assignments and outcomes of its units."
            )
        elif any(row["known"] < row["rows"] for row in own):
            yield (
                f"{start} are sums, and sums alone have no interval. Add the column sum_of_squares "
                "(or variance) of the units; or, if they count units, say kind: share in metrics.yaml."
            )
        elif len({row["day"] for row in own}) > 1 and protocol.units != "once":
            yield (
                f"{start} are of several days, on which a unit may return: squares of days do not add up. "
                "Give one row a variant for the whole test; or, where each unit stands on one day alone "
                "(that of its assignment), write units: once in the protocol."
            )


def _cells(shared: Mapping[tuple[date, str], Mapping[str, Moments]]) -> Iterator[VariantDay]:
    for (day, variant), known in shared.items():
        trials = max(each.n for each in known.values())
        yield VariantDay(variant, day, trials, trials, known)


def _without_totals(protocol: Protocol, found: set[str]) -> str:
    """Why the totals of these variants compare nothing, and what to do."""
    absent = [arm for arm in protocol.arms if arm not in found]
    if respelled := spellings(protocol, found):
        return (
            f"The totals of the experiment {protocol.id} spell {style.listed(list(respelled.values()))} "
            f"otherwise. Read them as one: {map_line(respelled)} under totals in sources.yaml."
        )
    if absent:
        return (
            f"The totals of the experiment {protocol.id} lack {' and '.join(absent)}; they have "
            f"{', '.join(sorted(found))}. Supply the rows of every variant, named as in the protocol."
        )
    return (
        f"The totals of the experiment {protocol.id} have no day on which every variant knows a metric: "
        "nothing compares. Supply the same days of each."
    )


def _of_counts(protocol: Protocol, row: Mapping[str, Any]) -> Moments:
    if _is_mean(row["metric"]):
        return _of_sums(protocol, row)
    successes, trials = float(row["successes"]), int(row["trials"])
    if not 0 <= successes <= trials:
        raise ValueError(
            f"{protocol.id}: {row['metric']} has {successes:g} successes of {trials} trials on "
            f"{row['day']}; daily totals are read as successes of trials. Mend the totals."
        )
    share = successes / trials
    return Moments(trials, share, share * (1 - share) * trials / (trials - 1) if trials > 1 else 0.0)


def _of_sums(protocol: Protocol, row: Mapping[str, Any]) -> Moments:
    """The moments of the values of a day's units, from their number, sum and sum of squares."""
    units, total, squares = int(row["trials"]), float(row["successes"]), float(row["squares"])
    about_mean = squares - total * total / units
    if about_mean < -ROUNDING * squares:
        raise ValueError(
            f"{protocol.id}: {row['metric']} has a sum of squares of {squares:g} on {row['day']}, less than "
            f"{units} values that add up to {total:g} can have. Mend the totals."
        )
    return Moments(units, total / units, max(0.0, about_mean) / (units - 1) if units > 1 else 0.0)
