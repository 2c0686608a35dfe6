"""What known weights must and must not change; mix against rate (Bickel, Hammel & O'Connell 1975)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.stats import (
    Estimate,
    mix_and_rate,
    net_promoter_score,
    proportion,
    proportion_difference,
    standardized_share_difference,
    two_sided_p,
    weighted,
)

groups = st.lists(
    st.tuples(
        st.floats(0.1, 100), st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
    ),
    min_size=1,
    max_size=6,
)


def test_weights_by_size_give_the_pooled_share() -> None:
    parts = [(20, 100), (90, 300)]
    estimate = weighted([(n, proportion(x, n)) for x, n in parts])
    assert estimate.value == pytest.approx(110 / 400)
    assert estimate.n == 400


def test_standard_error_is_that_of_independent_parts() -> None:
    estimate = weighted([(1, proportion(20, 100)), (3, proportion(90, 300))])
    expected = (0.25**2 * 0.2 * 0.8 / 100 + 0.75**2 * 0.3 * 0.7 / 300) ** 0.5
    assert estimate.value == pytest.approx(0.25 * 0.2 + 0.75 * 0.3)
    assert estimate.se == pytest.approx(expected)


def test_one_group_is_itself() -> None:
    score = net_promoter_score(40, 35, 25)
    estimate = weighted([(7, score)])
    assert (estimate.value, estimate.se) == pytest.approx((score.value, score.se))


@given(groups)
def test_the_average_lies_between_its_groups(found: list[tuple[float, tuple[int, int]]]) -> None:
    parts = [(weight, proportion(*counts)) for weight, counts in found]
    values = [estimate.value for _, estimate in parts]
    estimate = weighted(parts)
    assert min(values) - 1e-9 <= estimate.value <= max(values) + 1e-9
    assert weighted([(10 * weight, one) for weight, one in parts]).value == pytest.approx(estimate.value)


@pytest.mark.parametrize("weights", [(), (0.0,), (2.0, -1.0)])
def test_weights_that_cannot_be_scaled_are_refused(weights: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="weights =="):
        weighted([(weight, proportion(1, 2)) for weight in weights])


def test_an_estimate_without_spread_cannot_enter() -> None:
    with pytest.raises(ValueError, match=r"estimate.se =="):
        weighted([(1.0, Estimate(3, None, None, None, 0.95, 1, "one value"))])


def test_limits_are_those_of_the_level_asked_for() -> None:
    estimate = weighted([(1, proportion(20, 100)), (3, proportion(90, 300))], level=0.8)
    half = 1.2815515655446004 * (estimate.se or 0)
    assert (estimate.low, estimate.high) == pytest.approx((estimate.value - half, estimate.value + half))


MEN = {"A": (512, 825), "B": (353, 560), "C": (120, 325), "D": (138, 417), "E": (53, 191), "F": (22, 373)}


WOMEN = {"A": (89, 108), "B": (17, 25), "C": (202, 593), "D": (131, 375), "E": (94, 393), "F": (24, 341)}


segment = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


sides = st.dictionaries(st.sampled_from("ABCDEF"), segment, min_size=1)


def test_ucb_admissions_split_as_published() -> None:
    split = mix_and_rate(MEN, WOMEN)
    assert split.total == pytest.approx(0.1416454282465418, abs=1e-12)
    assert split.mix == pytest.approx(0.17767391115224251, abs=1e-12)
    assert split.rate == pytest.approx(-0.03602848290570063, abs=1e-12)
    mixes = (0.17893945, 0.12741723, -0.07183468, -0.01680219, -0.03699159, -0.00305430)
    rates = (-0.03717697, -0.00550353, 0.00634602, -0.00330541, 0.00546072, -0.00184931)
    assert [part.segment for part in split.parts] == list("ABCDEF")
    assert [part.mix for part in split.parts] == pytest.approx(mixes, abs=1e-8)
    assert [part.rate for part in split.parts] == pytest.approx(rates, abs=1e-8)


def test_setting_departments_equal_turns_the_ucb_difference_round() -> None:
    overall = proportion_difference(1198, 2691, 557, 1835)
    standardized = standardized_share_difference(MEN, WOMEN)
    assert overall.low > 0
    assert standardized.value == pytest.approx(-0.03602848290570063, abs=1e-12)
    assert standardized.high < 0


def test_one_segment_is_the_plain_difference() -> None:
    split = mix_and_rate({"all": (30, 100)}, {"all": (20, 100)})
    assert (split.mix, split.rate) == pytest.approx((0, 0.1))
    plain = proportion_difference(300, 1000, 200, 1000)
    standardized = standardized_share_difference({"all": (300, 1000)}, {"all": (200, 1000)})
    assert standardized.se == pytest.approx(plain.se, rel=0.01)


@given(sides, sides)
def test_the_parts_sum_to_the_whole_difference(
    now: dict[str, tuple[int, int]], then: dict[str, tuple[int, int]]
) -> None:
    split = mix_and_rate(now, then)
    expected = overall(now) - overall(then)
    assert split.total == pytest.approx(expected, abs=1e-9)
    assert sum(part.mix + part.rate for part in split.parts) == pytest.approx(expected, abs=1e-9)


@given(sides, sides)
def test_swapping_the_sides_negates_both_parts(
    now: dict[str, tuple[int, int]], then: dict[str, tuple[int, int]]
) -> None:
    there, back = mix_and_rate(now, then), mix_and_rate(then, now)
    assert (there.mix, there.rate) == pytest.approx((-back.mix, -back.rate), abs=1e-9)


@given(sides)
def test_the_same_mix_leaves_rate_alone(side: dict[str, tuple[int, int]]) -> None:
    halved = {name: (successes / 2, trials) for name, (successes, trials) in side.items()}
    split = mix_and_rate(side, halved)
    assert split.mix == pytest.approx(0, abs=1e-9)


def test_a_segment_of_one_side_counts_as_mix() -> None:
    split = mix_and_rate({"A": (10, 100), "B": (60, 100)}, {"A": (10, 100)})
    assert split.rate == pytest.approx(0)
    assert split.mix == pytest.approx(0.25)


def test_a_side_without_trials_is_refused() -> None:
    with pytest.raises(ValueError, match="reference denominators =="):
        mix_and_rate({"A": (1, 2)}, {"A": (0, 0)})


def overall(side: dict[str, tuple[int, int]]) -> float:
    return sum(above for above, _ in side.values()) / sum(below for _, below in side.values())


def test_a_standardized_difference_is_as_uncertain_as_one_success_and_one_failure_more_make_it() -> None:
    found = standardized_share_difference({"A": (0, 10), "B": (9, 10)}, {"A": (2, 10), "B": (4, 10)}, 0.8)
    shares = [(each + 1) / 12 for each in (0, 9, 2, 4)]
    se = (sum(0.5**2 * share * (1 - share) / 12 for share in shares)) ** 0.5
    assert found.value == pytest.approx(0.15)
    assert found.se == pytest.approx(se)
    half = 1.2815515655446004 * se
    assert (found.low, found.high) == pytest.approx((0.15 - half, 0.15 + half))
    assert found.p == pytest.approx(two_sided_p(0.15 / se))


def test_a_negative_denominator_is_refused() -> None:
    with pytest.raises(ValueError, match="now denominators =="):
        mix_and_rate({"A": (1, -2), "B": (1, 9)}, {"A": (1, 2)})


def test_a_group_without_weight_does_not_count() -> None:
    found = weighted([(0.0, proportion(1, 2)), (2.0, proportion(30, 100))])
    assert (found.value, found.se) == pytest.approx((0.3, (0.3 * 0.7 / 100) ** 0.5))


@pytest.mark.parametrize("empty", [0, 1], ids=["now", "reference"])
def test_a_segment_without_trials_on_one_side_adds_no_error(empty: int) -> None:
    sides = [{"A": (40, 100), "B": (20, 60)}, {"A": (30, 100), "B": (20, 60)}]
    sides[empty]["B"] = (0, 0)
    found = standardized_share_difference(sides[0], sides[1])
    weight = (1 + 100 / 160) / 2
    shares = 41 / 102, 31 / 102
    assert found.se == pytest.approx(weight * sum(share * (1 - share) / 102 for share in shares) ** 0.5)


def test_a_single_trial_adds_its_error() -> None:
    found = standardized_share_difference({"A": (1, 1)}, {"A": (30, 100)})
    assert found.se == pytest.approx((2 / 3 * 1 / 3 / 3 + 31 / 102 * 71 / 102 / 102) ** 0.5)


def test_denominators_may_be_small() -> None:
    split = mix_and_rate({"A": (0.2, 0.5)}, {"A": (0.1, 0.4)})
    assert (split.mix, split.rate) == pytest.approx((0, 0.4 - 0.25))
