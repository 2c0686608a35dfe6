"""Whether units were split between variants as planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

FEW = 10
"""Fewest expected units of a variant in the chi-square test."""
SUSPICIOUS = 0.001
"""Below this p a split is called broken: strict, since the test is looked at in every readout."""


@dataclass(frozen=True)
class SampleRatio:
    """Pearson's chi-square of the counts against the planned shares, and the p of the test."""

    counts: tuple[int, ...]
    expected: tuple[float, ...]
    chi_square: float
    p: float

    @property
    def broken(self) -> bool:
        """Whether the split departs from the plan by more than chance (p < 0.001)."""
        return self.p < SUSPICIOUS


def sample_ratio(counts: Sequence[int], split: Sequence[float]) -> SampleRatio:
    """Test the units of each variant against the planned split (Fabijan et al. 2019).

    `split` are weights in the order of `counts`; they need not add up to 1. P is that of chi-square; where a
    variant is expected to have fewer than 10 units, that of the exact binomial test of each variant, the
    smallest times their number (Bonferroni; of two variants, one test).

    Raises:
        ValueError: fewer than two variants, unequal lengths, no units, a negative count or weight.
    """
    if len(counts) != len(split) or len(counts) < 2:
        raise ValueError(
            f"counts and split have {len(counts)} and {len(split)} entries: need two or more each."
        )
    if min(counts) < 0 or sum(counts) < 1:
        raise ValueError(f"counts == {tuple(counts)}, must be >= 0 with at least one unit.")
    if min(split) <= 0:
        raise ValueError(f"split == {tuple(split)}, must be > 0.")
    total = sum(counts)
    expected = tuple(total * weight / sum(split) for weight in split)
    result = stats.chisquare(counts, expected)
    p = float(result.pvalue) if min(expected) >= FEW else _exact(counts, expected)
    return SampleRatio(tuple(counts), expected, float(result.statistic), p)


def _exact(counts: Sequence[int], expected: Sequence[float]) -> float:
    """The smallest p of a variant against the rest, times the number of tests that differ."""
    total, tests = sum(counts), len(counts) if len(counts) > 2 else 1
    shares = [min(1.0, of / total) for of in expected]
    found = (stats.binomtest(n, total, share).pvalue for n, share in zip(counts, shares, strict=True))
    return min(1.0, tests * float(min(found)))
