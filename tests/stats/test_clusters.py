"""How alike values of one cluster are, and as how many independent ones they count."""

from typing import Any

import numpy as np
import pytest
import statsmodels.formula.api as smf
from pandas import DataFrame

from helpers.stats import ClusterSums, effective_n

SIZES = np.random.default_rng(7).integers(1, 6, 300)
Values = list[np.ndarray[Any, Any]]


def sums_of(values: Values) -> ClusterSums:
    sizes = [len(each) for each in values]
    return ClusterSums(
        len(values),
        sum(size > 1 for size in sizes),
        sum(sizes),
        sum(size**2 for size in sizes),
        float(sum(each.sum() for each in values)),
        float(sum((each**2).sum() for each in values)),
        float(sum(each.sum() ** 2 / len(each) for each in values)),
    )


def test_the_intraclass_correlation_equals_that_of_an_analysis_of_variance() -> None:
    rng = np.random.default_rng(8)
    values = [0.8 * rng.standard_normal() + 0.6 * rng.standard_normal(size) for size in SIZES]
    frame = DataFrame(
        [(group, value) for group, each in enumerate(values) for value in each], columns=["group", "value"]
    )
    fitted = smf.ols("value ~ C(group)", frame).fit()
    among = fitted.ess / (len(SIZES) - 1)
    size = (SIZES.sum() - (SIZES**2).sum() / SIZES.sum()) / (len(SIZES) - 1)
    expected = (among - fitted.mse_resid) / (among + (size - 1) * fitted.mse_resid)
    assert sums_of(values).alike == pytest.approx(expected, abs=1e-9)
    assert sums_of(values).alike == pytest.approx(0.64, abs=0.08)


@pytest.mark.parametrize(("clusters", "alike"), [(99, 1.0), (100, 0.0)])
def test_fewer_than_a_hundred_repeated_clusters_count_as_one_value_each(clusters: int, alike: float) -> None:
    """Each has one value above and one below the mean: less alike than chance would make them."""
    assert sums_of([np.array([0.0, 1.0])] * clusters).alike == alike


@pytest.mark.parametrize("alike", [0.0, 0.3, 1.0])
def test_the_effective_number_is_that_of_the_variance_of_a_weighted_mean(alike: float) -> None:
    weights, clusters = np.array([1.0, 2.0, 0.5, 1.5]), np.array([0, 0, 1, 2])
    correlation = np.where(clusters[:, None] == clusters[None, :], alike, 0.0)
    np.fill_diagonal(correlation, 1.0)
    expected = weights.sum() ** 2 / (weights @ correlation @ weights)
    clustered = 3.0**2 + 0.5**2 + 1.5**2
    assert effective_n(5, (weights**2).sum(), clustered, alike) == pytest.approx(expected)
