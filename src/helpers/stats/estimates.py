"""The typed results that statistics return, tables and charts draw, and findings word."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist


@dataclass(frozen=True)
class Estimate:
    """One estimated quantity with its interval.

    `low` and `high` are limits at `level`; `se` the standard error, 0 or more; `n` the answers, units or
    trials behind it; `method` names the interval. An estimate without interval has `low` = `high` = None.
    """

    value: float
    se: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    method: str


@dataclass(frozen=True)
class Difference:
    """This less that, with interval at `level` and two-sided p; `p` is None where no test stands."""

    value: float
    se: float | None
    low: float
    high: float
    level: float
    p: float | None
    method: str


@dataclass(frozen=True)
class Point:
    """One estimate of a series; `at` is what the axis says (`2026 Q3`), None where there are no data."""

    at: str
    estimate: Estimate | None


@dataclass(frozen=True)
class Series:
    """Estimates in the order of time, oldest first."""

    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Comparison:
    """One row of a comparison: this estimate, the one it is compared with, and the difference.

    `clear` says that the test of the difference holds after correction over its list;
    `focus` marks the row that the page is about.
    """

    label: str
    now: Estimate | None
    reference: Estimate | None = None
    difference: Difference | None = None
    p_adjusted: float | None = None
    clear: bool = False
    focus: bool = False

    @property
    def above(self) -> bool:
        """Clearly higher than what it is compared with."""
        return self.clear and self.difference is not None and self.difference.value > 0

    @property
    def below(self) -> bool:
        """Clearly lower than what it is compared with."""
        return self.clear and self.difference is not None and self.difference.value < 0


@dataclass(frozen=True)
class Group:
    """Rows that share one reference line (`All regions 29`)."""

    title: str
    rows: tuple[Comparison, ...]
    reference_label: str = ""
    reference: Estimate | None = None


def z_value(level: float) -> float:
    """The normal quantile of a two-sided interval: 1.959964 for 0.95.

    Raises:
        ValueError: level lies outside 0 to 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level == {level}, must be > 0 and < 1.")
    return NormalDist().inv_cdf(0.5 + level / 2)


def two_sided_p(z: float) -> float:
    """Two-sided p of a standard normal statistic."""
    return math.erfc(abs(z) / math.sqrt(2))


def difference(now: Estimate, reference: Estimate) -> Difference:
    """Difference of two independent estimates from their standard errors (Wald).

    The interval and the p agree: the interval excludes 0 exactly when p < 1 - level. With both standard
    errors 0 there is no test: p is None and the interval is the difference itself.

    Raises:
        ValueError: an estimate has no standard error.
    """
    if now.se is None or reference.se is None:
        raise ValueError("difference needs standard errors: an estimate without interval has none.")
    value = now.value - reference.value
    se = math.hypot(now.se, reference.se)
    half = z_value(now.level) * se
    p = two_sided_p(value / se) if se > 0 else None
    return Difference(value, se, value - half, value + half, now.level, p, "Wald")


def nested_difference(now: Difference, then: Difference) -> Difference | None:
    """How far an estimate has moved since it was made from a part of the same data, with a normal interval.

    What came in since is independent of what was there, so that the variances differ by that of the change
    (independent increments). None where the part tells no less than the whole.
    """
    variance = (then.se or 0.0) ** 2 - (now.se or 0.0) ** 2
    if variance <= 0:
        return None
    value, se = now.value - then.value, math.sqrt(variance)
    half = z_value(now.level) * se
    return Difference(value, se, value - half, value + half, now.level, two_sided_p(value / se), "nested")
