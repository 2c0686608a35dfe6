"""docs/data.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from helpers import metrics
from helpers.contracts import CONTRACTS
from helpers.records import parse_yaml
from helpers.sources.declarations import Sources

GUIDE = Path(__file__).parents[2] / "docs" / "data.md"
TEXT = GUIDE.read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line[:3] == "| `"
]
TABLES = {row[0].strip("`"): row[1:] for row in ROWS if row[0].strip("`") in CONTRACTS}


def test_every_table_is_described() -> None:
    assert set(TABLES) == set(CONTRACTS)


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_table_is_described_as_its_contract_has_it(name: str) -> None:
    contract = CONTRACTS[name]
    described, key, time = TABLES[name]
    columns = re.sub(r"\(.*?\)", "", described)
    assert set(re.findall(r"\*\*(\w+)\*\*", columns)) == set(contract.required)
    named = [word.strip("* ") for word in columns.split(",")]
    if name != "outcomes":
        assert named == [column.name for column in contract.columns]
    assert tuple(key.split(", ") if key else ()) == (contract.key or contract.summed)
    assert (time or None) == contract.time


def test_every_rule_is_described() -> None:
    for contract in CONTRACTS.values():
        for rule in contract.with_regions(["EMEA"]).rules:
            assert f"`{rule.reason}`" in TEXT


def test_the_examples_are_valid() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", TEXT, re.S)
    for block in blocks:
        content = yaml.safe_load(block)
        if "tables" in content:
            parse_yaml(block, Sources, GUIDE)
        else:
            for entry in content["metrics"].values():
                metrics.Definition.model_validate(entry)
    assert len(blocks) == 3
