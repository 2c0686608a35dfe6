"""The parameters cell as a schema: types, defaults, ranges, and values by declared type."""

from __future__ import annotations

import ast
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.records.parameter_types import Type, declared
from helpers.records.schema import Schema, SchemaError, schema_of

CELL = """period: Period = "last_complete"    # 2026Q3, a year (2026), all, last_complete, previous
region: str = "all"                  # one region, or all
confidence: float = 0.95             # level of every interval, 0.5 to 0.999
days: int = 3                        # separate days, 1 to 31
since: date = "2026-01-31"           # first day
weights: bool = False                # weighted or not
metric: Literal["nps", "csat"] = "nps"   # which score
areas: list[str] = ["Billing", "Mobile"]  # product areas
target: float | None = None          # none without a target"""


def cell(source: str) -> Schema:
    return schema_of(source, Path("demo.ipynb"), "demo.ipynb: cell 0")


def kind(annotation: str, help_text: str = "") -> Type:
    return declared(ast.parse(annotation, mode="eval").body, help_text)


def test_the_cell_gives_names_defaults_and_help() -> None:
    schema = cell(CELL)
    assert schema.defaults == {
        "period": "last_complete",
        "region": "all",
        "confidence": 0.95,
        "days": 3,
        "since": "2026-01-31",
        "weights": False,
        "metric": "nps",
        "areas": ["Billing", "Mobile"],
        "target": None,
    }
    assert schema.parameters["region"].help == "one region, or all"
    assert schema.periods == ["period"]


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        ("str", "007", "007"),
        ("str", "null", "null"),
        ("str", "true", "true"),
        ("str", "", ""),
        ("str | None", "null", None),
        ("str | None", "NO", "NO"),
        ("int", "007", 7),
        ("int", "-3", -3),
        ("float", "1", 1.0),
        ("float", "5e-3", 0.005),
        ("bool", "True", True),
        ("bool", "no", False),
        ("date", "2026-02-28", "2026-02-28"),
        ("Period", "2026q3", "2026Q3"),
        ("Period", "2026", "2026"),
        ("Period", "previous", "previous"),
        ('Literal["a", "b"]', "b", "b"),
        ("Literal[1, 2]", "2", 2),
        ("list[str]", "a, b", ["a", "b"]),
        ("list[int]", "", []),
        ("list[float] | None", "null", None),
    ],
)
def test_a_text_becomes_a_value_of_the_declared_type(annotation: str, text: str, value: Any) -> None:
    made = kind(annotation).from_text(text)
    assert (made, type(made)) == (value, type(value))


@pytest.mark.parametrize(
    ("annotation", "text", "told"),
    [
        ("int", "7.0", "'7.0' is no whole number"),
        ("int", "1_000", "'1_000' is no whole number"),
        ("int", "true", "'true' is no whole number"),
        ("float", "many", "'many' is no number"),
        ("float", "nan", "finite number"),
        ("bool", "1", "neither true nor false"),
        ("date", "28/02/2026", "write it like 2026-09-30"),
        ("date", "2026-02-30", "is no date"),
        ("Period", "2026Q5", "write 2026Q3, 2026, 2026H2, 2026-07, 2026W33, all, last_complete or previous"),
        ('Literal["a", "b"]', "c", "none of a, b"),
        ("list[int]", "1,x", "'x' is no whole number"),
        ("str", ["a"], "a list is no str"),
        ("str", None, "valid string"),
    ],
)
def test_a_text_of_another_type_is_refused(annotation: str, text: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        kind(annotation).from_text(text)


def test_the_help_of_a_number_may_end_in_its_range() -> None:
    level = kind("float", "level of every interval, 0.5 to 0.999.")
    assert level.from_text("0.999") == 0.999
    with pytest.raises(ValueError, match=r"1\.0: .*less than or equal to 0\.999"):
        level.from_text("1")
    assert kind("list[int]", "1 to 3").from_text("1,3") == [1, 3]
    assert kind("str", "from 1 to 3").from_text("9") == "9"


@pytest.mark.parametrize("annotation", ["dict", "Any", "int | str", "list", "tuple[int]", "Optional[int]"])
def test_other_types_are_no_types_of_parameters(annotation: str) -> None:
    with pytest.raises(ValueError, match="is no type of a parameter; use str, int"):
        kind(annotation)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ('region = "all"', "no annotated literal"),
        ("import os", "no annotated literal"),
        ("region: str", "no annotated literal"),
        ('days: int = "3"', "cell 0, line 1, days: '3': input should be a valid integer"),
        ("confidence: float = 2.0  # 0.5 to 0.999", "less than or equal to 0.999"),
        ("days: int = 1 + 2", "line 1, days"),
        ("days: int = (", "no valid Python"),
        ("day: date = '1 May'", "is no date"),
    ],
)
def test_a_line_that_declares_nothing_is_told_with_its_place(source: str, told: str) -> None:
    with pytest.raises(SchemaError, match=r"demo\.ipynb: cell 0") as caught:
        cell(source)
    assert told in str(caught.value)


def test_an_unknown_name_gets_the_nearest_one() -> None:
    with pytest.raises(ValueError, match=r"no parameter regoin\. Did you mean region\?"):
        cell(CELL).value("regoin", "EMEA")


def test_the_json_schema_says_what_the_cell_says() -> None:
    schema = cell(CELL).json_schema()["properties"]
    assert schema["confidence"] == {
        "type": "number",
        "minimum": 0.5,
        "maximum": 0.999,
        "default": 0.95,
        "description": "level of every interval, 0.5 to 0.999",
    }
    assert schema["since"]["format"] == "date"
    assert schema["metric"]["enum"] == ["nps", "csat"]
    assert schema["areas"]["items"] == {"type": "string"}
    assert {"type": "null"} in schema["target"]["anyOf"]


@given(st.text().filter(str.isprintable))
def test_any_text_stays_itself_where_text_is_declared(text: str) -> None:
    assert kind("str").from_text(text) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_survive_the_way_to_the_command_line_and_back(number: float) -> None:
    assert kind("float").from_text(str(number)) == number


@given(st.dates(min_value=date(1000, 1, 1)))
def test_values_are_what_json_carries(day: date) -> None:
    value = kind("date").from_text(day.isoformat())
    assert json.loads(json.dumps(value)) == value
