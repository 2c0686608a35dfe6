"""Whether units were split between variants as planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

SUSPICIOUS = 0.001
"""Below this p a split is called broken: strict, since the test is looked at in every readout."""


@dataclass(frozen=True)
class SampleRatio:
    """Pearson's chi-square of the counts against the planned shares."""

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

    `split` are weights in the order of `counts`; they need not add up to 1.

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
    return SampleRatio(tuple(counts), expected, float(result.statistic), float(result.pvalue))
