"""Net promoter score and difference: reference values and laws."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helpers.stats import difference, net_promoter_difference, net_promoter_score

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
    assert change.p == pytest.approx(0.01027895601015828, abs=1e-12)


def test_difference_is_wald_where_both_groups_vary() -> None:
    now, then = (45, 30, 25), (40, 35, 25)
    plain = difference(net_promoter_score(*now), net_promoter_score(*then))
    change = net_promoter_difference(now, then)
    assert (change.low, change.high, change.p) == pytest.approx((plain.low, plain.high, plain.p))


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
def test_impossible_counts_are_refused(group: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="at least one answer"):
        net_promoter_score(*group)


def test_answers_all_alike_enter_with_the_adjusted_variance_at_any_level() -> None:
    change = net_promoter_difference((2, 0, 0), (0, 2, 0), level=0.8)
    alike = ((2.75 + 0.75) / 5 - (2 / 5) ** 2) / 5
    passive = (0.75 + 0.75) / 5 / 5
    assert change.se == pytest.approx(100 * (alike + passive) ** 0.5)
    assert change.high - change.value == pytest.approx(1.2815515655446004 * (change.se or 0))
