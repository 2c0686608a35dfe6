"""Shares: published intervals of Newcombe (1998) and the laws of intervals."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from helpers.stats import proportion, proportion_difference, two_sided_p

groups = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2552885198782742, 0.36620957698280004),
        (15, 148, 0.06238639953073628, 0.16048724172330803),
        (0, 20, 0.0, 0.1611251580528194),
        (1, 29, 0.006113214292762667, 0.17175521879320294),
    ],
)
def test_wilson_equals_its_reference(successes: int, trials: int, low: float, high: float) -> None:
    share = proportion(successes, trials)
    assert (share.low, share.high) == pytest.approx((low, high), abs=1e-12)
    assert share.se == pytest.approx((successes * (trials - successes) / trials**3) ** 0.5)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.05243147240236498, 0.33387265403690614),
        ((9, 10, 3, 10), 0.1705227239345029, 0.809017973535488),
    ],
)
def test_newcombe_equals_its_reference(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    change = proportion_difference(*counts)
    assert (change.low, change.high) == pytest.approx((low, high), abs=1e-12)


COOKIE_CATS = {"after a day": (20119, 45489, 20034, 44700), "after 7 days": (8279, 45489, 8502, 44700)}
"""Players retained of gate_40 and of gate_30."""


@pytest.mark.parametrize(
    ("retained", "limits", "z", "p"),
    [
        (
            "after a day",
            (-0.005905169787341458, -0.012391904992707325, 0.000582095069752226),
            *(-1.7840862247974725, 0.07440965529691913),
        ),
        (
            "after 7 days",
            (-0.008201298315205913, -0.013281940871914845, -0.00312130268876128),
            *(-3.164358912748191, 0.001554249975614329),
        ),
    ],
)
def test_cookie_cats_equal_their_reference(
    retained: str, limits: tuple[float, float, float], z: float, p: float
) -> None:
    change = proportion_difference(*COOKIE_CATS[retained])
    assert (change.value, change.low, change.high) == pytest.approx(limits, abs=1e-12)
    assert change.p == pytest.approx(p, rel=1e-9)
    assert two_sided_p(z) == pytest.approx(p, rel=1e-9)


def test_the_shares_of_cookie_cats_are_those_published() -> None:
    shares = [proportion(*pair).value for counts in COOKIE_CATS.values() for pair in (counts[2:], counts[:2])]
    assert shares == pytest.approx([0.448188, 0.442283, 0.190201, 0.182000], abs=5e-7)


@given(groups, groups, st.floats(0.5, 0.999))
def test_any_difference_equals_statsmodels_and_newcombes_formula(
    now: tuple[int, int], then: tuple[int, int], level: float
) -> None:
    """Method 10 of Newcombe (1998): from the Wilson limits of both shares, squared and added."""
    found = proportion_difference(*now, *then, level=level)
    other = confint_proportions_2indep(*now, *then, method="newcomb", alpha=1 - level)
    assert (found.low, found.high) == pytest.approx(other, abs=1e-9)
    share, reference = proportion(*now, level=level), proportion(*then, level=level)
    assert share.low is not None
    assert share.high is not None
    assert reference.low is not None
    assert reference.high is not None
    below = math.hypot(share.value - share.low, reference.high - reference.value)
    above = math.hypot(share.high - share.value, reference.value - reference.low)
    assert (found.low, found.high) == pytest.approx((found.value - below, found.value + above), abs=1e-9)


@given(groups, groups)
def test_the_pooled_test_equals_statsmodels(now: tuple[int, int], then: tuple[int, int]) -> None:
    assume(0 < now[0] + then[0] < now[1] + then[1])
    _, p = proportions_ztest([now[0], then[0]], [now[1], then[1]])
    assert proportion_difference(*now, *then).p == pytest.approx(p, rel=1e-9, abs=1e-12)


def test_equal_extremes_have_no_test() -> None:
    assert proportion_difference(0, 10, 0, 10).p is None
    assert proportion_difference(10, 10, 10, 10).p is None


@given(groups, st.floats(0.5, 0.999))
def test_interval_holds_the_share_within_zero_and_one(group: tuple[int, int], level: float) -> None:
    share = proportion(*group, level=level)
    assert share.low is not None
    assert share.high is not None
    assert 0 <= share.low <= share.value <= share.high <= 1


@given(groups, groups)
def test_swapping_the_sides_negates_the_difference(now: tuple[int, int], then: tuple[int, int]) -> None:
    there, back = proportion_difference(*now, *then), proportion_difference(*then, *now)
    assert there.value == pytest.approx(-back.value, abs=1e-12)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-9)
    assert there.low - 1e-12 <= there.value <= there.high + 1e-12


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (3, 2), (-1, 2)])
def test_impossible_counts_are_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="must be >="):
        proportion(successes, trials)
