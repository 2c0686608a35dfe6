"""The contracts of the logical tables: what is asked for, and which row breaks what."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import ibis
import pytest

from helpers.contracts import (
    CONTRACTS,
    REASON,
    ROW,
    SAME,
    SCALES,
    ColumnContract,
    Contract,
    Keep,
    in_order,
    is_repeat,
    judged_by_key,
    judged_by_rules,
    not_negative,
    one_of,
    shares_not_negative,
    within,
)
from helpers.privacy import FREE_TEXT

NUMBERS = (
    ColumnContract("id", "text", required=True),
    ColumnContract("a", "number"),
    ColumnContract("b", "number"),
)
MEASURED = tuple(replace(column, required=True) for column in NUMBERS)
MORE = "one more row of id"


def judged(contract: Contract, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with the reason of each, in their order."""
    columns = {
        column.name: {"text": "string", "number": "float64"}[column.kind] for column in contract.columns
    }
    there = {name: kind for name, kind in columns.items() if name in rows[0]}
    table = ibis.memtable([{ROW: at, **row} for at, row in enumerate(rows)], schema={ROW: "int64", **there})
    verdicts = judged_by_key(judged_by_rules(table, contract, {}).rows, contract)
    found: list[dict[str, Any]] = verdicts.order_by(ROW).to_pyarrow().to_pylist()
    return found


def reasons(contract: Contract, rows: list[dict[str, Any]]) -> list[str | None]:
    """The reason of each row, in their order."""
    return [row[REASON] for row in judged(contract, rows)]


def test_a_row_counts_under_the_first_rule_that_it_breaks() -> None:
    rules = (not_negative("a"), within("a", 0, 5), within("b", 1, 2))
    contract = Contract("t", MEASURED, time=None, rules=rules)
    rows: list[dict[str, Any]] = [
        {"id": "x", "a": 1, "b": 1},
        {"id": "x", "a": -1, "b": 9},
        {"id": "x", "a": 9, "b": 9},
        {"id": "x", "a": 5, "b": 9},
        {"id": "x", "a": None, "b": 9},
        {"id": None, "a": -1, "b": 9},
    ]
    assert reasons(contract, rows) == [
        None,
        "a below zero",
        "a out of range",
        "b out of range",
        "a missing",
        "id missing",
    ]


def test_an_optional_value_that_breaks_a_rule_is_lost_and_its_row_stays() -> None:
    rules = (not_negative("a"), within("a", 0, 5), within("b", 1, 2))
    contract = Contract("t", NUMBERS, time=None, key=("id",), rules=rules)
    rows = [{"id": "x", "a": -1, "b": 9}, {"id": "y", "a": 9, "b": 1}, {"id": "z", "a": 5, "b": 2}]
    found = judged(contract, rows)
    assert [(row[REASON], row["a"], row["b"]) for row in found] == [
        (None, None, None),
        (None, None, 1.0),
        (None, 5.0, 2.0),
    ]
    table = ibis.memtable([{ROW: 0, "id": "x", "a": -1.0, "b": 1.0}])
    verdict = judged_by_rules(table, contract, {})
    assert set(verdict.lost) == {"a below zero", "a out of range", "b out of range"}
    assert verdict.about["b out of range"] == "b"


def test_of_good_rows_with_one_key_the_smallest_stays_in_any_order() -> None:
    contract = Contract("t", MEASURED, time=None, key=("id",), rules=(not_negative("a"),))
    pairs = [("x", -1), ("x", 2), ("y", 1), ("x", 1), ("y", -1)]
    rows = [{"id": name, "a": a, "b": 0} for name, a in pairs]
    assert reasons(contract, rows) == ["a below zero", MORE, None, None, "a below zero"]
    assert reasons(contract, rows[::-1]) == ["a below zero", None, None, MORE, "a below zero"]


@pytest.mark.parametrize(
    ("keep", "stays"),
    [("earliest", 1), ("latest", 3)],
)
def test_of_rows_with_one_key_the_earliest_or_latest_time_stays(keep: Keep, stays: int) -> None:
    contract = Contract("t", NUMBERS, time="b", key=("id",), keep=keep)
    for order in permutations([1, 2, 3]):
        found = judged(contract, [{"id": "x", "a": -time, "b": time} for time in order])
        assert [row["b"] for row in found if row[REASON] is None] == [stays]


def test_rows_that_are_the_same_are_told_from_rows_that_share_a_key() -> None:
    contract = Contract("t", NUMBERS, time=None, key=("id",))
    rows = [{"id": "x", "a": a, "b": 0} for a in (1, 1, 2, 2, 2)]
    assert reasons(contract, rows) == [None, SAME, MORE, SAME, SAME]
    assert all(is_repeat(reason) for reason in (SAME, MORE))
    assert not is_repeat("id missing")


def test_a_key_of_two_columns_uses_those_that_are_there() -> None:
    contract = Contract("t", NUMBERS, time=None, key=("id", "a"))
    rows: list[dict[str, Any]] = [
        {"id": "x", "a": 1},
        {"id": "x", "a": 2},
        {"id": "x", "a": 1},
        {"id": "x", "a": None},
    ]
    assert reasons(contract, rows) == [None, None, SAME, None]
    told_apart = [{**row, "b": at} for at, row in enumerate(rows)]
    assert reasons(contract, told_apart) == [None, None, "one more row of id and a", None]
    assert reasons(contract, [{"id": "x"}, {"id": "x"}]) == [None, SAME]


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
        (ColumnContract("survey", "text", required=True), ColumnContract("score", "number", required=True)),
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
    assert set(contract.summed) <= set(names)
    assert not (contract.key and contract.summed)
    for rule in contract.rules:
        assert set(rule.needs) <= set(names)
        assert rule.about in rule.needs


def test_a_sum_may_be_negative_and_a_share_may_not() -> None:
    contract = CONTRACTS["market_metrics"].with_rules(shares_not_negative(["paid"]))
    kinds = {"market": "string", "metric": "string", "numerator": "float64", "denominator": "float64"}
    figures = [("revenue", -5, 1), ("paid", -5, 1), ("paid", 5, -1), ("revenue", 5, -1)]
    rows = [
        {ROW: at, "market": "FR", "metric": name, "numerator": over, "denominator": under}
        for at, (name, over, under) in enumerate(figures)
    ]
    table = ibis.memtable(rows, schema={ROW: "int64", **kinds})
    found = judged_by_rules(table, contract, {}).rows.order_by(ROW).to_pyarrow().to_pylist()
    assert [row[REASON] for row in found] == [None, "numerator of a share below zero", None, None]
    assert [row["denominator"] for row in found] == [1.0, 1.0, None, -1.0]


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
    "orders": {"market", "ordered_at", "amount"},
}


def test_the_required_columns_are_those_that_were_promised() -> None:
    assert {name: set(contract.required) for name, contract in CONTRACTS.items()} == REQUIRED


def test_free_text_is_known_as_such() -> None:
    columns = {column.name for contract in CONTRACTS.values() for column in contract.columns}
    assert columns >= FREE_TEXT
