"""What the units of an experiment did, as counts, means and covariances by variant, day and part.

Nothing here knows where the figures come from: `unit_tables` and `daily_totals` bring them out of the engine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from helpers.findings import NoData
from helpers.stats import Joint, Moments, pooled_joint
from helpers.stats.moments import Floats

Mask = NDArray[np.bool_]

DAYS_TOGETHER = 7
NUMERATOR, DENOMINATOR = ".numerator", ".denominator"
"""Endings of the two columns of a ratio metric."""
KNOWN = ".known"
"""Ending of the column that tells of clusters for which part of its units a metric is known."""
NOT_KNOWN = "not known"
"""The part of units for whom it is not told."""


@dataclass(frozen=True)
class VariantDay:
    """The units of one variant that were assigned on one day (`day` is None without dates).

    `followed` are those of the `assigned` for whom there is an outcome; `metrics` holds their moments,
    `covariances` those of two of them where they are known, `parts` where the units belong (region, segment,
    platform).
    """

    variant: str
    day: date | None
    assigned: int
    followed: int
    metrics: Mapping[str, Moments]
    parts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    covariances: Mapping[tuple[str, str], float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class DayCoverage:
    """On how many days a metric of daily totals is known in every arm, of how many days there are."""

    days: int
    of: int


@dataclass(frozen=True, eq=False)
class Observations:
    """All cells of one experiment, column by column; `shares` are the metrics that are 0 or 1 for each unit.

    `known_before` counts the units with a value of each covariate, where that was looked at.
    `pooled` counts the units of each variant that is read as one arm with others.
    `crossed` units stood in two variants and were left out; `early` had their outcome measured before they
    were assigned (units, also where clusters count); `beyond` were assigned after the plan was met, and do
    not count. `day_coverage` tells of daily totals on how many days each metric is known. `followed_for` is
    the mean of days from assignment to outcome, None where the data do not tell. `known_until` is the last
    day that the tables know of, of any experiment: it moves on where nobody is assigned to this one.
    """

    variant: NDArray[np.str_]
    day: NDArray[np.datetime64]
    parts: Mapping[str, NDArray[np.str_]]
    units: NDArray[np.int64]
    with_outcome: NDArray[np.int64]
    columns: tuple[str, ...]
    n: Floats
    means: Floats
    covariances: Floats
    shares: frozenset[str]
    covariates: tuple[str, ...] = ()
    known_before: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    pooled: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    crossed: int = 0
    early: int = 0
    beyond: int = 0
    day_coverage: Mapping[str, DayCoverage] = field(default_factory=lambda: MappingProxyType({}))
    followed_for: Floats | None = None
    known_until: date | None = None

    @classmethod
    def of(cls, cells: Iterable[VariantDay], shares: Iterable[str]) -> Observations:
        """Observations from single cells, with those covariances between metrics that they know.

        >>> clicks = {"clicked": Moments(500, 0.1, 0.09)}
        >>> days = [VariantDay(arm, None, 500, 500, clicks) for arm in ("control", "treatment")]
        >>> Observations.of(days, {"clicked"}).assigned("control")
        500
        """
        listed = tuple(cells)
        columns = tuple(dict.fromkeys(name for cell in listed for name in cell.metrics))
        empty = Moments(0, 0.0, 0.0)
        moments = [[cell.metrics.get(name, empty) for name in columns] for cell in listed]
        covariances = np.full((len(listed), len(columns), len(columns)), np.nan)
        for at, row in enumerate(moments):
            np.fill_diagonal(covariances[at], [each.variance for each in row])
            for (one, other), value in listed[at].covariances.items():
                pair = [columns.index(one), columns.index(other)]
                covariances[at, pair, pair[::-1]] = value
        shape = len(listed), len(columns)
        return cls(
            variant=np.array([cell.variant for cell in listed], dtype=np.str_),
            day=np.array([cell.day for cell in listed], dtype="datetime64[D]"),
            parts={
                name: np.array([cell.parts.get(name, NOT_KNOWN) for cell in listed], dtype=np.str_)
                for name in dict.fromkeys(name for cell in listed for name in cell.parts)
            },
            units=np.array([cell.assigned for cell in listed], dtype=np.int64),
            with_outcome=np.array([cell.followed for cell in listed], dtype=np.int64),
            columns=columns,
            n=np.array([[each.n for each in row] for row in moments], dtype=float).reshape(shape),
            means=np.array([[each.mean for each in row] for row in moments], dtype=float).reshape(shape),
            covariances=covariances,
            shares=frozenset(shares),
        )

    @property
    def variants(self) -> tuple[str, ...]:
        """Every variant that units were assigned to, planned or not."""
        return tuple(sorted(map(str, np.unique(self.variant))))

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric that was measured."""
        names = (
            name.removesuffix(NUMERATOR).removesuffix(DENOMINATOR)
            for name in self.columns
            if name not in self.covariates and not name.endswith(KNOWN)
        )
        return tuple(dict.fromkeys(names))

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The days on which units were assigned, in order; none without dates."""
        known = np.unique(self.day[~np.isnat(self.day)])
        return tuple(known.astype(object))

    @property
    def undated(self) -> int:
        """Units without a day of assignment."""
        return int(self.units[np.isnat(self.day)].sum())

    @property
    def days_followed(self) -> float:
        """Days from the assignment of an average unit to its outcome; nan where the data do not tell."""
        if self.followed_for is None:
            return math.nan
        known = np.isfinite(self.followed_for) & (self.with_outcome > 0)
        if not known.any():
            return math.nan
        return float(np.average(self.followed_for[known], weights=self.with_outcome[known]))

    def assigned(self, variant: str) -> int:
        """Units assigned to a variant."""
        return int(self.units[self.variant == variant].sum())

    def followed(self, variant: str) -> int:
        """Units of a variant for whom there is an outcome."""
        return int(self.with_outcome[self.variant == variant].sum())

    def moments(self, variant: str, metric: str) -> Moments:
        """The moments of one metric over all units of a variant."""
        return self.joint(variant).of(metric) if metric in self.columns else Moments(0, 0.0, 0.0)

    def joint(self, variant: str) -> Joint:
        """Counts, means and covariances of every column over all units of a variant."""
        if variant not in self._joints:
            self._joints[variant] = self._pooled(self.variant == variant)
        return self._joints[variant]

    def joint_of_all(self, variants: Iterable[str]) -> Joint:
        """The same over all units of these variants together."""
        return self._pooled(np.isin(self.variant, list(variants)))

    def until(self, day: date, *, undated: bool = False) -> Observations:
        """The units assigned up to and on that day, and those without a date if wanted."""
        kept = self.day <= np.datetime64(day)
        then = self._kept(kept | np.isnat(self.day) if undated else kept)
        return replace(then, known_until=min(self.known_until, day)) if self.known_until else then

    def on(self, days: Iterable[date]) -> Observations:
        """The units assigned on those days."""
        return self._kept(np.isin(self.day, np.array(list(days), dtype="datetime64[D]")))

    def within(self, part: str, value: str) -> Observations:
        """The units of one region, segment or platform."""
        return self._kept(self.parts[part] == value)

    def values(self, part: str) -> tuple[str, ...]:
        """The regions, segments or platforms there are."""
        return tuple(sorted(map(str, np.unique(self.parts[part]))))

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

    @cached_property
    def _joints(self) -> dict[str, Joint]:
        return {}

    def _pooled(self, kept: Mask) -> Joint:
        return pooled_joint(self.columns, self.n[kept], self.means[kept], self.covariances[kept])

    def _kept(self, kept: Mask) -> Observations:
        return replace(
            self,
            variant=self.variant[kept],
            day=self.day[kept],
            parts={name: values[kept] for name, values in self.parts.items()},
            units=self.units[kept],
            with_outcome=self.with_outcome[kept],
            followed_for=None if self.followed_for is None else self.followed_for[kept],
            n=self.n[kept],
            means=self.means[kept],
            covariances=self.covariances[kept],
        )


def several_weeks(observed: Observations) -> tuple[tuple[date, ...], ...]:
    """The days of assignment in weeks, where there is a course over time to tell.

    Raises:
        NoData: the units have no dates, or all lie within a week.
    """
    if not observed.days:
        raise NoData("No course over time: the units have no day of assignment; fill in assigned_at.")
    if len(observed.weeks) < 2:
        raise NoData("No course over time: all units were assigned within a week.")
    return observed.weeks
