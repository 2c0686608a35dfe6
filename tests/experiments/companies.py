"""The experiments of a sample company as observations: the engine's cells, made by numpy and fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency

from helpers import experiments, metrics, sample
from helpers.experiments.observations.aggregates import Observations, VariantDay
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust.checks import Diagnostics
from helpers.experiments.trust.interference import Overlap, interaction
from helpers.experiments.verdict.readout import Readout, conclude

from .conftest import moments, share

AS_OF = date(2026, 11, 22)
KEYS = ["variant", "day", "region", "segment", "platform"]


@dataclass(frozen=True)
class Trials:
    """The experiments of the company of one seed; `null` is the company in which nothing works."""

    seed: int
    null: bool = False

    def readout(self, experiment: str) -> Readout:
        """The readout of one experiment by its shipped protocol."""
        diagnostics = Diagnostics(overlaps=self.overlaps(experiment))
        return conclude(experiments.load_protocol(experiment), self.observed(experiment), diagnostics)

    def observed(self, experiment: str) -> Observations:
        """The observations of one experiment, from its units or its daily totals."""
        if experiment in self._units:
            return _aggregated(self._units[experiment])
        rows = self._table("totals").query("experiment == @experiment")
        cells = [
            VariantDay(arm, day, trials, trials, {"conversion": share(successes, trials)})
            for arm, day, successes, trials in zip(
                rows["variant"], rows["date"].dt.date, rows["numerator"], rows["denominator"], strict=True
            )
        ]
        return Observations.of(cells, {"conversion"})

    def overlaps(self, experiment: str) -> tuple[Overlap, ...]:
        """What the experiment that shares its units does to it: the one that its protocol excludes."""
        plan = experiments.load_protocol(experiment)
        return tuple(_pair(plan, self._units[experiment], self._units[name]) for name in plan.exclusive_with)

    @cached_property
    def _units(self) -> Mapping[str, pd.DataFrame]:
        """One row a unit of each experiment: both tables have them in the same order."""
        assigned, outcomes = self._table("assignments"), self._table("outcomes")
        keys = ["experiment", "unit_id"]
        assert assigned[keys].equals(outcomes[keys])
        both = assigned.join(outcomes.drop(columns=keys))
        both["day"] = both["assigned_at"].dt.floor("D")
        return {str(name): rows for name, rows in both.groupby("experiment")}

    def _table(self, name: str) -> pd.DataFrame:
        return sample.table(name, as_of=AS_OF, seed=self.seed, null=self.null)


def _aggregated(units: pd.DataFrame) -> Observations:
    covariates = tuple(name for name in units.columns if name.startswith("pre_"))
    columns = (*(name for name in metrics.catalogue() if name in units.columns), *covariates)
    groups = units.groupby(KEYS)
    cell = groups.ngroup().to_numpy()
    first = groups.head(1).sort_values(KEYS)
    in_order = np.argsort(cell, kind="stable")
    values = units[list(columns)].to_numpy(dtype=float)[in_order]
    n = np.bincount(cell)
    starts = np.cumsum(n) - n
    means = np.add.reduceat(values, starts) / n[:, None]
    gaps = values - means[cell[in_order]]
    squares = np.add.reduceat(gaps[:, :, None] * gaps[:, None, :], starts)
    return Observations(
        variant=first["variant"].to_numpy(dtype=np.str_),
        day=first["day"].to_numpy().astype("datetime64[D]"),
        parts={part: first[part].to_numpy(dtype=np.str_) for part in KEYS[2:]},
        units=n,
        with_outcome=n,
        columns=columns,
        n=np.repeat(n[:, None].astype(float), len(columns), axis=1),
        means=means,
        covariances=squares / np.maximum(n - 1, 1)[:, None, None],
        shares=frozenset(name for name in columns if units[name].dtype == bool),
        covariates=covariates,
    )


def _pair(plan: Protocol, own: pd.DataFrame, theirs: pd.DataFrame) -> Overlap:
    both = own.merge(theirs[["unit_id", "experiment", "variant"]], on="unit_id", suffixes=("", "_other"))
    four = {
        (str(mine), str(other)): moments(rows[plan.primary].to_numpy(dtype=float))
        for (mine, other), rows in both.groupby(["variant", "variant_other"])
    }
    arms = plan.control, plan.treatment
    counts = [[four[mine, other].n for other in arms] for mine in arms]
    one = interaction(four, arms, arms, plan.level)
    return Overlap(
        other=str(both["experiment_other"].iloc[0]),
        shared=len(both),
        p_independent=float(chi2_contingency(counts, correction=False).pvalue),
        interactions=(one,) if one else (),
    )
