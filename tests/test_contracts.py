"""The contracts of the logical tables: what is asked for, and which row breaks what."""

from __future__ import annotations

from typing import Any

import ibis
import pytest

from helpers.contracts import (
    CONTRACTS,
    REASON,
    ROW,
    SCALES,
    ColumnContract,
    Contract,
    in_order,
    judged_by_key,
    judged_by_rules,
    not_negative,
    one_of,
    within,
)
from helpers.privacy import FREE_TEXT

NUMBERS = (
    ColumnContract("id", "text", required=True),
    ColumnContract("a", "number"),
    ColumnContract("b", "number"),
)


def reasons(contract: Contract, rows: list[dict[str, Any]]) -> list[str | None]:
    """The reason of each row, in their order."""
    columns = {
        column.name: {"text": "string", "number": "float64"}[column.kind] for column in contract.columns
    }
    there = {name: kind for name, kind in columns.items() if name in rows[0]}
    table = ibis.memtable([{ROW: at, **row} for at, row in enumerate(rows)], schema={ROW: "int64", **there})
    judged = judged_by_key(judged_by_rules(table, contract, {}), contract)
    found: list[str | None] = judged.order_by(ROW).to_pyarrow()[REASON].to_pylist()
    return found


def test_a_row_counts_under_the_first_rule_that_it_breaks() -> None:
    rules = (not_negative("a"), within("a", 0, 5), within("b", 1, 2))
    contract = Contract("t", NUMBERS, time=None, rules=rules)
    rows: list[dict[str, Any]] = [
        {"id": "x", "a": 1, "b": 1},
        {"id": "x", "a": -1, "b": 9},
        {"id": "x", "a": 9, "b": 9},
        {"id": "x", "a": None, "b": 9},
        {"id": None, "a": -1, "b": 9},
    ]
    assert reasons(contract, rows) == [
        None,
        "a below zero",
        "a out of range",
        "b out of range",
        "id missing",
    ]


def test_of_repeats_the_first_good_row_stays() -> None:
    contract = Contract("t", NUMBERS, time=None, key=("id",), rules=(not_negative("a"),))
    rows = [{"id": name, "a": a, "b": 0} for name, a in [("x", -1), ("x", 1), ("y", 1), ("x", 2), ("y", -1)]]
    assert reasons(contract, rows) == ["a below zero", None, None, "id repeated", "a below zero"]


def test_a_key_of_two_columns_uses_those_that_are_there() -> None:
    contract = Contract("t", NUMBERS, time=None, key=("id", "a"))
    rows: list[dict[str, Any]] = [
        {"id": "x", "a": 1},
        {"id": "x", "a": 2},
        {"id": "x", "a": 1},
        {"id": "x", "a": None},
    ]
    assert reasons(contract, rows) == [None, None, "id and a repeated", None]
    assert reasons(contract, [{"id": "x"}, {"id": "x"}]) == [None, "id repeated"]


def test_without_a_key_equal_rows_are_no_repeats() -> None:
    assert reasons(Contract("t", NUMBERS, time=None), [{"id": "x"}, {"id": "x"}]) == [None, None]


def test_rules_on_absent_columns_are_not_asked() -> None:
    contract = Contract(
        "t", NUMBERS, time=None, rules=(in_order("a", "b", "b before a"), one_of("id", ["x"]))
    )
    assert reasons(contract, [{"id": "y", "a": 2}]) == ["id unknown"]


@pytest.mark.parametrize("survey", SCALES)
def test_scores_lie_on_the_scale_of_their_survey(survey: str) -> None:
    low, high = SCALES[survey]
    contract = Contract(
        "responses",
        (ColumnContract("survey", "text"), ColumnContract("score", "number")),
        time=None,
        rules=CONTRACTS["responses"].rules,
    )
    scores = [low, high, low - 1, high + 1, low + 0.5, 1e300]
    found = reasons(contract, [{"survey": survey, "score": score} for score in scores])
    assert found == [None, None, *["score out of range"] * 4]


def test_known_regions_are_asked_only_where_there_are_regions() -> None:
    assert CONTRACTS["events"].with_regions(["EMEA"]) is CONTRACTS["events"]
    assert CONTRACTS["users"].with_regions([]) is CONTRACTS["users"]
    assert [rule.reason for rule in CONTRACTS["users"].with_regions(["EMEA"]).rules] == ["region unknown"]


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: str(contract.table))
def test_time_key_and_rules_name_columns_of_the_table(contract: Contract) -> None:
    names = [column.name for column in contract.columns]
    assert len(names) == len(set(names))
    assert contract.time is None or contract.time in names
    assert set(contract.key) <= set(names)
    for rule in contract.rules:
        assert set(rule.needs) <= set(names)


REQUIRED = {
    "responses": {"response_id", "submitted_at", "survey", "score"},
    "invitations": {"invitation_id", "sent_at"},
    "tickets": {"ticket_id", "opened_at"},
    "mentions": {"mention_id", "posted_at", "source", "text"},
    "assignments": {"experiment", "unit_id", "variant"},
    "outcomes": {"unit_id"},
    "users": {"user_id", "signed_up_at"},
    "events": {"user_id", "occurred_at", "event"},
    "totals": {"experiment", "variant", "metric", "date", "numerator", "denominator"},
    "market_metrics": {"market", "period_start", "metric", "numerator"},
}


def test_the_required_columns_are_those_that_were_promised() -> None:
    assert {name: set(contract.required) for name, contract in CONTRACTS.items()} == REQUIRED


def test_free_text_is_known_as_such() -> None:
    columns = {column.name for contract in CONTRACTS.values() for column in contract.columns}
    assert columns >= FREE_TEXT
