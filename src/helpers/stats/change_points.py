"""Change points: where a series of days, or of months, takes another level; nothing is known of any event.

Simulated: of series without a change (120 to 730 days; 0.2 to 200 a day, overdispersed, neighbours correlated
up to .8, seasons of 30 %, fourfold growth; shares of few and of many) 0 to 0.5 % show one, in the worst case
(two answers a day, nine in ten alike) 1.2 %. A lasting change of 3.3 times the scatter of a day is found in
every series, and placed within the seven days from its first on in 92 %; one of 2.5 times in 96 and 83 %,
most others a day or two early; one of 3.3 times that lasts nine days in 96 and 75 %. What takes four weeks is
a change, what takes eight or more (growth along a curve) is none in 93 to 100 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

THRESHOLD = 5.0
"""How many times the usual a change of level must be: one in a hundred series without a change has one."""

OUTLYING = 4.0
"""A single value counts at most so many times the usual distance from its like: a day is no level."""

AROUND = 4
"""Cycles before and after a value whose like values tell what is usual for it."""

LONG_ENOUGH = 8
"""A series must be so many times as long as a window, or what is usual within it is not known."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ChangePoint:
    """A place from which on a series has another level.

    Attributes:
        at: the position of the first value at the new level.
        before: the level in the window before, what the cycle does taken out.
        after: the level in the window from there on.
        times_usual: how many times larger the change is than such changes usually are in this series, below 0
            for a fall.
    """

    at: int
    before: float
    after: float
    times_usual: float


def change_points(
    sums: ArrayLike,
    sizes: ArrayLike | None = None,
    *,
    windows: Sequence[int] = (7, 14, 28),
    cycle: int = 7,
) -> tuple[ChangePoint, ...]:
    """Where a series takes another level, in the order of time: moving sums over several windows.

    The level of the window after each place less that of the window before, divided by how large such
    differences usually are in the series (from their median, and not less than independent days would make
    them), so that noise, days that resemble their neighbours, growth and seasons all count as usual
    (Eichinger & Kirch 2018, Bernoulli 24, "A MOSUM procedure for the estimation of multiple random change
    points"). What is larger than five times the usual is a change; the shortest window that sees it places
    it (Messer and others 2014, Annals of Applied Statistics 8, "A multiple filter test"), on the day that
    splits its window best by least squares. What a straight line tells better is growth, and no change.

    Args:
        sums: what was counted on each day, or the sum of what was measured; none is left out.
        sizes: of how many each is the sum, where the level is their mean; without, the level is the sum.
        windows: how many values a level is taken over, the shortest first, each a multiple of the cycle.
        cycle: the length of a pattern that repeats itself: 7 for days of the week, 1 for none.

    Returns:
        The changes found; none in a series that is shorter than eight times the shortest window.

    Example:
        >>> from helpers import stats
        >>> week = (48, 47, 46, 45, 44, 26, 24)
        >>> tickets = [n + (n // 2) * (day >= 70) + (day * 7) % 5 for day, n in enumerate(20 * week)]
        >>> [(found.at, round(found.before), round(found.after)) for found in stats.change_points(tickets)]
        [(70, 42, 61)]

    Raises:
        ValueError: sums and sizes differ in length, or a window is no multiple of the cycle.
    """
    total, size = np.asarray(sums, float), None if sizes is None else np.asarray(sizes, float)
    if size is not None and size.size != total.size:
        raise ValueError(f"len(sizes) == {size.size}, must be {total.size}.")
    if any(window % cycle for window in windows):
        raise ValueError(f"windows == {tuple(windows)}, must be multiples of {cycle}.")
    if not np.any(total if size is None else size):
        return ()
    series = _Series.of(total, size, cycle)
    found: dict[int, ChangePoint] = {}
    for window in windows:
        if LONG_ENOUGH * window <= total.size:
            _find(series, window, (min(windows), max(windows)), found)
    return tuple(found[at] for at in sorted(found))


def _find(series: _Series, window: int, extremes: tuple[int, int], found: dict[int, ChangePoint]) -> None:
    """Add the changes that this window sees away from those of shorter ones, the largest first.

    `extremes` are the shortest and the longest window.
    """
    apart, longest = extremes
    times_usual = series.times_usual(window)
    places = np.arange(window, len(series.levels) - window + 1)
    free = np.abs(times_usual) > THRESHOLD
    for at in found:
        free &= np.abs(places - at) >= window
    while free.any():
        largest = int(np.argmax(np.where(free, np.abs(times_usual), 0.0)))
        at = series.split(int(places[largest]), window)
        free &= np.abs(places - places[largest]) >= window
        if all(abs(at - other) >= apart for other in found) and series.is_step(at, 2 * longest):
            before, after = series.mean(at - window, at), series.mean(at, at + window)
            found[at] = ChangePoint(at, before, after, float(times_usual[largest]))


@dataclass(frozen=True)
class _Series:
    """Levels without outlying values, their sizes, and the levels without what the cycle does.

    `scatter` is how far single values of one place in the cycle lie apart, in standard deviations of a count
    (Poisson), or of what a mean is taken of.
    """

    levels: Floats
    sizes: Floats
    steady: Floats
    scatter: float
    counts: bool

    @classmethod
    def of(cls, sums: Floats, sizes: Floats | None, cycle: int) -> _Series:
        counts = sizes is None
        known = np.ones_like(sums) if sizes is None else sizes
        raw = np.where(known > 0, sums / np.where(known > 0, known, 1.0), np.nan)
        levels = np.nan_to_num(_without_outlying(raw, known, cycle, counts=counts))
        steady = _without_cycle(levels, known, cycle, counts=counts)
        return cls(levels, known, steady, _scatter(levels, known, cycle, counts=counts), counts)

    def times_usual(self, window: int) -> Floats:
        """The change of level at each place where both windows fit, in terms of what is usual."""
        size = np.convolve(self.sizes, np.ones(window), "valid")
        level = np.convolve(self.sizes * self.levels, np.ones(window), "valid") / np.maximum(size, 1e-9)
        changes = _standardized(level, size, window, counts=self.counts)
        usual = max(_usual_distance(changes), self.scatter)
        return changes / usual if usual > 0 else np.zeros_like(changes)

    def split(self, at: int, window: int) -> int:
        """The place within a window of `at` that best parts what lies before from what lies after."""
        near = slice(at - window, at + window)
        size, total = np.cumsum(self.sizes[near]), np.cumsum(self.sizes[near] * self.steady[near])
        before, after = size[:-1], size[-1] - size[:-1]
        least = 1e-9  # a side without any size parts nothing
        gap = total[:-1] / np.maximum(before, least) - (total[-1] - total[:-1]) / np.maximum(after, least)
        return at - window + 1 + int(np.argmax(before * after * gap**2))

    def is_step(self, at: int, span: int) -> bool:
        """Whether two levels tell what lies up to `span` around a place better than a straight line does."""
        near = slice(max(at - span, 0), at + span)
        size, level = self.sizes[near], self.steady[near]
        place = np.arange(level.size, dtype=float)
        before = place < at - near.start
        step, line = (_explained(level, size, shape) for shape in (before.astype(float), place))
        return step > line

    def mean(self, start: int, stop: int) -> float:
        """The level of a stretch, as far as there is any."""
        near = slice(max(start, 0), stop)
        size = max(float(np.sum(self.sizes[near])), 1e-9)
        return float(np.sum(self.sizes[near] * self.steady[near])) / size


def _explained(levels: Floats, sizes: Floats, shape: Floats) -> float:
    """How much of the squared distances of levels from their mean a shape explains (weighted regression)."""
    weights = sizes / max(float(np.sum(sizes)), 1e-9)
    x, y = shape - np.sum(weights * shape), levels - np.sum(weights * levels)
    return float(np.sum(weights * x * y)) ** 2 / max(float(np.sum(weights * x * x)), 1e-12)


def _standardized(level: Floats, size: Floats, lag: int, *, counts: bool) -> Floats:
    """Each level less the one `lag` before it, over the square root of what its variance is proportional to.

    The variance of a count grows with it; that of a mean falls with the number that it is of. What has no
    size has not changed.
    """
    variance = (np.maximum(level, 1e-9) if counts else 1.0) / np.maximum(size, 1e-9)
    known = (size[:-lag] > 0) & (size[lag:] > 0)
    changes: Floats = (level[lag:] - level[:-lag]) / np.sqrt(variance[:-lag] + variance[lag:])
    return np.where(known, changes, 0.0)


def _scatter(levels: Floats, sizes: Floats, cycle: int, *, counts: bool) -> float:
    """How far values one cycle apart lie from each other; no count varies less than by chance (Poisson)."""
    changes = _standardized(levels, sizes, cycle, counts=counts)
    return max(float(np.sqrt(np.mean(changes**2))), 1.0 if counts else 0.0)


def _without_outlying(levels: Floats, sizes: Floats, cycle: int, *, counts: bool) -> Floats:
    """The levels, each drawn in to where its like (the same weekday in the weeks around) may lie."""
    edge, place = np.full(AROUND * cycle, np.nan), np.arange(len(levels))
    padded = np.concatenate([edge, levels, edge])
    # As many cycles after as before, so that near an end a new level is not taken for outlying.
    reach = np.minimum(place, len(levels) - 1 - place) // cycle
    alike = np.stack(
        [
            np.where(abs(k) <= reach, padded[(AROUND + k) * cycle :][: len(levels)], np.nan)
            for k in range(-AROUND, AROUND + 1)
        ]
    )
    alike[:, np.isnan(alike).all(axis=0)] = 0.0
    usual = np.nanmedian(alike, axis=0)
    spread = np.sqrt(np.maximum(usual, 0.25) if counts else 1 / np.maximum(sizes, 1))
    distances = (levels - usual) / spread
    # Where most are alike, nothing tells how far is far.
    most = OUTLYING * _usual_distance(distances) or np.inf
    drawn_in: Floats = usual + np.clip(distances, -most, most) * spread
    return drawn_in


def _without_cycle(levels: Floats, sizes: Floats, cycle: int, *, counts: bool) -> Floats:
    """The levels without what each day of the cycle adds to a mean, or multiplies a count by."""
    phase = np.arange(len(levels)) % cycle
    size = np.bincount(phase, sizes)
    usual: Floats = np.bincount(phase, sizes * levels) / np.maximum(size, 1e-9)
    whole = float(np.sum(sizes * levels) / np.sum(sizes))
    if not counts:
        return levels - (usual - whole)[phase]
    return levels * (whole / np.where(usual > 0, usual, whole or 1.0))[phase]


def _usual_distance(values: Floats) -> float:
    """A standard deviation that a few large values do not move; a normal's median lies at .67 of it."""
    return float(np.nanmedian(np.abs(values))) / 0.6745
