"""A choice of parameters becomes an edition in the file of its report, and nothing else there changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.explore.editions_file import keep
from helpers.records.parameter_types import Value
from helpers.records.schema import schema_of
from quarterdeck.params import report

CELL = """period: Period = "last_complete"  # a quarter
region: str = "all"  # one region
feature: str = "all"  # one feature
days: int = 3  # days, 1 to 90"""
SCHEMA = schema_of(CELL, Path("demo.ipynb"), "cell 2")
FLOW = """title: "Demo"    # shown
parameters: {days: 7}
matrix: {region: [all, AMER]}   # the regions
owner: me
"""
BLOCK = """title: Demo
matrix:
  # those that sell
  region:
    - all      # everything
    - AMER     # the first

  # no more
owner: me
"""
TWO = "title: Demo\nmatrix: {region: [all, AMER], feature: [all]} # both\n"


class File:
    def __init__(self, folder: Path, text: str) -> None:
        self.path = folder / "params" / "demo.yaml"
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text(text, encoding="utf-8")

    def keep(self, **values: Value) -> str:
        return keep(self.path, SCHEMA, {**SCHEMA.defaults, "days": 7, **values})

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def editions(self) -> list[dict[str, Value]]:
        return report.read(self.path, SCHEMA).combinations()


def test_a_new_value_joins_the_list_where_it_stands(tmp_path: Path) -> None:
    file = File(tmp_path, FLOW)
    told = "Added to params/demo.yaml, line 3: region = EMEA. "
    assert file.keep(region="EMEA") == told + "It runs with quarterdeck run demo -p region=EMEA"
    assert file.text == FLOW.replace("[all, AMER]", "[all, AMER, EMEA]")
    assert file.editions() == [{"region": "all"}, {"region": "AMER"}, {"region": "EMEA"}]


def test_a_list_of_lines_gets_a_line_and_keeps_its_comments(tmp_path: Path) -> None:
    file = File(tmp_path, BLOCK.replace("owner: me", "parameters: {days: 7}"))
    assert "line 7" in file.keep(region="EMEA")
    assert "    - AMER     # the first\n    - EMEA\n\n  # no more\n" in file.text


@pytest.mark.parametrize("value", ["NO", "007", "a, b", "it's: so", "Île-de-France", "null "])
def test_any_text_stays_itself(tmp_path: Path, value: str) -> None:
    file = File(tmp_path, FLOW)
    file.keep(region=value)
    assert {"region": value} in file.editions()


def test_choices_that_are_listed_apart_get_the_value_too(tmp_path: Path) -> None:
    file = File(tmp_path, FLOW + "choices: {region: [all, AMER]}\n")
    file.keep(region="EMEA")
    assert "choices: {region: [all, AMER, EMEA]}" in file.text
    assert len(file.editions()) == 3


def test_a_combination_of_several_parameters_joins_include(tmp_path: Path) -> None:
    file = File(tmp_path, TWO + "parameters: {days: 7}\n")
    file.keep(region="EMEA", feature="search")
    file.keep(region="EMEA", feature="exports")
    included = "include: [{region: EMEA, feature: search}, {region: EMEA, feature: exports}]"
    assert f"matrix: {{region: [all, AMER], feature: [all], {included}}} # both" in file.text
    assert file.editions()[2:] == [
        {"region": "EMEA", "feature": "search"},
        {"region": "EMEA", "feature": "exports"},
    ]


def test_what_is_an_edition_already_is_not_written_again(tmp_path: Path) -> None:
    file = File(tmp_path, FLOW)
    assert file.keep(region="AMER").startswith("This is an edition already.")
    assert file.text == FLOW


def test_what_the_matrix_leaves_out_is_no_edition(tmp_path: Path) -> None:
    excluded = TWO.replace("[all]}", "[all], exclude: [{region: AMER, feature: all}]}")
    file = File(tmp_path, excluded + "parameters: {days: 7}\n")
    assert file.keep(region="all", feature="all").startswith("This is an edition already.")
    assert not file.keep(region="AMER", feature="all").startswith("This is an edition already.")


def test_what_differs_in_other_parameters_runs_once(tmp_path: Path) -> None:
    file = File(tmp_path, FLOW)
    assert file.keep(region="EMEA", period="2026Q1") == (
        "Not kept: the matrix of demo names region. "
        "This runs once with quarterdeck run demo -p region=EMEA -p period=2026Q1"
    )
    assert "-p days=3" in file.keep(days=3)
    assert file.text == FLOW


def test_an_unusual_file_is_left_alone(tmp_path: Path) -> None:
    text = FLOW.replace("[all, AMER]", "&regions [all, AMER]") + "choices: {feature: *regions}\n"
    file = File(tmp_path, text)
    with pytest.raises(ValueError, match=r"add EMEA under matrix\.region yourself"):
        file.keep(region="EMEA")
    assert file.text == text
