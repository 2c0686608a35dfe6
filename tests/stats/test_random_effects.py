"""Shrinkage and its test equal published meta-analyses."""

import pytest

from helpers.stats import Difference, heterogeneity

BCG = (
    (-0.88931133392, 0.325584765004), (-1.58538865720, 0.194581121398), (-1.34807314830, 0.415367965368),
    (-1.44155119002, 0.020010031902), (-0.21754732221, 0.051210172170), (-0.78611558582, 0.006905618456),
    (-1.62089822360, 0.223017247572), (0.01195233352, 0.003961579298), (-0.46941764874, 0.056434210463),
    (-1.37134480347, 0.073024793613), (-0.33935882834, 0.012412213972), (0.44591340057, 0.532505845200),
    (-0.01731394822, 0.071404659684),
)  # fmt: skip


SCHOOLS = ((28, 15), (8, 10), (-3, 16), (7, 11), (-1, 9), (1, 11), (18, 10), (12, 18))


def given(value: float, se: float) -> Difference:
    return Difference(value, se, value - 1.96 * se, value + 1.96 * se, 0.95, None, "Welch")


def test_the_vaccine_trials_equal_metafor() -> None:
    found = heterogeneity([given(value, variance**0.5) for value, variance in BCG])
    assert found.q == pytest.approx(152.2330081, rel=1e-6)
    assert found.between_variance == pytest.approx(0.3087602629, rel=1e-6)
    assert found.overall == pytest.approx(-0.7141172221, rel=1e-6)
    assert found.p < 1e-20
    assert all(
        abs(one.value - found.overall) < abs(value - found.overall)
        for one, (value, _) in zip(found.shrunk, BCG, strict=True)
    )


def test_eight_schools_are_pooled_wholly() -> None:
    found = heterogeneity([given(*school) for school in SCHOOLS])
    assert found.q == pytest.approx(4.707078864, rel=1e-6)
    assert found.between_variance == 0
    assert {round(one.value, 9) for one in found.shrunk} == {7.685616725}
    assert found.shrunk[0].se == pytest.approx(4.071919158, rel=1e-6)


@pytest.mark.parametrize("effects", [[], [given(1, 1)], [given(1, 1), given(2, 0)]])
def test_too_little_to_compare_is_refused(effects: list[Difference]) -> None:
    with pytest.raises(ValueError, match="effects"):
        heterogeneity(effects)


def test_a_part_is_shrunk_as_far_as_it_is_blurred_and_knows_its_own_error() -> None:
    """Posterior of a normal effect under a normal prior, plus what the prior's own mean may be off by."""
    at_80 = [Difference(value, variance**0.5, 0, 0, 0.8, 0.01, "Welch") for value, variance in BCG]
    found = heterogeneity(at_80)
    error = 0.1787420895
    for one, (value, variance) in zip(found.shrunk, BCG, strict=True):
        precision = 1 / variance + 1 / found.between_variance
        pull = 1 / found.between_variance / precision
        assert one.value == pytest.approx((1 - pull) * value + pull * found.overall, rel=1e-9)
        assert one.se == pytest.approx((1 / precision + pull**2 * error**2) ** 0.5, rel=1e-6)
        half = 1.2815515655446004 * (one.se or 0)
        assert (one.low, one.high) == pytest.approx((one.value - half, one.value + half), rel=1e-9)
        assert (one.p, one.level) == (None, 0.8)


def test_two_parts_are_compared_as_their_difference_is() -> None:
    found = heterogeneity([given(28, 15), given(8, 10)])
    assert found.q == pytest.approx(20**2 / (15**2 + 10**2))
