"""What is said of a value that cannot be read: how it may be written, and the line that mends it."""

from __future__ import annotations

from datetime import datetime

import pytest

from helpers.contracts import ColumnContract
from helpers.sources.remedies import formats_of, remedy

LATE = datetime(2018, 7, 31, 16, 5)


@pytest.mark.parametrize(
    "written",
    [
        "%d-%b-%y",
        "%d-%b-%Y",
        "%d %b %y",
        "%d %b %Y",
        "%d/%b/%y",
        "%b %d, %Y",
        "%d %B %Y",
        "%d.%m.%y",
        "%Y/%m/%d",
    ],
)
@pytest.mark.parametrize("clock", ["", " %H:%M", " %H:%M:%S", " %I:%M %p"])
def test_a_date_is_known_by_how_it_is_written(written: str, clock: str) -> None:
    told = LATE.strftime(written + clock)
    assert written + clock in formats_of(told)


def test_day_and_month_that_may_be_either_way_are_both_told() -> None:
    assert formats_of("03/04/2026") == ("%m/%d/%Y", "%d/%m/%Y")


@pytest.mark.parametrize("word", ["N/A", "n/a", "NULL", "None"])
def test_a_word_for_nothing_is_declared_as_it_is_written(word: str) -> None:
    assert remedy(f" {word} ", ColumnContract("score", "number"), "Score") == f'missing: ["{word}"]'
