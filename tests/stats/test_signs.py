"""The sign test, against the published ones of Udacity's screener and its own symmetry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.stats import sign_test


@pytest.mark.parametrize(("ahead", "p"), [(4, 0.00259948), (10, 0.677639)])
def test_published_values_of_23_days(ahead: int, p: float) -> None:
    found = sign_test([1.0] * ahead + [-0.5] * (23 - ahead))
    assert (found.ahead, found.of) == (ahead, 23)
    assert found.p == pytest.approx(p, rel=1e-5)


@given(st.lists(st.floats(-1, 1), max_size=40))
def test_swapping_the_sides_changes_nothing_but_who_is_ahead(differences: list[float]) -> None:
    found, swapped = sign_test(differences), sign_test([-each for each in differences])
    assert found.p == pytest.approx(swapped.p)
    assert found.ahead + swapped.ahead == found.of == swapped.of
    assert 0 < found.p <= 1


def test_ties_do_not_count() -> None:
    assert sign_test([0.0, 0.0]).p == 1
    assert sign_test([1.0, 0.0, 1.0]) == sign_test([1.0, 1.0])
