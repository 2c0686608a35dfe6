"""The published mobile-game test through the shipped notebook: figures to six digits, traps named."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from quarterdeck.cli import app

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("QUARTERDECK_REAL_DATA", ROOT.parent / "shared" / "data")) / "cookie-cats"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is absent: set QUARTERDECK_REAL_DATA"),
]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Any:
    outputs = tmp_path_factory.mktemp("cookie-cats")
    command = ["run", "experiment_readout", "--params", str(ROOT / "tests/real/cookie-cats")]
    result = CliRunner().invoke(app, [*command, "--outputs", str(outputs), "--as-of", "2026-11-22"])
    assert result.exit_code == 0, result.output
    (path,) = outputs.glob("runs/experiment_readout/*/*/run.json")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def values(record: Any) -> dict[str, float]:
    return {finding["key"]: finding["value"] for finding in record["findings"]}


def test_it_runs_without_a_gap_that_failed(record: Any) -> None:
    assert record["status"] == "ok"
    assert {gap["kind"] for gap in record["gaps"]} <= {"absent"}


@pytest.mark.parametrize(
    ("key", "figure"),
    [
        ("retention_1@variant=gate_30", 0.448188),
        ("retention_1@variant=gate_40", 0.442283),
        ("retention_7@variant=gate_30", 0.190201),
        ("retention_7@variant=gate_40", 0.182000),
        ("retention_1.p_value", 0.0744097),
        ("retention_7.p_value", 0.00155425),
        ("rounds@variant=gate_30", 52.456264),
        ("rounds@variant=gate_40", 51.298776),
        ("retention_1.difference", -0.005905169787341458),
        ("retention_7.difference", -0.008201298315205913),
    ],
)
def test_the_published_figures_to_six_digits(values: dict[str, float], key: str, figure: float) -> None:
    assert values[key] == pytest.approx(figure, rel=5e-6)


def test_the_interval_is_newcombes(record: Any) -> None:
    (found,) = [one for one in record["findings"] if one["key"] == "retention_7.difference"]
    assert found["method"] == "Newcombe"
    assert (found["low"], found["high"]) == pytest.approx((-0.013281940871914845, -0.00312130268876128))


def test_the_gate_stays_at_level_30(record: Any) -> None:
    (verdict,) = [one for one in record["findings"] if one["key"] == "verdict"]
    assert verdict["text"]["value"] == "Do not ship"
    assert record["findings"][0]["key"] == "verdict"


def test_the_odd_split_is_told_but_stops_nothing(record: Any) -> None:
    (check,) = [one for one in record["checks"] if one["key"] == "sample_ratio"]
    assert check["passed"]
    assert "44,700 to 45,489" in check["text"]
    assert "unusual" in check["text"]


def test_sections_that_need_dates_say_so(record: Any) -> None:
    assert any("no dates" in gap["reason"] for gap in record["gaps"])
