"""Corrections of p values for the number of comparisons in one list."""

from __future__ import annotations

from collections.abc import Sequence

from statsmodels.stats.multitest import multipletests


def benjamini_hochberg(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjusted p values that hold the false discovery rate (Benjamini & Hochberg 1995).

    A comparison without a test (None) stays None and does not count.
    """
    return _adjust(p_values, "fdr_bh")


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjusted p values that hold the chance of any false claim (Holm 1979)."""
    return _adjust(p_values, "holm")


def _adjust(p_values: Sequence[float | None], method: str) -> tuple[float | None, ...]:
    tested = [p for p in p_values if p is not None]
    if not tested:
        return tuple(p_values)
    adjusted = iter(multipletests(tested, method=method)[1])
    return tuple(None if p is None else float(next(adjusted)) for p in p_values)
