"""From the tables to the observations of one experiment: one aggregate query, no row of a unit leaves.

Assignments joined to outcomes become counts, means, variances and covariances by variant, day, region,
segment and platform; never raw sums of squares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from numpy.typing import NDArray

from helpers import metrics, style
from helpers.contracts import PARTS
from helpers.experiments.observations.aggregates import (
    DENOMINATOR,
    KNOWN,
    NOT_KNOWN,
    NUMERATOR,
    Observations,
)
from helpers.experiments.protocol import CLUSTER, Protocol
from helpers.findings import NoData
from helpers.metrics import Metric
from helpers.records import SettingsError
from helpers.sources import LoadedTable
from helpers.sources.repeats import surely_different

MEASURED = "measured_at"
"""When the outcome of a unit was measured; an optional column of outcomes."""
PRE_PERIOD = "pre_"
"""Columns of outcomes that were measured before the start begin so."""
UNIT = ("unit_id", "experiment")
STRAY = 0.01
"""Part of all outcomes below which the newest tell no day."""
EARLY = "early units"
"""How many units of a cluster had their outcome measured before they were assigned."""
FOLLOWED = "days followed"
"""How many days the units of a cluster were followed on average."""


@dataclass(frozen=True)
class _Wanted:
    """The columns to bring out, as expressions over one row a unit, and which pairs of them vary together."""

    columns: Mapping[str, ir.NumericColumn]
    pairs: tuple[tuple[str, str], ...]
    shares: frozenset[str]
    covariates: tuple[str, ...]
    known_before: Mapping[str, ir.IntegerColumn]


def observe(protocol: Protocol, assignments: LoadedTable, outcomes: LoadedTable) -> Observations:
    """The observations of one experiment from its assignments and outcomes.

    Every metric of the catalogue that outcomes have is measured. Units in two variants are left out.

    Raises:
        NoData: nobody was assigned to this experiment.
        SettingsError: a cluster or covariate that is planned is not supplied, or ids tell no units apart.
    """
    units = unit_rows(protocol, assignments, outcomes)
    crossed = _crossed(protocol, assignments, outcomes)
    crossed_units = 0 if crossed is None else int(crossed.count().execute())
    if crossed_units:
        units = units.anti_join(crossed, "unit_id")
    units, wanted = _prepared(protocol, units, assignments, outcomes)
    found = _aggregated(units, wanted)
    if not found.num_rows and crossed_units:
        raise SettingsError(
            [
                f"All {crossed_units:,} units of the experiment {protocol.id} stand in several variants, so "
                "none is left to compare: the ids of different units are one in the table assignments. Map "
                "unit_id to the column that tells units apart, and look how it is written (1.2e+09)."
            ]
        )
    if not found.num_rows:
        names = f"its id and {CLUSTER}" if protocol.cluster else "its id"
        raise NoData(
            f"No {protocol.sample_unit} was assigned to the experiment {protocol.id}: check how the table "
            f"assignments writes {names}, or supply daily totals."
        )
    return replace(
        _columnar(found, wanted),
        crossed=crossed_units,
        pooled=_pooled_units(protocol, assignments),
        known_until=_known_until(assignments, outcomes),
    )


def assigned_daily(protocol: Protocol, assignments: LoadedTable) -> dict[date | None, int]:
    """How many units, or clusters, were assigned on each day, in order; None stands for no date."""
    if not assignments.has("assigned_at"):
        return {}
    rows = assignments.expr
    rows = rows.filter(
        rows.experiment == protocol.id, arm_of(protocol, rows.variant).isin(list(protocol.arms))
    )
    if protocol.cluster and assignments.has(CLUSTER):
        rows = rows.group_by(CLUSTER).agg(assigned_at=rows.assigned_at.min())
    daily = rows.group_by(day=rows.assigned_at.cast("date")).agg(units=rows.count()).order_by("day")
    return {row["day"]: row["units"] for row in daily.to_pyarrow().to_pylist()}


def _pooled_units(protocol: Protocol, assignments: LoadedTable) -> dict[str, int]:
    """How many units were assigned to each variant of a pool; a query where there is one."""
    if not protocol.pools:
        return {}
    rows = assignments.expr.filter(assignments.expr.experiment == protocol.id)
    found = rows.group_by("variant").agg(units=rows.count()).to_pyarrow().to_pylist()
    units = {row["variant"]: row["units"] for row in found}
    return {name: units.get(name, 0) for name in protocol.pooled_as}


def unit_rows(protocol: Protocol, assignments: LoadedTable, outcomes: LoadedTable) -> ir.Table:
    """One row a unit of this experiment: its assignment (pools are arms), and its outcome if there is one."""
    joined = assignments.joined(outcomes, on=UNIT)
    units = joined.filter(joined.experiment == protocol.id)
    return units.mutate(variant=arm_of(protocol, units.variant)) if protocol.pools else units


def arm_of(protocol: Protocol, variant: ir.StringColumn) -> ir.StringColumn:
    """The arm that a variant is read as: its pool, where it is in one."""
    if not protocol.pools:
        return variant
    return ibis.cases(*((variant == name, arm) for name, arm in protocol.pooled_as.items()), else_=variant)


def measured_rows(
    protocol: Protocol, assignments: LoadedTable, outcomes: LoadedTable, observed: Observations
) -> ir.Table:
    """One row a unit, or a cluster, that was observed: its variant, and every column that has moments."""
    units = unit_rows(protocol, assignments, outcomes)
    crossed = _crossed(protocol, assignments, outcomes) if observed.crossed else None
    if crossed is not None:
        units = units.anti_join(crossed, "unit_id")
    units, wanted = _prepared(protocol, units, assignments, outcomes)
    return units.select("variant", **wanted.columns)


def measured_by(metric: Metric, outcomes: LoadedTable) -> tuple[str, ...]:
    """The columns of outcomes that a metric is measured by: one, two for a ratio, none where it is absent."""
    if _is_number(outcomes, metric.name):
        return (metric.name,)
    both = (metric.numerator or "", metric.denominator or "")
    return both if all(_is_number(outcomes, name) for name in both) else ()


def _must_have(protocol: Protocol, table: LoadedTable, columns: Sequence[str], why: str) -> None:
    """Make sure of the columns that the protocol cannot do without."""
    missing = [name for name in columns if not table.has(name)]
    if missing:
        named = style.listed(missing)
        raise SettingsError(
            [
                f"The protocol {protocol.id} {why}, and the table {table.name} has no {named}. Map it under "
                "columns in sources.yaml, or take it out of the protocol."
            ]
        )


def number(column: ir.Column) -> ir.NumericColumn:
    """The column as numbers, true as 1; the contract has set aside what is not finite."""
    return (column.cast("int8") if column.type().is_boolean() else column).cast("float64")


def _known_until(assignments: LoadedTable, outcomes: LoadedTable) -> date | None:
    """The last day on which units were assigned or measured, in whatever experiment; None without dates.

    A few outcomes from a later day than all others, as from a clock that is wrong, tell no day.
    """
    days = [assignments.latest]
    if outcomes.has(MEASURED):
        measured = outcomes.expr.filter(outcomes.expr[MEASURED].notnull())
        daily = measured.group_by(day=measured[MEASURED].cast("date")).agg(units=measured.count())
        found = daily.order_by(ibis.desc("day")).to_pyarrow()
        units = np.cumsum(found["units"].to_numpy())
        if len(units):
            days.append(found["day"][int(np.argmax(units >= STRAY * units[-1]))].as_py())
    return max((day for day in days if day), default=None)


def _crossed(protocol: Protocol, assignments: LoadedTable, outcomes: LoadedTable) -> ir.Table | None:
    """Units that stand in two variants; None where no unit is assigned twice, which spares a join.

    Where assignments and outcomes are one file, its one row a unit has been checked on loading.
    """
    if assignments.lies_beside(outcomes, UNIT):
        return None
    assigned = assignments.expr.filter(assignments.expr.experiment == protocol.id)
    if surely_different(assigned, ["unit_id"]):
        return None
    crossed = assigned.group_by("unit_id").agg(first=assigned.variant.min(), last=assigned.variant.max())
    return crossed.filter(crossed["first"] != crossed["last"]).select("unit_id")


def _prepared(
    protocol: Protocol, units: ir.Table, assignments: LoadedTable, outcomes: LoadedTable
) -> tuple[ir.Table, _Wanted]:
    """What one row stands for, a unit or a cluster, and what is wanted of it.

    Units whose cluster is not known belong to none, and are left out.
    """
    if not protocol.cluster:
        return units, _wanted(protocol, units, outcomes)
    _must_have(protocol, assignments, [CLUSTER], f"assigns whole {protocol.cluster}s")
    units = units.filter(units[CLUSTER].notnull())
    units = units.mutate(**{EARLY: _is_early(units), FOLLOWED: _days_followed(units)})
    return _clustered(protocol, units, _wanted(protocol, units, outcomes))


def _wanted(protocol: Protocol, units: ir.Table, outcomes: LoadedTable) -> _Wanted:
    columns: dict[str, ir.NumericColumn] = {}
    ratios, plain, shares = [], [], set()
    for name, metric in metrics.catalogue().items():
        by = measured_by(metric, outcomes)
        if len(by) == 1:
            columns[name] = number(units[by[0]])
            plain.append(name)
            if outcomes.expr[by[0]].type().is_boolean():
                shares.add(name)
        elif by:
            above, below = (units[column] for column in by)
            columns[name + NUMERATOR] = ibis.ifelse(below.notnull(), number(above), ibis.null("float64"))
            columns[name + DENOMINATOR] = ibis.ifelse(above.notnull(), number(below), ibis.null("float64"))
            ratios.append((name + NUMERATOR, name + DENOMINATOR))
    _must_have(protocol, outcomes, protocol.covariates, "adjusts by them")
    there = units[f"has_{outcomes.name}"]
    before = [
        name for name in outcomes.expr.columns if name.startswith(PRE_PERIOD) and _is_number(outcomes, name)
    ]
    covariates = tuple(dict.fromkeys((*protocol.covariates, *before)))
    known = {name: units[name].notnull().cast("int64") for name in covariates}
    for name in covariates:
        # What was not known before the start counts as 0: any function of the past is a sound covariate.
        columns[name] = ibis.ifelse(there, number(units[name]).fill_null(0.0), ibis.null("float64"))
    pairs = (
        *ratios,
        *combinations(plain, 2),
        *((column, covariate) for column in (*plain, *sum(ratios, ())) for covariate in covariates),
        *combinations(covariates, 2),
    )
    return _Wanted(columns, pairs, frozenset(shares), covariates, known)


def _clustered(protocol: Protocol, units: ir.Table, wanted: _Wanted) -> tuple[ir.Table, _Wanted]:
    """One row a cluster: every metric becomes a sum over a count, whose error is robust to clustering.

    A cluster in which no unit has the metric has neither. What was known before the start becomes the mean of
    the cluster; of the metrics that decide, the part of its units that have it is told too.
    """
    figures: dict[str, ir.Value] = {}
    pairs: list[tuple[str, str]] = []
    for name, column in wanted.columns.items():
        stem = name.removesuffix(NUMERATOR)
        if name in wanted.covariates:
            figures[name] = column.mean()
        elif not name.endswith(DENOMINATOR):
            below = wanted.columns.get(stem + DENOMINATOR)
            count = column.count().nullif(0) if below is None else below.sum()
            figures[stem + NUMERATOR], figures[stem + DENOMINATOR] = column.sum(), count.cast("float64")
            pairs.append((stem + NUMERATOR, stem + DENOMINATOR))
            if stem in protocol.deciding:
                figures[stem + KNOWN] = column.notnull().mean()
    dated = {"assigned_at": units.assigned_at.min()} if "assigned_at" in units.columns else {}
    there = {name: units[name].any() for name in units.columns if name.startswith("has_")}
    before = {_known(name): column.sum() for name, column in wanted.known_before.items()}
    grouped = units.group_by(unit_id=units[CLUSTER], variant=units.variant).agg(
        **dated, **there, **before, **{EARLY: units[EARLY].sum(), FOLLOWED: units[FOLLOWED].mean()}, **figures
    )
    columns = {name: grouped[name] for name in figures}
    known = {name: grouped[_known(name)] for name in wanted.known_before}
    return grouped, _Wanted(columns, tuple(pairs), frozenset(), wanted.covariates, known)


def _known(covariate: str) -> str:
    """What the count of units with a value of a covariate is called."""
    return f"{covariate} known before"


def _aggregated(units: ir.Table, wanted: _Wanted) -> pa.Table:
    day = units.assigned_at.cast("date") if "assigned_at" in units.columns else ibis.null("date")
    keys = {"variant": units.variant, "day": day}
    keys |= {part: units[part].fill_null(NOT_KNOWN) for part in PARTS if part in units.columns}
    there = next(name for name in units.columns if name.startswith("has_"))
    early = units[EARLY] if EARLY in units.columns else _is_early(units)
    followed = units[FOLLOWED] if FOLLOWED in units.columns else _days_followed(units)
    known = {_known(name): column for name, column in wanted.known_before.items()}
    rows = units.select(**keys, there=units[there], early=early, followed=followed, **known, **wanted.columns)
    figures: dict[str, ir.Value] = {
        "with outcome": rows.there.sum(),
        "early": rows.early.sum(),
        "followed": rows.followed.mean(),
    }
    figures |= {name: rows[name].sum() for name in known}
    for name in wanted.columns:
        figures[f"{name} n"] = rows[name].count()
        figures[f"{name} mean"] = rows[name].mean()
        figures[f"{name} variance"] = rows[name].var(how="sample")
    for one, other in wanted.pairs:
        figures[f"{one} {other}"] = rows[one].cov(rows[other], how="sample")
    table = rows.group_by(*keys).agg(assigned=rows.count(), **figures)
    return table.order_by(*keys).to_pyarrow()


def _days_followed(units: ir.Table) -> ir.FloatingColumn:
    """Days from assignment to outcome, null where one of them is not known."""
    if not {MEASURED, "assigned_at"} <= set(units.columns):
        return ibis.null("float64")
    first, last = units.assigned_at.cast("date"), units[MEASURED].cast("date")
    return last.delta(first, unit="day").cast("float64")


def _is_early(units: ir.Table) -> ir.BooleanColumn:
    """Whether the outcome was measured before assignment; a time of midnight stands for its whole day."""
    if not {MEASURED, "assigned_at"} <= set(units.columns):
        return ibis.literal(False)
    measured, assigned = (units[name].cast("timestamp") for name in (MEASURED, "assigned_at"))
    days = measured.cast("date") < assigned.cast("date")
    whole = measured == measured.truncate("D")
    return ibis.ifelse(whole, days, measured < assigned).fill_null(False)


def _columnar(found: pa.Table, wanted: _Wanted) -> Observations:
    columns = tuple(wanted.columns)
    place = {name: at for at, name in enumerate(columns)}
    shape = found.num_rows, len(columns)
    covariances = np.full((*shape, len(columns)), np.nan)
    n = np.stack([_floats(found, f"{name} n") for name in columns], axis=1) if columns else np.zeros(shape)
    means = np.nan_to_num(
        np.stack([_floats(found, f"{name} mean") for name in columns], axis=1) if columns else n,
        posinf=np.inf,
        neginf=-np.inf,
    )
    for name, at in place.items():
        covariances[:, at, at] = np.nan_to_num(_floats(found, f"{name} variance"), posinf=np.inf)
    for one, other in wanted.pairs:
        value = np.where(n[:, place[one]] > 1, _floats(found, f"{one} {other}"), 0.0)
        covariances[:, place[one], place[other]] = covariances[:, place[other], place[one]] = value
    return Observations(
        variant=_texts(found, "variant"),
        day=np.array(found["day"].to_pylist(), dtype="datetime64[D]"),
        parts={part: _texts(found, part) for part in PARTS if part in found.column_names},
        units=_floats(found, "assigned").astype(np.int64),
        with_outcome=np.nan_to_num(_floats(found, "with outcome")).astype(np.int64),
        followed_for=_floats(found, "followed"),
        columns=columns,
        n=n,
        means=means,
        covariances=covariances,
        shares=wanted.shares,
        covariates=wanted.covariates,
        known_before={
            name: int(np.nan_to_num(_floats(found, _known(name))).sum()) for name in wanted.known_before
        },
        early=int(np.nan_to_num(_floats(found, "early")).sum()),
    )


def _floats(found: pa.Table, name: str) -> NDArray[np.float64]:
    values: NDArray[np.float64] = found[name].cast(pa.float64()).to_numpy()
    return values


def _texts(found: pa.Table, name: str) -> NDArray[np.str_]:
    return np.array(found[name].to_pylist(), dtype=np.str_)


def _is_number(outcomes: LoadedTable, column: str) -> bool:
    if not outcomes.has(column):
        return False
    kind = outcomes.expr[column].type()
    return bool(kind.is_boolean() or kind.is_numeric())
