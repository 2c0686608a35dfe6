"""Periods: their text, their days, their neighbours, fiscal years, slugs."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.periods import (
    Grain,
    Period,
    PeriodError,
    between,
    last_complete,
    last_covered,
    period_of,
    quarter_of,
    resolve,
    slug,
    trend_periods,
)

FISCAL = st.integers(1, 12)
QUARTERS = st.builds(Period, st.integers(1900, 2200), st.integers(1, 4), FISCAL)
YEARS = st.builds(Period, st.integers(1900, 2200), st.none(), FISCAL)
DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2026Q3", Period(2026, 3)),
        ("2026-Q3", Period(2026, 3)),
        ("2026 q3", Period(2026, 3)),
        (" 2026q1 ", Period(2026, 1)),
        ("2026", Period(2026)),
        ("all", Period()),
    ],
)
def test_absolute_periods_are_read(text: str, period: Period) -> None:
    assert Period.parse(text) == period


@pytest.mark.parametrize(
    "text",
    [
        "2026Q5",
        "26Q1",
        "Q3",
        "",
        "last_complete",
        "2026Q",
        "2026-13",
        "2026-7",
        "2026H3",
        "2026W54",
        "everything",
    ],
)
def test_other_text_is_no_absolute_period(text: str) -> None:
    with pytest.raises(PeriodError, match="is no period: write 2026Q3"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("text", "start", "first", "last"),
    [
        ("2026Q3", 1, date(2026, 7, 1), date(2026, 9, 30)),
        ("2026", 1, date(2026, 1, 1), date(2026, 12, 31)),
        ("2024Q1", 1, date(2024, 1, 1), date(2024, 3, 31)),
        ("2026Q1", 4, date(2025, 4, 1), date(2025, 6, 30)),
        ("2026Q4", 4, date(2026, 1, 1), date(2026, 3, 31)),
        ("2026", 4, date(2025, 4, 1), date(2026, 3, 31)),
        ("2026Q2", 12, date(2026, 3, 1), date(2026, 5, 31)),
    ],
)
def test_days_of_a_period(text: str, start: int, first: date, last: date) -> None:
    period = Period.parse(text, start)
    assert (period.start, period.last_day) == (first, last)
    assert period.contains(first)
    assert period.contains(last)
    assert not period.contains(first - timedelta(days=1))
    assert not period.contains(period.end)


@pytest.mark.parametrize(
    ("period", "text", "label", "dates"),
    [
        (Period(2026, 3), "2026Q3", "2026 Q3", "1 Jul – 30 Sep 2026"),
        (Period(2026), "2026", "2026", "1 Jan – 31 Dec 2026"),
        (Period(2026, 4, 11), "2026Q4", "FY2026 Q4", "1 Aug – 31 Oct 2026"),
        (Period(2026, 1, 11), "2026Q1", "FY2026 Q1", "1 Nov 2025 – 31 Jan 2026"),
        (Period(), "all", "all time", ""),
    ],
)
def test_how_periods_are_written(period: Period, text: str, label: str, dates: str) -> None:
    assert (period.text, str(period), period.label, period.dates) == (text, text, label, dates)
    assert period.slug == text.lower()


@given(QUARTERS | YEARS)
def test_text_and_period_are_one(period: Period) -> None:
    assert Period.parse(period.text, period.fiscal_year_start) == period


@given(QUARTERS | YEARS)
def test_periods_follow_without_gap(period: Period) -> None:
    assert period.shift(1).start == period.end
    assert period.shift(1).preceding == period


@given(QUARTERS, st.integers(-40, 40), st.integers(-40, 40))
def test_shifts_add_up(period: Period, first: int, second: int) -> None:
    assert period.shift(first).shift(second) == period.shift(first + second)


@given(YEARS)
def test_a_year_is_its_four_quarters(year: Period) -> None:
    quarters = year.quarters
    assert [quarter.quarter for quarter in quarters] == [1, 2, 3, 4]
    assert (quarters[0].start, quarters[-1].end) == (year.start, year.end)
    assert Period(2026, 2).quarters == (Period(2026, 2),)


@given(DAYS, FISCAL)
def test_each_day_lies_in_its_quarter(day: date, start: int) -> None:
    assert quarter_of(day, start).contains(day)


@given(DAYS, FISCAL)
def test_the_last_complete_quarter_has_just_ended(day: date, start: int) -> None:
    found = last_complete(day, start)
    assert found.end <= day < found.shift(1).end


@given(DAYS, FISCAL)
def test_data_to_the_last_day_of_a_quarter_cover_it(day: date, start: int) -> None:
    quarter = quarter_of(day, start)
    assert last_covered(quarter.last_day, start) == quarter
    if day < quarter.last_day:
        assert last_covered(day, start) == quarter.preceding


def test_relative_periods_are_seen_from_a_day() -> None:
    assert resolve("last_complete", date(2026, 10, 1)) == Period(2026, 3)
    assert resolve("last_complete", date(2026, 9, 30)) == Period(2026, 2)
    assert resolve("previous", date(2026, 10, 1)) == Period(2026, 2)
    assert resolve("last_complete", date(2026, 4, 1), 4) == Period(2026, 4, 4)
    assert resolve("2021", date(2026, 10, 1)) == Period(2021)
    assert resolve(Period(2021), date(2026, 10, 1)) == Period(2021)


def test_all_time_holds_every_day_and_stays_what_it_is() -> None:
    everything = Period()
    assert everything.contains(date.min)
    assert everything.contains(date.max)
    assert everything.shift(3) == everything
    assert everything.preceding is None
    assert everything.quarters == ()


def test_the_last_periods_end_with_this_one() -> None:
    assert [period.text for period in Period(2026, 2).last(3)] == ["2025Q4", "2026Q1", "2026Q2"]
    assert [period.text for period in between(Period(2025, 4), Period(2026, 2))] == [
        "2025Q4",
        "2026Q1",
        "2026Q2",
    ]
    assert list(between(Period(2026, 2), Period(2025, 4))) == []


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ((Period(2026, 3).text, "EMEA"), "2026q3-emea"),
        (("EMEA & Africa",), "emea_africa"),
        (("activation_rate", "two-step (B)"), "activation_rate-two_step_b"),
        (("Zürich",), "zürich"),
        (("Zu\u0308rich",), "zürich"),
        (("日本", "Россия"), "日本-россия"),
        (("हिन्दी", "ไทย"), "हिन्दी-ไทย"),
        ((None, 5), "none-5"),
    ],
)
def test_letters_of_every_script_stay(values: tuple[object, ...], name: str) -> None:
    assert slug(*values) == name


def test_what_a_folder_cannot_hold_is_replaced_and_told_apart() -> None:
    values = [
        "a/b",
        "a\\b",
        "a:b",
        "a*b",
        "a?b",
        "a|b",
        "a\0b",
        "C",
        "C++",
        "C#",
        "..",
        "***",
        "🚀",
        "-5",
        "5",
        "\ud800",
    ]
    values += ["x" * 300, "x" * 301, "日" * 100, "日" * 101]
    names = [slug(value) for value in values]
    assert len(set(names)) == len(values)
    assert names[0].startswith("a_b-")
    assert names[0] == slug("A/B")


@pytest.mark.parametrize("name", ["con", "PRN", "aux", "Nul", "COM1", "com9", "LPT1", "lpt9", "com¹"])
def test_names_that_windows_keeps_for_itself_get_digits(name: str) -> None:
    assert slug(name).startswith(f"{name.lower()}-")
    assert slug("2026Q3", name) == f"2026q3-{name.lower()}"
    assert slug(name + "x") == f"{name.lower()}x"


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_a_name_is_one_that_every_file_system_holds(values: list[str]) -> None:
    name = slug(*values)
    assert 0 < len(name.encode()) <= 93
    assert unicodedata.is_normalized("NFC", name)
    assert not set(name) & set('<>:"/\\|?*~. \0\t\n')
    assert name.isprintable()


GRAINS = {
    "2026H2": ("half", date(2026, 7, 1), date(2026, 12, 31), "2026 H2", "2026H1"),
    "2026-07": ("month", date(2026, 7, 1), date(2026, 7, 31), "2026 Jul", "2026-06"),
    "2026-01": ("month", date(2026, 1, 1), date(2026, 1, 31), "2026 Jan", "2025-12"),
    "2024-02": ("month", date(2024, 2, 1), date(2024, 2, 29), "2024 Feb", "2024-01"),
    "2026W33": ("week", date(2026, 8, 10), date(2026, 8, 16), "2026 W33", "2026W32"),
    "2026W53": ("week", date(2026, 12, 28), date(2027, 1, 3), "2026 W53", "2026W52"),
    "2027W01": ("week", date(2027, 1, 4), date(2027, 1, 10), "2027 W01", "2026W53"),
}


@pytest.mark.parametrize("text", GRAINS)
def test_halves_months_and_weeks(text: str) -> None:
    grain, first, last, label, before = GRAINS[text]
    period = Period.parse(text)
    assert (period.grain, period.start, period.last_day) == (grain, first, last)
    assert (period.text, period.label) == (text, label)
    assert period.preceding is not None
    assert period.preceding.text == before
    assert period.preceding.shift(1) == period


def test_a_year_without_a_fifty_third_week_has_none() -> None:
    with pytest.raises(PeriodError, match="2027 has 52 ISO weeks"):
        Period.parse("2027W53")


def test_fiscal_years_move_halves_but_neither_months_nor_weeks() -> None:
    assert Period.parse("2026H1", 4).start == date(2025, 4, 1)
    assert Period.parse("2026H1", 4).label == "FY2026 H1"
    assert [quarter.text for quarter in Period.parse("2026H2", 4).quarters] == ["2026Q3", "2026Q4"]
    assert Period.parse("2026-01", 4).start == date(2026, 1, 1)
    assert (Period.parse("2026-01", 4).label, Period.parse("2026W01", 4).label) == ("2026 Jan", "2026 W01")


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.sampled_from(["quarter", "month", "week"]))
def test_the_period_of_a_day_contains_it_and_reads_back(day: date, grain: Grain) -> None:
    period = period_of(day, grain)
    assert period.contains(day)
    assert Period.parse(period.text) == period
    assert not period.shift(1).contains(day)
    assert period.shift(1).start == period.end


@pytest.mark.parametrize(
    ("grain", "last", "before"),
    [("quarter", "2026Q2", "2026Q1"), ("month", "2026-07", "2026-06"), ("week", "2026W33", "2026W32")],
)
def test_the_last_complete_one_is_of_the_grain(grain: Grain, last: str, before: str) -> None:
    """19 August 2026 is a Wednesday of week 34."""
    assert resolve("last_complete", date(2026, 8, 19), grain=grain).text == last
    assert resolve("previous", date(2026, 8, 19), grain=grain).text == before


def test_the_trend_of_a_month_has_months() -> None:
    found = trend_periods(Period.parse("2026-02"), date(2025, 11, 9), date(2026, 8, 1))
    assert [one.text for one in found] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert len(trend_periods(Period.parse("2026W02"), date(2024, 1, 1), date(2026, 8, 1))) == 12
