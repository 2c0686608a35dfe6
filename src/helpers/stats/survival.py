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

    `days` are the days on which the curve steps; `share`, `se`, `low` and `high` hold from that day on.
    `n` are all that were watched, `watched` the longest time any was.
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

    `counts[i]` subjects were last seen after `days[i]` days; `happened[i]` says whether the event came then
    (True) or the watch ended (False, censored). Standard errors are Greenwood's; limits are those of
    log(-log S), which stay within 0 and 1 (Kalbfleisch & Prentice 1980).

    Raises:
        ValueError: nobody was watched, or a negative number of days.
    """
    if sum(counts) < 1:
        raise ValueError(f"sum(counts) == {sum(counts)}, must be >= 1.")
    if min(days) < 0:
        raise ValueError(f"min(days) == {min(days)}, must be >= 0.")
    n, watched = int(sum(counts)), float(max(days))
    stops, at = np.unique(np.asarray(days, float), return_inverse=True)
    left = np.bincount(at, np.asarray(counts, float))
    came = np.bincount(at, np.where(happened, counts, 0).astype(float))
    at_risk = left[::-1].cumsum()[::-1]
    steps = came > 0
    came, at_risk = came[steps], at_risk[steps]
    survival = np.cumprod(1 - came / at_risk)
    se = survival * np.sqrt(np.cumsum(came / (at_risk * np.maximum(at_risk - came, 1))))
    low, high = _limits(survival, se, level)
    return Reached(
        days=tuple(stops[steps].tolist()),
        share=tuple((1 - survival).tolist()),
        se=tuple(se.tolist()),
        low=tuple((1 - high).tolist()),
        high=tuple((1 - low).tolist()),
        n=n,
        watched=watched,
        level=level,
    )


def _limits(survival: Floats, se: Floats, level: float) -> tuple[Floats, Floats]:
    """Limits of S by log(-log S); S itself where it is 0 or 1, which has no such limits."""
    inner = (survival > 0) & (survival < 1)
    low, high = survival.copy(), survival.copy()
    log_survival = np.log(survival[inner])
    spread = np.exp(z_value(level) * se[inner] / (survival[inner] * np.abs(log_survival)))
    low[inner], high[inner] = survival[inner] ** spread, survival[inner] ** (1 / spread)
    return low, high
