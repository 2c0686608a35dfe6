"""docs/data.md says what is so."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from helpers import metrics, sources
from helpers.contracts import CONTRACTS
from helpers.records import parse_yaml
from helpers.records.known_events import KnownEvents
from helpers.sources.declarations import Sources
from quarterdeck.cli import app

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "data.md"
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
        elif "events" in content:
            parse_yaml(block, KnownEvents, GUIDE)
        else:
            for entry in content["metrics"].values():
                metrics.Definition.model_validate(entry)
    assert len(blocks) == 5 + len(EXAMPLES)


OPENING = TEXT[TEXT.index("## From a CSV to a page") : TEXT.index("## What a notebook asks for")]
EXAMPLES = OPENING.split("\n### ")[1:]
REPORTS = ("quarterly_feedback", "adoption_tracking", "market_region_comparison", "experiment_readout")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.splitlines()[0])
def test_from_a_csv_to_a_page(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example checks, plans and loads, and its account says what the guide says."""
    shutil.copytree(ROOT / "params", tmp_path / "params", ignore=shutil.ignore_patterns("actions.yaml"))
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    (tmp_path / "notebooks").mkdir()
    for path, content in re.findall(r"`([\w./]+)`\n```\w+\n(.*?)```", example, re.S):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(content, encoding="utf-8")
    [command] = re.findall(r"\$ quarterdeck run (.*)", example)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(tmp_path / "params"))
    for report in REPORTS:
        if report in command:
            (tmp_path / "notebooks" / f"{report}.ipynb").symlink_to(ROOT / "notebooks" / f"{report}.ipynb")
        else:
            (tmp_path / "params" / f"{report}.yaml").unlink()
    if "experiment_readout" not in command:
        shutil.rmtree(tmp_path / "params" / "experiments")
    checked = CliRunner().invoke(app, ["check", "--params", "params"])
    assert (checked.exit_code, checked.stderr) == (0, ""), checked.output
    planned = CliRunner().invoke(app, ["plan", *command.split()])
    assert planned.exit_code == 0, planned.output
    accounts = [
        account for name in sources_of(example) if (account := sources.load(name).account) is not None
    ]
    told = [
        line
        for one in accounts
        for line in (f"{one.name}: {one.read} rows read, {one.kept} kept", *one.reasons())
    ]
    [text] = re.findall(r"```text\n(.*?)```", example, re.S)
    assert told == text.splitlines()


def sources_of(example: str) -> list[str]:
    [block] = re.findall(r"```yaml\n(.*?)```", example, re.S)
    return list(yaml.safe_load(block)["tables"])


def test_there_is_an_example_a_report() -> None:
    assert all(f"quarterdeck run {name}" in OPENING for name in REPORTS)


INDEX = TEXT[TEXT.index("## Errors: what is said") : TEXT.index("## How it is done")]
SAID = [
    [part.strip() for part in phrase.split("…")]
    for line in INDEX.splitlines()
    if line.startswith("| `")
    for phrase in re.findall(r"`([^`]+)`", line.split("|")[1])
]
FEWEST_LETTERS = 12
"""A message with fewer words of its own passes on what another says."""


def _own_words(call: ast.AST) -> str:
    """What a message says itself, whatever is filled in left out."""
    parts = [node.value for node in ast.walk(call) if isinstance(node, ast.Constant)]
    return " ".join(part for part in parts if isinstance(part, str))


def _messages() -> Iterator[str]:
    for module in sorted((ROOT / "src/helpers/sources").rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("TableError", "WorkbookError"):
                yield _own_words(node)
            if isinstance(node, ast.Yield) and module.name == "shaping.py" and node.value is not None:
                yield _own_words(node.value)


@pytest.mark.parametrize(
    "message", sorted({one for one in _messages() if sum(map(str.isalpha, one)) >= FEWEST_LETTERS})
)
def test_every_error_stands_in_the_index(message: str) -> None:
    words = " ".join(message.split())
    assert any(all(part in words for part in parts) for parts in SAID), words
