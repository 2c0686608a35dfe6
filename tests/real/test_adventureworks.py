"""Orders of three years through the shipped notebook: revenue by country and quarter, month-first dates."""

import pytest

from .conftest import Record, Run

FOLDER = "adventureworks-markets"

pytestmark = pytest.mark.real

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


@pytest.fixture(scope="module")
def record(run: Run) -> Record:
    (found,) = run("-p", "period=all")
    return found


def test_total_revenue_and_orders(record: Record) -> None:
    assert record.values["revenue"] == pytest.approx(24914586.8193, abs=5e-5)
    assert record.findings["revenue"]["low"] is None


@pytest.mark.parametrize("country", COUNTRIES)
def test_revenue_by_country(record: Record, country: str) -> None:
    revenue, orders = COUNTRIES[country]
    found = record.findings[f"revenue@market={country}"]
    assert found["value"] == pytest.approx(revenue, abs=5e-5)
    assert found["n"] == orders


def test_revenue_by_quarter_with_dates_read_month_first(record: Record) -> None:
    found = {key: value for key, value in record.values.items() if key.startswith("revenue@period=")}
    expected = {f"revenue@period={quarter}": revenue for quarter, revenue in QUARTERS.items()}
    assert found == pytest.approx(expected, abs=0.005)


def test_revenue_by_country_and_quarter(record: Record) -> None:
    for quarter, countries in CELLS.items():
        for country, revenue in countries.items():
            found = record.findings[f"revenue@market={country},period={quarter}"]
            assert found["value"] == pytest.approx(revenue, abs=0.005)


def test_sections_without_data_say_so(record: Record) -> None:
    assert record.status == "ok"
    assert {gap["kind"] for gap in record.gaps.values()} == {"absent"}
    assert set(record.gaps) == {
        "What moved",
        "Mix against rate",
        "With the same mix of customers",
        "What we do about it",
    }


def test_growth_is_told_against_the_preceding_quarter(run: Run) -> None:
    (found,) = run("-p", "period=2019Q2")
    assert found.values["revenue"] == pytest.approx(5123233.36, abs=0.005)
    assert found.values["revenue.growth"] == pytest.approx(5123233.36 / 4062216.08 - 1, abs=1e-8)
    assert found.findings["revenue"]["change"] is None
