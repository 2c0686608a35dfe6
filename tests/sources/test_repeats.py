"""Repeated keys are never overlooked, whatever their types."""

from datetime import date

import ibis
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.laws import examples

from helpers.sources.repeats import surely_different

KEYS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None]), st.integers(-3, 3), st.dates(date(2026, 1, 1), date(2026, 1, 3))
    )
)


@examples(15)
@given(KEYS)
def test_rows_are_surely_different_only_where_no_key_is_repeated(
    keys: list[tuple[str | None, int, date]],
) -> None:
    frame = pd.DataFrame(keys, columns=["text", "whole", "day"]).astype({"text": "str", "whole": "int64"})
    rows = ibis.memtable(frame, schema={"text": "string", "whole": "int64", "day": "date"})
    assert surely_different(rows, ["text", "whole", "day"]) == (len(set(keys)) == len(keys))


@pytest.mark.parametrize(("values", "different"), [(range(100_000), True), ([*range(99_999), 5], False)])
def test_one_repeat_among_many_is_seen(values: list[int], *, different: bool) -> None:
    assert surely_different(ibis.memtable({"unit_id": list(values)}), ["unit_id"]) is different
