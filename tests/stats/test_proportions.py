"""Shares and net promoter scores: published intervals and the laws of intervals."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from helpers.stats import (
    OverlappingCounts,
    compared_proportions,
    net_promoter_difference,
    net_promoter_score,
    overlapping_difference,
    pooled_z_p,
    proportion,
    proportion_difference,
    proportion_lift,
    two_sided_p,
)

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
    assert pooled_z_p(*COOKIE_CATS[retained]) == pytest.approx(p, rel=1e-9)
    assert change.p == pytest.approx(p, rel=1e-3)
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
    assert pooled_z_p(*now, *then) == pytest.approx(p, rel=1e-9, abs=1e-12)


@given(groups, groups)
def test_the_p_of_a_difference_inverts_its_interval(now: tuple[int, int], then: tuple[int, int]) -> None:
    found = proportion_difference(*now, *then)
    assume(found.p is not None and 1e-12 < found.p < 1)
    assert found.p is not None
    assert not found.at(1 - found.p * 0.999).excludes_zero
    assert found.at(1 - min(0.9999999, found.p * 1.001)).excludes_zero
    assert found.at(0.9) == proportion_difference(*now, *then, level=0.9)


def test_the_p_of_no_difference_is_one_and_of_a_plain_one_zero() -> None:
    assert proportion_difference(10, 100, 10, 100).p == 1
    assert proportion_difference(0, 10**6, 10**6, 10**6).p == 0


def test_equal_extremes_have_no_test() -> None:
    assert proportion_difference(0, 10, 0, 10).p is None
    assert proportion_difference(10, 10, 10, 10).p is None
    assert pooled_z_p(0, 10, 0, 10) is None


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


pairs = st.integers(1, 400).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))


def test_mover_r_on_cookie_cats() -> None:
    found = proportion_lift(proportion(8279, 45489), proportion(8502, 44700))
    assert found is not None
    assert found.value == pytest.approx(-0.043119034896460164, rel=1e-12)
    assert (found.low, found.high) == pytest.approx((-0.06889, -0.016634), abs=1e-5)


@given(pairs, pairs)
def test_mover_r_and_newcombe_exclude_zero_together(one: tuple[int, int], other: tuple[int, int]) -> None:
    found = proportion_lift(proportion(*one), proportion(*other))
    difference = proportion_difference(*one, *other)
    assume(found is not None and min(abs(difference.low), abs(difference.high)) > 1e-12)
    assert found is not None
    assert found.low <= found.value <= found.high
    assert (found.low > 0) == (difference.low > 0)
    assert (found.high < 0) == (difference.high < 0)


def test_the_same_people_twice_give_the_paired_difference() -> None:
    generator = np.random.default_rng(5)
    before = generator.random(800) < 0.4
    now = np.where(generator.random(800) < 0.8, before, generator.random(800) < 0.5)
    found = overlapping_difference(
        OverlappingCounts(
            now.sum(), 800, before.sum(), 800, 800, now.sum(), before.sum(), (now & before).sum()
        )
    )
    change = now.astype(float) - before
    assert found.value == pytest.approx(change.mean())
    assert found.se == pytest.approx(change.std() / np.sqrt(800))


def test_separate_people_give_the_plain_difference() -> None:
    found = overlapping_difference(OverlappingCounts(40, 100, 30, 120, 0, 0, 0, 0))
    assert found.se == pytest.approx(np.sqrt(0.4 * 0.6 / 100 + 0.25 * 0.75 / 120))


def test_without_spread_there_is_no_test() -> None:
    assert overlapping_difference(OverlappingCounts(0, 5, 0, 5, 5, 0, 0, 0)).p is None


def test_a_change_has_its_limits_and_its_test() -> None:
    found = overlapping_difference(OverlappingCounts(40, 100, 30, 120, 50, 20, 15, 10), level=0.8)
    error = 0.4 * 0.6 / 100 + 0.25 * 0.75 / 120 - 2 * (10 / 50 - 0.4 * 0.3) * 50 / (100 * 120)
    assert found.se == pytest.approx(error**0.5)
    half = 1.2815515655446004 * error**0.5
    assert (found.low, found.high) == pytest.approx((0.15 - half, 0.15 + half))
    assert found.p == pytest.approx(two_sided_p(0.15 / error**0.5))


@pytest.mark.parametrize("trials", [(0, 5), (5, 0)])
def test_a_group_without_members_is_refused(trials: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="reference_trials =="):
        overlapping_difference(OverlappingCounts(0, trials[0], 0, trials[1], 0, 0, 0, 0))


counts = st.integers(0, 400)


answers = st.tuples(counts, counts, counts).filter(lambda group: sum(group) > 0)


@pytest.mark.parametrize(
    ("group", "value", "se", "low", "high"),
    [
        ((40, 35, 25), 15.0, 7.92148975887743, -0.69739471, 29.82360831),
        ((9, 4, 2), 46.6666666667, 18.539247657434853, 4.84057051, 72.93720727),
        ((15, 0, 0), 100.0, 0.0, 61.55595573, 100.0),
    ],
)
def test_score_equals_its_reference(
    group: tuple[int, int, int], value: float, se: float, low: float, high: float
) -> None:
    score = net_promoter_score(*group)
    assert score.value == pytest.approx(value, abs=1e-9)
    assert score.se == pytest.approx(se, abs=1e-9)
    assert (score.low, score.high) == pytest.approx((low, high), abs=1e-8)
    assert score.n == sum(group)


def test_difference_equals_its_reference() -> None:
    change = net_promoter_difference((450, 340, 210), (400, 350, 250))
    assert change.value == pytest.approx(9.0, abs=1e-9)
    assert change.se == pytest.approx(3.5069930139650975, abs=1e-9)
    # The reference is Wald's; the limits of both scores give nearly the same at this size.
    assert change.p == pytest.approx(0.01027895601015828, abs=1e-4)


@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_a_difference_is_mover_from_the_limits_of_both_scores(correlation: float) -> None:
    """Zou & Donner (2008), from limits that are tested by themselves."""
    one, other = net_promoter_score(9, 4, 2), net_promoter_score(20, 10, 30)
    change = net_promoter_difference((9, 4, 2), (20, 10, 30), correlation=correlation)
    down, up = one.value - one.low, one.high - one.value  # type: ignore[operator]
    down_then, up_then = other.value - other.low, other.high - other.value  # type: ignore[operator]
    low = (down**2 + up_then**2 - 2 * correlation * down * up_then) ** 0.5
    high = (up**2 + down_then**2 - 2 * correlation * up * down_then) ** 0.5
    assert (change.low, change.high) == pytest.approx((change.value - low, change.value + high))
    assert change.at(1 - (change.p or 0)).low == pytest.approx(0, abs=1e-6)


def test_a_difference_stays_within_two_hundred_points() -> None:
    change = net_promoter_difference((3, 0, 0), (0, 0, 4))
    assert change.value == change.high == 200
    assert 0 < change.low < 200


@pytest.mark.parametrize(("counts", "fewer"), [((80, 70, 50), (40, 35, 25)), ((30, 0, 0), (15, 0, 0))])
def test_answers_count_as_so_many_independent_ones(
    counts: tuple[int, int, int], fewer: tuple[int, int, int]
) -> None:
    score, known = net_promoter_score(*counts, effective=sum(fewer)), net_promoter_score(*fewer)
    assert (score.value, score.low, score.high, score.se) == pytest.approx(
        (known.value, known.low, known.high, known.se)
    )
    assert score.n == sum(counts)
    share = proportion(counts[0], sum(counts), effective=sum(fewer))
    of_fewer = proportion(fewer[0], sum(fewer))
    assert (share.low, share.high, share.se) == pytest.approx((of_fewer.low, of_fewer.high, of_fewer.se))


def test_a_difference_counts_as_so_many_independent_answers() -> None:
    twice = net_promoter_difference((80, 70, 50), (60, 80, 60), effective=(100, 100))
    once = net_promoter_difference((40, 35, 25), (30, 40, 30))
    assert (twice.low, twice.high, twice.p) == pytest.approx((once.low, once.high, once.p))
    shares = proportion_difference(80, 200, 60, 200, effective=(100, 100))
    of_fewer = proportion_difference(40, 100, 30, 100)
    assert (shares.low, shares.high, shares.p) == pytest.approx((of_fewer.low, of_fewer.high, of_fewer.p))


def test_two_alike_answers_claim_no_certainty() -> None:
    change = net_promoter_difference((2, 0, 0), (0, 2, 0))
    assert change.value == 100
    assert change.p is not None
    assert change.p > 0.01
    assert change.high - change.low > 100


@given(answers, st.floats(0.5, 0.999))
def test_interval_holds_the_score_within_its_range(group: tuple[int, int, int], level: float) -> None:
    score = net_promoter_score(*group, level=level)
    assert score.low is not None
    assert score.high is not None
    assert -100 <= score.low <= score.high <= 100
    assert -100 <= score.value <= 100


@given(answers)
def test_swapping_promoters_and_detractors_negates(group: tuple[int, int, int]) -> None:
    score, swapped = net_promoter_score(*group), net_promoter_score(*reversed(group))
    assert swapped.value == pytest.approx(-score.value, abs=1e-9)
    assert (swapped.low, swapped.high) == pytest.approx((-score.high, -score.low), abs=1e-9)  # type: ignore[operator]


@given(st.integers(1, 1000))
def test_passives_alone_are_zero_with_an_interval(passives: int) -> None:
    score = net_promoter_score(0, passives, 0)
    assert score.value == 0
    assert score.high is not None
    assert score.high > 0


@given(answers, answers)
def test_interval_of_a_difference_agrees_with_its_test(
    now: tuple[int, int, int], then: tuple[int, int, int]
) -> None:
    change = net_promoter_difference(now, then)
    assert change.p is not None
    assume(abs(change.p - 0.05) > 1e-9)
    assert (change.p < 0.05) == (change.low > 0 or change.high < 0)
    assert math.isclose(net_promoter_difference(then, now).value, -change.value, abs_tol=1e-9)


@pytest.mark.parametrize("group", [(0, 0, 0), (-1, 2, 3)])
def test_impossible_answers_are_refused(group: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="at least one answer"):
        net_promoter_score(*group)


def test_the_standard_error_of_a_difference_is_that_of_two_shares() -> None:
    found = proportion_difference(56, 70, 48, 80)
    assert found.se == pytest.approx((0.8 * 0.2 / 70 + 0.6 * 0.4 / 80) ** 0.5)


def test_a_group_of_one_member_is_enough() -> None:
    assert overlapping_difference(OverlappingCounts(1, 1, 0, 1, 0, 0, 0, 0)).value == 1


def test_two_shares_make_a_row() -> None:
    row = compared_proportions("Billing", (60, 600), (30, 600), level=0.9)
    assert row.now == proportion(60, 600, 0.9)
    assert row.reference == proportion(30, 600, 0.9)
    assert row.difference == proportion_difference(60, 600, 30, 600, 0.9)


@pytest.mark.parametrize("reference", [None, (0, 0)])
def test_a_share_with_nothing_to_compare_with_stands_alone(reference: tuple[int, int] | None) -> None:
    row = compared_proportions("Billing", (60, 600), reference)
    assert (row.reference, row.difference) == (None, None)
