"""Tests that are looked at more than once: boundaries, early stops, and intervals for any time.

Group sequential tests stand on one recursion (Armitage, McPherson & Rowe 1969): the density of the score
statistic among the courses that have not yet crossed a boundary, carried from look to look on a grid.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from helpers.stats.moments import Floats

GRID_POINTS = 401
"""Points of the grid between two boundaries; Simpson's rule then errs by less than 1e-6 in the bounds."""
FARTHEST = 8.0
"""Standard errors beyond which nothing is looked for."""


@dataclass(frozen=True, eq=False)
class _Course:
    """Those not stopped at a look: their information, score statistics, and null density times weights."""

    information: float
    scores: Floats
    masses: Floats

    def above(self, bound: float, information: float, drift: float) -> float:
        """Chance to reach a score of `bound` or more at the next look (information so far), under a drift."""
        step = information - self.information
        # Under a drift each course is so many times likelier than without: one density serves every drift.
        tilted = self.masses * np.exp(drift * self.scores - drift**2 * self.information / 2)
        return float(tilted @ ndtr((self.scores + drift * step - bound) / math.sqrt(step)))

    def carried(self, bound: float, information: float) -> _Course:
        """Those who stay strictly between -bound and bound at the next look."""
        step = information - self.information
        scores = np.linspace(-bound, bound, GRID_POINTS)
        # Each score so far is left by a normal step whose variance is the information gained.
        gaps = scores[:, None] - self.scores[None, :]
        density = np.exp(-(gaps**2) / (2 * step)) @ self.masses / math.sqrt(2 * math.pi * step)
        return _Course(information, scores, density * _simpson(2 * bound))


_START = _Course(0.0, np.zeros(1), np.ones(1))


@lru_cache(maxsize=256)
def boundaries(information: tuple[float, ...], alpha: float = 0.05) -> tuple[float, ...]:
    """Two-sided critical values by O'Brien-Fleming-like spending (Lan & DeMets 1983), one a look.

    The spending function is 4 - 4 Phi(z(1 - alpha / 4) / sqrt(t)).

    Args:
        information: shares of the planned information at the looks actually taken, rising; a share of 1 or
            more has spent all of alpha.
        alpha: the chance, over all looks, to cross a boundary without an effect.

    Returns:
        The z value, in standard errors, from which each look may stop; a look that spends next to nothing has
        the critical value 8.

    Raises:
        ValueError: no look, shares that do not rise or are not above 0, or alpha outside 0 to 1.

    Example:
        Five equal looks, as published.

        >>> from helpers import stats
        >>> [round(z, 3) for z in stats.boundaries((0.2, 0.4, 0.6, 0.8, 1.0))]
        [4.877, 3.357, 2.68, 2.29, 2.031]
    """
    _check_rising(information)
    _check_alpha(alpha)
    course, spent, found = _START, 0.0, []
    for share in information:
        # Both sides together spend 4 - 4 Phi(..), written by the lower tail, which does not cancel.
        spend = 4 * float(ndtr(ndtri(alpha / 4) / math.sqrt(min(share, 1.0))))
        critical = _critical(course, share, (spend - spent) / 2)
        course, spent = course.carried(critical * math.sqrt(share), share), max(spend, spent)
        found.append(critical)
    return tuple(found)


def median_unbiased(z: float, information: Sequence[float], criticals: Sequence[float]) -> float:
    """The z value, at the last look, of the drift that an early stop does not exaggerate.

    Stagewise ordering (Tsiatis, Rosner & Mehta 1984; Jennison & Turnbull 2000, section 8.4): the drift
    under which half of all courses stop at least as strongly in this direction.

    Args:
        z: the statistic at the stop, in standard errors.
        information: shares of the planned information at the looks up to the stop, rising.
        criticals: the boundaries of the looks before it, in standard errors.

    Returns:
        The corrected z: times the standard error of the last look it is the corrected estimate.

    Raises:
        ValueError: the looks do not rise, or there is not one boundary for each look before the last.

    Example:
        A test that ends just beyond the last of four boundaries, which is 2.01.

        >>> from helpers import stats
        >>> looks = (0.25, 0.5, 0.75, 1.0)
        >>> round(stats.median_unbiased(2.1, looks, stats.boundaries(looks)[:-1]), 2)
        2.06
    """
    _check_rising(tuple(information))
    if len(criticals) != len(information) - 1:
        raise ValueError(f"len(criticals) == {len(criticals)}, must be {len(information) - 1}.")
    course, courses = _START, []
    for share, critical in zip(information[:-1], criticals, strict=True):
        courses.append((course, critical * math.sqrt(share), share))
        course = course.carried(critical * math.sqrt(share), share)
    last, size = information[-1], abs(z)

    def excess(drift: float) -> float:
        # To stop earlier counts as stronger than any statistic at the last look.
        earlier = sum(before.above(bound, share, drift) for before, bound, share in courses)
        return earlier + course.above(size * math.sqrt(last), last, drift) - 0.5

    scale = math.sqrt(last)
    drift = float(brentq(excess, -FARTHEST / scale, (size + FARTHEST) / scale, xtol=1e-9))
    return math.copysign(1.0, z) * drift * scale


def _critical(course: _Course, share: float, tail: float) -> float:
    """The bound that so small a part of the course reaches on each side."""
    scale = math.sqrt(share)
    # Nothing to spend, or so little that even the farthest bound spends more.
    if tail <= 0 or course.above(FARTHEST * scale, share, 0.0) >= tail:
        return FARTHEST
    return float(brentq(lambda c: course.above(c * scale, share, 0.0) - tail, 0.0, FARTHEST, xtol=1e-10))


def _simpson(width: float) -> Floats:
    """Weights of the grid's points in an integral over its width: 1 4 2 4 .. 2 4 1 thirds of a step."""
    weights = np.full(GRID_POINTS, 2.0)
    weights[1::2] = 4.0
    weights[[0, -1]] = 1.0
    return weights * width / (GRID_POINTS - 1) / 3


def _check_rising(information: tuple[float, ...]) -> None:
    rising = all(low < high for low, high in zip((0.0, *information), information, strict=False))
    if not information or not rising:
        raise ValueError(f"information == {information}, must rise from above 0.")


def anytime_critical(n: int, tuned_at: int, alpha: float = 0.05) -> float:
    """Standard errors to either side so that an interval holds at every look (Waudby-Smith et al. 2024).

    The asymptotic confidence sequence.

    Args:
        n: units of both arms together so far.
        tuned_at: the units near which the sequence is tightest: give the planned sample.
        alpha: the chance that the sequence ever misses the truth.

    Returns:
        The half width of the interval, in standard errors of the estimate.

    Raises:
        ValueError: n or tuned_at < 1, or alpha outside 0 to 1.

    Example:
        >>> from helpers import stats
        >>> [round(stats.anytime_critical(n, 10_000), 2) for n in (1_000, 10_000, 100_000)]
        [3.86, 3.04, 3.24]
    """
    if n < 1 or tuned_at < 1:
        raise ValueError(f"n, tuned_at == {n}, {tuned_at}, must be >= 1.")
    _check_alpha(alpha)
    # A normal mixture over effects: its evidence against zero stays below 1 / alpha within these limits.
    spread = n * _rho_squared(tuned_at, alpha)
    return math.sqrt(2 * (spread + 1) / spread * (0.5 * math.log(spread + 1) - math.log(alpha)))


def _check_alpha(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise ValueError(f"alpha == {alpha}, must be > 0 and < 1.")


def _rho_squared(tuned_at: int, alpha: float) -> float:
    """The mixture's precision that makes the sequence tightest at `tuned_at` units."""
    return (-2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha))) / tuned_at
