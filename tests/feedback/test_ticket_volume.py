"""Tickets a week: means of whole weeks, changes against what is usual, on counted tickets."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from helpers import feedback, stats
from helpers.coverage import Coverage
from helpers.feedback.observations import EVERY_AREA
from helpers.feedback.ticket_volume import ticket_changes, usually
from helpers.findings import NoData
from helpers.periods import Period

from .conftest import NOW, SCOPE, opened

BUSY, QUIET = (9, 10, 11) * 4, (4, 5, 6) * 4


def test_each_area_is_against_the_preceding_period_after_all_areas() -> None:
    rows = feedback.weekly_tickets(opened({"Exports": BUSY, "Billing": QUIET}, {"Exports": QUIET}))
    assert [row.label for row in rows] == ["All areas", "Exports", "Billing"]
    exports = rows[1]
    assert exports.now is not None
    assert exports.reference is not None
    assert exports.now.value == pytest.approx(120 / 13)
    assert exports.reference.value == pytest.approx(60 / 13)
    assert exports.now.n == 13
    assert exports.above


def test_without_tickets_before_there_is_no_change() -> None:
    rows = feedback.weekly_tickets(opened({"Exports": BUSY}, {}))
    assert [row.difference for row in rows] == [None, None]


def test_a_handful_of_weeks_has_no_mean() -> None:
    tickets = opened({"Exports": BUSY}, {})
    short = feedback.Tickets(SCOPE, tickets.opened, date(2026, 9, 10), tickets.last)
    with pytest.raises(NoData, match="120 tickets of 3 whole weeks in all regions, 2026 Q3"):
        feedback.weekly_tickets(short)


def test_a_series_has_a_point_a_quarter() -> None:
    tickets = opened({"Exports": BUSY}, {"Exports": QUIET})
    quarters = [Period(2026, 1), Period(2026, 2), NOW]
    (series,) = feedback.weekly_ticket_series(tickets, ["Exports"], quarters)
    values = [point.estimate and point.estimate.value for point in series.points]
    assert values == [None, pytest.approx(60 / 13), pytest.approx(120 / 13)]


def quarters(*counts: tuple[int, ...], last: Period = NOW) -> feedback.Tickets:
    """Tickets of all areas alone, thirteen weeks a quarter, the last one that of the edition."""
    periods = last.last(len(counts))
    days = {
        period.start + timedelta(weeks=week): count
        for period, weeks in zip(periods, counts, strict=True)
        for week, count in enumerate(weeks)
    }
    return feedback.Tickets(SCOPE, {EVERY_AREA: days}, periods[0].start, last.last_day)


def test_with_eight_quarters_a_change_is_read_against_the_earlier_changes() -> None:
    levels = (50, 54, 49, 52, 50, 55, 51, 70)
    (row,) = feedback.weekly_tickets(quarters(*((level,) * 13 for level in levels)))
    expected = stats.usual_change(levels)
    assert row.difference is not None
    assert row.difference.value == pytest.approx(19)
    assert row.difference.se == pytest.approx(expected.se)
    assert row.difference.p == pytest.approx(expected.p)
    assert row.above


def test_with_nine_quarters_a_year_ago_is_read_with_the_season_taken_out() -> None:
    levels = (50, 60, 55, 40, 52, 59, 57, 43, 70)
    tickets = quarters(*((level,) * 13 for level in levels))
    changes = ticket_changes(tickets).against
    [(row,)] = [rows for one, rows in changes.items() if one.name == "year_ago"]
    assert row.difference is not None
    assert row.difference.value == 70 - 52
    assert row.difference.se == pytest.approx(stats.yearly_change(levels, 4).se)


def test_with_fewer_the_slowest_wave_of_each_quarter_serves_and_that_is_said() -> None:
    spring, summer = (50, 55, 49, 53, 50, 52, 51, 50, 54, 49, 52, 50, 51), tuple(range(60, 73))
    tickets = quarters(spring, summer)
    (row,) = feedback.weekly_tickets(tickets)
    expected = stats.slow_change(summer, spring, [spring, summer])
    assert row.difference is not None
    assert (row.difference.value, row.difference.se) == pytest.approx((expected.value, expected.se))
    assert row.now is not None
    assert row.now.se == pytest.approx(stats.slow_mean(summer, [spring, summer]).se)
    assert "Tickets of 2 whole periods are known: too few" in usually(tickets)


def test_an_area_that_fell_silent_is_shown_with_its_fall() -> None:
    rows = feedback.weekly_tickets(
        opened({"Billing": QUIET, "Exports": ()}, {"Billing": QUIET, "Exports": BUSY})
    )
    silent = {row.label: row for row in rows}["Exports"]
    assert silent.now is not None
    assert silent.reference is not None
    assert silent.now.value == 0
    assert silent.reference.value == pytest.approx(120 / 13)
    assert [row.label for row in rows] == ["All areas", "Billing", "Exports"]


def test_a_silent_area_that_had_few_tickets_before_is_not_shown() -> None:
    """Its fall would tell of fewer than a group must have."""
    few = (1,) * (SCOPE.min_group - 1)
    now, then = {"Billing": QUIET, "Exports": ()}, {"Billing": QUIET, "Exports": few}
    rows = feedback.weekly_tickets(opened(now, then))
    assert [row.label for row in rows] == ["All areas", "Billing"]


def test_a_quarter_that_is_not_whole_does_not_tell_what_is_usual() -> None:
    """Of eight quarters the first begins in its fifth week: seven are whole."""
    levels = (50, 54, 49, 52, 50, 55, 51, 70)
    whole = quarters(*((level,) * 13 for level in levels))
    begins = NOW.last(8)[0].start + timedelta(weeks=4)
    covered = replace(SCOPE, coverage=Coverage.between(begins, NOW.last_day))
    cut = replace(whole, scope=covered, first=begins)
    assert "(8 whole periods)" in usually(whole)
    assert "Tickets of 7 whole periods are known" in usually(cut)
    (row,) = feedback.weekly_tickets(cut)
    assert row.difference is not None
    assert row.difference.method == "slowest cosine"
