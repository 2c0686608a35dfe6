"""Tickets a week: means of whole weeks, Welch over weeks, on counted tickets."""

from datetime import date

import pytest

from helpers import feedback
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
    with pytest.raises(NoData, match="no tickets in all regions, 2026 Q3"):
        feedback.weekly_tickets(short)


def test_a_series_has_a_point_a_quarter() -> None:
    tickets = opened({"Exports": BUSY}, {"Exports": QUIET})
    quarters = [Period(2026, 1), Period(2026, 2), NOW]
    (series,) = feedback.weekly_ticket_series(tickets, ["Exports"], quarters)
    values = [point.estimate and point.estimate.value for point in series.points]
    assert values == [None, pytest.approx(60 / 13), pytest.approx(120 / 13)]
