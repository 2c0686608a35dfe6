"""Small groups, and what could be had of them by subtraction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.privacy import suppressed

CASES = {
    "none is small": ({"a": 5, "b": 9}, set()),
    "two small ones hide each other": ({"a": 3, "b": 4, "c": 9}, {"a", "b"}),
    "one small one takes the next": ({"a": 3, "b": 9, "c": 7}, {"a", "c"}),
    "two tiny ones take the next": ({"a": 1, "b": 2, "c": 30, "d": 12}, {"a", "b", "d"}),
    "empty ones hide nobody": ({"a": 0, "b": 9}, set()),
    "empty ones do not count": ({"a": 0, "b": 3, "c": 9, "d": 8}, {"b", "d"}),
    "a small one alone": ({"a": 2}, {"a"}),
    "nothing": ({}, set()),
}


@pytest.mark.parametrize("what", CASES)
def test_groups_by_hand(what: str) -> None:
    sizes, hidden = CASES[what]
    assert suppressed(sizes, min_group=5) == hidden


@given(st.dictionaries(st.integers(), st.integers(0, 30)), st.integers(1, 12))
def test_what_is_left_out_cannot_be_had_by_subtraction(sizes: dict[int, int], min_group: int) -> None:
    hidden = suppressed(sizes, min_group)
    shown = {group for group in sizes if sizes[group] > 0} - hidden
    assert all(sizes[group] >= min_group for group in shown)
    if hidden and shown:
        assert len(hidden) >= 2
        assert sum(sizes[group] for group in hidden) >= min_group


@pytest.mark.parametrize(("sizes", "min_group"), [({"a": 1}, 0), ({"a": -1}, 5)])
def test_impossible_arguments(sizes: dict[str, int], min_group: int) -> None:
    with pytest.raises(ValueError, match="must be >="):
        suppressed(sizes, min_group)
