"""How much of a group has reached an event by a given day, when some were watched for less long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.stats.estimates import Estimate, z_value
from helpers.stats.moments import Floats


@dataclass(frozen=True)
class Reached:
    """The share that has reached the event, as a step curve from day 0.

    Attributes:
        days: the k days on which the curve steps, rising.
        share: the share reached from each of these days on, 0 to 1, k of them.
        se: its standard error.
        low: its lower limit at `level`.
        high: its upper limit at `level`.
        n: all that were watched.
        watched: the longest time any was, in days.
        level: the confidence of the limits, a fraction (0.95).
    """

    days: tuple[float, ...]
    share: tuple[float, ...]
    se: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    n: int
    watched: float
    level: float

    def by(self, day: float) -> Estimate | None:
        """The share reached by that day; None where nobody was watched for so long."""
        if day > self.watched:
            return None
        at = int(np.searchsorted(self.days, day, side="right")) - 1
        if at < 0:
            return Estimate(0.0, None, None, None, self.level, self.n, "Kaplan-Meier")
        return Estimate(
            self.share[at], self.se[at], self.low[at], self.high[at], self.level, self.n, "Kaplan-Meier"
        )

    def median(self) -> float | None:
        """The first day by which half have reached the event; None where half never have."""
        return next((day for day, share in zip(self.days, self.share, strict=True) if share >= 0.5), None)


def reached(
    days: Sequence[float], happened: Sequence[bool], counts: Sequence[int], level: float = 0.95
) -> Reached:
    """One minus the Kaplan-Meier survival curve, from counts by day (Kaplan & Meier 1958).

    Standard errors are Greenwood's (1926); limits are those of log(-log S), which stay within 0 and 1
    (Kalbfleisch & Prentice 1980).

    Args:
        days: after how many days subjects were last seen, 0 or more, in any order.
        happened: whether the event came then (True) or the watch ended (False, censored).
        counts: how many subjects that holds for.
        level: confidence of the limits, between 0 and 1.

    Returns:
        The step curve; `by(day)` reads the share reached by a day, `median()` the day by which half have.

    Raises:
        ValueError: nobody was watched, a negative number of days, or a level outside 0 to 1.

    Example:
        Of 100 users, 30 came to the feature on day 1 and 20 on day 7; 10 left unseen on day 3.

        >>> from helpers import stats
        >>> curve = stats.reached([1, 3, 7, 30], [True, False, True, False], [30, 10, 20, 40])
        >>> [round(share, 3) for share in curve.share], curve.median()
        ([0.3, 0.533], 7.0)
        >>> week = curve.by(7)
        >>> round(week.value, 3), round(week.low, 3), round(week.high, 3)
        (0.533, 0.435, 0.638)
    """
    if sum(counts) < 1:
        raise ValueError(f"sum(counts) == {sum(counts)}, must be >= 1.")
    if min(days) < 0:
        raise ValueError(f"min(days) == {min(days)}, must be >= 0.")
    steps, survival, se = _survival(days, happened, counts)
    low, high = _limits(survival, se, level)
    return Reached(
        days=tuple(steps.tolist()),
        share=tuple((1 - survival).tolist()),
        se=tuple(se.tolist()),
        low=tuple((1 - high).tolist()),
        high=tuple((1 - low).tolist()),
        n=int(sum(counts)),
        watched=float(max(days)),
        level=level,
    )


def _survival(
    days: Sequence[float], happened: Sequence[bool], counts: Sequence[int]
) -> tuple[Floats, Floats, Floats]:
    """The days on which events came, S from each on, and Greenwood's standard error of S."""
    stops, at = np.unique(np.asarray(days, float), return_inverse=True)
    left = np.bincount(at, np.asarray(counts, float))
    came = np.bincount(at, np.where(happened, counts, 0).astype(float))
    # At risk on a day are all who were last seen then or later.
    at_risk = left[::-1].cumsum()[::-1]
    came, at_risk, stops = came[came > 0], at_risk[came > 0], stops[came > 0]
    survival = np.cumprod(1 - came / at_risk)
    # Where all that are left have the event, S is 0 and so is its error: 1 only keeps the division possible.
    se = survival * np.sqrt(np.cumsum(came / (at_risk * np.maximum(at_risk - came, 1))))
    return stops, survival, se


def _limits(survival: Floats, se: Floats, level: float) -> tuple[Floats, Floats]:
    """Limits of S by log(-log S); S itself where it is 0 or 1, which has no such limits."""
    inner = (survival > 0) & (survival < 1)
    low, high = survival.copy(), survival.copy()
    # An even step on the scale of log(-log S) is a power of S.
    log_survival = np.log(survival[inner])
    spread = np.exp(z_value(level) * se[inner] / (survival[inner] * np.abs(log_survival)))
    low[inner], high[inner] = survival[inner] ** spread, survival[inner] ** (1 / spread)
    return low, high
