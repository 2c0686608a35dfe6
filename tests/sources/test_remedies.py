"""What is said of a value that cannot be read: how it may be written, and the line that mends it."""

from __future__ import annotations

from datetime import datetime

import pytest

from helpers.contracts import ColumnContract
from helpers.sources.remedies import formats_of, remedy, sample

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


NUMBERS = {
    "1,234.50": 'thousands: ","',
    "1.234,50": 'thousands: ".", decimal: ","',
    "1\u202f234,5": 'thousands: " ", decimal: ","',
    "1\u2019234.50": 'thousands: "\'"',
    "1,5": 'decimal: ","',
    "1,234": 'thousands: "," (or decimal: ",")',
    "0,125": 'decimal: ","',
    "1,234,567": 'thousands: ","',
    "1,23,456.50": "under sql: replace(\"Sum $\", ',', '')",
    "$1,234.50": "under sql: trim(replace(\"Sum $\", '$', ''))",
    "5 EUR": "under sql: trim(replace(\"Sum $\", 'EUR', ''))",
    "12%": "under sql: replace(\"Sum $\", '%', ''), and divided_by: 100",
    "(1,234)": "under sql: translate(\"Sum $\", '()', '-')",
    "\u22125": "under sql: replace(\"Sum $\", '\u2212', '-')",
    "5-": "under sql: regexp_replace(\"Sum $\", '^(.*)-$', '-\\1')",
    "12K": 'paid: {from: Sum $, map: {"12K": null}}',
    "1/2": 'paid: {from: Sum $, map: {"1/2": null}}',
    "1e400": 'paid: {from: Sum $, map: {"1e400": null}}',
    "none of it": 'paid: {from: Sum $, map: {"n… of it": null}}',
}


@pytest.mark.parametrize("value", NUMBERS)
def test_what_makes_a_number_of_a_value(value: str) -> None:
    assert remedy(value, ColumnContract("paid", "number"), "Sum $") == NUMBERS[value]


TIMES = {
    "13/07/2026": 'format: "%d/%m/%Y"}',
    "03/04/2026": 'format: "%m/%d/%Y"} (or %d/%m/%Y)',
    "2026-07": 'format: "%Y-%m"}',
    "Jul-26": 'format: "%b-%y"}',
    "45839": "format: serial}",
    "1782892800": "format: epoch_s}",
    "1 Juli 2026": "format: …}, or rewrite it under sql",
    "2026-02-30": 'map: {"2026-02-30": null}}',
}


@pytest.mark.parametrize("value", TIMES)
def test_what_makes_a_time_of_a_value(value: str) -> None:
    assert remedy(value, ColumnContract("at", "time"), "Day") == f"at: {{from: Day, {TIMES[value]}"


def test_a_zone_that_is_none_or_several_is_named() -> None:
    told = remedy("2026-07-01 08:00:00 BST", ColumnContract("at", "time"), "Day")
    assert told == "an offset (+01:00) in place of BST, which is no zone or several"


def test_a_value_that_breaks_a_rule_is_not_read_in_another_way() -> None:
    """`1900-01-01` can be read: it stands for a day that nobody knows."""
    told = sample("1900-01-01", ColumnContract("at", "time"), "Day: local", readable=True)
    assert told.remedy == 'at: {from: "Day: local", map: {"1900-01-01": null}}'
