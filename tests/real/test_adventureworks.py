"""Orders of three years through the shipped notebook: revenue by country and quarter, month-first dates."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from quarterdeck.cli import app

ROOT = Path(__file__).resolve().parents[2]
DATA = (
    Path(os.environ.get("QUARTERDECK_REAL_DATA", ROOT.parent / "shared" / "data")) / "adventureworks-markets"
)

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is absent: set QUARTERDECK_REAL_DATA"),
]

COUNTRIES = {
    "united_states": (7938999.4177, 8699),
    "australia": (7416456.2001, 6060),
    "united_kingdom": (2902562.0949, 2771),
    "germany": (2524679.9728, 2294),
    "france": (2362643.3193, 2315),
    "canada": (1769245.8145, 3024),
}
QUARTERS = {
    "2017q1": 1760975.00, "2017q2": 1982678.60, "2017q3": 1366630.70, "2017q4": 1294649.28,
    "2018q1": 1378550.40, "2018q2": 1574317.14, "2018q3": 2572293.35, "2018q4": 3799042.90,
    "2019q1": 4062216.08, "2019q2": 5123233.36,
}  # fmt: skip
CELLS = {
    "2019q2": {
        "australia": 1285483.73, "canada": 360874.45, "france": 493742.82, "germany": 575208.57,
        "united_kingdom": 605009.96, "united_states": 1802913.84,
    },
    "2018q2": {
        "australia": 597577.32, "canada": 44986.47, "france": 201059.04, "germany": 188745.37,
        "united_kingdom": 166296.12, "united_states": 375652.82,
    },
}  # fmt: skip


def run(outputs: Path, period: str) -> Any:
    command = ["run", "market_region_comparison", "--params", str(ROOT / "tests/real/adventureworks-markets")]
    options = ["--outputs", str(outputs), "--as-of", "2026-11-22", "-p", f"period={period}"]
    result = CliRunner().invoke(app, [*command, *options])
    assert result.exit_code == 0, result.output
    (path,) = outputs.glob("runs/market_region_comparison/*/*/run.json")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return run(tmp_path_factory.mktemp("adventureworks"), "all")


@pytest.fixture(scope="module")
def findings(record: Any) -> dict[str, Any]:
    return {finding["key"]: finding for finding in record["findings"]}


def test_total_revenue_and_orders(findings: dict[str, Any]) -> None:
    assert findings["revenue"]["value"] == pytest.approx(24914586.8193, abs=5e-5)
    assert findings["revenue"]["low"] is None


@pytest.mark.parametrize("country", COUNTRIES)
def test_revenue_by_country(findings: dict[str, Any], country: str) -> None:
    revenue, orders = COUNTRIES[country]
    found = findings[f"revenue@market={country}"]
    assert found["value"] == pytest.approx(revenue, abs=5e-5)
    assert found["n"] == orders


def test_revenue_by_quarter_with_dates_read_month_first(findings: dict[str, Any]) -> None:
    found = {key: one["value"] for key, one in findings.items() if key.startswith("revenue@period=")}
    expected = {f"revenue@period={quarter}": revenue for quarter, revenue in QUARTERS.items()}
    assert found == pytest.approx(expected, abs=0.005)


def test_revenue_by_country_and_quarter(findings: dict[str, Any]) -> None:
    for quarter, countries in CELLS.items():
        for country, revenue in countries.items():
            found = findings[f"revenue@market={country},period={quarter}"]
            assert found["value"] == pytest.approx(revenue, abs=0.005)


def test_sections_without_data_say_so(record: Any) -> None:
    assert record["status"] == "ok"
    gaps = {gap["section"]: gap for gap in record["gaps"]}
    assert {gap["kind"] for gap in gaps.values()} == {"absent"}
    assert set(gaps) == {
        "What moved",
        "Mix against rate",
        "With the same mix of customers",
        "What we do about it",
    }


def test_growth_is_told_against_the_preceding_quarter(tmp_path: Path) -> None:
    findings = {finding["key"]: finding for finding in run(tmp_path, "2019Q2")["findings"]}
    assert findings["revenue"]["value"] == pytest.approx(5123233.36, abs=0.005)
    assert findings["revenue.growth"]["value"] == pytest.approx(5123233.36 / 4062216.08 - 1, abs=1e-8)
    assert findings["revenue"]["change"] is None
