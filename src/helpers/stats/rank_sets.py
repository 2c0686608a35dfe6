"""How sure the order of many estimates is: the ranks that each of them may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.stats.estimates import check_level

Floats = NDArray[np.float64]
Pairs = NDArray[np.bool_]

_DRAWS, _SEED = 2000, 20240610
_AT_ONCE = 4_000_000
"""Numbers held at once, so that 200 estimates take megabytes and not gigabytes."""


@dataclass(frozen=True)
class RankSet:
    """The ranks that one estimate may have, 1 for the largest.

    Attributes:
        first: the best rank of the set.
        last: the worst rank of the set.

    Example:
        >>> from helpers import stats
        >>> stats.RankSet(1, 1).is_one, stats.RankSet(1, 3).is_one
        (True, False)
    """

    first: int
    last: int

    @property
    def is_one(self) -> bool:
        """Whether the rank is known."""
        return self.first == self.last


def rank_sets(values: Sequence[float], errors: Sequence[float], level: float = 0.95) -> tuple[RankSet, ...]:
    """The ranks that all of these may have at once (Mogstad, Romano, Shaikh & Wilhelm 2024).

    All differences of two are tested together, step by step: those that stand out from the largest of all
    chance differences are taken away, and the rest are compared with the largest among themselves. A set is
    as wide as the number of others that it cannot be told from.

    Args:
        values: independent estimates of one unit.
        errors: their standard errors, 0 or more, in that unit.
        level: how often all sets together hold the true ranks, between 0 and 1.

    Returns:
        A set of ranks for each, in the order given. Drawn from a fixed seed: the same numbers give the same.

    Raises:
        ValueError: lengths that differ, an error below 0 or not finite, or a level outside 0 to 1.

    Example:
        >>> from helpers import stats
        >>> stats.rank_sets([0.37, 0.21, 0.22], [0.01, 0.01, 0.01])
        (RankSet(first=1, last=1), RankSet(first=2, last=3), RankSet(first=2, last=3))
    """
    return _sets(values, errors, level, own=False)


def marginal_rank_sets(
    values: Sequence[float], errors: Sequence[float], level: float = 0.95
) -> tuple[RankSet, ...]:
    """The ranks that each of these may have, by itself (Mogstad, Romano, Shaikh & Wilhelm 2024).

    As `rank_sets`, with the differences of one estimate from all others tested together: for whoever asks
    about one market that was chosen beforehand.

    Args:
        values: independent estimates of one unit.
        errors: their standard errors, 0 or more, in that unit.
        level: how often the set of one holds its true rank, between 0 and 1.

    Returns:
        A set of ranks for each, in the order given; never wider than that of `rank_sets`.

    Raises:
        ValueError: lengths that differ, an error below 0 or not finite, or a level outside 0 to 1.

    Example:
        >>> from helpers import stats
        >>> stats.marginal_rank_sets([0.37, 0.21, 0.22], [0.01, 0.01, 0.01])[0]
        RankSet(first=1, last=1)
    """
    return _sets(values, errors, level, own=True)


def _sets(
    values: Sequence[float], errors: Sequence[float], level: float, *, own: bool
) -> tuple[RankSet, ...]:
    check_level(level)
    value, error = np.asarray(values, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if value.shape != error.shape:
        raise ValueError(f"len(values), len(errors) == {len(values)}, {len(errors)}, must be equal.")
    if not (np.isfinite(error).all() and np.isfinite(value).all() and (error >= 0).all()):
        raise ValueError(f"errors == {list(errors)}, must be finite and >= 0, as values must be finite.")
    if len(value) < 2:
        return tuple(RankSet(1, 1) for _ in value)
    gaps = value[:, None] - value[None, :]
    apart = _told_apart(gaps, error, level, own=own)
    below, above = (apart & (gaps < 0)).sum(axis=1), (apart & (gaps > 0)).sum(axis=1)
    return tuple(RankSet(1 + int(down), len(value) - int(up)) for down, up in zip(below, above, strict=True))


def _told_apart(gaps: Floats, error: Floats, level: float, *, own: bool) -> Pairs:
    """Which pairs differ by more than chance: those of each row together, or all together."""
    spread = np.hypot(error[:, None], error[None, :])
    with np.errstate(divide="ignore", invalid="ignore"):
        # Two without any error differ, or are one.
        size = np.where(spread > 0, np.abs(gaps) / spread, np.where(gaps == 0, 0.0, np.inf))
    apart: Pairs = np.zeros(gaps.shape, dtype=bool)
    while True:
        critical = _critical(error, spread, ~apart, level, own=own)
        more = (size > critical[:, None]) & ~apart
        if not more.any():
            return apart
        apart |= more


def _critical(error: Floats, spread: Floats, left: Pairs, level: float, *, own: bool) -> Floats:
    """What the largest chance difference among the pairs that are left exceeds in 1 - level of draws."""
    rng = np.random.default_rng(_SEED)
    n = len(error)
    divisor = np.where(left & (spread > 0), spread, np.inf)
    largest = np.empty((_DRAWS, n))
    step = max(1, _AT_ONCE // (n * n))
    for start in range(0, _DRAWS, step):
        drawn = rng.standard_normal((min(step, _DRAWS - start), n)) * error
        chance = np.abs(drawn[:, :, None] - drawn[:, None, :]) / divisor
        largest[start : start + step] = chance.max(axis=2)
    if own:
        return np.quantile(largest, level, axis=0)
    return np.full(n, np.quantile(largest.max(axis=1), level))
