"""Values in bins tell the same as the values: quantiles to a part in a thousand, capped means exactly."""

from itertools import pairwise

import ibis
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.experiments.histogram import BINS, Histogram, cap, numbered, origin

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


@settings(max_examples=60, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=40))
def test_bins_keep_the_order_of_the_values(values: list[float]) -> None:
    found = counted(np.array(values))
    assert found.n.sum() == len(values)
    assert found.largest == max(values)
    assert all(one <= other for one, other in pairwise(np.column_stack([found.low, found.high]).ravel()))


@settings(max_examples=60, deadline=None)
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
def test_capped_moments_are_those_of_the_capped_values(shape: str) -> None:
    arms = drawn(shape, 5000), drawn(shape, 4000, seed=2)
    parts = [counted(values) for values in arms]
    limit = cap(parts, 0.99)
    assert limit == pytest.approx(np.quantile(np.concatenate(arms), 0.99), rel=2 / BINS)
    for values, part in zip(arms, parts, strict=True):
        clipped, found = np.minimum(values, limit), part.capped(limit)
        assert found.n == len(values)
        assert found.mean == pytest.approx(clipped.mean(), rel=1e-12)
        assert found.variance == pytest.approx(clipped.var(ddof=1), rel=1e-9)


@pytest.mark.parametrize(
    ("mean", "sd", "start"), [(2.0, 2.0, 0.0), (1000.0, 0.5, 998.5), (-10.0, 1.0, -7.0), (0.0, 0.0, 0.0)]
)
def test_bins_are_counted_from_the_side_of_zero(mean: float, sd: float, start: float) -> None:
    assert origin(mean, sd) == start
