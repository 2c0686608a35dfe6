"""Gates: which data are warned of, which hold a page back, and that the texts name table and limit."""

from __future__ import annotations

from datetime import date

import pytest

from helpers.records import Check, TableAccount
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
            "responses: 3 of 100 rows are set aside, more than the 2 % allowed.",
        ),
    ],
)
def test_a_gate_passes_up_to_its_limit_and_names_what_breaks_it(
    given: Gates, account: TableAccount, told: str
) -> None:
    [check] = gates.judge(given, [account], REACH)
    assert check.passed == (not told)
    assert check.severity == ("warn" if told else "info")
    assert not told or check.text == told


def test_only_gates_that_say_hold_hold() -> None:
    account = table(kept=5, aside=5)
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


def test_without_gates_nothing_is_judged() -> None:
    assert gates.judge(Gates(), [table(kept=0)], REACH) == ()
    assert not gates.is_stale(Gates(), [table(latest="2020-01-01")], REACH)
