"""The free-trial screener, known by daily counts: published figures, and 23 days are not divided by 37."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from quarterdeck.cli import app

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("QUARTERDECK_REAL_DATA", ROOT.parent / "shared" / "data")) / "udacity-free-trial"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is absent: set QUARTERDECK_REAL_DATA"),
]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Any:
    outputs = tmp_path_factory.mktemp("udacity")
    command = ["run", "experiment_readout", "--params", str(ROOT / "tests/real/udacity-free-trial")]
    result = CliRunner().invoke(app, [*command, "--outputs", str(outputs), "--as-of", "2026-11-22"])
    assert result.exit_code == 0, result.output
    (path,) = outputs.glob("runs/experiment_readout/*/*/run.json")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found(record: Any) -> dict[str, Any]:
    return {finding["key"]: finding for finding in record["findings"]}


def test_it_runs_without_a_gap_that_failed(record: Any) -> None:
    assert record["status"] == "ok"
    assert {gap["kind"] for gap in record["gaps"]} <= {"absent"}


@pytest.mark.parametrize(
    ("key", "figure"),
    [
        ("gross_conversion@variant=control", 0.218875),
        ("gross_conversion@variant=experiment", 0.198320),
        ("gross_conversion.difference", -0.0205549),
        ("net_conversion@variant=control", 0.117562),
        ("net_conversion@variant=experiment", 0.112688),
        ("net_conversion.difference", -0.00487372),
    ],
)
def test_the_published_figures_to_six_digits(found: dict[str, Any], key: str, figure: float) -> None:
    assert found[key]["value"] == pytest.approx(figure, rel=1e-5)


def test_the_intervals_are_those_published_to_four_digits(found: dict[str, Any]) -> None:
    gross, net = found["gross_conversion.difference"], found["net_conversion.difference"]
    assert (gross["low"], gross["high"]) == pytest.approx((-0.0291234, -0.0119864), abs=2e-5)
    assert (net["low"], net["high"]) == pytest.approx((-0.0116046, 0.00185718), abs=2e-5)


def test_the_missing_days_are_set_aside_with_their_clicks(record: Any, found: dict[str, Any]) -> None:
    """The trap: 23 days of enrolments over 37 days of clicks."""
    (account,) = [table for table in record["tables"] if table["name"] == "totals"]
    assert account["quarantined"] == {"line unreadable": 28}
    assert found["gross_conversion@variant=control"]["n"] == 17293
    assert found["gross_conversion@variant=experiment"]["n"] == 17260


def test_payments_may_fall_by_more_than_is_accepted(found: dict[str, Any]) -> None:
    assert found["verdict"]["text"]["value"] == "Do not ship"
    assert "Payments a click may get worse" in found["verdict"]["text"]["sentence"]
