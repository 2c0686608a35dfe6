"""The published test of an ad: figures to six digits, traps (denominator, unbalanced day) named."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from quarterdeck.cli import app

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("QUARTERDECK_REAL_DATA", ROOT.parent / "shared" / "data")) / "adsmart-ab"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is absent: set QUARTERDECK_REAL_DATA"),
]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Any:
    outputs = tmp_path_factory.mktemp("adsmart")
    command = ["run", "experiment_readout", "--params", str(ROOT / "tests/real/adsmart-ab")]
    result = CliRunner().invoke(app, [*command, "--outputs", str(outputs), "--as-of", "2026-11-22"])
    assert result.exit_code == 0, result.output
    (path,) = outputs.glob("runs/experiment_readout/*/*/run.json")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def values(record: Any) -> dict[str, float]:
    return {finding["key"]: finding["value"] for finding in record["findings"]}


@pytest.fixture(scope="module")
def checks(record: Any) -> dict[str, Any]:
    return {check["key"]: check for check in record["checks"]}


def test_it_runs_without_a_gap_that_failed(record: Any) -> None:
    assert record["status"] == "ok"
    assert {gap["kind"] for gap in record["gaps"]} <= {"absent"}


@pytest.mark.parametrize(
    ("key", "figure"),
    [
        ("awareness@variant=control", 0.450512),
        ("awareness@variant=exposed", 0.468798),
        ("awareness.p_value", 0.518486),
        ("awareness_of_all@variant=control", 0.0648489),
        ("awareness_of_all@variant=exposed", 0.0768847),
        ("awareness_of_all.p_value", 0.0350058),
    ],
)
def test_the_published_figures_to_six_digits(values: dict[str, float], key: str, figure: float) -> None:
    assert values[key] == pytest.approx(figure, rel=1e-5)


def test_the_unbalanced_day_is_named_and_withholds_the_verdict(record: Any, checks: dict[str, Any]) -> None:
    assert checks["sample_ratio"]["passed"]
    assert "4,071 to 4,006" in checks["sample_ratio"]["text"]
    assert "1,545 to 470 (control to exposed) on 2020-07-03" in checks["split_by_day"]["text"]
    (verdict,) = [one for one in record["findings"] if one["key"] == "verdict"]
    assert verdict["text"]["value"] == "No verdict"


def test_the_denominator_is_named(checks: dict[str, Any]) -> None:
    assert "the effect stands on the 1,243 of 8,077 known" in checks["outcomes"]["text"]
    assert "Awareness among those who answered and Awareness among all" in checks["twins"]["text"]
