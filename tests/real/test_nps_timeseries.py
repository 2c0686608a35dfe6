"""Survey answers of 2021 through the shipped notebook: the set's figures to six digits, day-first dates."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from quarterdeck.cli import app

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("QUARTERDECK_REAL_DATA", ROOT.parent / "shared" / "data")) / "nps-timeseries"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is absent: set QUARTERDECK_REAL_DATA"),
]

MARKETS = {"mex": 17.101273, "uk": 8.488372, "us": 9.932557}
QUARTERS = {"2021q1": 14.123377, "2021q2": 11.516626, "2021q3": 9.901738, "2021q4": 11.798680}
CELLS = {
    "2021q1": {"mex": 12.807882, "uk": 16.296296, "us": 13.301663},
    "2021q2": {"mex": 13.603819, "uk": 3.333333, "us": 18.020305},
    "2021q3": {"mex": 19.221968, "uk": 1.673640, "us": 9.558824},
    "2021q4": {"mex": 22.997416, "uk": 13.908873, "us": -0.980392},
}
FIGURES = {
    "nps": 11.8,
    **{f"nps@region={market}": figure for market, figure in MARKETS.items()},
    **{f"nps@period={quarter}": figure for quarter, figure in QUARTERS.items()},
    **{
        f"nps@period={quarter},region={market}": figure
        for quarter, markets in CELLS.items()
        for market, figure in markets.items()
    },
}


@pytest.fixture(scope="module", params=["all", "2021"])
def record(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    outputs = tmp_path_factory.mktemp("nps-timeseries")
    command = ["run", "quarterly_feedback", "--params", str(ROOT / "tests/real/nps-timeseries")]
    options = ["--outputs", str(outputs), "--as-of", "2026-11-22", "-p", f"period={request.param}"]
    result = CliRunner().invoke(app, [*command, *options])
    assert result.exit_code == 0, result.output
    (path,) = outputs.glob("runs/quarterly_feedback/*/*/run.json")
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_figure_to_six_digits(record: Any) -> None:
    values = {finding["key"]: finding["value"] for finding in record["findings"]}
    assert {key: values[key] for key in FIGURES} == pytest.approx(FIGURES, abs=5e-7)


def test_no_finding_is_beyond_the_figures(record: Any) -> None:
    assert {finding["key"] for finding in record["findings"]} == set(FIGURES)


def test_a_year_without_a_year_before_has_no_change(record: Any) -> None:
    assert not [finding["key"] for finding in record["findings"] if finding["change"]]


def test_every_answer_was_read_day_first(record: Any) -> None:
    (table,) = [one for one in record["tables"] if one["name"] == "responses"]
    assert (table["read"], table["kept"], table["latest"]) == (5000, 5000, "2021-12-30")


def test_sections_without_data_say_so(record: Any) -> None:
    assert record["status"] == "ok"
    gaps = {gap["section"]: gap for gap in record["gaps"]}
    assert {gap["kind"] for gap in gaps.values()} == {"absent"}
    assert set(gaps) == {
        "Satisfaction over time",
        "What they talk about",
        "Tickets",
        "Who answered",
        "What we do about it",
    }
