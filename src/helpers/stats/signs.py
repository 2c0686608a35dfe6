"""Whether one side is ahead more often than chance, by counting only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scipy import stats


@dataclass(frozen=True)
class Signs:
    """On how many of so many pairs the first side is ahead (ties left out), and the two-sided p of that."""

    ahead: int
    of: int
    p: float


def sign_test(differences: Iterable[float]) -> Signs:
    """Count the differences above zero among those that are not zero (Dixon & Mood 1946), exact binomial.

    Without any difference, p is 1.
    """
    untied = [difference for difference in differences if difference != 0]
    ahead = sum(difference > 0 for difference in untied)
    p = float(stats.binomtest(ahead, len(untied)).pvalue) if untied else 1.0
    return Signs(ahead, len(untied), p)
