"""Which days the rows of a table cover: whole periods, quiet days, wrong clocks, uneven collection."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.coverage import Coverage, last_day_covered
from helpers.periods import Period

SPANS = {
    "months": ([date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)], date(2026, 9, 30)),
    "quarters": ([date(2026, 1, 1), date(2026, 4, 1), date(2026, 10, 1)], date(2026, 12, 31)),
    "one month": ([date(2024, 2, 1)], date(2024, 2, 29)),
    "years": ([date(2024, 1, 1), date(2025, 1, 1)], date(2025, 12, 31)),
    "weeks": ([date(2026, 6, 29), date(2026, 7, 6), date(2026, 7, 20)], date(2026, 7, 26)),
    "days": ([date(2026, 7, 4), date(2026, 7, 5)], date(2026, 7, 5)),
    "one day": ([date(2026, 7, 4)], date(2026, 7, 4)),
}


@pytest.mark.parametrize("what", SPANS)
def test_spans_cover_the_days_until_the_next_one(what: str) -> None:
    starts, last = SPANS[what]
    assert last_day_covered(starts) == last


def test_without_spans_no_day_is_covered() -> None:
    assert last_day_covered([]) is None


@given(st.sets(st.dates(date(1990, 1, 1), date(2090, 1, 1)), min_size=1))
def test_the_last_day_never_lies_before_the_newest_span(days: set[date]) -> None:
    last = last_day_covered(sorted(days))
    assert last is not None
    assert last >= max(days)


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=after) for after in range((last - first).days + 1)]


def covering(found: Iterable[date], rows: int = 20) -> Coverage:
    coverage = Coverage.of(dict.fromkeys(found, rows))
    assert coverage is not None
    return coverage


BEGUN, ENDED = date(2017, 12, 11), date(2018, 3, 9)


class TestWholePeriods:
    def test_a_quarter_in_which_the_data_begin_is_marked(self) -> None:
        found = covering(days(BEGUN, date(2018, 3, 31))).of_period(Period(2017, 4))
        assert (found.whole, found.days, found.rows, found.silent) == (False, 21, 420, 0)
        assert (found.label, found.mark) == ("2017 Q4 (21 of 92 days)", "from 11 Dec")

    def test_a_quarter_in_which_they_end_is_marked(self) -> None:
        found = covering(days(BEGUN, ENDED)).of_period(Period(2018, 1))
        assert (found.label, found.mark) == ("2018 Q1 (68 of 90 days)", "to 9 Mar")

    def test_one_in_which_they_begin_and_end_says_both(self) -> None:
        assert covering(days(BEGUN, ENDED)).of_period(Period(2018)).mark == "to 9 Mar"
        assert covering(days(date(2018, 2, 1), ENDED)).of_period(Period(2018, 1)).mark == "1 Feb to 9 Mar"

    def test_one_before_the_first_row_has_none(self) -> None:
        found = covering(days(BEGUN, ENDED)).of_period(Period(2017, 3))
        assert (found.whole, found.days, found.rate, found.mark) == (False, 0, None, "no rows")

    def test_every_day_covered_is_whole(self) -> None:
        found = covering(days(date(2018, 1, 1), date(2018, 3, 31))).of_period(Period(2018, 1))
        assert (found.whole, found.label, found.mark, found.rate) == (True, "2018 Q1", "", 20)

    def test_all_time_is_whole(self) -> None:
        assert covering(days(BEGUN, ENDED)).of_period(Period()).whole

    @pytest.mark.parametrize(("missing", "whole"), [(1, True), (2, True), (3, False), (10, False)])
    def test_a_quiet_day_at_the_edge_of_thin_data_may_be_chance(self, missing: int, whole: bool) -> None:
        """Three rows a day: e^-3 for a day without any, so 2 such days are 1 in 400, 3 are 1 in 8,000."""
        found = covering(days(date(2018, 1, 1), date(2018, 3, 31 - missing)), rows=3)
        assert found.of_period(Period(2018, 1)).whole is whole

    def test_one_day_without_rows_is_missed_in_dense_data(self) -> None:
        assert not covering(days(date(2018, 1, 1), date(2018, 3, 30))).of_period(Period(2018, 1)).whole

    def test_a_shop_closed_on_sundays_is_not_partial_for_a_sunday(self) -> None:
        """30 September 2018 is a Sunday, 1 July too."""
        opened = [day for day in days(date(2018, 4, 2), date(2018, 9, 29)) if day.weekday() != 6]
        found = covering(opened).of_period(Period(2018, 3))
        assert (found.whole, found.silent) == (True, 13)

    def test_months_are_whole_or_missing(self) -> None:
        starts = {date(2018, month, 1): 4 for month in (2, 3, 4, 5, 6)}
        found = Coverage.of(starts, spans=True)
        assert found is not None
        assert found.last == date(2018, 6, 30)
        assert [found.of_period(Period(2018, quarter)).whole for quarter in (1, 2, 3)] == [False, True, False]
        assert found.of_period(Period(2018, 1)).mark == "from 1 Feb"
        assert found.silent == 0

    @given(st.integers(0, 91), st.integers(0, 91))
    def test_covered_days_never_exceed_the_period(self, skipped: int, length: int) -> None:
        first = date(2018, 7, 1) + timedelta(days=skipped)
        found = covering(days(first, first + timedelta(days=length))).of_period(Period(2018, 3))
        assert 0 < found.days <= 92
        assert found.rows == 20 * found.days


class TestWrongClocks:
    def test_days_far_outside_the_bulk_are_told_and_are_on_no_axis(self) -> None:
        rows = dict.fromkeys(days(BEGUN, ENDED), 20) | {date(1970, 1, 1): 1, date(2099, 1, 1): 2}
        found = Coverage.of(rows)
        assert found is not None
        assert (found.first, found.last) == (BEGUN, ENDED)
        assert found.outside == {date(1970, 1, 1): 1, date(2099, 1, 1): 2}
        assert found.quarters == (Period(2017, 4), Period(2018, 1))

    def test_a_survey_once_a_year_has_no_wrong_clock(self) -> None:
        rows = {date(year, 3, 1): 50 for year in range(2018, 2024)}
        found = Coverage.of(rows)
        assert found is not None
        assert not found.outside

    def test_a_second_group_of_many_rows_belongs_to_the_data(self) -> None:
        early = dict.fromkeys(days(date(2016, 1, 1), date(2016, 1, 9)), 5)
        rows = dict.fromkeys(days(BEGUN, ENDED), 20) | early
        found = Coverage.of(rows)
        assert found is not None
        assert (found.first, found.outside) == (date(2016, 1, 1), {})

    def test_a_handful_of_rows_has_no_bulk(self) -> None:
        found = Coverage.of({date(2016, 1, 1): 1, date(2018, 1, 1): 3})
        assert found is not None
        assert not found.outside

    def test_a_silence_of_a_quarter_is_not_far(self) -> None:
        near = {date(2017, 9, 10): 1}
        found = Coverage.of(dict.fromkeys(days(BEGUN, ENDED), 20) | near)
        assert found is not None
        assert (found.first, found.outside) == (date(2017, 9, 10), {})


class TestCollection:
    ROWS = dict.fromkeys(days(date(2025, 1, 1), date(2025, 9, 30)), 4) | dict.fromkeys(
        days(date(2025, 10, 1), date(2025, 12, 31)), 170
    )

    def test_a_period_of_far_more_rows_a_day_is_uneven(self) -> None:
        found = Coverage(min(self.ROWS), max(self.ROWS), self.ROWS).uneven(Period(2025, 4).last(4))
        assert [(one.period, one.rate, usual) for one, usual in found] == [(Period(2025, 4), 170, 4)]

    @pytest.mark.parametrize(
        ("rows", "told"),
        [(2, ""), (1, "from 4 to 1"), (8, ""), (9, "from 4 to 9")],
    )
    def test_half_to_twice_is_no_marked_change(self, rows: int, told: str) -> None:
        both = dict.fromkeys(days(date(2025, 1, 1), date(2025, 3, 31)), 4)
        both |= dict.fromkeys(days(date(2025, 4, 1), date(2025, 6, 30)), rows)
        found = Coverage(min(both), max(both), both)
        assert found.collected(Period(2025, 2), Period(2025, 1)) == (
            f"rows went {told} a day" if told else ""
        )

    def test_without_a_period_before_nothing_is_told(self) -> None:
        found = Coverage(min(self.ROWS), max(self.ROWS), self.ROWS)
        assert found.collected(Period(2025, 1), None) == ""
        assert found.collected(Period(2025, 1), Period(2024, 4)) == ""


def test_what_is_usual_is_taken_from_a_quarter_and_not_from_the_last_weeks_alone() -> None:
    """Ten rows a day that thin out to one: four days without any are still too many."""
    days = [date(2026, 4, 1) + timedelta(days=after) for after in range(179)]
    found = Coverage.of({day: 10 if day < date(2026, 9, 2) else 1 for day in days})
    assert found is not None
    assert found.last == date(2026, 9, 26)
    assert not found.of_period(Period(2026, 3)).whole
