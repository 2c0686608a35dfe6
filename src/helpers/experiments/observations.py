"""What the units of an experiment did, as counts, means and variances by variant and day.

One query over assignments joined to outcomes (and one that finds units in two variants): no row of a unit
ever leaves the engine. An experiment known only by daily totals gives the same observations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

import ibis
import ibis.expr.types as ir

from helpers.experiments.protocol import Protocol
from helpers.findings import NoData
from helpers.sources import Table
from helpers.stats import Moments, pooled

DAYS_TOGETHER = 7
PRE_PERIOD = "pre_"
"""Columns of outcomes that were measured before the start are covariates, no outcomes."""


@dataclass(frozen=True)
class Cell:
    """The units of one variant that were assigned on one day (`day` is None without dates).

    `followed` are those of the `assigned` for whom there is an outcome; `metrics` holds their moments.
    """

    variant: str
    day: date | None
    assigned: int
    followed: int
    metrics: Mapping[str, Moments]


@dataclass(frozen=True)
class Observations:
    """All cells of one experiment, and which metrics are shares of units (0 or 1).

    `crossed` units stood in two variants and were left out. `shared` tells, for each experiment that the
    protocol excludes, how many of the units stand in it too.
    """

    cells: tuple[Cell, ...]
    shares: frozenset[str]
    crossed: int = 0
    shared: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def variants(self) -> tuple[str, ...]:
        """Every variant that units were assigned to, planned or not."""
        return tuple(sorted({cell.variant for cell in self.cells}))

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric that was measured."""
        return tuple(dict.fromkeys(name for cell in self.cells for name in cell.metrics))

    @property
    def days(self) -> tuple[date, ...]:
        """The days on which units were assigned, in order; none without dates."""
        return tuple(sorted({cell.day for cell in self.cells if cell.day is not None}))

    def assigned(self, variant: str) -> int:
        """Units assigned to a variant."""
        return sum(cell.assigned for cell in self.cells if cell.variant == variant)

    def followed(self, variant: str) -> int:
        """Units of a variant for whom there is an outcome."""
        return sum(cell.followed for cell in self.cells if cell.variant == variant)

    def moments(self, variant: str, metric: str) -> Moments:
        """The moments of one metric over all units of a variant."""
        return pooled(
            cell.metrics[metric] for cell in self.cells if cell.variant == variant and metric in cell.metrics
        )

    def until(self, day: date) -> Observations:
        """What was known of the units assigned up to and on that day."""
        kept = tuple(cell for cell in self.cells if cell.day is not None and cell.day <= day)
        return Observations(kept, self.shares, self.crossed, self.shared)

    def on(self, days: Iterable[date]) -> Observations:
        """The units assigned on those days."""
        wanted = frozenset(days)
        kept = tuple(cell for cell in self.cells if cell.day in wanted)
        return Observations(kept, self.shares, self.crossed, self.shared)

    @property
    def weeks(self) -> tuple[tuple[date, ...], ...]:
        """The days in sevens from the first one; a last week of one or two days joins the one before."""
        days = self.days
        if not days:
            return ()
        groups: dict[int, list[date]] = {}
        for day in days:
            groups.setdefault((day - days[0]).days // DAYS_TOGETHER, []).append(day)
        weeks = [tuple(group) for _, group in sorted(groups.items())]
        if len(weeks) > 1 and len(weeks[-1]) < 3:
            weeks[-2:] = [weeks[-2] + weeks[-1]]
        return tuple(weeks)


def observe(protocol: Protocol, assignments: Table, outcomes: Table) -> Observations:
    """The observations of one experiment from its assignments and outcomes.

    Every boolean or numeric column of outcomes is a metric, but for covariates (`pre_…`).

    Raises:
        NoData: nobody was assigned to this experiment.
    """
    assigned = assignments.expr.filter(assignments.expr.experiment == protocol.id)
    crossed = _crossed(assigned)
    if crossed is not None:
        assigned = assigned.anti_join(crossed, "unit_id")
    metrics = _metric_columns(outcomes.expr)
    rows = _aggregated(assigned, _outcomes_of(protocol, outcomes, metrics), metrics)
    if not rows:
        raise NoData(f"No unit was assigned to the experiment {protocol.id}.")
    return Observations(
        cells=tuple(_cell(row, metrics) for row in rows),
        shares=frozenset(name for name in metrics if outcomes.expr[name].type().is_boolean()),
        crossed=0 if crossed is None else int(crossed.count().execute()),
        shared=_shared_with(protocol, assignments.expr),
    )


def observe_totals(protocol: Protocol, totals: Table) -> Observations:
    """The observations of an experiment that is known only by daily counts: successes of trials.

    A day counts for a metric only where both arms have it, so that no numerator of 23 days is divided by
    a denominator of 37.

    Raises:
        NoData: there are no totals of this experiment.
        ValueError: a day has more successes than trials.
    """
    expr = totals.expr
    chosen = expr.filter(expr.experiment == protocol.id, expr.numerator.notnull(), expr.denominator > 0)
    rows = (
        chosen.group_by(variant=chosen.variant, day=chosen.date.cast("date"), metric=chosen.metric)
        .agg(successes=chosen.numerator.sum(), trials=chosen.denominator.sum())
        .order_by("day", "variant", "metric")
        .to_pyarrow()
        .to_pylist()
    )
    arms: dict[tuple[str, date], set[str]] = {}
    for row in rows:
        arms.setdefault((row["metric"], row["day"]), set()).add(row["variant"])
    together: dict[tuple[date, str], dict[str, Moments]] = {}
    for row in rows:
        day = row["day"]
        if len(arms[row["metric"], day]) >= len(protocol.variants):
            together.setdefault((day, row["variant"]), {})[row["metric"]] = _of_counts(protocol, row)
    if not together:
        raise NoData(f"There are no totals of the experiment {protocol.id}.")
    cells = []
    for (day, variant), metrics in together.items():
        trials = metrics[protocol.primary].n if protocol.primary in metrics else 0
        cells.append(Cell(variant, day, trials, trials, metrics))
    names = {row["metric"] for row in rows}
    return Observations(cells=tuple(cells), shares=frozenset(names))


def _crossed(assigned: ir.Table) -> ir.Table | None:
    """Units that stand in two variants; None where there are none, which spares a join."""
    crossed = assigned.group_by("unit_id").agg(variants=assigned.variant.nunique())
    crossed = crossed.filter(crossed.variants > 1).select("unit_id")
    return crossed if int(crossed.count().execute()) else None


def _metric_columns(outcomes: ir.Table) -> tuple[str, ...]:
    schema = outcomes.schema()
    return tuple(
        name
        for name, kind in schema.items()
        if (kind.is_boolean() or kind.is_numeric())
        and name not in {"unit_id", "experiment"}
        and not name.startswith(PRE_PERIOD)
    )


def _outcomes_of(protocol: Protocol, outcomes: Table, metrics: Sequence[str]) -> ir.Table:
    expr = outcomes.expr
    if outcomes.has("experiment"):
        expr = expr.filter(expr.experiment == protocol.id)
    return expr.select(outcome_unit=expr.unit_id, **{name: _number(expr[name]) for name in metrics})


def _number(column: ir.Column) -> ir.Column:
    """The column as numbers, true as 1; the contract has set aside what is not finite."""
    return (column.cast("int8") if column.type().is_boolean() else column).cast("float64")


def _aggregated(assigned: ir.Table, outcomes: ir.Table, metrics: Sequence[str]) -> list[dict[str, Any]]:
    dated = "assigned_at" in assigned.columns
    day = assigned.assigned_at.cast("date") if dated else ibis.null("date")
    units = assigned.select(unit=assigned.unit_id, variant=assigned.variant, day=day)
    joined = units.left_join(outcomes, units.unit == outcomes.outcome_unit)
    figures: dict[str, ir.Value] = {}
    for name in metrics:
        figures[f"{name}_n"] = joined[name].count()
        figures[f"{name}_mean"] = joined[name].mean()
        figures[f"{name}_variance"] = joined[name].var(how="sample")
    table = joined.group_by("variant", "day").agg(
        assigned=joined.count(), followed=joined.outcome_unit.count(), **figures
    )
    rows: list[dict[str, Any]] = table.order_by("day", "variant").to_pyarrow().to_pylist()
    return rows


def _shared_with(protocol: Protocol, assignments: ir.Table) -> Mapping[str, int]:
    """Units of this experiment that stand in each excluded one too."""
    if not protocol.exclusive_with:
        return MappingProxyType({})
    own = assignments.filter(assignments.experiment == protocol.id).select("unit_id")
    others = assignments.filter(assignments.experiment.isin(protocol.exclusive_with))
    met = others.semi_join(own, "unit_id")
    rows = met.group_by("experiment").agg(units=met.unit_id.nunique()).to_pyarrow().to_pylist()
    return MappingProxyType({row["experiment"]: row["units"] for row in rows})


def _cell(row: Mapping[str, Any], metrics: Sequence[str]) -> Cell:
    return Cell(
        variant=row["variant"],
        day=row["day"],
        assigned=row["assigned"],
        followed=row["followed"],
        metrics=MappingProxyType({name: _moments(row, name) for name in metrics}),
    )


def _moments(row: Mapping[str, Any], name: str) -> Moments:
    n = row[f"{name}_n"]
    if n == 0:
        return Moments(0, 0.0, 0.0)
    return Moments(n, row[f"{name}_mean"], row[f"{name}_variance"] if n > 1 else 0.0)


def _of_counts(protocol: Protocol, row: Mapping[str, Any]) -> Moments:
    successes, trials = float(row["successes"]), int(row["trials"])
    if not 0 <= successes <= trials:
        raise ValueError(
            f"{protocol.id}: {row['metric']} has {successes:g} successes of {trials} trials on "
            f"{row['day']}; daily totals are read as successes of trials. Mend the totals."
        )
    share = successes / trials
    return Moments(trials, share, share * (1 - share) * trials / (trials - 1) if trials > 1 else 0.0)
