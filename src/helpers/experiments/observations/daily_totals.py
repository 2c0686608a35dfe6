"""From daily totals to the observations of one experiment that is known by nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from helpers import style
from helpers.experiments.observations.aggregates import DayCoverage, Observations, VariantDay
from helpers.experiments.protocol import Protocol, map_line, spellings
from helpers.findings import NoData
from helpers.records import SettingsError
from helpers.sources import LoadedTable
from helpers.stats import Moments


def observe_totals(protocol: Protocol, totals: LoadedTable) -> Observations:
    """The observations of an experiment that is known only by daily counts: successes of trials.

    A day counts for a metric only where every arm has it, so that no numerator of 23 days is divided by a
    denominator of 37. The units of a day are the largest denominator among its metrics.

    Raises:
        NoData: there are no totals of this experiment.
        SettingsError: no day has all its variants, as the protocol names them.
        ValueError: a day has more successes than trials.
    """
    rows = _counts(protocol, totals)
    known: dict[tuple[str, date], set[str]] = {}
    for row in rows:
        known.setdefault((row["metric"], row["day"]), set()).add(row["variant"])
    shared: dict[tuple[date, str], dict[str, Moments]] = {}
    for row in rows:
        if known[row["metric"], row["day"]] >= set(protocol.variants):
            of_day = shared.setdefault((row["day"], row["variant"]), {})
            of_day[row["metric"]] = _of_counts(protocol, row)
    if not rows:
        raise NoData(
            f"There are no totals of the experiment {protocol.id}: check how the table totals writes its id, "
            "or supply assignments and outcomes of its units."
        )
    if not shared:
        raise SettingsError([_without_totals(protocol, {row["variant"] for row in rows})])
    observed = Observations.of(_cells(shared), names := dict.fromkeys(row["metric"] for row in rows))
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
        chosen.group_by(variant=chosen.variant, day=chosen.date.cast("date"), metric=chosen.metric)
        .agg(successes=chosen.numerator.sum(), trials=chosen.denominator.sum())
        .order_by("day", "variant", "metric")
        .to_pyarrow()
        .to_pylist()
    )
    return found


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
    successes, trials = float(row["successes"]), int(row["trials"])
    if not 0 <= successes <= trials:
        raise ValueError(
            f"{protocol.id}: {row['metric']} has {successes:g} successes of {trials} trials on "
            f"{row['day']}; daily totals are read as successes of trials. Mend the totals."
        )
    share = successes / trials
    return Moments(trials, share, share * (1 - share) * trials / (trials - 1) if trials > 1 else 0.0)
