"""Gates: which data are warned of, which hold a page back, and that the texts name table and limit."""

from __future__ import annotations

from datetime import date

import pytest

from helpers.periods import Period
from helpers.records import Check, Example, TableAccount
from quarterdeck.params.report import Gates
from quarterdeck.plan import gates

REACH = date(2026, 9, 30)


def asked(**written: object) -> Gates:
    """Gates as a report's file writes them."""
    return Gates.model_validate(written)


def table(kept: int = 1000, aside: int = 0, latest: str | None = "2026-09-29") -> TableAccount:
    return TableAccount(
        name="responses", read=kept + aside, kept=kept, quarantined={"score": aside}, latest=latest
    )


@pytest.mark.parametrize(
    ("given", "account", "told"),
    [
        (asked(fresh="7 d"), table(latest="2026-09-23"), ""),
        (
            asked(fresh="7 d"),
            table(latest="2026-09-22T23:59:59"),
            "responses: the newest row, of 22 Sep 2026, is older than the 7 d allowed.",
        ),
        (asked(fresh="7 d"), table(latest=None), ""),
        (asked(rows=100), table(kept=100), ""),
        (asked(rows=100), table(kept=99), "responses: 99 rows can be used; 100 are needed."),
        (asked(quarantined="2 %"), table(kept=98, aside=2), ""),
        (
            asked(quarantined="2 %"),
            table(kept=97, aside=3),
            "responses: 3 of 100 rows are set aside (score: 3), more than the 2 % allowed.",
        ),
    ],
)
def test_a_gate_passes_up_to_its_limit_and_names_what_breaks_it(
    given: Gates, account: TableAccount, told: str
) -> None:
    wanted = "gate.quarantined" if account.set_aside else None
    found = gates.judge(given, [account], REACH)
    check = next(one for one in found if one.key == (wanted or found[0].key))
    assert check.passed == (not told)
    assert check.severity == ("warn" if told else "info")
    assert not told or check.text == told


@pytest.mark.parametrize(
    ("spans", "period", "told"),
    [
        ([("2026-01-05", "2026-09-30")], "2026Q4", "No table has rows in 2026 Q4; they are of 5 Jan 2026 to"),
        ([("2026-01-05", "2026-09-30")], "2025Q4", "No table has rows in 2025 Q4; they are of 5 Jan 2026 to"),
        ([("2026-01-05", "2026-09-30")], "2026Q3", ""),
        ([("2026-01-05", "2026-10-01")], "2026Q4", ""),
        ([("2025-12-31", "2026-09-30")], "2025Q4", ""),
        ([("2026-01-05", "2026-09-30"), ("2026-10-02", "2026-10-03")], "2026Q4", ""),
        ([(None, None)], "2031Q1", ""),
        ([], "2031Q1", ""),
        ([("2026-01-05", "2026-09-30")], "all", ""),
    ],
)
def test_a_period_is_told_of_only_where_a_table_has_a_day_of_it(
    spans: list[tuple[str | None, str | None]], period: str, told: str
) -> None:
    accounts = [TableAccount(name="t", read=1, kept=1, earliest=a, latest=b) for a, b in spans]
    found = gates.uncovered(accounts, Period.parse(period))
    assert found.startswith(told) and bool(found) == bool(told)


def test_only_gates_that_say_hold_hold() -> None:
    account = table(kept=95, aside=5)
    given = asked(rows="100 or hold", quarantined="2 % or warn")
    checks = gates.judge(given, [account], REACH)
    assert [check.key for check in checks if not check.passed] == ["gate.rows", "gate.quarantined"]
    assert [check.key for check in gates.holding(given, checks)] == ["gate.rows"]


@pytest.mark.parametrize(("action", "held"), [("warn", []), ("hold", ["sample_ratio"])])
def test_a_broken_sample_ratio_holds_when_asked(action: str, held: list[str]) -> None:
    found = [
        Check(key="sample_ratio", passed=False, severity="stop", text="The split is 52 to 48."),
        Check(key="one_variant", passed=False, severity="stop", text="9 units saw both."),
        Check(key="small_groups", passed=True, severity="info", text="No group is small."),
    ]
    given = asked(sample_ratio=action, small_groups="hold")
    assert [check.key for check in gates.holding(given, found)] == held


@pytest.mark.parametrize(
    ("aside", "severity", "held"),
    [(0, "info", False), (10, "info", False), (11, "warn", False), (100, "warn", False), (101, "stop", True)],
)
def test_without_being_asked_one_per_cent_warns_and_ten_hold(aside: int, severity: str, held: bool) -> None:
    [check] = gates.judge(Gates(), [table(kept=1000 - aside, aside=aside)], REACH)
    assert (check.key, check.severity) == ("gate.quarantined", severity)
    assert bool(gates.holding(Gates(), [check])) == held


def test_values_that_are_lost_alone_count_by_their_reason() -> None:
    example = Example(shape="9,999.99", masked="1,004.20", remedy='thousands: ","')
    account = TableAccount(
        name="outcomes",
        read=1000,
        kept=1000,
        unknown={"revenue unreadable": 35},
        examples={"revenue unreadable": example},
    )
    [check] = gates.judge(Gates(), [account], REACH)
    assert check.text == (
        "outcomes: of 1,000 rows values are lost (revenue unreadable: 35, such as 9,999.99), "
        "more than the 1 % allowed."
    )


def test_both_limits_of_rows_set_aside_can_be_said() -> None:
    given = asked(quarantined=["5 %", "20 % or hold"])
    [fine] = gates.judge(given, [table(kept=95, aside=5)], REACH)
    [warned] = gates.judge(given, [table(kept=85, aside=15)], REACH)
    [stopped] = gates.judge(given, [table(kept=79, aside=21)], REACH)
    assert (fine.severity, warned.severity, stopped.severity) == ("info", "warn", "stop")


def test_without_a_gate_nothing_is_stale() -> None:
    assert not gates.is_stale(Gates(), [table(latest="2020-01-01")], REACH)
