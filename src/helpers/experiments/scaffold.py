"""A new protocol, its sample size worked out from the data there are."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Mapping
from pathlib import Path

import ibis
import ibis.expr.types as ir
import yaml

from helpers import metrics, sources
from helpers.experiments.assigned import Assigned, assigned
from helpers.experiments.effects.conditions import FEWEST
from helpers.experiments.observations.unit_tables import measured_by, number
from helpers.experiments.preregistration import load_protocol, registered
from helpers.experiments.protocol import CLUSTER
from helpers.metrics import Metric
from helpers.records import SettingsError, params_folder
from helpers.sources import LoadedTable
from helpers.stats import Moments, PairMoments, ratio_moments, units_for_means, units_for_shares

_FORM = """\
id: {id}
title: {title}
hypothesis: Say what changes for whom, and why it should help.
owner: product-ops
unit: user
variants: {variants}{why}
control: {control}
{cluster}primary: {primary}              # {label}; {base} in the data now
minimum_effect: {effect:g}           # smallest effect worth having, in the metric's own unit
guard_rails: []                # what must not get worse: {{metric: …, margin: …}}
secondary: []
alpha: {alpha:g}
power: {power:g}
planned_sample: {units}        # {counted} of all variants, for that effect at that power
start: null                    # first and last day of assignment, once agreed; without an end the
end: null                      # planned sample tells it
design: fixed-horizon          # or sequential, group-sequential
"""


def new(
    experiment: str, primary: str | None, effect: float | None, alpha: float = 0.05, power: float = 0.8
) -> Path:
    """Write `experiments/<id>.yaml` with the planned sample that the primary metric needs.

    Variants, split and cluster are those of the assignments, where they know the experiment. `primary`
    defaults to the first metric of the catalogue that outcomes have, `effect` to a twentieth of its present
    value.

    Raises:
        SettingsError: the protocol exists already, or the metric or its data are not known.
    """
    folder = params_folder()
    path = folder / "experiments" / f"{experiment}.yaml"
    if experiment in registered(folder):
        raise SettingsError([f"{path}: this protocol exists already. Choose another id, or edit it."])
    outcomes = sources.load("outcomes", optional=True)
    metric = _metric(primary, outcomes)
    assignments = sources.load("assignments", optional=True)
    known = assigned(experiment, assignments, outcomes)
    clustered = known is not None and known.clustered
    base = _base(
        metric, _by_cluster(metric, assignments, outcomes) if clustered else _by_unit(metric, outcomes)
    )
    worth = effect if effect is not None else float(f"{base.mean / 20:.1g}")
    try:
        units = _units(metric, base, worth, (alpha, power), shares=metric.kind == "share" and not clustered)
    except ValueError as error:
        raise SettingsError([f"{path}: the sample cannot be worked out: {error} Give --effect."]) from None
    text = _FORM.format(
        id=experiment,
        title=experiment.replace("_", " ").capitalize(),
        primary=metric.name,
        label=metric.label,
        base=f"{base.mean:.4g}",
        effect=abs(worth),
        alpha=alpha,
        power=power,
        units=_planned(known, max(FEWEST, math.ceil(units))),
        counted="accounts" if clustered else "units",
        **_told(known),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    try:
        load_protocol(experiment, folder)
    except SettingsError:
        path.unlink()
        raise
    return path


def _metric(name: str | None, outcomes: LoadedTable) -> Metric:
    known: Mapping[str, Metric] = metrics.catalogue()
    usable = [each for each in known.values() if measured_by(each, outcomes)]
    if name is None and usable:
        return usable[0]
    found = next((each for each in usable if each.name == name), None)
    if found is None:
        choices = ", ".join(each.name for each in usable) or "none"
        raise SettingsError([f"outcomes do not hold the metric {name}. Those there are: {choices}."])
    return found


def _told(known: Assigned | None) -> dict[str, str]:
    """The lines of the protocol that say who is compared."""
    if known is None:
        return {"variants": "{control: 1, treatment: 1}", "why": "", "control": "control", "cluster": ""}
    pairs = ", ".join(f"{_in_yaml(name)}: {weight:g}" for name, weight in known.variants.items())
    return {
        "variants": f"{{{pairs}}}",
        "why": "   # as in the assignments; was it planned so?",
        "control": _in_yaml(known.control),
        "cluster": "cluster: account               # each has all its units in one variant\n"
        if known.clustered
        else "",
    }


def _in_yaml(name: str) -> str:
    """A variant's name as YAML writes it on a line, in quotes where it needs them."""
    return yaml.safe_dump(name, default_flow_style=True, allow_unicode=True).split("\n")[0]


def _planned(known: Assigned | None, each: int) -> int:
    """Units of all variants, that tell of the smallest treatment what `each` in two even ones do."""
    if known is None:
        return 2 * each
    control, *treatments = known.variants.values()
    share = sum(known.variants.values())
    return math.ceil(each / 2 * (share / control + share / min(treatments)))


def _by_unit(metric: Metric, outcomes: LoadedTable) -> ir.Table:
    """One row a unit that has the metric: what is above and, of a ratio, below."""
    columns = [number(outcomes.expr[name]) for name in measured_by(metric, outcomes)]
    known = functools.reduce(operator.and_, (column.notnull() for column in columns))
    return outcomes.expr.filter(known).select(**dict(zip(("above", "below"), columns, strict=False)))


def _by_cluster(metric: Metric, assignments: LoadedTable, outcomes: LoadedTable) -> ir.Table:
    """One row a cluster: the sum of its units above, their number or sum below."""
    joined = assignments.joined(outcomes, on=("unit_id", "experiment"))
    columns = [number(joined[name]) for name in measured_by(metric, outcomes)]
    known = functools.reduce(operator.and_, (column.notnull() for column in columns))
    rows = joined.filter(known & joined[CLUSTER].notnull()).select(
        cluster=joined[CLUSTER],
        above=columns[0],
        below=columns[-1] if len(columns) > 1 else ibis.literal(1.0),
    )
    return rows.group_by("cluster").agg(above=rows.above.sum(), below=rows.below.sum())


def _base(metric: Metric, values: ir.Table) -> Moments:
    """The metric over these rows; a ratio with the variance of its delta method."""
    is_ratio = "below" in values.columns
    figures = {"n": values.count(), "mean": values.above.mean(), "variance": values.above.var(how="sample")}
    if is_ratio:
        figures["mean_below"], figures["variance_below"] = values.below.mean(), values.below.var(how="sample")
        figures["covariance"] = values.above.cov(values.below, how="sample")
    (row,) = values.agg(**figures).to_pyarrow().to_pylist()
    if row["n"] < 2:
        raise SettingsError([f"outcomes hold fewer than two values of {metric.name}: no base to plan from."])
    if not is_ratio:
        return Moments(row["n"], row["mean"], row["variance"])
    base = ratio_moments(
        PairMoments(
            n=row["n"],
            numerator=row["mean"],
            denominator=row["mean_below"],
            numerator_variance=row["variance"],
            denominator_variance=row["variance_below"],
            covariance=row["covariance"],
        )
    )
    if base is None:
        raise SettingsError([f"the denominator of {metric.name} is 0 in outcomes: no base to plan from."])
    return base


def _units(metric: Metric, base: Moments, worth: float, rates: tuple[float, float], *, shares: bool) -> float:
    signed = -abs(worth) if metric.good == "lower" else abs(worth)
    if shares:
        return units_for_shares(base.mean, signed, *rates)
    return units_for_means(base.variance, signed, *rates)
