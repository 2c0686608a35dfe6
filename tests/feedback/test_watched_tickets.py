"""How long tickets stayed open, counted from a table: ages, equal watch, open at the end, ratings."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from helpers import sources
from helpers.contracts import ANSWERS_APART
from helpers.feedback import Rated, WatchedTickets, watched_tickets
from helpers.feedback.observations import EVERY_AREA
from helpers.findings import NoData
from helpers.periods import Period
from helpers.scope import Scope

from .conftest import NOW, SCOPE

Row = Mapping[str, object]
BEFORE = NOW.shift(-1)
DAY = timedelta(days=1)
JULY, APRIL, LAST = datetime(2026, 7, 10), datetime(2026, 4, 10), datetime(2026, 9, 29, 23)


def table(*rows: Row) -> sources.LoadedTable:
    """Tickets, with an open one on the first and the last day, so that both quarters are covered."""
    ends: list[Row] = [
        {"opened_at": datetime(2026, 4, 1), "closed_at": None},
        {"opened_at": LAST, "closed_at": None},
    ]
    return sources.of_rows("tickets", [{"product_area": None, **row} for row in (*ends, *rows)])


def watched(*rows: Row, scope: Scope = SCOPE) -> WatchedTickets:
    return watched_tickets(table(*rows), scope)


def ages(found: WatchedTickets, period: Period) -> list[tuple[float, bool, int]]:
    return sorted(zip(*found.ages(EVERY_AREA, period), strict=True))


def test_a_closed_ticket_counts_to_the_hour_it_was_closed_in_and_an_open_one_to_the_end() -> None:
    closed = {"opened_at": JULY, "closed_at": JULY + timedelta(hours=30, minutes=59)}
    found = watched(closed, closed)
    until_the_end = (datetime(2026, 9, 30) - LAST).total_seconds() // 3600 / 24
    assert ages(found, NOW) == [(until_the_end, False, 1), (30 / 24, True, 2)]


def test_tickets_of_the_period_before_are_watched_to_the_same_age() -> None:
    """The data end on 29 September; of the quarter before, that is 92 days earlier, on 29 June."""
    late = {"opened_at": APRIL, "closed_at": datetime(2026, 6, 30, 1)}
    in_time = {"opened_at": APRIL, "closed_at": datetime(2026, 6, 29, 23)}
    found = watched(late, in_time)
    end = datetime(2026, 6, 30)
    assert (((end - APRIL).days, False, 1)) in ages(found, BEFORE)
    assert any(closed for _, closed, _ in ages(found, BEFORE))
    assert sum(count for *_, count in ages(found, BEFORE)) == 3


def test_a_ticket_closed_before_it_was_opened_by_the_clock_counts_at_once() -> None:
    """A date without a time stands for midnight; the contract sets aside what is impossible by the day."""
    found = watched({"opened_at": JULY, "closed_at": JULY})
    assert (0.0, True, 1) in ages(found, NOW)


def test_open_tickets_are_counted_at_the_end_of_each_period_whenever_they_were_opened() -> None:
    rows = [
        {"opened_at": APRIL, "closed_at": datetime(2026, 8, 1)},  # open at the end of June alone
        {"opened_at": APRIL, "closed_at": datetime(2026, 7, 1)},  # closed as the quarter began: open then
        {"opened_at": APRIL, "closed_at": datetime(2026, 6, 30, 23)},
    ]
    found = watched(*rows)
    assert found.open_at_end[BEFORE] == 3
    assert found.open_at_end[NOW] == 2


def test_ratings_of_four_and_five_are_satisfied() -> None:
    rated = [{"opened_at": JULY, "closed_at": JULY + DAY, "csat": score} for score in (1, 3, 4, 5, None)]
    assert watched(*rated).rated[NOW] == Rated(2, 4)


def test_a_ticket_of_several_areas_counts_in_each_and_once_in_all() -> None:
    both = {"opened_at": JULY, "closed_at": JULY + DAY, "product_area": f"Exports{ANSWERS_APART}Billing"}
    found = watched(*[both] * 5, {**both, "product_area": "Billing"})
    assert (found.count("Billing"), found.count("Exports"), found.count()) == (6, 5, 7)
    assert found.areas == ("Billing", "Exports")


def test_what_is_missing_is_named() -> None:
    with pytest.raises(NoData, match="closed_at"):
        watched_tickets(sources.of_rows("tickets", [{"opened_at": JULY}]), SCOPE)
    with pytest.raises(NoData, match="There are no tickets in all regions, 2026 Q4"):
        watched({"opened_at": JULY, "closed_at": None}, scope=Scope(NOW.shift(1)))
