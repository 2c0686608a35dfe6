"""Survey answers of 2021 through the shipped notebook: the set's figures to six digits, day-first dates."""

import pytest

from .conftest import Record, Run

FOLDER = "nps-timeseries"

pytestmark = pytest.mark.real

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
def record(request: pytest.FixtureRequest, run: Run) -> Record:
    (found,) = run("-p", f"period={request.param}")
    return found


def test_every_figure_to_six_digits(record: Record) -> None:
    assert {key: record.values[key] for key in FIGURES} == pytest.approx(FIGURES, abs=5e-7)


def test_no_finding_is_beyond_the_figures(record: Record) -> None:
    assert set(record.findings) == set(FIGURES)


def test_a_year_without_a_year_before_has_no_change(record: Record) -> None:
    assert not [key for key, finding in record.findings.items() if finding["change"]]


def test_every_answer_was_read_day_first(record: Record) -> None:
    table = record.tables["responses"]
    assert (table["read"], table["kept"], table["latest"]) == (5000, 5000, "2021-12-30")


def test_sections_without_data_say_so(record: Record) -> None:
    assert record.status == "ok"
    assert {gap["kind"] for gap in record.gaps.values()} == {"absent"}
    assert set(record.gaps) == {
        "Satisfaction and effort",
        "What tickets and mentions are about",
        "Who changed their mind",
        "What they talk about",
        "Tickets",
        "Time to resolve",
        "Who answered",
        "What we do about it",
    }
