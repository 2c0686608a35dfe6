"""From totals to the observations of one experiment that is known by nothing else.

A row of totals sums one metric over the units of one variant: of a share successes and trials, of a mean
values and their number, of a ratio both sums. What has no spread has no interval (`spreads`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from helpers import style
from helpers.contracts import OF_RATIOS, PARTS, SPREADS
from helpers.experiments.observations.aggregates import DayCoverage, Observations, VariantDay
from helpers.experiments.observations.spreads import Cell, cell_of, refusals
from helpers.experiments.observations.unit_tables import arm_of
from helpers.experiments.protocol import Protocol, map_line, spellings
from helpers.findings import NoData
from helpers.records import SettingsError
from helpers.sources import LoadedTable

Row = Mapping[str, Any]
Place = tuple[date, tuple[str, ...]]
"""A day, and the values of the parts that the totals tell."""


def observe_totals(protocol: Protocol, totals: LoadedTable) -> Observations:
    """The observations of an experiment that is known only by totals: successes of trials, sums over units.

    A day counts for a metric only where every arm has it, so that no numerator of 23 days is divided by a
    denominator of 37. The units of a day are the largest number that a metric of it is over. A mean needs the
    spread of its values (a sum of squares, or a variance), a ratio squares and cross products.

    Raises:
        NoData: there are no totals of this experiment.
        SettingsError: no day has all its variants, as the protocol names them, a metric has no spread, or
            rows count units that other rows count, too.
        ValueError: a day has more successes than trials, or squares that no values can have.
    """
    parts = [name for name in PARTS if totals.has(name)]
    rows = _counts(protocol, totals, parts)
    if not rows:
        raise NoData(
            f"There are no totals of the experiment {protocol.id}: check how the table totals writes its id, "
            "or supply assignments and outcomes of its units."
        )
    if told := [*refusals(protocol, rows), *_counted_twice(protocol, rows, parts)]:
        raise SettingsError(told)
    known: dict[tuple[str, date], set[str]] = {}
    for row in rows:
        known.setdefault((row["metric"], row["day"]), set()).add(row["variant"])
    shared: dict[tuple[Place, str], dict[str, Cell]] = {}
    for row in rows:
        if known[row["metric"], row["day"]] >= set(protocol.arms):
            place = row["day"], tuple(row[part] or "" for part in parts)
            shared.setdefault((place, row["variant"]), {})[row["metric"]] = cell_of(protocol, row)
    if not shared:
        raise SettingsError([_without_totals(protocol, {row["variant"] for row in rows})])
    names = dict.fromkeys(row["metric"] for row in rows)
    shares = {name for cells in shared.values() for name, cell in cells.items() if cell.is_share}
    days = len({row["day"] for row in rows})
    counted = {name: {place[0] for (place, _), cells in shared.items() if name in cells} for name in names}
    return replace(
        Observations.of(_cells(shared, parts), shares),
        day_coverage={name: DayCoverage(len(counted[name]), days) for name in names},
        known_until=totals.latest,
    )


def _counts(protocol: Protocol, totals: LoadedTable, parts: Sequence[str]) -> list[dict[str, Any]]:
    """The sums by day, part, variant and metric, in that order; `known` rows tell the spread of a mean."""
    expr = totals.expr
    kept = expr.filter(expr.experiment == protocol.id, expr.numerator.notnull(), expr.denominator > 0)
    spread = {name: _told(totals, kept, name) for name in {*SPREADS, *OF_RATIOS}}
    of_ratio = {f"ratio {name}": spread[name] for name in OF_RATIOS}
    complete = ibis.and_(spread["units"] > 0, *(column.notnull() for column in of_ratio.values()))
    chosen = kept.mutate(squares=_squares(kept, spread), complete=complete, **of_ratio)
    keys = {"day": chosen.date.cast("date"), **{part: chosen[part] for part in parts}}
    keys |= {"variant": arm_of(protocol, chosen.variant), "metric": chosen.metric}
    summed = ("numerator", "denominator", "squares", "complete", *of_ratio)
    figures = {name: chosen[name].sum() for name in summed}
    figures |= {"known": chosen.squares.count(), "rows": chosen.count()}
    found = chosen.group_by(**keys).agg(**figures).order_by(list(keys)).to_pyarrow()
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def _squares(rows: ir.Table, spread: Mapping[str, ir.NumericValue]) -> ir.NumericValue:
    """The sum of squares of the values of a row; null where neither it nor a variance is told."""
    about_mean = spread["variance"] * (rows.denominator - 1)
    total = about_mean + rows.numerator * rows.numerator / rows.denominator
    return ibis.coalesce(spread["sum_of_squares"], total)


def _told(totals: LoadedTable, rows: ir.Table, name: str) -> ir.NumericValue:
    return rows[name].cast("float64") if totals.has(name) else ibis.null("float64")


def _cells(
    shared: Mapping[tuple[Place, str], Mapping[str, Cell]], parts: Sequence[str]
) -> Iterator[VariantDay]:
    for ((day, values), variant), cells in shared.items():
        moments = {name: one for cell in cells.values() for name, one in cell.moments.items()}
        units = max(each.n for each in moments.values())
        yield VariantDay(
            variant,
            day,
            units,
            units,
            moments,
            parts={part: value for part, value in zip(parts, values, strict=True) if value},
            covariances={pair: value for cell in cells.values() for pair, value in cell.covariances.items()},
        )


def _counted_twice(protocol: Protocol, rows: Sequence[Row], parts: Sequence[str]) -> Iterator[str]:
    """Values of a part that have as much as all others together: a sum among what it is the sum of."""
    for part in parts:
        sums: dict[str, dict[tuple[Any, ...], float]] = {}
        for row in rows:
            key = row["variant"], row["metric"], row["day"]
            of_value = sums.setdefault(row[part] or "", {})
            of_value[key] = of_value.get(key, 0.0) + row["denominator"]
        for value, own in sums.items():
            others = [each for name, each in sums.items() if name != value]
            if len(others) > 1 and all(
                amount == sum(each.get(key, 0.0) for each in others) for key, amount in own.items()
            ):
                named = f"{part} {value!r}" if value else f"no {part}"
                yield (
                    f"The totals of the experiment {protocol.id} count each unit twice: the rows with "
                    f"{named} are the sum of all others. Leave them out (sql: in sources.yaml)."
                )


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
