"""The rows that an edition is about: its region, its period and the preceding one."""

from pathlib import Path

import pytest

from helpers import sources
from helpers.findings import NoData
from helpers.periods import Period
from helpers.scope import Scope
from helpers.sources import LoadedTable

TICKETS = """ticket_id,opened_at,region
a,2026-03-31,EMEA
b,2026-04-01,EMEA
c,2026-06-30,AMER
d,2026-07-01,EMEA
e,2026-09-30,AMER
"""


@pytest.fixture
def tickets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoadedTable:
    (tmp_path / "tickets.csv").write_text(TICKETS, encoding="utf-8")
    (tmp_path / "sources.yaml").write_text("tables: {tickets: {path: tickets.csv}}", encoding="utf-8")
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(tmp_path))
    return sources.load("tickets")


def ids(tickets: LoadedTable, scope: Scope) -> dict[str, str]:
    return {row["ticket_id"]: row["period"] for row in scope.rows_compared(tickets).to_pyarrow().to_pylist()}


def test_both_periods_are_told_apart(tickets: LoadedTable) -> None:
    spring, summer = dict.fromkeys("bc", "2026Q2"), dict.fromkeys("de", "2026Q3")
    assert ids(tickets, Scope(Period(2026, 3))) == spring | summer


def test_a_region_has_its_own_rows(tickets: LoadedTable) -> None:
    scope = Scope(Period(2026, 3), "EMEA")
    assert ids(tickets, scope) == {"b": "2026Q2", "d": "2026Q3"}
    assert set(scope.rows(tickets).to_pyarrow()["ticket_id"].to_pylist()) == {"a", "b", "d"}


def test_all_time_has_no_preceding_rows(tickets: LoadedTable) -> None:
    scope = Scope(Period())
    assert ids(tickets, scope) == dict.fromkeys("abcde", "all")
    assert scope.baseline_label == ""


def test_a_table_without_regions_has_none_to_give(tickets: LoadedTable, tmp_path: Path) -> None:
    (tmp_path / "tickets.csv").write_text("ticket_id,opened_at\na,2026-07-01\n", encoding="utf-8")
    with pytest.raises(NoData, match="region"):
        Scope(Period(2026, 3), "EMEA").rows(sources.load("tickets"))


@pytest.mark.parametrize("period", ["2031Q1", "2025Q4"])
def test_of_a_period_that_no_row_reaches_into_nothing_is_told(tickets: LoadedTable, period: str) -> None:
    told = f"tickets has no rows in {Period.parse(period).label}; they are of 31 Mar 2026 to 30 Sep 2026."
    with pytest.raises(NoData) as nothing:
        Scope.of(tickets, period)
    assert str(nothing.value) == told


def test_one_day_of_a_period_is_enough_to_tell_of_it(tickets: LoadedTable) -> None:
    assert Scope.of(tickets, "2026Q1").period == Period(2026, 1)
