"""The data account: rows that add up, days covered, wrong clocks, uneven collection."""

from datetime import date, timedelta

from helpers import tables
from helpers.coverage import Coverage
from helpers.records import TableAccount


def test_the_account_adds_up_and_says_why() -> None:
    responses = TableAccount(
        name="responses", read=110, kept=100, quarantined={"score out of range": 3, "duplicate": 7}
    )

    class Loaded:
        account = TableAccount(name="users", read=50, kept=50)
        coverage = None

    class Absent:
        account = None
        coverage = None

    shown = tables.account(responses, Loaded(), Absent())
    assert shown.rows == (
        ("responses", 110, 100, 10, "duplicate (7), score out of range (3)"),
        ("users", 50, 50, 0, ""),
    )
    assert shown.footer == ("All", 160, 150, 10, "")


def test_the_days_covered_are_told_with_those_far_outside() -> None:
    outside = {"1970-01-01": 1, "2099-01-01": 2}
    account = TableAccount(
        name="responses",
        read=9,
        kept=9,
        earliest="2017-12-11",
        latest="2018-03-31",
        silent_days=3,
        outside=outside,
    )
    shown = tables.account(account, TableAccount(name="tickets", read=1, kept=1))
    days = (
        "11 Dec 2017 to 31 Mar 2018; 3\u00a0days without rows; "
        "3 rows of 1 Jan 1970 and 1 Jan 2099 are far outside, on no axis"
    )
    assert [row[4] for row in shown.rows] == [days, ""]
    assert shown.footer == ("All", 10, 10, 0, "", "")


def test_a_quarter_of_many_more_rows_a_day_is_told() -> None:
    first = date(2025, 1, 1)
    rows = {first + timedelta(days=after): 4 if after < 273 else 170 for after in range(365)}

    class Loaded:
        account = TableAccount(name="responses", read=9, kept=9)
        coverage = Coverage.of(rows)

    assert tables.account(Loaded()).note == (
        "responses was collected unevenly: 170 a day in 2025 Q4, against 4.0 usually."
    )
