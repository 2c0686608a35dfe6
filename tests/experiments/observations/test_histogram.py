"""Values in bins tell the same as the values: quantiles to a part in a thousand, capped means exactly."""

from itertools import pairwise

import ibis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.laws import examples

from helpers.experiments.observations.histogram import (
    BINS,
    Histogram,
    caps,
    numbered,
    ordinary,
    origin,
    together,
)

Values = np.ndarray[tuple[int], np.dtype[np.float64]]
NUMBERS = st.floats(-1e9, 1e9, allow_subnormal=False)


def counted(values: Values, start: float = 0.0) -> Histogram:
    """The histogram of these values, counted by the engine."""
    rows = ibis.memtable({"value": values})
    rows = rows.mutate(bin=numbered(rows["value"], ibis.literal(start)))
    found = (
        rows.group_by("bin")
        .agg(
            n=rows.count(),
            low=rows["value"].min(),
            high=rows["value"].max(),
            mean=rows["value"].mean(),
            variance=rows["value"].var(how="sample").fill_null(0.0),
        )
        .order_by("bin")
        .to_pyarrow()
    )
    n, low, high, mean, variance = (
        found[name].to_numpy().astype(float) for name in ("n", "low", "high", "mean", "variance")
    )
    return Histogram(found["bin"].to_numpy(), n, low, high, mean, variance)


def drawn(shape: str, size: int, seed: int = 1) -> Values:
    generator = np.random.default_rng(seed)
    found: Values = {
        "normal": lambda: generator.normal(0.0, 3.0, size),
        "lognormal": lambda: generator.lognormal(3.0, 1.5, size),
        "counts": lambda: generator.poisson(2.0, size).astype(float),
        "far from zero": lambda: generator.normal(1000.0, 0.1, size),
        "one huge": lambda: np.append(generator.gamma(2.0, 10.0, size - 1), 1e15),
    }[shape]()
    return found


@examples(15)
@given(st.lists(NUMBERS, min_size=1, max_size=40))
def test_bins_keep_the_order_of_the_values(values: list[float]) -> None:
    found = counted(np.array(values))
    assert found.n.sum() == len(values)
    assert (found.low[0], found.high[-1]) == (min(values), max(values))
    assert all(one <= other for one, other in pairwise(np.column_stack([found.low, found.high]).ravel()))


@examples(15)
@given(st.lists(NUMBERS, min_size=1, max_size=200), st.floats(0, 1))
def test_a_quantile_is_that_of_the_values_to_a_part_in_a_thousand(values: list[float], p: float) -> None:
    rows = np.sort(np.array(values))
    rank = (len(rows) - 1) * p
    near = np.abs(rows[[int(np.floor(rank)), int(np.ceil(rank))]]).max()
    found = counted(rows).quantile(p)
    assert found == pytest.approx(float(np.quantile(rows, p)), rel=1e-12, abs=1.001 * near / BINS)


@pytest.mark.parametrize("shape", ["normal", "lognormal", "counts", "far from zero", "one huge"])
def test_a_quantile_is_nearer_than_its_rank_is_known(shape: str) -> None:
    values = drawn(shape, 200_000)
    found = counted(values, origin(float(values.mean()), float(values.std())))
    for p in (0.5, 0.9):
        half = 2 * np.sqrt(p * (1 - p) / len(values))
        low, high = np.quantile(values, [p - half, p + half])
        assert abs(found.quantile(p) - np.quantile(values, p)) <= 0.1 * (high - low)


@pytest.mark.parametrize("shape", ["normal", "lognormal", "counts", "far from zero", "one huge"])
def test_clipped_moments_are_those_of_the_clipped_values(shape: str) -> None:
    arms = drawn(shape, 5000), drawn(shape, 4000, seed=2)
    parts = [counted(values) for values in arms]
    low, high = caps(together(parts), 0.99)
    everyone = np.concatenate(arms)
    wide = abs(everyone).max() if shape == "far from zero" else 1.0
    assert (low, high) == pytest.approx(
        np.quantile(everyone, [0.01, 0.99]), rel=2 / BINS, abs=2 / BINS * wide
    )
    for values, part in zip(arms, parts, strict=True):
        clipped, found = np.clip(values, low, high), part.clipped(low, high)
        assert found.n == len(values)
        assert found.mean == pytest.approx(clipped.mean(), rel=1e-12, abs=1e-12)
        assert found.variance == pytest.approx(clipped.var(ddof=1), rel=1e-9)


@pytest.mark.parametrize("shape", ["normal", "lognormal", "counts", "one huge"])
def test_bins_keep_the_moments_and_the_skewness(shape: str) -> None:
    arms = drawn(shape, 5000), drawn(shape, 4000, seed=2)
    values, found = np.concatenate(arms), together([counted(each) for each in arms])
    assert found.moments.n == len(values)
    assert found.moments.mean == pytest.approx(values.mean(), rel=1e-12, abs=1e-12)
    assert found.moments.variance == pytest.approx(values.var(ddof=1), rel=1e-9)
    away = (values - values.mean()) / values.std(ddof=1)
    assert found.skewness == pytest.approx((away**3).mean(), rel=1e-3, abs=1e-3)


def test_values_that_do_not_vary_are_not_skewed() -> None:
    assert counted(np.full(9, 4.0)).skewness == 0


ZEROS = [0.0] * 500


@pytest.mark.parametrize(
    ("values", "limits"),
    [
        (range(1000), (0, 999)),
        ([*range(1000), 10_000], (0, 999)),
        ([*range(1000), 10_000, 10_001, 10_500], (0, 999)),
        ([*range(1000), 10_000, -10_000], (0, 999)),
        ([*range(1000), 1000 + 499], (0, 1499)),
        ([*range(1000), 1900, 9000], (0, 1900)),
        ([*range(1000), *range(10_000, 10_010)], (0, 10_009)),
        ([*ZEROS, 7.0], (0, 7)),
        ([*ZEROS, 7.0, 8.0], (0, 8)),
        ([*ZEROS, 1.0, 1.0, 50.0], (0, 1)),
        ([*ZEROS, -1.0, -1.0, -50.0], (-1, 0)),
        ([5.0] * 30, (5, 5)),
        ([5.0], (5, 5)),
    ],
)
def test_values_stand_apart_that_are_few_and_far_from_all_others(
    values: list[float], limits: tuple[float, float]
) -> None:
    """Few: at most 5 in 1,000, and no more than the others on their side of the median."""
    assert ordinary(counted(np.array(values, dtype=float))) == limits


@examples(15)
@given(st.lists(NUMBERS, min_size=1, max_size=60))
def test_what_is_ordinary_and_what_stands_apart_is_everything(values: list[float]) -> None:
    found = counted(np.array(values))
    low, high = ordinary(found)
    rows = np.array(values)
    kept = rows[(rows >= low) & (rows <= high)]
    assert found.between(low, high).n == len(kept)
    assert found.between(low, high).mean == pytest.approx(kept.mean(), rel=1e-9, abs=1e-9)
    assert len(rows) - len(kept) <= 2 * max(1, 0.005 * len(rows))
    least, most = rows.min(), rows.max()
    assert found.farthest(0.0) == (most if most >= -least else least)


@pytest.mark.parametrize(
    ("mean", "sd", "start"), [(2.0, 2.0, 0.0), (1000.0, 0.5, 998.5), (-10.0, 1.0, -7.0), (0.0, 0.0, 0.0)]
)
def test_bins_are_counted_from_the_side_of_zero(mean: float, sd: float, start: float) -> None:
    assert origin(mean, sd) == start
